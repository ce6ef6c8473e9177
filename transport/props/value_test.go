package props

import (
	"bytes"
	"encoding/hex"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// unhex reads hexadecimal with blanks and bars, as the specifications print it.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", "|", "", "\n", "", "\t", "").Replace(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every type in both dialects, with the bytes of MS-OXCDATA 2.11.1 and
// MS-OXCMAPIHTTP 2.2.1.1.
var valueVectors = []struct {
	t         Type
	v         any
	rop, nspi string // "" in nspi: as rop
}{
	{Integer16, int16(-2), "FE FF", ""},
	{Integer32, int32(-2), "FE FF FF FF", ""},
	{Integer64, int64(1) << 40, "00 00 00 00 00 01 00 00", ""},
	{Currency, int64(12345), "39 30 00 00 00 00 00 00", ""},
	{Floating32, float32(1.5), "00 00 C0 3F", ""},
	{Floating64, 1.5, "00 00 00 00 00 00 F8 3F", ""},
	{FloatingTime, -1.5, "00 00 00 00 00 00 F8 BF", ""},
	{ErrorCode, mapierr.NotFound, "0F 01 04 80", ""},
	{Boolean, true, "01", ""},
	{Boolean, false, "00", ""},
	{String8, "ab", "61 62 00", "FF 61 62 00"},
	{String, "é", "E9 00 00 00", "FF E9 00 00 00"},
	{Time, time.Date(2026, 11, 22, 9, 0, 4, 700, time.UTC), "07 C2 0B DD 5F 7A DD 01", ""},
	{GUID, wire.GUID{0xDC, 0xA7, 15: 0x82}, "DC A7 00 00 00 00 00 00 00 00 00 00 00 00 00 82", ""},
	{Binary, []byte{1, 2, 3}, "03 00 01 02 03", "FF 03 00 00 00 01 02 03"},
	{Binary, []byte{}, "00 00", "FF 00 00 00 00"},
	{ServerID, []byte{9}, "01 00 09", "01 00 09"},
	{Multi | Integer16, []int16{1, 2}, "02 00 00 00 01 00 02 00", "FF 02 00 00 00 01 00 02 00"},
	{Multi | Integer32, []int32{}, "00 00 00 00", "FF 00 00 00 00"},
	{Multi | Integer64, []int64{3}, "01 00 00 00 03 00 00 00 00 00 00 00", "FF 01 00 00 00 03 00 00 00 00 00 00 00"},
	{Multi | Floating32, []float32{1.5}, "01 00 00 00 00 00 C0 3F", "FF 01 00 00 00 00 00 C0 3F"},
	{Multi | String8, []string{"a", ""}, "02 00 00 00 61 00 00", "FF 02 00 00 00 FF 61 00 FF 00"},
	{Multi | String, []string{"a"}, "01 00 00 00 61 00 00 00", "FF 01 00 00 00 FF 61 00 00 00"},
	{Multi | Binary, [][]byte{{7}, {}}, "02 00 00 00 01 00 07 00 00", "FF 02 00 00 00 FF 01 00 00 00 07 FF 00 00 00 00"},
	{Multi | Time, []time.Time{time.Unix(0, 0).UTC()}, "01 00 00 00 00 80 3E D5 DE B1 9D 01", "FF 01 00 00 00 00 80 3E D5 DE B1 9D 01"},
}

func TestValues(t *testing.T) {
	for _, c := range valueVectors {
		if c.nspi == "" {
			c.nspi = c.rop
		}
		for d, text := range map[Dialect]string{ROP: c.rop, NSPI: c.nspi} {
			want := unhex(t, text)
			r := wire.NewReader(want)
			got := ReadValue(r, c.t, d)
			if err := r.Finish(); err != nil || !reflect.DeepEqual(got, c.v) {
				t.Errorf("type %#x, dialect %d: read %#v, %v; want %#v", c.t, d, got, err, c.v)
			}
			w := new(wire.Writer)
			if err := WriteValue(w, c.t, c.v, d); err != nil || !bytes.Equal(w.Bytes(), want) {
				t.Errorf("type %#x, dialect %d: wrote % X, %v; want % X", c.t, d, w.Bytes(), err, want)
			}
		}
	}
}

func TestValueAbsent(t *testing.T) {
	for _, typ := range []Type{String8, String, Binary, Multi | Integer32, Multi | String} {
		w := new(wire.Writer)
		if err := WriteValue(w, typ, nil, NSPI); err != nil || !bytes.Equal(w.Bytes(), []byte{0}) {
			t.Errorf("type %#x: wrote % X, %v", typ, w.Bytes(), err)
		}
		if v := ReadValue(wire.NewReader([]byte{0}), typ, NSPI); v != nil {
			t.Errorf("type %#x: read %#v", typ, v)
		}
		if err := WriteValue(new(wire.Writer), typ, nil, ROP); err == nil {
			t.Errorf("type %#x: remote operations cannot tell an absent value, yet it was written", typ)
		}
	}
	if err := WriteValue(new(wire.Writer), Integer32, nil, NSPI); err == nil {
		t.Error("an absent integer was written")
	}
}

// Any HasValue but zero means present (readers in the field accept it).
func TestValuePresenceIsLenient(t *testing.T) {
	r := wire.NewReader([]byte{0x01, 'a', 0})
	if v := ReadValue(r, String8, NSPI); v != "a" || r.Finish() != nil {
		t.Errorf("read %#v, %v", v, r.Err())
	}
}

// An element of a list can be absent in the address book: its zero value then.
func TestListElementAbsent(t *testing.T) {
	r := wire.NewReader(unhex(t, "FF 03000000 FF 6100 00 FF 6200"))
	got := ReadValue(r, Multi|String8, NSPI)
	if want := []string{"a", "", "b"}; !reflect.DeepEqual(got, want) || r.Finish() != nil {
		t.Errorf("read %#v, %v", got, r.Err())
	}
}

func TestObjectTakesNothingInTheAddressBook(t *testing.T) {
	r := wire.NewReader(nil)
	if v := ReadValue(r, Object, NSPI); v == nil || r.Finish() != nil {
		t.Errorf("read %#v, %v", v, r.Err())
	}
	w := new(wire.Writer)
	if err := WriteValue(w, Object, []byte{1}, NSPI); err != nil || w.Len() != 0 {
		t.Errorf("wrote % X, %v", w.Bytes(), err)
	}
	if v := ReadValue(wire.NewReader([]byte{1, 0, 9}), Object, ROP); !reflect.DeepEqual(v, []byte{9}) {
		t.Errorf("remote operation: %#v", v)
	}
}

func TestValueRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		t Type
		d Dialect
		b string
	}{
		"restriction type":   {0x00FD, ROP, "00 00"},
		"unspecified":        {Unspecified, ROP, "00 00"},
		"list of booleans":   {Multi | Boolean, ROP, "00 00 00 00"},
		"list count":         {Multi | Integer32, ROP, "02 00 00 00 01 00 00 00"},
		"absurd list count":  {Multi | Binary, NSPI, "FF FF FF FF FF"},
		"binary size":        {Binary, ROP, "04 00 01 02 03"},
		"binary size, wide":  {Binary, NSPI, "FF 04 00 00 00 01 02 03"},
		"string, no end":     {String, ROP, "41 00"},
		"list of open texts": {Multi | String8, ROP, "02 00 00 00 61 00 62"},
		"nothing":            {Integer32, ROP, ""},
	} {
		r := wire.NewReader(unhex(t, c.b))
		if v := ReadValue(r, c.t, c.d); v != nil || r.Err() == nil {
			t.Errorf("%s: read %#v, %v", name, v, r.Err())
		}
	}
}

func TestWriteValueRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		t Type
		v any
	}{
		"string as integer":  {Integer32, "1"},
		"int as integer":     {Integer32, 1},
		"one for a list":     {Multi | String, "a"},
		"list for one":       {String, []string{"a"}},
		"long binary":        {Binary, make([]byte, 65536)},
		"long binary listed": {Multi | Binary, [][]byte{make([]byte, 65536)}},
		"unspecified":        {Unspecified, int32(1)},
	} {
		if err := WriteValue(new(wire.Writer), c.t, c.v, ROP); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if err := WriteValue(new(wire.Writer), Binary, make([]byte, 65536), NSPI); err != nil {
		t.Errorf("the address book has 32-bit sizes: %v", err)
	}
}

func TestFiletimeLimits(t *testing.T) {
	for ticks, want := range map[uint64]string{
		0:                   "1601-01-01T00:00:00Z",
		1:                   "1601-01-01T00:00:00.0000001Z",
		116444736000000000:  "1970-01-01T00:00:00Z",
		lastTick:            "9999-12-31T23:59:59.9999999Z",
		math.MaxInt64:       "9999-12-31T23:59:59.9999999Z",
		math.MaxUint64:      "9999-12-31T23:59:59.9999999Z",
		2650467743999999999: "9999-12-31T23:59:59.9999999Z",
	} {
		if got := fromTicks(ticks).Format(time.RFC3339Nano); got != want {
			t.Errorf("%d is %s, want %s", ticks, got, want)
		}
	}
	if n := toTicks(time.Time{}); n != 0 {
		t.Errorf("the year 1 became %d", n)
	}
	if n := toTicks(time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)); n != lastTick {
		t.Errorf("the year 20000 became %d", n)
	}
	if _, err := fromTicks(math.MaxUint64).MarshalJSON(); err != nil {
		t.Error(err)
	}
}

func TestTagged(t *testing.T) {
	for d, text := range map[Dialect]string{ROP: "1F 00 01 30 | 41 00 00 00", NSPI: "1F 00 01 30 | FF 41 00 00 00"} {
		b := unhex(t, text)
		r := wire.NewReader(b)
		v := ReadTagged(r, d)
		if v != (Value{TagDisplayName, "A"}) || r.Finish() != nil {
			t.Errorf("dialect %d: read %v, %v", d, v, r.Err())
		}
		w := new(wire.Writer)
		if err := WriteTagged(w, v, d); err != nil || !bytes.Equal(w.Bytes(), b) {
			t.Errorf("dialect %d: wrote % X, %v", d, w.Bytes(), err)
		}
	}
}

// FuzzValue reads a value of any type, and what is read must be written so that
// it reads the same again. Encodings are compared, for NaN is not itself.
func FuzzValue(f *testing.F) {
	for _, c := range valueVectors {
		f.Add(uint16(c.t), false, unhex(f, c.rop))
		f.Add(uint16(c.t), true, unhex(f, c.nspi))
	}
	f.Fuzz(func(t *testing.T, typ uint16, nspi bool, b []byte) {
		d := ROP
		if nspi {
			d = NSPI
		}
		r := wire.NewReader(b)
		v := ReadValue(r, Type(typ), d)
		if r.Err() != nil {
			if v != nil {
				t.Fatalf("%#v despite %v", v, r.Err())
			}
			return
		}
		once := encoded(t, Type(typ), v, d)
		again := ReadValue(wire.NewReader(once), Type(typ), d)
		if !bytes.Equal(encoded(t, Type(typ), again, d), once) {
			t.Fatalf("%#v became %#v", v, again)
		}
	})
}

func encoded(t *testing.T, typ Type, v any, d Dialect) []byte {
	w := new(wire.Writer)
	if err := WriteValue(w, typ, v, d); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}
