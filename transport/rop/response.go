package rop

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Response is one operation as the server answers it, or something the server
// says unasked (RopNotify, RopPending, RopBackoff, RopBufferTooSmall). The set is
// closed: only the types of this package implement it.
type Response interface {
	// ID is the operation.
	ID() ID
	// Code is the ReturnValue. RopNotify and RopPending carry none and give
	// OK; RopBackoff gives ServerBusy, RopBufferTooSmall gives BufferTooSmall.
	Code() mapierr.Code
	// Encode appends the response, RopId first. A value that does not fit its
	// field is left as w's failure.
	Encode(w *wire.Writer)
	// decode takes what follows the RopId. Columns that it needs are already
	// in the response.
	decode(r *wire.Reader)
}

// Result is the head of every answer (MS-OXCROPS 2.2.2): nearly all stop after
// it when ReturnValue is not OK.
type Result struct {
	Handle      uint8 // index into the handle table: the output slot if there is one, else the input
	ReturnValue mapierr.Code
}

// Code is the ReturnValue.
func (x *Result) Code() mapierr.Code { return x.ReturnValue }

func (x *Result) setCode(c mapierr.Code) { x.ReturnValue = c }

// read takes the head after the RopId and says whether a success body follows.
func (x *Result) read(r *wire.Reader) bool {
	x.Handle = r.U8()
	x.ReturnValue = mapierr.Code(r.U32())
	return r.Err() == nil && x.ReturnValue == mapierr.OK
}

// write appends the head and says whether a success body follows.
func (x *Result) write(w *wire.Writer, id ID) bool {
	w.U8(uint8(id))
	w.U8(x.Handle)
	w.U32(uint32(x.ReturnValue))
	return x.ReturnValue == mapierr.OK
}

// Refuse is the answer of a server that refuses q with code; nil for an
// operation that is not answered (RopRelease).
func Refuse(q Request, code mapierr.Code) Response {
	p := q.answer()
	if p, ok := p.(interface{ setCode(mapierr.Code) }); ok {
		p.setCode(code)
	}
	return p
}

// ResponseBuffer is one ROP payload from server to client (MS-OXCROPS 2.2.1).
// Answers come in the order of their requests, then what was not asked for.
type ResponseBuffer struct {
	Responses []Response
	Handles   []uint32
}

// Handle is the object handle in slot i of the table; false when there is none.
func (b *ResponseBuffer) Handle(i uint8) (uint32, bool) { return handleAt(b.Handles, i) }

// Encode is the payload. The error is as RequestBuffer.Encode's.
func (b *ResponseBuffer) Encode() ([]byte, error) {
	w := new(wire.Writer)
	w.U16(0) // RopSize, set by finish
	for _, p := range b.Responses {
		if p.Encode(w); w.Err() != nil {
			return nil, &Error{ROP: p.ID(), Err: w.Err()}
		}
	}
	return finish(w, b.Handles)
}

// DecodeResponseBuffer reads the answer to sent. Rows are told apart only by the
// columns of their table: those of GetPropertiesSpecific are in its request,
// those of QueryRows and RopNotify are what the last successful SetColumns on the
// table asked for, in this batch or an earlier one. cols keeps them between
// batches and is brought up to date when the whole payload was read; nil if
// nothing is to be kept.
//
// A server may answer fewer operations than asked (RopBackoff,
// RopBufferTooSmall); it may not answer others or in another order. The error is
// an *Error or a *wire.Error. The result shares no memory with payload.
func DecodeResponseBuffer(payload []byte, sent *RequestBuffer, cols Columns) (*ResponseBuffer, error) {
	r, handles, err := open(payload)
	if err != nil {
		return nil, err
	}
	b := &ResponseBuffer{Handles: handles}
	d := &decoder{asked: sent.Requests, batch: newBatch(sent.Handles, handles, cols)}
	for r.Remaining() > 0 {
		p, err := d.next(r)
		if err != nil {
			return nil, err
		}
		b.Responses = append(b.Responses, p)
	}
	d.skipUnanswered()
	d.batch.keep()
	return b, nil
}

// decoder pairs answers with the requests that are still open.
type decoder struct {
	asked []Request
	batch *batch
}

func (d *decoder) next(r *wire.Reader) (Response, error) {
	id := ID(r.U8())
	p, q := d.unasked(id), Request(nil)
	if p == nil {
		if q = d.pop(); q == nil || q.ID() != id {
			return nil, &Error{ROP: id, Err: ErrUnasked}
		}
		p = q.answer()
		d.batch.prepare(q, p)
	}
	if p.decode(r); r.Err() != nil {
		return nil, &Error{ROP: id, Err: r.Err()}
	}
	if n, ok := p.(*NotifyResponse); ok {
		n.readRow(d.batch.ofHandle(n.Handle))
	}
	if q != nil {
		d.batch.note(q, p)
	}
	return p, nil
}

// unasked is the empty form of an operation that only servers start.
func (d *decoder) unasked(id ID) Response {
	switch id {
	case RopNotify:
		return new(NotifyResponse)
	case RopPending:
		return new(PendingResponse)
	case RopBackoff:
		return new(BackoffResponse)
	case RopBufferTooSmall:
		return new(BufferTooSmallResponse)
	}
	return nil
}

// pop is the next request that a server answers; nil when all are answered.
func (d *decoder) pop() Request {
	d.skipUnanswered()
	if len(d.asked) == 0 {
		return nil
	}
	q := d.asked[0]
	d.asked = d.asked[1:]
	return q
}

func (d *decoder) skipUnanswered() {
	for len(d.asked) > 0 && d.asked[0].answer() == nil {
		d.batch.note(d.asked[0], nil)
		d.asked = d.asked[1:]
	}
}
