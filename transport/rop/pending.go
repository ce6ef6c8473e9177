package rop

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// PendingResponse says that more notifications wait, and an Execute will fetch
// them (MS-OXCROPS 2.2.14.3).
type PendingResponse struct {
	SessionIndex uint16 // which session of the connection; a client ignores it
}

// ID is RopPending.
func (*PendingResponse) ID() ID { return RopPending }

// Code is OK.
func (*PendingResponse) Code() mapierr.Code { return mapierr.OK }

// Encode appends the response.
func (p *PendingResponse) Encode(w *wire.Writer) {
	w.U8(uint8(RopPending))
	w.U16(p.SessionIndex)
}

func (p *PendingResponse) decode(r *wire.Reader) { p.SessionIndex = r.U16() }
