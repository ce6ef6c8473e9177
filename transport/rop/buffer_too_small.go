package rop

import (
	"bytes"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// BufferTooSmallResponse stands in the place of the first operation whose answer
// did not fit, and hands back the operations that were not done
// (MS-OXCROPS 2.2.15.1).
type BufferTooSmallResponse struct {
	SizeNeeded uint16 // bytes the answer would take
	Undone     []byte // the encoded requests not done, without a handle table
}

// ID is RopBufferTooSmall.
func (*BufferTooSmallResponse) ID() ID { return RopBufferTooSmall }

// Code is mapierr.BufferTooSmall.
func (*BufferTooSmallResponse) Code() mapierr.Code { return mapierr.BufferTooSmall }

// Encode appends the response. It must be the last of its payload.
func (p *BufferTooSmallResponse) Encode(w *wire.Writer) {
	w.U8(uint8(RopBufferTooSmall))
	w.U16(p.SizeNeeded)
	w.Raw(p.Undone)
}

func (p *BufferTooSmallResponse) decode(r *wire.Reader) {
	p.SizeNeeded = r.U16()
	p.Undone = bytes.Clone(r.Rest())
}
