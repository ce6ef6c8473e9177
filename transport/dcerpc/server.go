package dcerpc

import (
	"io"
	"slices"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Handler carries out the calls of one interface: out parameters, or a status
// that is not 0 for a fault.
type Handler func(opnum uint16, stub []byte) (out []byte, fault Status)

// Server answers binds and calls on streams, for tests and demonstrations.
type Server struct {
	Endpoint   string // its port, "6001"
	Interfaces map[Syntax]Handler
}

// Serve answers one association until the stream ends; io.EOF is not reported.
func (s *Server) Serve(stream io.ReadWriter) error {
	a := &association{server: s}
	for {
		pdu, err := ReadPDU(stream)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		for _, answer := range a.take(pdu) {
			if _, err := stream.Write(answer); err != nil {
				return err
			}
		}
	}
}

// association is the state of one stream.
type association struct {
	server   *Server
	handlers map[uint16]Handler
	fragment int // largest PDU the client takes
	stub     []byte
}

// take gives the answers to one PDU.
func (a *association) take(pdu []byte) [][]byte {
	t, id := FragmentOf(pdu)
	switch t {
	case TypeBind:
		p, err := DecodeBind(pdu)
		if err != nil {
			return [][]byte{(&BindNak{CallID: id}).Encode()}
		}
		return [][]byte{a.bind(p).Encode()}
	case TypeRequest:
		p, err := DecodeRequest(pdu)
		if err != nil || len(a.stub)+len(p.Stub) > maxStub {
			return [][]byte{(&Fault{CallID: id, Status: NcaProtocolError}).Encode()}
		}
		return a.request(p)
	}
	return [][]byte{(&Fault{CallID: id, Status: NcaProtocolError}).Encode()}
}

func (a *association) bind(p *Bind) *BindAck {
	ack := &BindAck{CallID: p.CallID, MaxXmit: MaxFragment, MaxRecv: MaxFragment, AssocGroup: 1, Endpoint: a.server.Endpoint}
	a.handlers, a.fragment = map[uint16]Handler{}, min(max(int(p.MaxRecv), minFragment), MaxFragment)
	for _, c := range p.Contexts {
		handler, known := a.server.Interfaces[c.Abstract]
		switch {
		case !known:
			ack.Results = append(ack.Results, Result{Result: 2, Reason: AbstractNotSupported})
		case !slices.Contains(c.Transfer, NDR):
			ack.Results = append(ack.Results, Result{Result: 2, Reason: TransferNotSupported})
		default:
			a.handlers[c.ID] = handler
			ack.Results = append(ack.Results, Result{Transfer: NDR})
		}
	}
	return ack
}

// request collects fragments and answers the last one.
func (a *association) request(p *Request) [][]byte {
	if p.Flags&First != 0 {
		a.stub = nil
	}
	a.stub = append(a.stub, p.Stub...)
	if p.Flags&Last == 0 {
		return nil
	}
	stub := a.stub
	a.stub = nil
	handler := a.handlers[p.Context]
	if handler == nil {
		return [][]byte{(&Fault{CallID: p.CallID, Context: p.Context, Status: UnknownInterface}).Encode()}
	}
	out, fault := handler(p.Opnum, stub)
	if fault != 0 {
		return [][]byte{(&Fault{CallID: p.CallID, Context: p.Context, Status: fault}).Encode()}
	}
	return a.fragments(p, out)
}

func (a *association) fragments(p *Request, out []byte) (pdus [][]byte) {
	flags := First
	for pieces := slices.Collect(slices.Chunk(out, a.fragment-requestHead)); ; flags = 0 {
		r := &Response{CallID: p.CallID, Flags: flags, Context: p.Context}
		if len(pieces) > 0 {
			r.Stub, pieces = pieces[0], pieces[1:]
		}
		if len(pieces) == 0 {
			r.Flags |= Last
			return append(pdus, r.Encode())
		}
		pdus = append(pdus, r.Encode())
	}
}

// NewHandle is a handle that means something to the server that made it.
func NewHandle() (h Handle) {
	g := wire.NewGUID()
	copy(h[4:], g[:])
	return h
}
