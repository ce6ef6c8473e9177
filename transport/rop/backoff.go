package rop

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// BackoffResponse is a busy server's answer to the whole payload: the client is
// to wait before it sends operations to this logon again (MS-OXCROPS 2.2.15.2).
type BackoffResponse struct {
	LogonID  uint8
	Duration time.Duration // for all operations; travels in milliseconds
	ROPs     []BackoffROP  // operations with a wait of their own
	Data     []byte        // additional data without a defined meaning
}

// BackoffROP is the wait for one operation.
type BackoffROP struct {
	ROP      ID
	Duration time.Duration
}

// ID is RopBackoff.
func (*BackoffResponse) ID() ID { return RopBackoff }

// Code is mapierr.ServerBusy.
func (*BackoffResponse) Code() mapierr.Code { return mapierr.ServerBusy }

// Encode appends the response.
func (p *BackoffResponse) Encode(w *wire.Writer) {
	w.U8(uint8(RopBackoff))
	w.U8(p.LogonID)
	writeMillis(w, p.Duration)
	writeCount8(w, len(p.ROPs), "operations")
	for _, b := range p.ROPs {
		w.U8(uint8(b.ROP))
		writeMillis(w, b.Duration)
	}
	writeCount16(w, len(p.Data), "bytes of data")
	w.Raw(p.Data)
}

func (p *BackoffResponse) decode(r *wire.Reader) {
	p.LogonID = r.U8()
	p.Duration = readMillis(r)
	for n := r.U8(); n > 0 && r.Err() == nil; n-- {
		p.ROPs = append(p.ROPs, BackoffROP{ROP: ID(r.U8()), Duration: readMillis(r)})
	}
	p.Data = bytes.Clone(r.Bytes(r.Count16(1)))
}

func readMillis(r *wire.Reader) time.Duration { return time.Duration(r.U32()) * time.Millisecond }

func writeMillis(w *wire.Writer, d time.Duration) {
	ms := d.Milliseconds()
	if ms < 0 || ms > math.MaxUint32 {
		w.Fail(fmt.Errorf("%v in milliseconds: %w", d, ErrTooLong))
	}
	w.U32(uint32(ms))
}
