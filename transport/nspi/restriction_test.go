package nspi

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const tagANR = props.Tag(0x360C001F) // PidTagAnr

var restrictions = map[string]struct {
	r     Restriction
	bytes string
}{
	"and": {&And{[]Restriction{&Exist{1}, &Exist{2}}}, "00 02000000 08 01000000 08 02000000"},
	"or":  {&Or{[]Restriction{}}, "01 00000000"},
	"not": {&Not{&Exist{1}}, "02 08 01000000"},
	"content": {&Content{Prefix, IgnoreCase, tagANR, &props.Value{Tag: tagANR, V: "a"}},
		"03 0200 0100 1F000C36 FF 1F000C36 FF 6100 0000"},
	"check names": {&Property{Equal, tagANR, &props.Value{Tag: tagANR, V: "al"}},
		"04 04 1F000C36 FF 1F000C36 FF 6100 6C00 0000"},
	"property of a number": {&Property{MemberOfDL, props.TagDisplayType, &props.Value{Tag: props.TagDisplayType, V: int32(1)}},
		"04 64 03000039 FF 03000039 01000000"},
	"property without a value": {&Property{Less, tagANR, nil}, "04 00 1F000C36 00"},
	"compare":                  {&CompareProps{NotEqual, 1, 2}, "05 05 01000000 02000000"},
	"bit mask":                 {&BitMask{1, 2, 3}, "06 01 02000000 03000000"},
	"size":                     {&Size{GreaterOrEqual, 2, 3}, "07 03 02000000 03000000"},
	"exist":                    {&Exist{tagANR}, "08 1F000C36"},
	"sub-object":               {&SubObject{2, &Not{&Exist{1}}}, "09 02000000 02 08 01000000"},
}

func encodeRestriction(r Restriction) ([]byte, error) {
	var w wire.Writer
	(&layout{w: &w}).restriction(&r, 0)
	return w.Bytes(), w.Err()
}

func decodeRestriction(b []byte) (r Restriction, err error) {
	l := &layout{r: wire.NewReader(b)}
	l.restriction(&r, 0)
	return r, l.r.Finish()
}

func TestRestrictions(t *testing.T) {
	for name, test := range restrictions {
		want := unhex(t, test.bytes)
		b, err := encodeRestriction(test.r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wantBytes(t, name, b, want)
		got, err := decodeRestriction(want)
		if err != nil || !reflect.DeepEqual(got, test.r) {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, test.r)
		}
		for n := range want {
			if _, err := decodeRestriction(want[:n]); err == nil {
				t.Errorf("%s: the first %d bytes decode", name, n)
			}
		}
	}
}

func TestRestrictionsNestSoDeep(t *testing.T) {
	deep := func(n int) (r Restriction) {
		r = &Exist{1}
		for range n - 1 {
			r = &Not{r}
		}
		return r
	}
	b, err := encodeRestriction(deep(maxDepth))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := decodeRestriction(b); err != nil || !reflect.DeepEqual(r, deep(maxDepth)) {
		t.Errorf("%d levels: %v", maxDepth, err)
	}
	if _, err := encodeRestriction(deep(maxDepth + 1)); err == nil {
		t.Errorf("%d levels encode", maxDepth+1)
	}
	if _, err := decodeRestriction(append([]byte{2}, b...)); err == nil {
		t.Errorf("%d levels decode", maxDepth+1)
	}
	if _, err := decodeRestriction(bytes.Repeat([]byte{2}, 1<<20)); err == nil {
		t.Error("a million levels decode")
	}
}

func TestRestrictionRefuses(t *testing.T) {
	for _, r := range []Restriction{&Not{}, &And{[]Restriction{nil}}, &Property{Value: &props.Value{Tag: tagANR, V: 1}}} {
		if b, err := encodeRestriction(r); err == nil {
			t.Errorf("%+v encodes to %x", r, b)
		}
	}
	for name, b := range map[string]string{
		"comment":       "0A 00 00",
		"count":         "0B 01000000 08 01000000",
		"type 0xFF":     "FF",
		"absurd And":    "00 FFFFFFFF 08 01000000",
		"And too large": "00 06000000 08 01000000",
	} {
		if r, err := decodeRestriction(unhex(t, b)); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func FuzzRestriction(f *testing.F) {
	for _, test := range restrictions {
		f.Add(unhex(f, test.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := decodeRestriction(b)
		if err != nil {
			return
		}
		first, err := encodeRestriction(r)
		if err != nil {
			t.Fatalf("%x decodes to what does not encode: %v", b, err)
		}
		again, err := decodeRestriction(first)
		if err != nil {
			t.Fatal(err)
		}
		second, err := encodeRestriction(again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%x, then %x, %v", first, second, err)
		}
	})
}
