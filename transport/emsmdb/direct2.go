package emsmdb

import (
	"encoding/binary"
	"fmt"
)

// DIRECT2 (MS-OXCRPC 3.1.4.1.1.2) is a stream of literal bytes and matches. One
// bit for each, from the top of 32-bit words that stand where the stream first
// needs them, tells which is which: 0 literal, 1 match.
const (
	matchMin    = 3
	matchWindow = 8192 // how far back a match reaches: 13 bits of the token
	bitsPerWord = 32

	// A length starts with the low three bits of the token and goes on in a
	// nibble, a byte and a 16-bit word while the one before is all ones.
	tokenMax  = 7
	nibbleMax = 15
	byteMax   = 255
	nibbleAdd = matchMin + tokenMax   // 10: length of nibble 0
	byteAdd   = nibbleAdd + nibbleMax // 25: length of byte 0
	wordAdd   = matchMin              // the word counts from the start again
)

// inflater decompresses one payload. The first fault sticks in err.
type inflater struct {
	in  []byte
	pos int
	out []byte
	err error

	mask     uint32 // bits not used yet, from the top
	bitsLeft int
	nibble   int // place of a length byte whose high half is free; -1: none
}

// decompress gives exactly size bytes or an ErrBuffer; no more is ever
// allocated, whatever the input says.
func decompress(in []byte, size int) ([]byte, error) {
	d := &inflater{in: in, nibble: -1, out: make([]byte, 0, size)}
	for len(d.out) < size && d.err == nil {
		if d.bit() {
			d.match(size - len(d.out))
		} else if b := d.take(1); b != nil {
			d.out = append(d.out, b[0])
		}
	}
	return d.out, d.err
}

func (d *inflater) fail(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: compressed data at byte %d: %s", ErrBuffer, d.pos, what)
	}
}

func (d *inflater) take(n int) []byte {
	if n > len(d.in)-d.pos {
		d.fail("ends too early")
		return nil
	}
	d.pos += n
	return d.in[d.pos-n : d.pos]
}

func (d *inflater) bit() bool {
	if d.bitsLeft == 0 {
		if b := d.take(4); b != nil {
			d.mask, d.bitsLeft = binary.LittleEndian.Uint32(b), bitsPerWord
		}
	}
	set := d.mask>>31 == 1
	d.mask <<= 1
	d.bitsLeft--
	return set
}

// match copies byte by byte: it may read what it has just written.
func (d *inflater) match(room int) {
	token := d.u16()
	offset := token>>3 + 1
	length := d.length(token & tokenMax)
	switch {
	case d.err != nil:
	case offset > len(d.out):
		d.fail("reaches back before the start")
	case length > room:
		d.fail("is longer than the header says")
	default:
		for range length {
			d.out = append(d.out, d.out[len(d.out)-offset])
		}
	}
}

func (d *inflater) length(bits int) int {
	if bits < tokenMax {
		return matchMin + bits
	}
	if n := d.halfByte(); n < nibbleMax {
		return nibbleAdd + n
	}
	b := d.take(1)
	if b == nil {
		return 0
	}
	if b[0] < byteMax {
		return byteAdd + int(b[0])
	}
	return wordAdd + d.u16()
}

// halfByte takes the low half of a new byte, and for the next long match the
// high half of the same byte.
func (d *inflater) halfByte() int {
	if d.nibble >= 0 {
		n := d.in[d.nibble] >> 4
		d.nibble = -1
		return int(n)
	}
	b := d.take(1)
	if b == nil {
		return 0
	}
	d.nibble = d.pos - 1
	return int(b[0] & 0xF)
}

func (d *inflater) u16() int {
	if b := d.take(2); b != nil {
		return int(binary.LittleEndian.Uint16(b))
	}
	return 0
}
