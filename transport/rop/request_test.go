package rop

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Whole payloads: RopSize, operations, handle table.
var payloads = []struct {
	name, hex string
	want      RequestBuffer
}{
	{"logon", "15 00 | FE 00 00 01 0C 04 00 01 00 00 00 00 05 00 2F 6F 3D 58 00 | FF FF FF FF",
		RequestBuffer{[]Request{PrivateLogon("/o=X")}, []uint32{NoHandle}}},
	{"empty", "02 00", RequestBuffer{nil, []uint32{}}},
	{"look into a folder", `29 00 | 02 00 00 01 01 00 00 00 00 00 01 12 00 | 05 00 01 02 00
		| 12 00 02 00 02 00 1F 00 37 00 40 00 06 0E | 15 00 02 00 01 0A 00
		| 11 00 00 00 FF FF FF FF FF FF FF FF`,
		RequestBuffer{[]Request{
			&OpenFolderRequest{Output: 1, FolderID: inbox},
			&GetContentsTableRequest{Input: 1, Output: 2},
			&SetColumnsRequest{Input: 2, Columns: mailCols},
			&QueryRowsRequest{Input: 2, Forward: true, RowCount: 10},
		}, []uint32{0x11, NoHandle, NoHandle}}},
	{"release all", "08 00 | 01 00 01 | 01 00 00 | 11 00 00 00 12 00 00 00",
		RequestBuffer{[]Request{&ReleaseRequest{Input: 1}, &ReleaseRequest{}}, []uint32{0x11, 0x12}}},
}

func TestRequestBuffer(t *testing.T) {
	for _, c := range payloads {
		b := unhex(t, c.hex)
		got, err := DecodeRequestBuffer(b)
		if err != nil || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s: read %+v, %v", c.name, got, err)
		}
		if out, err := c.want.Encode(); err != nil || !bytes.Equal(out, b) {
			t.Errorf("%s: wrote % X, %v", c.name, out, err)
		}
	}
}

func TestRequestBufferRefusals(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                  "",
		"half a size":              "02",
		"size that skips itself":   "01 00",
		"size zero":                "00 00",
		"size past the end":        "04 00 01",
		"torn handle":              "02 00 11 00 00",
		"operation cut by RopSize": "04 00 01 00 | 00 11 00 00 00",
	} {
		b, err := DecodeRequestBuffer(unhex(t, text))
		var we *wire.Error
		if b != nil || !errors.As(err, &we) {
			t.Errorf("%s: %v, %v", name, b, err)
		}
	}
}

// A write is not an operation known here, and the error says which it was.
func TestRequestBufferUnknownOperation(t *testing.T) {
	_, err := DecodeRequestBuffer(unhex(t, "05 00 0C 00 00"))
	var e *Error
	if !errors.As(err, &e) || e.ROP != 0x0C || !errors.Is(err, ErrUnknown) {
		t.Fatal(err)
	}
	if want := "Rop0x0C: not an operation known here"; err.Error() != want {
		t.Errorf("%q", err)
	}
}

func TestRequestBufferTooLong(t *testing.T) {
	long := &SetColumnsRequest{Columns: make([]props.Tag, 10_000)}
	if _, err := (&RequestBuffer{Requests: []Request{long}}).Encode(); err != nil {
		t.Errorf("40000 bytes: %v", err)
	}
	if b, err := (&RequestBuffer{Requests: []Request{long, long}}).Encode(); !errors.Is(err, ErrTooLong) {
		t.Errorf("80000 bytes became %d with a 16-bit size, %v", len(b), err)
	}
	_, err := (&RequestBuffer{Requests: []Request{&SetColumnsRequest{Columns: make([]props.Tag, 65536)}}}).Encode()
	var e *Error
	if !errors.As(err, &e) || e.ROP != RopSetColumns || !errors.Is(err, ErrTooLong) {
		t.Errorf("65536 columns: %v", err)
	}
}

// What was decoded must not change when the buffer it came from is reused.
func TestRequestBufferIsACopy(t *testing.T) {
	for _, c := range payloads {
		b := unhex(t, c.hex)
		got, err := DecodeRequestBuffer(b)
		clear(b)
		if err != nil || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func FuzzDecodeRequestBuffer(f *testing.F) {
	for _, c := range payloads {
		f.Add(unhex(f, c.hex))
	}
	for _, c := range requests {
		b := unhex(f, c.hex)
		f.Add(append([]byte{byte(len(b) + 2), 0}, b...))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		b, err := DecodeRequestBuffer(payload)
		if err != nil {
			return
		}
		once, err := b.Encode()
		if errors.Is(err, ErrTooLong) {
			return // a DN that came without its NUL grows by it
		}
		if err != nil {
			t.Fatalf("own requests do not encode: %v", err)
		}
		again, err := DecodeRequestBuffer(once)
		if err != nil || !reflect.DeepEqual(b, again) {
			t.Fatalf("%+v became %+v, %v", b, again, err)
		}
	})
}
