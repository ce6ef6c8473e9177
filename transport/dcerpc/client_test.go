package dcerpc

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// serving is a client of s over a pipe.
func serving(t *testing.T, s *Server) *Client {
	a, b := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- s.Serve(b) }()
	t.Cleanup(func() {
		a.Close()
		if err := <-done; err != nil {
			t.Errorf("server: %v", err)
		}
	})
	return NewClient(a)
}

func exchange() *Server {
	return &Server{Endpoint: "6001", Interfaces: map[Syntax]Handler{
		EMSMDB: func(opnum uint16, stub []byte) ([]byte, Status) {
			switch opnum {
			case OpDummy:
				return EncodeCode(mapierr.OK), 0
			case OpConnect:
				q, err := DecodeConnectRequest(stub)
				if err != nil {
					return nil, BadStubData
				}
				return (&ConnectResponse{Handle: handle, DisplayName: q.UserDN, Aux: q.Aux}).Encode(), 0
			case OpDisconnect:
				if h, _ := DecodeHandle(stub); h != handle {
					return nil, ContextMismatch
				}
				return (&HandleResult{}).Encode(), 0
			}
			return nil, OpRangeError
		},
		NSPI: func(opnum uint16, stub []byte) ([]byte, Status) {
			if opnum == OpNspiBind {
				return (&NspiBindResponse{Handle: handle}).Encode(), 0
			}
			return (&HandleResult{ErrorCode: 1}).Encode(), 0
		},
		EPM: func(_ uint16, stub []byte) ([]byte, Status) {
			q, err := DecodeMapRequest(stub)
			if err != nil || q.Interface != EMSMDB {
				return (&MapResponse{Status: EptNotRegistered}).Encode(), 0
			}
			return (&MapResponse{Towers: []Tower{{EMSMDB, netip.MustParseAddrPort("127.0.0.1:6001")}}}).Encode(), 0
		},
	}}
}

func TestCalls(t *testing.T) {
	c := serving(t, exchange())
	refused, err := c.Bind(EMSMDB, RFR, NSPI, EPM)
	if err != nil || refused[0] != nil || refused[2] != nil || refused[1] == nil || !strings.Contains(refused[1].Error(), "does not offer the RFR interface") {
		t.Fatalf("%v, %v", refused, err)
	}
	if c.Endpoint() != "6001" {
		t.Errorf("endpoint %q", c.Endpoint())
	}
	if code, err := c.Dummy(); code != 0 || err != nil {
		t.Errorf("EcDummyRpc: %v, %v", code, err)
	}
	// A DN and an auxiliary buffer longer than a fragment, both ways.
	long := bytes.Repeat([]byte{7}, 20000)
	p, err := c.Connect(&ConnectRequest{UserDN: "/o=X", Aux: long})
	if err != nil || p.DisplayName != "/o=X" || !bytes.Equal(p.Aux, long) {
		t.Fatalf("EcDoConnectEx: %+v, %v", p, err)
	}
	if code, err := c.Disconnect(p.Handle); code != 0 || err != nil {
		t.Errorf("EcDoDisconnect: %v, %v", code, err)
	}
	var fault *FaultError
	if _, err := c.Disconnect(Handle{}); !errors.As(err, &fault) || fault.Status != ContextMismatch || fault.Call != "EcDoDisconnect" {
		t.Errorf("EcDoDisconnect of nothing: %v", err)
	}
	n, err := c.NspiBind(&NspiBindRequest{CodePage: 1252})
	if err != nil || n.Handle != handle {
		t.Errorf("NspiBind: %+v, %v", n, err)
	}
	if code, err := c.NspiUnbind(n.Handle); code != 1 || err != nil {
		t.Errorf("NspiUnbind: %v, %v", code, err)
	}
	m, err := c.Map(EMSMDB)
	if err != nil || len(m.Towers) != 1 || m.Towers[0].Addr.Port() != 6001 {
		t.Errorf("ept_map: %+v, %v", m, err)
	}
	if m, err := c.Map(NSPI); err != nil || m.Status != EptNotRegistered {
		t.Errorf("ept_map: %+v, %v", m, err)
	}
	if calls := c.Calls(); len(calls) != 9 || calls[0].Name != "bind" || calls[4].Err == nil {
		t.Errorf("calls %+v", calls)
	}
}

func TestCallOutsideTheBind(t *testing.T) {
	c := serving(t, exchange())
	if _, err := c.Bind(RFR); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Dummy(); err == nil {
		t.Error("a call of an interface that was not bound")
	}
}

// scripted answers every write with the next of the given pieces.
type scripted struct {
	answers [][]byte
	bytes.Buffer
}

func (s *scripted) Write([]byte) (int, error) {
	if len(s.answers) > 0 {
		s.Buffer.Write(s.answers[0])
		s.answers = s.answers[1:]
	}
	return 0, nil
}

func TestBindRefused(t *testing.T) {
	c := NewClient(&scripted{answers: [][]byte{(&BindNak{CallID: 1, Reason: 8}).Encode()}})
	var refused *BindError
	if _, err := c.Bind(EMSMDB); !errors.As(err, &refused) || !refused.Nak || !strings.Contains(err.Error(), "authentication type not recognized") {
		t.Errorf("%v", err)
	}
}

func TestHostileServers(t *testing.T) {
	ack := (&BindAck{CallID: 1, Results: []Result{{Transfer: NDR}}}).Encode()
	var endless []byte
	for range 20 {
		endless = append(endless, (&Response{CallID: 2, Stub: make([]byte, 5000)}).Encode()...)
	}
	for name, answers := range map[string][][]byte{
		"nothing":              {},
		"too many results":     {(&BindAck{CallID: 1, Results: make([]Result, 2)}).Encode()},
		"no results":           {(&BindAck{CallID: 1}).Encode()},
		"a response to bind":   {(&Response{CallID: 1}).Encode()},
		"another call":         {ack, (&Response{CallID: 9, Flags: First | Last, Stub: make([]byte, 4)}).Encode()},
		"bind_ack to a call":   {ack, (&BindAck{CallID: 2}).Encode()},
		"an endless answer":    {ack, endless},
		"no result":            {ack, (&Response{CallID: 2, Flags: First | Last}).Encode()},
		"an end in the middle": {ack, (&Response{CallID: 2, Stub: make([]byte, 4)}).Encode()},
	} {
		c := NewClient(&scripted{answers: answers})
		_, err := c.Bind(EMSMDB)
		if err == nil {
			_, err = c.Dummy()
		}
		if err == nil {
			t.Errorf("%s passed", name)
		}
	}
}

func TestServerRefuses(t *testing.T) {
	s := exchange()
	out := func(pdus ...[]byte) *bytes.Buffer {
		var w bytes.Buffer
		if err := s.Serve(pipe{bytes.NewReader(bytes.Join(pdus, nil)), &w}); err != nil {
			t.Fatal(err)
		}
		return &w
	}
	for name, pdu := range map[string][]byte{
		"a call without a bind": (&Request{CallID: 3, Flags: First | Last}).Encode(),
		"an answer":             (&Response{CallID: 3}).Encode(),
	} {
		p, err := ReadPDU(out(pdu))
		if f, err2 := DecodeFault(p); err != nil || err2 != nil || f.CallID != 3 || f.Status == 0 {
			t.Errorf("%s: %+v, %v %v", name, f, err, err2)
		}
	}
	p, _ := ReadPDU(out((&Bind{CallID: 4, Contexts: []Context{{0, EMSMDB, nil}}}).Encode()))
	if ack, err := DecodeBindAck(p); err != nil || ack.Results[0].Reason != TransferNotSupported {
		t.Errorf("%+v, %v", ack, err)
	}
}

type pipe struct {
	io.Reader
	io.Writer
}
