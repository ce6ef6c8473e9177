package props

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const tagAnyName = TagDisplayName &^ 0xFFFF // DisplayName of type Unspecified

var rowVectors = []struct {
	name string
	cols []Tag
	row  []Value
	d    Dialect
	hex  string
}{
	{"standard", []Tag{TagSubject, TagInstanceNum},
		[]Value{{TagSubject, "A"}, {TagInstanceNum, int32(1)}}, ROP,
		"00 | 41 00 00 00 | 01 00 00 00"},
	{"flagged", []Tag{TagSubject, TagInstanceNum, TagFolderID},
		[]Value{{TagSubject, nil}, {TagInstanceNum, int32(1)}, {TagFolderID, mapierr.NotFound}}, ROP,
		"01 | 01 | 00 01 00 00 00 | 0A 0F 01 04 80"},
	{"typed", []Tag{tagAnyName}, []Value{{TagDisplayName, "A"}}, ROP,
		"00 | 1F 00 41 00 00 00"},
	{"typed and flagged", []Tag{tagAnyName, TagSubject}, []Value{{TagDisplayName, "A"}, {TagSubject, nil}}, ROP,
		"01 | 1F 00 00 41 00 00 00 | 01"},
	{"typed error in a standard row", []Tag{tagAnyName},
		[]Value{{TagDisplayName.WithType(ErrorCode), mapierr.NotFound}}, ROP,
		"00 | 0A 00 0F 01 04 80"},
	{"address book", []Tag{TagSMTPAddress, TagDisplayType},
		[]Value{{TagSMTPAddress, "a@b"}, {TagDisplayType, int32(0)}}, NSPI,
		"00 | FF 61 00 40 00 62 00 00 00 | 00 00 00 00"},
	{"address book, flagged", []Tag{TagSMTPAddress, TagEntryID},
		[]Value{{TagSMTPAddress, mapierr.NotFound}, {TagEntryID, []byte{9}}}, NSPI,
		"01 | 0A 0F 01 04 80 | 00 FF 01 00 00 00 09"},
	{"no columns", nil, []Value{}, ROP, "00"},
}

func TestRows(t *testing.T) {
	for _, c := range rowVectors {
		want := unhex(t, c.hex)
		r := wire.NewReader(want)
		got := ReadRow(r, c.cols, c.d)
		if err := r.Finish(); err != nil || !reflect.DeepEqual(got, c.row) {
			t.Errorf("%s: read %#v, %v", c.name, got, err)
		}
		w := new(wire.Writer)
		if err := WriteRow(w, c.cols, c.row, c.d); err != nil || !bytes.Equal(w.Bytes(), want) {
			t.Errorf("%s: wrote % X, %v", c.name, w.Bytes(), err)
		}
	}
}

func TestTypedErrorInAFlaggedRow(t *testing.T) {
	r := wire.NewReader(unhex(t, "01 | 1F 00 0A 0F 01 04 80"))
	got := ReadRow(r, []Tag{tagAnyName}, ROP)
	want := []Value{{TagDisplayName.WithType(ErrorCode), mapierr.NotFound}}
	if !reflect.DeepEqual(got, want) || r.Finish() != nil {
		t.Errorf("read %#v, %v", got, r.Err())
	}
}

func TestRowRefusals(t *testing.T) {
	for name, text := range map[string]string{
		"row flag": "02 01", "value flag": "01 02 41", "short": "00 41", "empty": "",
	} {
		r := wire.NewReader(unhex(t, text))
		if row := ReadRow(r, []Tag{TagSubject}, ROP); row != nil || r.Err() == nil {
			t.Errorf("%s: read %v, %v", name, row, r.Err())
		}
	}
	w := new(wire.Writer)
	if err := WriteRow(w, []Tag{TagSubject}, nil, ROP); err == nil {
		t.Error("a row without values was written for one column")
	}
	if err := WriteRow(w, []Tag{TagSubject}, []Value{{TagSubject, 7}}, ROP); err == nil {
		t.Error("an integer was written as a subject")
	}
}

func TestReadRows(t *testing.T) {
	cols := []Tag{TagSubfolders}
	r := wire.NewReader([]byte{0, 1, 0, 0})
	got := ReadRows(r, 2, cols, ROP)
	want := [][]Value{{{TagSubfolders, true}}, {{TagSubfolders, false}}}
	if !reflect.DeepEqual(got, want) || r.Finish() != nil {
		t.Errorf("read %v, %v", got, r.Err())
	}
	for _, n := range []int{-1, 3, 5, 1 << 30} {
		r := wire.NewReader([]byte{0, 1, 0, 0})
		if rows := ReadRows(r, n, cols, ROP); rows != nil || r.Err() == nil {
			t.Errorf("%d rows in four bytes: %v", n, rows)
		}
	}
}

// Columns of objects take no bytes in the address book: without a bound, a short
// body could ask for any number of cells.
func TestReadRowsBoundsCells(t *testing.T) {
	cols := make([]Tag, 100_000)
	for i := range cols {
		cols[i] = Tag(Object)
	}
	r := wire.NewReader(make([]byte, 1000))
	if rows := ReadRows(r, 1000, cols, NSPI); rows != nil || r.Err() == nil {
		t.Errorf("read %d rows of 100000 columns from 1000 bytes", len(rows))
	}
	r = wire.NewReader(make([]byte, 2))
	if rows := ReadRows(r, 2, cols, NSPI); len(rows) != 2 || len(rows[1]) != len(cols) {
		t.Errorf("two such rows: %v", r.Err())
	}
}

func TestGet(t *testing.T) {
	row := []Value{{TagDisplayName.WithType(String8), "A"}, {TagMessageSizeExtended, mapierr.NotFound}}
	if s, ok := Get[string](row, TagDisplayName); !ok || s != "A" {
		t.Errorf("name %q, %v", s, ok)
	}
	if n, ok := Get[int64](row, TagMessageSizeExtended); ok {
		t.Errorf("an error passed as the size %d", n)
	}
	if c, ok := Get[mapierr.Code](row, TagMessageSizeExtended); !ok || c != mapierr.NotFound {
		t.Errorf("code %v, %v", c, ok)
	}
	if _, ok := Get[string](row, TagComment); ok {
		t.Error("found what is not there")
	}
}

// FuzzRows takes the columns from the input too.
func FuzzRows(f *testing.F) {
	for _, c := range rowVectors {
		w := new(wire.Writer)
		for _, tag := range c.cols {
			w.U32(uint32(tag))
		}
		f.Add(w.Bytes(), c.d == NSPI, uint16(1), unhex(f, c.hex))
	}
	f.Fuzz(func(t *testing.T, tags []byte, nspi bool, n uint16, b []byte) {
		cols := make([]Tag, min(len(tags)/4, 64))
		tr := wire.NewReader(tags)
		for i := range cols {
			cols[i] = Tag(tr.U32())
		}
		d := ROP
		if nspi {
			d = NSPI
		}
		r := wire.NewReader(b)
		rows := ReadRows(r, int(n), cols, d)
		if r.Err() != nil {
			return
		}
		once := rewritten(t, cols, rows, d)
		r = wire.NewReader(once)
		again := ReadRows(r, int(n), cols, d)
		if err := r.Finish(); err != nil {
			t.Fatalf("own rows do not read: %v", err)
		}
		if !bytes.Equal(rewritten(t, cols, again, d), once) {
			t.Fatalf("%#v became %#v", rows, again)
		}
	})
}

func rewritten(t *testing.T, cols []Tag, rows [][]Value, d Dialect) []byte {
	w := new(wire.Writer)
	for _, row := range rows {
		if err := WriteRow(w, cols, row, d); err != nil {
			t.Fatal(err)
		}
	}
	return w.Bytes()
}
