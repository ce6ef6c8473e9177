package rpchttp

import (
	"fmt"
	"net/netip"

	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Flags of an RTS PDU (MS-RPCH 2.2.3.6.1).
const (
	FlagNone       uint16 = 0
	FlagPing       uint16 = 0x01
	FlagOther      uint16 = 0x02
	FlagRecycle    uint16 = 0x04
	FlagInChannel  uint16 = 0x08
	FlagOutChannel uint16 = 0x10
	FlagEOF        uint16 = 0x20
	FlagEcho       uint16 = 0x40
)

// RTS is a PDU by which client, proxies and server of RPC over HTTP talk about
// their channels (MS-RPCH 2.2.3.6).
type RTS struct {
	Flags    uint16
	Commands []Command
}

// Command is one part of an RTS PDU, one of the types below (MS-RPCH 2.2.3.5).
type Command interface {
	number() uint32
	write(w *wire.Writer)
}

// The commands.
type (
	// ReceiveWindow is how many bytes the other side may send unacknowledged, 8 to 256 KiB.
	ReceiveWindow uint32
	// FlowControlAck tells what was received.
	FlowControlAck struct {
		Received, Window uint32
		Channel          wire.GUID
	}
	// ConnectionTimeout is how long a channel may be idle, in milliseconds.
	ConnectionTimeout uint32
	// Cookie names a virtual connection or a channel.
	Cookie wire.GUID
	// ChannelLifetime is how many bytes a channel carries before it is replaced.
	ChannelLifetime uint32
	// ClientKeepalive is the time between pings in milliseconds; 0 is 5 minutes.
	ClientKeepalive uint32
	// Version is that of RPC over HTTP: 1.
	Version uint32
	// Empty carries nothing.
	Empty struct{}
	// Padding is that many bytes without meaning.
	Padding uint32
	// NegativeANCE says that a channel could not be replaced.
	NegativeANCE struct{}
	// ANCE says that a new channel is established.
	ANCE struct{}
	// ClientAddress is the client's, as the proxy saw it.
	ClientAddress struct{ Addr netip.Addr }
	// AssociationGroup ties virtual connections of one client together.
	AssociationGroup wire.GUID
	// Destination says who is to act: 0 the client, 1 the IN proxy, 2 the server, 3 the OUT proxy.
	Destination uint32
	// PingTrafficSent tells how many bytes of pings were sent.
	PingTrafficSent uint32
)

func (ReceiveWindow) number() uint32     { return 0 }
func (FlowControlAck) number() uint32    { return 1 }
func (ConnectionTimeout) number() uint32 { return 2 }
func (Cookie) number() uint32            { return 3 }
func (ChannelLifetime) number() uint32   { return 4 }
func (ClientKeepalive) number() uint32   { return 5 }
func (Version) number() uint32           { return 6 }
func (Empty) number() uint32             { return 7 }
func (Padding) number() uint32           { return 8 }
func (NegativeANCE) number() uint32      { return 9 }
func (ANCE) number() uint32              { return 0xA }
func (ClientAddress) number() uint32     { return 0xB }
func (AssociationGroup) number() uint32  { return 0xC }
func (Destination) number() uint32       { return 0xD }
func (PingTrafficSent) number() uint32   { return 0xE }

func (c ReceiveWindow) write(w *wire.Writer)     { w.U32(uint32(c)) }
func (c ConnectionTimeout) write(w *wire.Writer) { w.U32(uint32(c)) }
func (c Cookie) write(w *wire.Writer)            { w.GUID(wire.GUID(c)) }
func (c ChannelLifetime) write(w *wire.Writer)   { w.U32(uint32(c)) }
func (c ClientKeepalive) write(w *wire.Writer)   { w.U32(uint32(c)) }
func (c Version) write(w *wire.Writer)           { w.U32(uint32(c)) }
func (Empty) write(*wire.Writer)                 {}
func (NegativeANCE) write(*wire.Writer)          {}
func (ANCE) write(*wire.Writer)                  {}
func (c AssociationGroup) write(w *wire.Writer)  { w.GUID(wire.GUID(c)) }
func (c Destination) write(w *wire.Writer)       { w.U32(uint32(c)) }
func (c PingTrafficSent) write(w *wire.Writer)   { w.U32(uint32(c)) }

func (c FlowControlAck) write(w *wire.Writer) {
	w.U32(c.Received)
	w.U32(c.Window)
	w.GUID(c.Channel)
}

func (c Padding) write(w *wire.Writer) {
	w.U32(uint32(c))
	w.Raw(make([]byte, c))
}

func (c ClientAddress) write(w *wire.Writer) {
	family := uint32(0)
	if c.Addr.Is6() {
		family = 1
	}
	w.U32(family)
	w.Raw(c.Addr.AsSlice())
	w.Raw(make([]byte, 12))
}

// readCommand takes one command; Fail for what no version of the protocol has.
func readCommand(r *wire.Reader) Command {
	switch n := r.U32(); n {
	case 0:
		return ReceiveWindow(r.U32())
	case 1:
		return FlowControlAck{r.U32(), r.U32(), r.GUID()}
	case 2:
		return ConnectionTimeout(r.U32())
	case 3:
		return Cookie(r.GUID())
	case 4:
		return ChannelLifetime(r.U32())
	case 5:
		return ClientKeepalive(r.U32())
	case 6:
		return Version(r.U32())
	case 7:
		return Empty{}
	case 8:
		n := r.Count32(1)
		r.Skip(n)
		return Padding(n)
	case 9:
		return NegativeANCE{}
	case 0xA:
		return ANCE{}
	case 0xB:
		return readClientAddress(r)
	case 0xC:
		return AssociationGroup(r.GUID())
	case 0xD:
		return Destination(r.U32())
	case 0xE:
		return PingTrafficSent(r.U32())
	default:
		r.Fail("RTS command %d", n)
		return nil
	}
}

func readClientAddress(r *wire.Reader) ClientAddress {
	size := 4
	switch family := r.U32(); family {
	case 0:
	case 1:
		size = 16
	default:
		r.Fail("address family %d", family)
	}
	addr, _ := netip.AddrFromSlice(r.Bytes(size))
	r.Skip(12)
	return ClientAddress{addr}
}

const rtsHeader = dcerpc.HeaderSize + 4

// Encode is the PDU.
func (p *RTS) Encode() []byte {
	var w wire.Writer
	w.U32(0x03140005) // version 5.0, RTS, first and last fragment
	w.U32(0x10)       // little-endian
	w.U32(0)          // lengths
	w.U32(0)          // call_id
	w.U16(p.Flags)
	w.U16(uint16(len(p.Commands)))
	for _, c := range p.Commands {
		w.U32(c.number())
		c.write(&w)
	}
	w.SetU16(8, uint16(w.Len()))
	return w.Bytes()
}

// DecodeRTS reads a PDU; the error is a *wire.Error.
func DecodeRTS(b []byte) (*RTS, error) {
	h, err := dcerpc.DecodeHeader(b)
	if err != nil {
		return nil, err
	}
	r := wire.NewReader(b)
	r.Skip(dcerpc.HeaderSize)
	if h.Type != dcerpc.TypeRTS || int(h.FragLength) != len(b) || h.AuthLength != 0 {
		return nil, &wire.Error{Offset: 2, What: fmt.Sprintf("%v of %d bytes where an RTS PDU of %d is due", h.Type, h.FragLength, len(b))}
	}
	p := &RTS{Flags: r.U16()}
	for range r.Count16(4) {
		c := readCommand(r)
		if r.Err() != nil {
			break
		}
		p.Commands = append(p.Commands, c)
	}
	if err := r.Finish(); err != nil {
		return nil, err
	}
	return p, nil
}
