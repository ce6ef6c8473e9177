package rpchttp

import (
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// The PDUs that set up a virtual connection and that a client sends or sees
// (MS-RPCH 2.2.4). A2, B2, B3 and C1 travel between proxies and server; RTS holds
// them as well.

// ConnA1 is what a client sends on the OUT channel (MS-RPCH 2.2.4.2).
type ConnA1 struct {
	Connection, Channel wire.GUID // cookies: of the virtual connection, of the OUT channel
	Window              uint32    // bytes that may be sent unacknowledged
}

// Encode is the PDU, 76 bytes.
func (p *ConnA1) Encode() []byte {
	return (&RTS{Commands: []Command{Version(1), Cookie(p.Connection), Cookie(p.Channel), ReceiveWindow(p.Window)}}).Encode()
}

// DecodeConnA1 reads a PDU; the error is a *wire.Error.
func DecodeConnA1(b []byte) (*ConnA1, error) {
	p := &ConnA1{}
	return p, match(b, "CONN/A1", new(Version), (*Cookie)(&p.Connection), (*Cookie)(&p.Channel), (*ReceiveWindow)(&p.Window))
}

// ConnB1 is what a client sends on the IN channel (MS-RPCH 2.2.4.5).
type ConnB1 struct {
	Connection, Channel wire.GUID // cookies: of the virtual connection, of the IN channel
	Lifetime            uint32    // bytes that the channel carries, its Content-Length
	Keepalive           uint32    // ms between pings; 0 is 5 minutes
	Group               wire.GUID
}

// Encode is the PDU, 104 bytes.
func (p *ConnB1) Encode() []byte {
	return (&RTS{Commands: []Command{Version(1), Cookie(p.Connection), Cookie(p.Channel),
		ChannelLifetime(p.Lifetime), ClientKeepalive(p.Keepalive), AssociationGroup(p.Group)}}).Encode()
}

// DecodeConnB1 reads a PDU; the error is a *wire.Error.
func DecodeConnB1(b []byte) (*ConnB1, error) {
	p := &ConnB1{}
	return p, match(b, "CONN/B1", new(Version), (*Cookie)(&p.Connection), (*Cookie)(&p.Channel),
		(*ChannelLifetime)(&p.Lifetime), (*ClientKeepalive)(&p.Keepalive), (*AssociationGroup)(&p.Group))
}

// ConnA3 is the OUT proxy's first word to the client (MS-RPCH 2.2.4.4).
type ConnA3 struct {
	Timeout time.Duration // of an idle channel at the proxy, whole milliseconds
}

// Encode is the PDU, 28 bytes.
func (p *ConnA3) Encode() []byte {
	return (&RTS{Commands: []Command{ConnectionTimeout(p.Timeout.Milliseconds())}}).Encode()
}

// DecodeConnA3 reads a PDU; the error is a *wire.Error.
func DecodeConnA3(b []byte) (*ConnA3, error) {
	var ms ConnectionTimeout
	err := match(b, "CONN/A3", &ms)
	return &ConnA3{time.Duration(ms) * time.Millisecond}, err
}

// ConnC2 tells the client that both channels reach one server (MS-RPCH 2.2.4.9).
type ConnC2 struct {
	Window  uint32        // of the server
	Timeout time.Duration // of an idle channel, whole milliseconds
}

// Encode is the PDU, 44 bytes.
func (p *ConnC2) Encode() []byte {
	return (&RTS{Commands: []Command{Version(1), ReceiveWindow(p.Window), ConnectionTimeout(p.Timeout.Milliseconds())}}).Encode()
}

// DecodeConnC2 reads a PDU; the error is a *wire.Error.
func DecodeConnC2(b []byte) (*ConnC2, error) {
	var ms ConnectionTimeout
	p := &ConnC2{}
	err := match(b, "CONN/C2", new(Version), (*ReceiveWindow)(&p.Window), &ms)
	p.Timeout = time.Duration(ms) * time.Millisecond
	return p, err
}

// match reads an RTS PDU that must have exactly the commands which into points
// to, and puts their values there.
func match(b []byte, name string, into ...any) error {
	p, err := DecodeRTS(b)
	if err != nil {
		return err
	}
	refused := &wire.Error{Offset: rtsHeader, What: "an RTS PDU that is not " + name}
	if p.Flags != FlagNone || len(p.Commands) != len(into) {
		return refused
	}
	for i, c := range p.Commands {
		if !assign(into[i], c) {
			return refused
		}
	}
	return nil
}

func assign(into any, c Command) bool {
	switch p := into.(type) {
	case *Version:
		return set(p, c)
	case *Cookie:
		return set(p, c)
	case *ReceiveWindow:
		return set(p, c)
	case *ChannelLifetime:
		return set(p, c)
	case *ClientKeepalive:
		return set(p, c)
	case *AssociationGroup:
		return set(p, c)
	case *ConnectionTimeout:
		return set(p, c)
	}
	return false
}

func set[T Command](p *T, c Command) (ok bool) {
	v, ok := c.(T)
	if ok {
		*p = v
	}
	return ok
}
