package dcerpc

import (
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// MaxFragment is the largest PDU this client takes and sends, in bytes: what
// Windows uses over HTTP and TCP alike (max_xmit_frag, C706 12.6.4.3).
const MaxFragment = 5840

// Context asks for an interface in a bind (p_cont_elem_t, C706 12.6.3.1).
type Context struct {
	ID       uint16
	Abstract Syntax
	Transfer []Syntax // by preference; in practice NDR alone
}

// Bind opens an association and says which interfaces it is for (C706 12.6.4.3).
type Bind struct {
	CallID           uint32
	MaxXmit, MaxRecv uint16 // fragment sizes in bytes
	AssocGroup       uint32 // 0: a new one
	Contexts         []Context
}

// Encode is the PDU.
func (p *Bind) Encode() []byte {
	return encode(TypeBind, First|Last, p.CallID, func(w *wire.Writer) {
		w.U16(p.MaxXmit)
		w.U16(p.MaxRecv)
		w.U32(p.AssocGroup)
		w.U32(uint32(len(p.Contexts))) // n_context_elem, reserved
		for _, c := range p.Contexts {
			w.U16(c.ID)
			w.U16(uint16(len(c.Transfer))) // n_transfer_syn, reserved
			c.Abstract.write(w)
			for _, s := range c.Transfer {
				s.write(w)
			}
		}
	})
}

// DecodeBind reads a PDU; the error is a *wire.Error.
func DecodeBind(b []byte) (*Bind, error) {
	p := &Bind{}
	err := decode(b, TypeBind, func(r *wire.Reader, h Header) {
		p.CallID, p.MaxXmit, p.MaxRecv, p.AssocGroup = h.CallID, r.U16(), r.U16(), r.U32()
		for range r.U32() & 0xFF {
			c := Context{ID: r.U16()}
			n := r.U16() & 0xFF
			c.Abstract = readSyntax(r)
			for range n {
				c.Transfer = append(c.Transfer, readSyntax(r))
			}
			if r.Err() != nil {
				return
			}
			p.Contexts = append(p.Contexts, c)
		}
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Result is what became of one interface of a bind (p_result_t, C706 12.6.3.1).
type Result struct {
	Result   uint16 // 0 accepted, 1 refused by the user of the server, 2 refused by the provider
	Reason   uint16 // why, when it was refused
	Transfer Syntax
}

// The reasons of a refused interface (C706 12.6.3.1).
const (
	AbstractNotSupported uint16 = 1 // the server does not offer the interface here
	TransferNotSupported uint16 = 2
	LocalLimit           uint16 = 3
)

// BindAck answers a Bind (C706 12.6.4.4).
type BindAck struct {
	CallID           uint32
	MaxXmit, MaxRecv uint16
	AssocGroup       uint32
	Endpoint         string   // the server's port, "6001"
	Results          []Result // one for each context, in order
}

// Encode is the PDU.
func (p *BindAck) Encode() []byte {
	return encode(TypeBindAck, First|Last, p.CallID, func(w *wire.Writer) {
		w.U16(p.MaxXmit)
		w.U16(p.MaxRecv)
		w.U32(p.AssocGroup)
		w.U16(uint16(len(p.Endpoint) + 1))
		w.ASCIIZ(p.Endpoint)
		padTo(w, 4)
		w.U32(uint32(len(p.Results)))
		for _, r := range p.Results {
			w.U16(r.Result)
			w.U16(r.Reason)
			r.Transfer.write(w)
		}
	})
}

// DecodeBindAck reads a PDU; the error is a *wire.Error.
func DecodeBindAck(b []byte) (*BindAck, error) {
	p := &BindAck{}
	err := decode(b, TypeBindAck, func(r *wire.Reader, h Header) {
		p.CallID, p.MaxXmit, p.MaxRecv, p.AssocGroup = h.CallID, r.U16(), r.U16(), r.U32()
		p.Endpoint = strings.TrimRight(string(r.Bytes(int(r.U16()))), "\x00")
		skipTo(r, 4)
		for range r.U32() & 0xFF {
			x := Result{Result: r.U16(), Reason: r.U16(), Transfer: readSyntax(r)}
			if r.Err() != nil {
				return
			}
			p.Results = append(p.Results, x)
		}
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// BindNak refuses an association as a whole (C706 12.6.4.5).
type BindNak struct {
	CallID uint32
	Reason uint16
}

// Encode is the PDU.
func (p *BindNak) Encode() []byte {
	return encode(TypeBindNak, First|Last, p.CallID, func(w *wire.Writer) {
		w.U16(p.Reason)
		w.U8(1) // one version: 5.0
		w.U16(5)
	})
}

// DecodeBindNak reads a PDU; the error is a *wire.Error. The versions the server
// speaks instead are passed over.
func DecodeBindNak(b []byte) (*BindNak, error) {
	p := &BindNak{}
	err := decode(b, TypeBindNak, func(r *wire.Reader, h Header) { p.CallID, p.Reason = h.CallID, r.U16() })
	if err != nil {
		return nil, err
	}
	return p, nil
}

// nakReasons are the p_reject_reason_t of C706 12.6.3.1 and MS-RPCE 2.2.2.5.
var nakReasons = map[uint16]string{
	0: "no reason given", 1: "temporary congestion", 2: "local limit exceeded", 4: "protocol version not supported",
	8: "authentication type not recognized", 9: "invalid checksum",
}

// BindError is a bind that was refused: as a whole, or for one interface.
type BindError struct {
	Interface Syntax // zero when the whole bind was refused
	Nak       bool   // bind_nak: the whole was refused
	Reason    uint16 // a p_reject_reason_t, or one of the reasons of a Result
}

func (e *BindError) Error() string {
	if e.Nak {
		if s := nakReasons[e.Reason]; s != "" {
			return "the RPC server refused the bind: " + s
		}
		return fmt.Sprintf("the RPC server refused the bind (reason %d)", e.Reason)
	}
	if e.Reason == AbstractNotSupported {
		return fmt.Sprintf("the RPC server does not offer the %s interface here", e.Interface.Name())
	}
	return fmt.Sprintf("the RPC server refused the %s interface (reason %d)", e.Interface.Name(), e.Reason)
}
