package dcerpc

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// maxStub bounds the out parameters of one call. EcDoConnectEx answers with some
// hundred bytes and an auxiliary buffer of 4 KiB at most (MS-OXCRPC 3.1.4.1).
const maxStub = 64 << 10

// Client makes calls, one at a time, over a stream of PDUs. Not safe for
// concurrent use. After an error that is neither a *BindError nor a *FaultError
// the stream is of no use any more.
type Client struct {
	stream   io.ReadWriter
	callID   uint32
	fragment int // largest PDU the server takes
	contexts []Syntax

	mu       sync.Mutex // guards what others may ask for while a call is under way
	endpoint string
	calls    []Call
}

// Endpoint is the port that bind_ack names, "" before.
func (c *Client) Endpoint() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.endpoint
}

// Calls is what was called and has ended, in order. It may be asked from any
// goroutine.
func (c *Client) Calls() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

// Call is the record of one call.
type Call struct {
	Name    string // "EcDoConnectEx"
	Elapsed time.Duration
	Err     error
}

// NewClient makes calls over a stream that carries PDUs of one association.
func NewClient(stream io.ReadWriter) *Client { return &Client{stream: stream, fragment: MaxFragment} }

// Bind opens the association for the interfaces. Those that were refused are in
// the answer, in their order, nil where one was accepted; the error is a
// *BindError when the whole bind was refused.
func (c *Client) Bind(interfaces ...Syntax) (refused []*BindError, err error) {
	p := &Bind{CallID: c.next(), MaxXmit: MaxFragment, MaxRecv: MaxFragment}
	for i, s := range interfaces {
		p.Contexts = append(p.Contexts, Context{ID: uint16(i), Abstract: s, Transfer: []Syntax{NDR}})
	}
	c.contexts = interfaces
	err = c.record("bind", func() error {
		ack, err := c.bind(p)
		if err != nil {
			return err
		}
		if len(ack.Results) != len(interfaces) {
			return fmt.Errorf("bind_ack with %d results for %d interfaces", len(ack.Results), len(interfaces))
		}
		c.mu.Lock()
		c.endpoint = ack.Endpoint
		c.mu.Unlock()
		if ack.MaxRecv >= minFragment {
			c.fragment = min(c.fragment, int(ack.MaxRecv))
		}
		refused = make([]*BindError, len(interfaces))
		for i, r := range ack.Results {
			if r.Result != 0 {
				refused[i] = &BindError{Interface: interfaces[i], Reason: r.Reason}
			}
		}
		return nil
	})
	return refused, err
}

// minFragment is the smallest PDU that everybody must take (C706 12.6.3.1).
const minFragment = 1432

func (c *Client) bind(p *Bind) (*BindAck, error) {
	if _, err := c.stream.Write(p.Encode()); err != nil {
		return nil, err
	}
	pdu, err := ReadPDU(c.stream)
	if err != nil {
		return nil, err
	}
	if t, _ := FragmentOf(pdu); t == TypeBindNak {
		nak, err := DecodeBindNak(pdu)
		if err != nil {
			return nil, err
		}
		return nil, &BindError{Nak: true, Reason: nak.Reason}
	}
	return DecodeBindAck(pdu)
}

func (c *Client) next() uint32 {
	c.callID++
	return c.callID
}

// record times a call.
func (c *Client) record(name string, f func() error) error {
	start := time.Now()
	err := f()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, Call{name, time.Since(start), err})
	return err
}

// call makes one call of an interface of the bind.
func (c *Client) call(name string, of Syntax, opnum uint16, stub []byte) (out []byte, err error) {
	err = c.record(name, func() error {
		context := slices.Index(c.contexts, of)
		if context < 0 {
			return fmt.Errorf("%s was not asked for in the bind", of.Name())
		}
		id := c.next()
		if err := c.send(&Request{CallID: id, Context: uint16(context), Opnum: opnum}, stub); err != nil {
			return err
		}
		out, err = c.answer(name, id)
		return err
	})
	return out, err
}

// requestHead is the part of a request PDU before its stub.
const requestHead = HeaderSize + 8

// send cuts the stub into fragments that the server takes.
func (c *Client) send(q *Request, stub []byte) error {
	q.Flags = First
	for {
		n := min(len(stub), c.fragment-requestHead)
		q.Stub, stub = stub[:n], stub[n:]
		if len(stub) == 0 {
			q.Flags |= Last
		}
		if _, err := c.stream.Write(q.Encode()); err != nil {
			return err
		}
		if len(stub) == 0 {
			return nil
		}
		q.Flags = 0
	}
}

// answer puts the fragments of a response together.
func (c *Client) answer(name string, id uint32) ([]byte, error) {
	var stub []byte
	for {
		pdu, err := ReadPDU(c.stream)
		if err != nil {
			return nil, err
		}
		t, got := FragmentOf(pdu)
		if got != id {
			return nil, &wire.Error{Offset: 12, What: fmt.Sprintf("an answer to call %d, not %d", got, id)}
		}
		if t == TypeFault {
			f, err := DecodeFault(pdu)
			if err != nil {
				return nil, err
			}
			return nil, &FaultError{Call: name, Status: f.Status}
		}
		p, err := DecodeResponse(pdu)
		if err != nil {
			return nil, err
		}
		if stub = append(stub, p.Stub...); len(stub) > maxStub {
			return nil, errTooLong
		}
		if p.Flags&Last != 0 {
			return stub, nil
		}
	}
}

var errTooLong = errors.New("the answer is longer than any call here has")

// Dummy is EcDummyRpc: is the mailbox service there?
func (c *Client) Dummy() (mapierr.Code, error) {
	out, err := c.call("EcDummyRpc", EMSMDB, OpDummy, nil)
	if err != nil {
		return 0, err
	}
	return DecodeCode(out)
}

// Connect is EcDoConnectEx. A refusal by the server is in the ErrorCode.
func (c *Client) Connect(q *ConnectRequest) (*ConnectResponse, error) {
	out, err := c.call("EcDoConnectEx", EMSMDB, OpConnect, q.Encode())
	if err != nil {
		return nil, err
	}
	return DecodeConnectResponse(out)
}

// Disconnect is EcDoDisconnect.
func (c *Client) Disconnect(h Handle) (mapierr.Code, error) {
	return c.release("EcDoDisconnect", EMSMDB, OpDisconnect, h[:])
}

// NspiBind opens a session with the address book.
func (c *Client) NspiBind(q *NspiBindRequest) (*NspiBindResponse, error) {
	out, err := c.call("NspiBind", NSPI, OpNspiBind, q.Encode())
	if err != nil {
		return nil, err
	}
	return DecodeNspiBindResponse(out)
}

// NspiUnbind ends a session with the address book; its result is 1 for success
// (MS-OXNSPI 3.1.4.1.2).
func (c *Client) NspiUnbind(h Handle) (mapierr.Code, error) {
	return c.release("NspiUnbind", NSPI, OpNspiUnbind, encodeUnbind(h))
}

func (c *Client) release(name string, of Syntax, opnum uint16, stub []byte) (mapierr.Code, error) {
	out, err := c.call(name, of, opnum, stub)
	if err != nil {
		return 0, err
	}
	p, err := DecodeHandleResult(out)
	if err != nil {
		return 0, err
	}
	return p.ErrorCode, nil
}

// Map is ept_map: where an interface is reached by TCP. No place is an empty
// list, with the mapper's status.
func (c *Client) Map(of Syntax) (*MapResponse, error) {
	out, err := c.call("ept_map", EPM, OpMap, (&MapRequest{of}).Encode())
	if err != nil {
		return nil, err
	}
	return DecodeMapResponse(out)
}
