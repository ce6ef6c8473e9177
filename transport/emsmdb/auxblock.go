package emsmdb

import (
	"encoding/binary"
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// block walks the body of one auxiliary block, reading or writing, like layout.
// Strings and byte strings stand behind the fixed fields and are found by their
// offset, which counts from the AUX_HEADER; an offset of 0 means absent
// (MS-OXCRPC 2.2.2.2).
type block struct {
	r    *wire.Reader
	body []byte // reading: all that follows the header

	w    *wire.Writer
	tail []tailPart // writing: what goes behind the fixed fields
}

// tailPart is a variable part and the place of the offset that points to it.
type tailPart struct {
	at int
	b  []byte
}

// encodeBlock gives nil for a block that no auxiliary buffer has room for.
func encodeBlock(a Aux) []byte {
	k := a.kind()
	w := &wire.Writer{}
	w.U16(0) // Size, below
	w.U8(k.version)
	w.U8(k.typ)
	b := &block{w: w}
	a.fields(b)
	for _, part := range b.tail {
		w.SetU16(part.at, uint16(w.Len()))
		w.Raw(part.b)
	}
	if w.Len() > maxAuxPayload {
		return nil
	}
	w.SetU16(0, uint16(w.Len()))
	return w.Bytes()
}

func decodeBlock(k auxKind, body []byte) Aux {
	unknown := &UnknownAux{Version: k.version, Type: k.typ, Body: body}
	create := auxKinds[k]
	if create == nil {
		return unknown
	}
	a := create()
	r := wire.NewReader(body)
	a.fields(&block{r: r, body: body})
	if r.Err() != nil {
		return unknown
	}
	return a
}

func (b *block) u8(p *uint8) {
	if b.r != nil {
		*p = b.r.U8()
	} else {
		b.w.U8(*p)
	}
}

func (b *block) u16(p *uint16) {
	if b.r != nil {
		*p = b.r.U16()
	} else {
		b.w.U16(*p)
	}
}

func (b *block) u32(p *uint32) {
	if b.r != nil {
		*p = b.r.U32()
	} else {
		b.w.U32(*p)
	}
}

// millis is a duration as 32-bit milliseconds.
func (b *block) millis(p *time.Duration) {
	if b.r != nil {
		*p = time.Duration(b.r.U32()) * time.Millisecond
	} else {
		b.w.U32(uint32(p.Milliseconds()))
	}
}

func (b *block) guid(p *wire.GUID) {
	if b.r != nil {
		*p = b.r.GUID()
	} else {
		b.w.GUID(*p)
	}
}

// reserved passes over n bytes that mean nothing.
func (b *block) reserved(n int) {
	if b.r != nil {
		b.r.Skip(n)
	} else {
		b.w.Raw(make([]byte, n))
	}
}

// rest is everything that is left.
func (b *block) rest(p *[]byte) {
	if b.r != nil {
		*p = b.r.Rest()
	} else {
		b.w.Raw(*p)
	}
}

// at gives what stands at an offset counted from the header.
func (b *block) at(offset uint16) *wire.Reader {
	i := int(offset) - auxHeaderSize
	if i < 0 || i > len(b.body) {
		b.r.Fail("offset %d points out of the block", offset)
		return wire.NewReader(nil)
	}
	return wire.NewReader(b.body[i:])
}

// text is the offset of a UTF-16 string.
func (b *block) text(p *string) {
	if b.w != nil {
		var s wire.Writer
		s.UTF16Z(*p)
		b.later(*p != "", s.Bytes())
		return
	}
	if offset := b.r.U16(); offset != 0 {
		r := b.at(offset)
		*p = r.UTF16Z()
		b.inherit(r)
	}
}

// bytes is the size and the offset of a byte string.
func (b *block) bytes(p *[]byte) {
	if b.w != nil {
		b.w.U16(uint16(min(len(*p), maxAuxPayload)))
		b.later(len(*p) > 0, *p)
		return
	}
	size, offset := b.r.U16(), b.r.U16()
	if size != 0 && offset != 0 {
		r := b.at(offset)
		*p = r.Bytes(int(size))
		b.inherit(r)
	}
}

// offsetAt looks at an offset without reading it; i counts from the header's end.
func (b *block) offsetAt(i int) uint16 {
	if len(b.body) < i+2 {
		return 0
	}
	return binary.LittleEndian.Uint16(b.body[i:])
}

// later writes an offset of 0 now, and part behind the fixed fields if it is
// present.
func (b *block) later(present bool, part []byte) {
	if present {
		b.tail = append(b.tail, tailPart{b.w.Len(), part})
	}
	b.w.U16(0)
}

// inherit lets a failure behind an offset count for the whole block.
func (b *block) inherit(r *wire.Reader) {
	if err := r.Err(); err != nil {
		b.r.Fail("%v", err)
	}
}
