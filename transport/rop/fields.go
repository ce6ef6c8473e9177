package rop

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// FolderID names a folder in its mailbox: a replica id and a counter, opaque to a
// client (MS-OXCDATA 2.2.1.1).
type FolderID [8]byte

// MessageID names a message in its mailbox (MS-OXCDATA 2.2.1.2).
type MessageID [8]byte

// String is the sixteen hexadecimal digits in wire order.
func (f FolderID) String() string { return fmt.Sprintf("%X", f[:]) }

// String is the sixteen hexadecimal digits in wire order.
func (m MessageID) String() string { return fmt.Sprintf("%X", m[:]) }

// The ids have eight bytes; a short read leaves the zero id and r's failure.
func readID[T ~[8]byte](r *wire.Reader) (id T) {
	copy(id[:], r.Bytes(len(id)))
	return id
}

func readBool(r *wire.Reader) bool { return r.U8() != 0 }

func writeBool(w *wire.Writer, v bool) {
	if v {
		w.U8(1)
	} else {
		w.U8(0)
	}
}

// writeHead appends RopId, LogonId and the handle indices of a request.
func writeHead(w *wire.Writer, id ID, logon uint8, slots ...uint8) {
	w.U8(uint8(id))
	w.U8(logon)
	w.Raw(slots)
}

// readTags takes a 16-bit count and that many tags.
func readTags(r *wire.Reader) []props.Tag {
	tags := make([]props.Tag, r.Count16(4))
	for i := range tags {
		tags[i] = props.Tag(r.U32())
	}
	return tags
}

func writeTags(w *wire.Writer, tags []props.Tag) {
	writeCount16(w, len(tags), "property tags")
	for _, t := range tags {
		w.U32(uint32(t))
	}
}

// writeCount16 appends a 16-bit count or size, or fails when n does not fit.
func writeCount16(w *wire.Writer, n int, what string) {
	if n > 0xFFFF {
		w.Fail(fmt.Errorf("%d %s: %w", n, what, ErrTooLong))
	}
	w.U16(uint16(n))
}

// writeCount8 appends an 8-bit count or size, or fails when n does not fit.
func writeCount8(w *wire.Writer, n int, what string) {
	if n > 0xFF {
		w.Fail(fmt.Errorf("%d %s: %w", n, what, ErrTooLong))
	}
	w.U8(uint8(n))
}

// untilNUL is a counted string without the NUL that its count includes.
func untilNUL(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
