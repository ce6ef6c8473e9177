package dcerpc

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Request is one fragment of a call (C706 12.6.4.9).
type Request struct {
	CallID  uint32
	Flags   Flags
	Context uint16 // of the interface, from the bind
	Opnum   uint16
	Stub    []byte // the in parameters, or a piece of them
}

// Encode is the PDU; the stub must fit into one fragment.
func (p *Request) Encode() []byte {
	return encode(TypeRequest, p.Flags, p.CallID, func(w *wire.Writer) {
		w.U32(uint32(len(p.Stub))) // alloc_hint
		w.U16(p.Context)
		w.U16(p.Opnum)
		w.Raw(p.Stub)
	})
}

// objectFlag in Flags says that an object UUID stands before the stub (C706 12.6.3.1).
const objectFlag Flags = 0x80

// DecodeRequest reads a PDU; the error is a *wire.Error. An object UUID is passed
// over.
func DecodeRequest(b []byte) (*Request, error) {
	p := &Request{}
	err := decode(b, TypeRequest, func(r *wire.Reader, h Header) {
		p.CallID, p.Flags = h.CallID, h.Flags
		r.U32() // alloc_hint
		p.Context, p.Opnum = r.U16(), r.U16()
		if h.Flags&objectFlag != 0 {
			r.GUID()
		}
		p.Stub = r.Rest()
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Response is one fragment of an answer (C706 12.6.4.10).
type Response struct {
	CallID  uint32
	Flags   Flags
	Context uint16
	Stub    []byte // the out parameters, or a piece of them
}

// Encode is the PDU; the stub must fit into one fragment.
func (p *Response) Encode() []byte {
	return encode(TypeResponse, p.Flags, p.CallID, func(w *wire.Writer) {
		w.U32(uint32(len(p.Stub))) // alloc_hint
		w.U16(p.Context)
		w.U16(0) // cancel_count, reserved
		w.Raw(p.Stub)
	})
}

// DecodeResponse reads a PDU; the error is a *wire.Error.
func DecodeResponse(b []byte) (*Response, error) {
	p := &Response{}
	err := decode(b, TypeResponse, func(r *wire.Reader, h Header) {
		p.CallID, p.Flags = h.CallID, h.Flags
		r.U32() // alloc_hint
		p.Context = r.U16()
		r.U16() // cancel_count, reserved
		p.Stub = r.Rest()
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Fault is a call that was not carried out (C706 12.6.4.7).
type Fault struct {
	CallID  uint32
	Context uint16
	Status  Status
}

// Encode is the PDU.
func (p *Fault) Encode() []byte {
	return encode(TypeFault, First|Last, p.CallID, func(w *wire.Writer) {
		w.U32(0) // alloc_hint
		w.U16(p.Context)
		w.U16(0) // cancel_count, reserved
		w.U32(uint32(p.Status))
		w.U32(0) // reserved
	})
}

// DecodeFault reads a PDU; the error is a *wire.Error.
func DecodeFault(b []byte) (*Fault, error) {
	p := &Fault{}
	err := decode(b, TypeFault, func(r *wire.Reader, h Header) {
		p.CallID = h.CallID
		r.U32() // alloc_hint
		p.Context = r.U16()
		r.U16() // cancel_count, reserved
		p.Status = Status(r.U32())
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// FaultError is a call that the server answered with a fault.
type FaultError struct {
	Call   string // "EcDummyRpc"
	Status Status
}

func (e *FaultError) Error() string {
	return fmt.Sprintf("the RPC server refused %s: %v", e.Call, e.Status)
}
