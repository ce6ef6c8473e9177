package dcerpc

import (
	"strings"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// The pieces of NDR in use (C706 14). Offsets count from the start of the stub,
// to which every Reader and Writer here belongs from its first byte.

// padTo appends zeros up to a multiple of n bytes.
func padTo(w *wire.Writer, n int) {
	for w.Len()%n != 0 {
		w.U8(0)
	}
}

// skipTo passes over the bytes up to a multiple of n.
func skipTo(r *wire.Reader, n int) { r.Skip(-r.Offset() & (n - 1)) }

// Handle is a context handle (C706 14.2.16.6). The zero Handle is no handle.
type Handle [20]byte

func readHandle(r *wire.Reader) (h Handle) {
	copy(h[:], r.Bytes(len(h)))
	return h
}

// writeString writes an 8-bit conformant varying string: maximum, offset, actual
// count and the characters with their NUL (C706 14.3.4.2).
func writeString(w *wire.Writer, s string) {
	s, _, _ = strings.Cut(s, "\x00")
	n := uint32(len(s) + 1)
	padTo(w, 4)
	w.U32(n)
	w.U32(0)
	w.U32(n)
	w.ASCIIZ(s)
}

func readString(r *wire.Reader) string {
	s, _, _ := strings.Cut(string(readVarying(r)), "\x00")
	return s
}

// writeVarying writes a conformant varying array of bytes.
func writeVarying(w *wire.Writer, b []byte) {
	padTo(w, 4)
	w.U32(uint32(len(b)))
	w.U32(0)
	w.U32(uint32(len(b)))
	w.Raw(b)
}

func readVarying(r *wire.Reader) []byte {
	skipTo(r, 4)
	size, offset, actual := r.U32(), r.U32(), r.U32()
	if r.Err() == nil && (offset != 0 || actual > size) {
		r.Fail("an array of %d elements from %d to %d", size, offset, uint64(offset)+uint64(actual))
	}
	return r.Bytes(int(actual))
}

// writeConformant writes a conformant array of bytes.
func writeConformant(w *wire.Writer, b []byte) {
	padTo(w, 4)
	w.U32(uint32(len(b)))
	w.Raw(b)
}

func readConformant(r *wire.Reader) []byte {
	skipTo(r, 4)
	return r.Bytes(r.Count32(1))
}

// alignedU32 reads a number at its natural place.
func alignedU32(r *wire.Reader) uint32 {
	skipTo(r, 4)
	return r.U32()
}

func writeAlignedU32(w *wire.Writer, v uint32) {
	padTo(w, 4)
	w.U32(v)
}

// referent marks a pointer that is not nil; its value means nothing (C706 14.3.10).
const referent = 0x00020000
