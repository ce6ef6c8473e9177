package wire

import (
	"encoding/binary"
	"unicode/utf16"
)

// Writer appends little-endian fields to a buffer. The zero value is ready.
type Writer struct {
	buf []byte
	err error
}

// Err is the first failure recorded, nil if there was none.
func (w *Writer) Err() error { return w.err }

// Fail records that a value cannot be encoded (too long for its size field, say).
// Writing goes on, and whoever sends the buffer asks Err first.
func (w *Writer) Fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// Bytes is what was written. Further writes may change it.
func (w *Writer) Bytes() []byte { return w.buf }

// Len is the number of bytes written.
func (w *Writer) Len() int { return len(w.buf) }

// U8 appends one byte.
func (w *Writer) U8(v uint8) { w.buf = append(w.buf, v) }

// U16 appends two bytes.
func (w *Writer) U16(v uint16) { w.buf = binary.LittleEndian.AppendUint16(w.buf, v) }

// U32 appends four bytes.
func (w *Writer) U32(v uint32) { w.buf = binary.LittleEndian.AppendUint32(w.buf, v) }

// U64 appends eight bytes.
func (w *Writer) U64(v uint64) { w.buf = binary.LittleEndian.AppendUint64(w.buf, v) }

// GUID appends sixteen bytes.
func (w *Writer) GUID(g GUID) { w.buf = append(w.buf, g[:]...) }

// Raw appends b as it is.
func (w *Writer) Raw(b []byte) { w.buf = append(w.buf, b...) }

// ASCIIZ appends s and a NUL. A NUL inside s would end the string early on the
// other side, so s is cut there.
func (w *Writer) ASCIIZ(s string) { w.buf = append(append(w.buf, untilNUL(s)...), 0) }

// UTF16Z appends s as UTF-16LE and a two-byte NUL; s is cut at a NUL inside.
func (w *Writer) UTF16Z(s string) {
	for _, u := range utf16.Encode([]rune(untilNUL(s))) {
		w.U16(u)
	}
	w.U16(0)
}

// SetU16 overwrites two bytes at offset at (a size that is known only later).
func (w *Writer) SetU16(at int, v uint16) { binary.LittleEndian.PutUint16(w.buf[at:], v) }

// SetU32 overwrites four bytes at offset at.
func (w *Writer) SetU32(at int, v uint32) { binary.LittleEndian.PutUint32(w.buf[at:], v) }

func untilNUL(s string) string {
	for i := range len(s) {
		if s[i] == 0 {
			return s[:i]
		}
	}
	return s
}
