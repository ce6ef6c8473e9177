package emsmdb

import "encoding/binary"

// deflater compresses one payload, plainly: it takes the latest place where the
// next three bytes stood, and looks no further.
type deflater struct {
	in   []byte
	out  []byte
	last map[[matchMin]byte]int // where three bytes stood last

	maskAt, bits int
	mask         uint32
	nibble       int // place in out of a length byte whose high half is free; -1: none
}

// compress is in as DIRECT2; it may be longer than in.
func compress(in []byte) []byte {
	d := &deflater{in: in, last: map[[matchMin]byte]int{}, nibble: -1}
	d.newWord()
	for pos := 0; pos < len(in); {
		offset, length := d.find(pos)
		if length == 0 {
			d.bit(0)
			d.out = append(d.out, in[pos])
			length = 1
		} else {
			d.bit(1)
			d.match(offset, length)
		}
		for end := pos + length; pos < end; pos++ {
			d.remember(pos)
		}
	}
	d.bit(1) // the end
	d.flush()
	return d.out
}

func (d *deflater) remember(pos int) {
	if pos+matchMin <= len(d.in) {
		d.last[[matchMin]byte(d.in[pos:])] = pos
	}
}

// find gives the length 0 when there is no match at pos.
func (d *deflater) find(pos int) (offset, length int) {
	if pos+matchMin > len(d.in) {
		return 0, 0
	}
	from, ok := d.last[[matchMin]byte(d.in[pos:])]
	if !ok || pos-from > matchWindow {
		return 0, 0
	}
	length = matchMin
	for pos+length < len(d.in) && d.in[from+length] == d.in[pos+length] {
		length++
	}
	return pos - from, length
}

func (d *deflater) match(offset, length int) {
	bits := min(length-matchMin, tokenMax)
	d.out = binary.LittleEndian.AppendUint16(d.out, uint16((offset-1)<<3|bits))
	if bits < tokenMax {
		return
	}
	nibble := min(length-nibbleAdd, nibbleMax)
	if d.nibble >= 0 {
		d.out[d.nibble] |= byte(nibble << 4)
		d.nibble = -1
	} else {
		d.nibble = len(d.out)
		d.out = append(d.out, byte(nibble))
	}
	if nibble < nibbleMax {
		return
	}
	b := min(length-byteAdd, byteMax)
	d.out = append(d.out, byte(b))
	if b == byteMax {
		d.out = binary.LittleEndian.AppendUint16(d.out, uint16(length-wordAdd))
	}
}

func (d *deflater) bit(b uint32) {
	if d.bits == bitsPerWord {
		d.flush()
		d.newWord()
	}
	d.mask = d.mask<<1 | b
	d.bits++
}

// newWord leaves room for the bits of what follows.
func (d *deflater) newWord() {
	d.maskAt, d.mask, d.bits = len(d.out), 0, 0
	d.out = append(d.out, 0, 0, 0, 0)
}

func (d *deflater) flush() {
	binary.LittleEndian.PutUint32(d.out[d.maskAt:], d.mask<<(bitsPerWord-d.bits))
}
