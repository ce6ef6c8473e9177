package emsmdb

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Packing says what is done to the payload of an extended buffer. Its bits are
// those of RPC_HEADER_EXT.Flags (MS-OXCRPC 2.2.2.1).
type Packing uint16

// The ways to pack a payload. Compression is left out where it does not make
// the payload smaller.
const (
	Plain    Packing = 0
	Compress Packing = 0x1 // DIRECT2
	XorMagic Packing = 0x2 // every byte ^ 0xA5
)

const (
	flagLast   = 0x4 // RPC_HEADER_EXT.Flags: no further buffer follows
	headerSize = 8   // RPC_HEADER_EXT
	magic      = 0xA5
)

// MaxPayload is the most bytes one extended buffer can carry: its size field
// has 16 bits. Servers send 32768 at most (MS-OXCRPC 3.1.4.1.1). A longer
// payload is cut when it is encoded, which the other side answers with
// ecRpcFormat.
const MaxPayload = 0xFFFF

// maxUnpacked bounds what one chain may unpack to, because fifteen bytes on the
// wire can become 64 KiB. The largest answer a client can ask for (MaxRopOut) is
// 1 MiB, which compression lets hold a few times that.
const maxUnpacked = 4 << 20

// PackBuffers is the chain of extended buffers for the payloads, the last one
// marked; nil for no payloads.
func PackBuffers(payloads [][]byte, p Packing) []byte {
	p &= Compress | XorMagic
	var w wire.Writer
	for i, payload := range payloads {
		payload = payload[:min(len(payload), MaxPayload)]
		flags, body := uint16(p&^Compress), payload
		if p&Compress != 0 {
			if c := compress(payload); len(c) < len(payload) {
				flags, body = uint16(p), c
			}
		}
		if i == len(payloads)-1 {
			flags |= flagLast
		}
		w.U16(0) // Version
		w.U16(flags)
		w.U16(uint16(len(body)))
		w.U16(uint16(len(payload)))
		if p&XorMagic != 0 {
			body = xor(body)
		}
		w.Raw(body)
	}
	return w.Bytes()
}

// UnpackBuffers gives the payloads of a chain of extended buffers and what the
// first one was packed with. The error (ErrBuffer) comes with the payloads
// before the fault. An empty b has no payloads.
func UnpackBuffers(b []byte) (payloads [][]byte, p Packing, err error) {
	r := wire.NewReader(b)
	total, last := 0, len(b) == 0
	for !last {
		payload, flags, err := unpackOne(r, maxUnpacked-total)
		if err != nil {
			return payloads, p, err
		}
		if payloads == nil {
			p = Packing(flags) & (Compress | XorMagic)
		}
		payloads = append(payloads, payload)
		total += len(payload)
		last = flags&flagLast != 0
	}
	if r.Remaining() > 0 {
		err = fmt.Errorf("%w: %d bytes after the last one", ErrBuffer, r.Remaining())
	}
	return payloads, p, err
}

// unpackOne takes one extended buffer that may unpack to at most room bytes.
func unpackOne(r *wire.Reader, room int) (payload []byte, flags uint16, err error) {
	version := r.U16()
	flags = r.U16()
	size, actual := int(r.U16()), int(r.U16())
	body := r.Bytes(size)
	switch {
	case r.Err() != nil:
		return nil, 0, fmt.Errorf("%w: %w", ErrBuffer, r.Err())
	case version != 0:
		return nil, 0, fmt.Errorf("%w: version %d", ErrBuffer, version)
	case max(actual, size) > room:
		return nil, 0, fmt.Errorf("%w: the chain unpacks to more than %d bytes", ErrBuffer, maxUnpacked)
	}
	if flags&uint16(XorMagic) != 0 {
		body = xor(body)
	}
	if flags&uint16(Compress) != 0 {
		body, err = decompress(body, actual)
	} else if size != actual {
		err = fmt.Errorf("%w: %d bytes are said to be %d", ErrBuffer, size, actual)
	}
	return body, flags, err
}

// xor gives a changed copy; the same call reverses it.
func xor(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c ^ magic
	}
	return out
}

// rops walks RopBufferSize and RopBuffer.
func (l *layout) rops(payloads *[][]byte, p *Packing) {
	if l.w != nil {
		b := PackBuffers(*payloads, *p)
		l.w.U32(uint32(len(b)))
		l.w.Raw(b)
		return
	}
	b := l.r.Bytes(int(l.r.U32()))
	if l.r.Err() != nil {
		return
	}
	*payloads, *p, l.err = UnpackBuffers(b)
}
