package exchangetest

import (
	"net"
	"net/netip"
	"time"

	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// rpcServer is the RPC server behind the proxy for one virtual connection: all
// interfaces on each of its ports, as from Exchange 2013 on.
func (c *call) rpcServer(port string) *dcerpc.Server {
	handles := map[dcerpc.Handle]bool{}
	return &dcerpc.Server{Endpoint: port, Interfaces: map[dcerpc.Syntax]dcerpc.Handler{
		dcerpc.EMSMDB: func(opnum uint16, stub []byte) ([]byte, dcerpc.Status) { return c.emsmdbCall(handles, opnum, stub) },
		dcerpc.NSPI:   func(opnum uint16, stub []byte) ([]byte, dcerpc.Status) { return c.nspiCall(handles, opnum, stub) },
		dcerpc.RFR:    func(uint16, []byte) ([]byte, dcerpc.Status) { return nil, dcerpc.OpRangeError },
	}}
}

func (c *call) emsmdbCall(handles map[dcerpc.Handle]bool, opnum uint16, stub []byte) ([]byte, dcerpc.Status) {
	switch opnum {
	case dcerpc.OpDummy:
		return dcerpc.EncodeCode(mapierr.OK), 0
	case dcerpc.OpConnect:
		q, err := dcerpc.DecodeConnectRequest(stub)
		if err != nil {
			return nil, dcerpc.BadStubData
		}
		return c.rpcConnect(handles, q).Encode(), 0
	case dcerpc.OpDisconnect:
		return release(handles, stub, mapierr.OK)
	}
	return nil, dcerpc.OpRangeError
}

// rpcConnect is EcDoConnectEx (MS-OXCRPC 3.1.4.1).
func (c *call) rpcConnect(handles map[dcerpc.Handle]bool, q *dcerpc.ConnectRequest) *dcerpc.ConnectResponse {
	p := &dcerpc.ConnectResponse{Server: c.b.version().words, Best: q.Client}
	if p.ErrorCode = c.mayConnectRPC(q); p.ErrorCode != mapierr.OK {
		return p
	}
	p.Handle = dcerpc.NewHandle()
	handles[p.Handle] = true
	same := c.connected()
	p.PollsMax, p.RetryCount, p.RetryDelay, p.DisplayName = same.PollsMax, same.RetryCount, same.RetryDelay, same.DisplayName
	p.Aux = emsmdb.EncodeAux(same.Aux)
	return p
}

func (c *call) mayConnectRPC(q *dcerpc.ConnectRequest) mapierr.Code {
	switch {
	case c.b.rpcError != mapierr.OK:
		return c.b.rpcError
	case c.b.rpc == rpcDisallowed:
		return mapierr.RPCHTTPDisallowed
	case !c.b.publish(c.user).expr: // MAPI is off for the mailbox
		return mapierr.ProtocolDisabled
	}
	return c.mayOpen(&emsmdb.ConnectRequest{UserDN: q.UserDN, Flags: q.Flags})
}

func (c *call) nspiCall(handles map[dcerpc.Handle]bool, opnum uint16, stub []byte) ([]byte, dcerpc.Status) {
	switch opnum {
	case dcerpc.OpNspiBind:
		q, err := dcerpc.DecodeNspiBindRequest(stub)
		if err != nil {
			return nil, dcerpc.BadStubData
		}
		p := &dcerpc.NspiBindResponse{ServerGUID: c.s.book.guid, Handle: dcerpc.NewHandle()}
		if q.CodePage == wideCodePage {
			p.Handle, p.ErrorCode = dcerpc.Handle{}, mapierr.InvalidCodePage
		} else {
			handles[p.Handle] = true
		}
		return p.Encode(), 0
	case dcerpc.OpNspiUnbind:
		return release(handles, stub, 1) // UnbindSuccess (MS-OXNSPI 2.2.1.2)
	}
	return nil, dcerpc.OpRangeError
}

// release forgets the handle that a stub begins with.
func release(handles map[dcerpc.Handle]bool, stub []byte, done mapierr.Code) ([]byte, dcerpc.Status) {
	h, err := dcerpc.DecodeHandle(stub)
	if err != nil {
		return nil, dcerpc.BadStubData
	}
	if !handles[h] {
		return nil, dcerpc.ContextMismatch
	}
	delete(handles, h)
	return (&dcerpc.HandleResult{ErrorCode: done}).Encode(), 0
}

// mapper is the endpoint mapper of Windows on TCP port 135. From Exchange 2013 on
// it knows no interface of Exchange; with rpcTCP set it does, as before.
func (s *Server) mapper(conn net.Conn) {
	b := s.behaviour()
	if b.manner == Gromox {
		return // nothing there
	}
	answer := func(opnum uint16, stub []byte) ([]byte, dcerpc.Status) {
		if opnum != dcerpc.OpMap {
			return nil, dcerpc.OpRangeError
		}
		q, err := dcerpc.DecodeMapRequest(stub)
		if err != nil {
			return nil, dcerpc.BadStubData
		}
		p := &dcerpc.MapResponse{Status: dcerpc.EptNotRegistered}
		if b.rpcTCP && (q.Interface == dcerpc.EMSMDB || q.Interface == dcerpc.NSPI) {
			p = &dcerpc.MapResponse{Towers: []dcerpc.Tower{{Interface: q.Interface, Addr: netip.MustParseAddrPort(mailAddr + ":6001")}}}
		}
		return p.Encode(), 0
	}
	(&dcerpc.Server{Endpoint: "135", Interfaces: map[dcerpc.Syntax]dcerpc.Handler{dcerpc.EPM: answer}}).Serve(conn)
}

// serveMapper answers on port 135 of the mail site.
func (s *Server) serveMapper(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		s.wg.Go(func() {
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(mapperLimit))
			s.mapper(conn)
		})
	}
}

// mapperLimit bounds a conversation with the endpoint mapper.
const mapperLimit = 30 * time.Second
