package exchangetest

import (
	"errors"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const (
	// minRopOut is the least MaxRopOut that is not refused (MS-OXCRPC 3.1.4.2).
	minRopOut = 8
	// maxAnswer is the most that one extended buffer carries (MS-OXCRPC 3.1.4.1.1).
	maxAnswer = 32 << 10
	// bufferHeader is RPC_HEADER_EXT before a payload.
	bufferHeader = 8
)

// execute carries out remote operations (MS-OXCMAPIHTTP 2.2.4.2).
func (c *call) execute(x *sessionContext) {
	q, err := emsmdb.DecodeExecuteRequest(c.body)
	switch {
	case errors.Is(err, emsmdb.ErrBuffer):
		c.answer(x, (&emsmdb.ExecuteResponse{StatusCode: mapierr.RPCFormat}).Encode())
		return
	case err != nil:
		c.refuseProtocol(invalidBody)
		return
	case q.MaxRopOut < minRopOut:
		c.answer(x, (&emsmdb.ExecuteResponse{StatusCode: mapierr.RPCFailed}).Encode())
		return
	}
	c.s.contexts.extend(x)
	p := &emsmdb.ExecuteResponse{Packing: c.packing(q.Flags)}
	if c.b.manner == Gromox {
		p.Flags = q.Flags
	}
	room := min(int(q.MaxRopOut)-bufferHeader, maxAnswer)
	for _, payload := range q.ROPs {
		out, code := x.session.batch(c, payload, room)
		if code != mapierr.OK {
			p = &emsmdb.ExecuteResponse{StatusCode: code}
			break
		}
		p.ROPs = append(p.ROPs, out)
	}
	c.answer(x, p.Encode())
}

// packing is what Exchange does to its answer unless the client declines; gromox
// never does.
func (c *call) packing(flags uint32) (p emsmdb.Packing) {
	if c.b.manner == Gromox {
		return emsmdb.Plain
	}
	if flags&emsmdb.ExecuteNoCompression == 0 {
		p |= emsmdb.Compress
	}
	if flags&emsmdb.ExecuteNoXorMagic == 0 {
		p |= emsmdb.XorMagic
	}
	return p
}

// batch carries out one payload, whose answer may take room bytes; events that
// wait come last (MS-OXCROPS 3.1.5.1).
func (se *session) batch(c *call, payload []byte, room int) ([]byte, mapierr.Code) {
	q, err := rop.DecodeRequestBuffer(payload)
	if err != nil {
		return nil, mapierr.RPCFormat
	}
	p := &rop.ResponseBuffer{Handles: q.Handles}
	if c.b.busy > 0 && len(q.Requests) > 0 {
		p.Responses = []rop.Response{&rop.BackoffResponse{Duration: c.b.busy}}
		q.Requests = nil
	}
	room -= 2 + 4*len(q.Handles) // RopSize and the handle table
	for i, request := range q.Requests {
		c.s.seen.update(func() { c.rec.ROPs = append(c.rec.ROPs, request.ID()) })
		r := se.perform(c, request, p.Handles, room)
		size := sizeOf(r)
		if size > room {
			if i == 0 {
				return nil, mapierr.BufferTooSmall
			}
			p.Responses = append(p.Responses, &rop.BufferTooSmallResponse{SizeNeeded: uint16(min(size, 0xFFFF)), Undone: encoded(q.Requests[i:])})
			return encodeBuffer(p)
		}
		if room -= size; r != nil {
			p.Responses = append(p.Responses, r)
		}
	}
	p.Responses = append(p.Responses, se.fetch()...)
	return encodeBuffer(p)
}

func encodeBuffer(p *rop.ResponseBuffer) ([]byte, mapierr.Code) {
	out, err := p.Encode()
	if err != nil {
		return nil, mapierr.ServerOOM // it does not fit
	}
	return out, mapierr.OK
}

// sizeOf is what r takes in the answer; nothing for nil.
func sizeOf(r rop.Response) int {
	if r == nil {
		return 0
	}
	w := new(wire.Writer)
	r.Encode(w)
	return w.Len()
}

func encoded(requests []rop.Request) []byte {
	w := new(wire.Writer)
	for _, q := range requests {
		q.Encode(w)
	}
	return w.Bytes()
}
