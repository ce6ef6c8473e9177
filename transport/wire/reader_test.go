package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestReaderFields(t *testing.T) {
	r := NewReader([]byte{
		0x01, 0x03, 0x02, 0x07, 0x06, 0x05, 0x04, 8, 7, 6, 5, 4, 3, 2, 1,
		'a', 'b', 0, 0xE9, 0, 0x3D, 0xD8, 0x00, 0xDE, 0, 0, 0xAA, 0xBB, 0xCC,
	})
	if v := r.U8(); v != 1 {
		t.Errorf("U8 %#x", v)
	}
	if v := r.U16(); v != 0x0203 {
		t.Errorf("U16 %#x", v)
	}
	if v := r.U32(); v != 0x04050607 {
		t.Errorf("U32 %#x", v)
	}
	if v := r.U64(); v != 0x0102030405060708 {
		t.Errorf("U64 %#x", v)
	}
	if v := r.ASCIIZ(); v != "ab" {
		t.Errorf("ASCIIZ %q", v)
	}
	if v := r.UTF16Z(); v != "é😀" {
		t.Errorf("UTF16Z %q", v)
	}
	r.Skip(1)
	if v := r.Offset(); v != 27 {
		t.Errorf("Offset %d", v)
	}
	if v := r.Rest(); !bytes.Equal(v, []byte{0xBB, 0xCC}) {
		t.Errorf("Rest %X", v)
	}
	if err := r.Finish(); err != nil {
		t.Error(err)
	}
}

// Every way to read past the end fails with the offset, returns a zero, and stays
// failed.
func TestReaderShort(t *testing.T) {
	for name, read := range map[string]func(*Reader) bool{
		"U8":      func(r *Reader) bool { r.Skip(1); return r.U8() == 0 },
		"U16":     func(r *Reader) bool { return r.U16() == 0 },
		"U32":     func(r *Reader) bool { return r.U32() == 0 },
		"U64":     func(r *Reader) bool { return r.U64() == 0 },
		"GUID":    func(r *Reader) bool { return r.GUID() == GUID{} },
		"Bytes":   func(r *Reader) bool { return r.Bytes(2) == nil },
		"Bytes-1": func(r *Reader) bool { return r.Bytes(-1) == nil },
		"ASCIIZ":  func(r *Reader) bool { return r.ASCIIZ() == "" },
		"UTF16Z":  func(r *Reader) bool { return r.UTF16Z() == "" },
		"Count16": func(r *Reader) bool { return r.Count16(1) == 0 },
		"Count32": func(r *Reader) bool { return r.Count32(1) == 0 },
	} {
		r := NewReader([]byte{0x41})
		if !read(r) {
			t.Errorf("%s: not zero", name)
		}
		var e *Error
		if !errors.As(r.Err(), &e) {
			t.Errorf("%s: %v", name, r.Err())
			continue
		}
		first := r.Err()
		r.Fail("another")
		if r.Err() != first || r.Remaining() != 0 || r.Bytes(0) != nil || r.ASCIIZ() != "" || r.UTF16Z() != "" {
			t.Errorf("%s: the failure does not stick", name)
		}
		if r.Finish() != first {
			t.Errorf("%s: Finish gives %v", name, r.Finish())
		}
	}
}

func TestReaderCounts(t *testing.T) {
	eight := make([]byte, 8)
	for _, c := range []struct {
		head []byte
		wide bool
		min  int
		want int
		ok   bool
	}{
		{[]byte{8, 0}, false, 1, 8, true},
		{[]byte{9, 0}, false, 1, 0, false},
		{[]byte{2, 0}, false, 4, 2, true},
		{[]byte{3, 0}, false, 4, 0, false},
		{[]byte{8, 0}, false, 0, 8, true}, // an element takes at least one byte
		{[]byte{9, 0}, false, 0, 0, false},
		{[]byte{8, 0, 0, 0}, true, 1, 8, true},
		{[]byte{9, 0, 0, 0}, true, 1, 0, false},
		{[]byte{0xFF, 0xFF, 0xFF, 0xFF}, true, 1, 0, false},
		{[]byte{0, 0, 0, 0x80}, true, 1, 0, false},
		{[]byte{0, 0, 0, 0x40}, true, 1 << 30, 0, false},
	} {
		r := NewReader(append(bytes.Clone(c.head), eight...))
		count := r.Count16
		if c.wide {
			count = r.Count32
		}
		if got := count(c.min); got != c.want || (r.Err() == nil) != c.ok {
			t.Errorf("count % X of %d bytes each: %d, %v", c.head, c.min, got, r.Err())
		}
	}
}

func TestReaderFinishRefusesLeftovers(t *testing.T) {
	r := NewReader([]byte{1, 2, 3})
	r.U8()
	err := r.Finish()
	if err == nil || !strings.Contains(err.Error(), "byte 1: 2 bytes left over") {
		t.Errorf("Finish: %v", err)
	}
}

// A slice the reader hands out must not let an append reach the bytes after it.
func TestReaderBytesAreCapped(t *testing.T) {
	buf := []byte{1, 2, 3, 4}
	b := NewReader(buf).Bytes(2)
	_ = append(b, 9)
	if buf[2] != 3 {
		t.Error("append wrote into the buffer")
	}
}

func TestReaderStrings(t *testing.T) {
	for _, c := range []struct {
		in   []byte
		want string
		ok   bool
	}{
		{[]byte{0, 0}, "", true},
		{[]byte{0x41, 0, 0, 0}, "A", true},
		{[]byte{0x41, 0x00, 0x00, 0x41}, "", false},             // a NUL across two units is none
		{[]byte{0x00, 0x41, 0x00, 0x00}, "\u4100", true},        // U+4100 has a zero low byte
		{[]byte{0x00, 0xD8, 0x41, 0x00, 0, 0}, "\uFFFDA", true}, // lone surrogate
		{[]byte{0x41, 0, 0}, "", false},
		{nil, "", false},
	} {
		r := NewReader(c.in)
		if got := r.UTF16Z(); got != c.want || (r.Err() == nil) != c.ok {
			t.Errorf("% X: %q, %v", c.in, got, r.Err())
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []byte{0x41, 0, 0x42, 0, 0, 0, 3, 0, 1, 2, 3, 9, 9, 9})
	f.Add([]byte{6, 7, 7}, []byte{0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0})
	f.Fuzz(func(t *testing.T, ops, buf []byte) {
		r := NewReader(buf)
		for _, op := range ops {
			before := r.Offset()
			read(r, op)
			if r.Offset() < before || r.Offset() > len(buf) || r.Remaining() < 0 {
				t.Fatalf("op %d moved from %d to %d of %d", op%11, before, r.Offset(), len(buf))
			}
			if r.Err() != nil && r.Offset() != before && op%11 < 8 {
				t.Fatalf("op %d failed and still moved", op%11)
			}
		}
		if r.Finish() == nil && r.Offset() != len(buf) {
			t.Fatal("Finish accepts leftovers")
		}
	})
}

func read(r *Reader, op byte) {
	switch op % 11 {
	case 0:
		r.U8()
	case 1:
		r.U16()
	case 2:
		r.U32()
	case 3:
		r.U64()
	case 4:
		r.GUID()
	case 5:
		r.ASCIIZ()
	case 6:
		r.UTF16Z()
	case 7:
		r.Bytes(int(int8(op)))
	case 8:
		_ = make([]byte, r.Count16(int(op)))
	case 9:
		_ = make([]byte, r.Count32(int(op)))
	case 10:
		r.Fail("on request")
	}
}
