// Package wire reads and writes the little-endian fields of the MAPI protocols.
//
// A Reader cannot be misused: the first failure sticks, later reads return zero
// values, every count is checked against the bytes that are left before anything
// is allocated, and Finish refuses leftovers.
package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf16"
)

// Error says where and why a decode failed. Offset counts bytes from the start
// of the buffer given to NewReader.
type Error struct {
	Offset int
	What   string
}

func (e *Error) Error() string { return fmt.Sprintf("malformed data at byte %d: %s", e.Offset, e.What) }

// Reader decodes a byte slice front to back.
type Reader struct {
	buf []byte
	off int
	err error
}

// NewReader reads b. It does not copy: slices it returns share b's memory.
func NewReader(b []byte) *Reader { return &Reader{buf: b} }

// Err is the first failure, nil if there was none.
func (r *Reader) Err() error { return r.err }

// Remaining is the number of bytes not read yet; 0 after a failure.
func (r *Reader) Remaining() int {
	if r.err != nil {
		return 0
	}
	return len(r.buf) - r.off
}

// Offset is the number of bytes read so far.
func (r *Reader) Offset() int { return r.off }

// Fail records a failure found by the caller (an impossible value, say).
func (r *Reader) Fail(format string, args ...any) {
	if r.err == nil {
		r.err = &Error{Offset: r.off, What: fmt.Sprintf(format, args...)}
	}
}

// Finish is Err, or an error when bytes are left over.
func (r *Reader) Finish() error {
	if n := r.Remaining(); n > 0 {
		r.Fail("%d bytes left over", n)
	}
	return r.err
}

// Bytes takes the next n bytes without copying; nil after a failure.
func (r *Reader) Bytes(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.buf)-r.off {
		r.Fail("need %d bytes, have %d", n, len(r.buf)-r.off)
		return nil
	}
	b := r.buf[r.off : r.off+n : r.off+n]
	r.off += n
	return b
}

// Rest takes everything that is left.
func (r *Reader) Rest() []byte { return r.Bytes(r.Remaining()) }

// Skip passes over n bytes.
func (r *Reader) Skip(n int) { r.Bytes(n) }

// U8 takes one byte.
func (r *Reader) U8() uint8 {
	if b := r.Bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// U16 takes two bytes.
func (r *Reader) U16() uint16 {
	if b := r.Bytes(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// U32 takes four bytes.
func (r *Reader) U32() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// U64 takes eight bytes.
func (r *Reader) U64() uint64 {
	if b := r.Bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// GUID takes sixteen bytes.
func (r *Reader) GUID() (g GUID) {
	copy(g[:], r.Bytes(16))
	return g
}

// Count16 takes a 16-bit element count and refuses one that cannot fit: each
// element needs at least minSize bytes (at least one).
func (r *Reader) Count16(minSize int) int { return r.fits(int(r.U16()), minSize) }

// Count32 is Count16 with a 32-bit count.
func (r *Reader) Count32(minSize int) int {
	n := r.U32()
	if n > 1<<30 {
		r.Fail("count %d is absurd", n)
		return 0
	}
	return r.fits(int(n), minSize)
}

func (r *Reader) fits(n, minSize int) int {
	if r.err != nil {
		return 0
	}
	if n > r.Remaining()/max(minSize, 1) {
		r.Fail("count %d needs more than the %d bytes left", n, r.Remaining())
		return 0
	}
	return n
}

// ASCIIZ takes an 8-bit string up to and including its NUL, and returns it
// without the NUL.
func (r *Reader) ASCIIZ() string {
	if r.err != nil {
		return ""
	}
	i := bytes.IndexByte(r.buf[r.off:], 0)
	if i < 0 {
		r.Fail("string without an end")
		return ""
	}
	b := r.Bytes(i + 1)
	return string(b[:i])
}

// UTF16Z takes a UTF-16LE string up to and including its two-byte NUL, and
// returns it as UTF-8. A lone surrogate becomes U+FFFD.
func (r *Reader) UTF16Z() string {
	if r.err != nil {
		return ""
	}
	rest := r.buf[r.off:]
	for i := 0; i+1 < len(rest); i += 2 {
		if rest[i] == 0 && rest[i+1] == 0 {
			return decodeUTF16(r.Bytes(i + 2)[:i])
		}
	}
	r.Fail("UTF-16 string without an end")
	return ""
}

func decodeUTF16(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
