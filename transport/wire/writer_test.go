package wire

import (
	"bytes"
	"errors"
	"testing"
)

func TestWriterFields(t *testing.T) {
	w := new(Writer)
	w.U8(1)
	w.U16(0x0203)
	w.U32(0x04050607)
	w.U64(0x08090A0B0C0D0E0F)
	w.Raw([]byte{0xAA})
	w.ASCIIZ("ab")
	w.UTF16Z("é😀")
	w.SetU16(1, 0x1111)
	w.SetU32(3, 0x22222222)
	want := []byte{
		1, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 0x0F, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 9, 8, 0xAA,
		'a', 'b', 0, 0xE9, 0, 0x3D, 0xD8, 0x00, 0xDE, 0, 0,
	}
	if !bytes.Equal(w.Bytes(), want) || w.Len() != len(want) {
		t.Errorf("got % X\nwant % X", w.Bytes(), want)
	}
}

// A NUL inside would let a value end early and the rest be read as other fields.
func TestWriterCutsAtNUL(t *testing.T) {
	w := new(Writer)
	w.ASCIIZ("a\x00b")
	w.UTF16Z("c\x00d")
	if want := []byte{'a', 0, 'c', 0, 0, 0}; !bytes.Equal(w.Bytes(), want) {
		t.Errorf("got % X", w.Bytes())
	}
}

func TestWriterKeepsTheFirstFailure(t *testing.T) {
	w, first := new(Writer), errors.New("first")
	if w.Fail(nil); w.Err() != nil {
		t.Errorf("nil became %v", w.Err())
	}
	w.Fail(first)
	w.Fail(errors.New("second"))
	if w.Err() != first {
		t.Errorf("Err is %v", w.Err())
	}
}

func FuzzStrings(f *testing.F) {
	f.Add("", "")
	f.Add("/o=X", "Ünïcode 😀")
	f.Add("a\x00b", "\xff")
	f.Fuzz(func(t *testing.T, narrow, wide string) {
		w := new(Writer)
		w.ASCIIZ(narrow)
		w.UTF16Z(wide)
		r := NewReader(w.Bytes())
		if got := r.ASCIIZ(); got != untilNUL(narrow) {
			t.Errorf("%q came back as %q", narrow, got)
		}
		if got, want := r.UTF16Z(), string([]rune(untilNUL(wide))); got != want {
			t.Errorf("%q came back as %q", want, got)
		}
		if err := r.Finish(); err != nil {
			t.Error(err)
		}
	})
}
