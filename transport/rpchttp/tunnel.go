package rpchttp

import (
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/wire"
)

const (
	// inLength is the Content-Length of the IN channel and the life of the
	// channel with it, as Windows has them (MS-RPCH 2.1.2.1.1).
	inLength = 1 << 30
	// window is how many bytes the proxy may send before we acknowledge, as
	// Windows has it (MS-RPCH 2.2.3.5.1).
	window = 64 << 10
)

// Tunnel is an open virtual connection: a stream of PDUs to one RPC server. One
// goroutine may read while another writes. The context given to Open ends it.
type Tunnel struct {
	Authn             string // of the OUT channel
	InConn, OutConn   httpc.ConnInfo
	ProxyTimeout      time.Duration // after which the proxy ends an idle channel (CONN/A3)
	ConnectionTimeout time.Duration // the same of the whole connection (CONN/C2)
	Elapsed           time.Duration // from the first byte to CONN/C2, connections and sign-in included

	proxy   string
	channel wire.GUID // cookie of the OUT channel
	in      *httpc.Upload
	out     *httpc.Response
	cancel  context.CancelCauseFunc
	ctx     context.Context
	waiting sync.WaitGroup // for the watch over the IN channel

	pdu             []byte // what is left of the PDU that Read is giving
	received, acked uint32
}

// Open makes a virtual connection (MS-RPCH 3.2.1.5.3, 3.2.2.4.1): CONN/A1 and
// CONN/B1 out at the same time, CONN/A3 and CONN/C2 back. Each channel has a
// connection of its own and signs in on it, if the endpoint has accepted a
// mechanism before: an Echo comes first. The error is an *Error.
func (c *Client) Open(ctx context.Context, port int) (*Tunnel, error) {
	start := time.Now()
	t := &Tunnel{proxy: c.Proxy, channel: wire.NewGUID()}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	if err := t.open(c, port); err != nil {
		t.Close()
		return nil, err
	}
	t.Elapsed = time.Since(start)
	return t, nil
}

func (t *Tunnel) open(c *Client, port int) error {
	connection := wire.NewGUID()
	a1 := ConnA1{Connection: connection, Channel: t.channel, Window: window}
	b1 := ConnB1{Connection: connection, Channel: wire.NewGUID(), Lifetime: inLength, Group: wire.NewGUID()}
	outRequest, err := c.request(Out, port, "CONN/A1", a1.Encode())
	if err != nil {
		return err
	}
	inRequest, _ := c.request(In, port, "CONN/B1", b1.Encode()) // the names are the same
	outRequest.NoReuse, inRequest.NoReuse, outRequest.Idle = true, true, callLimit

	var sending sync.WaitGroup
	var inErr, outErr error
	sending.Go(func() {
		if t.in, inErr = c.HTTP.Upload(t.ctx, inRequest, inLength); inErr != nil {
			inErr = &Error{Stage: StageConnect, Channel: In, Host: c.Proxy, Err: inErr}
			t.cancel(inErr)
			return
		}
		t.waiting.Go(func() { t.watch(c) })
	})
	sending.Go(func() {
		if t.out, outErr = c.HTTP.Do(t.ctx, outRequest); outErr == nil {
			outErr = c.refused(StageConnect, Out, t.out)
		}
		if outErr != nil {
			outErr = t.why(outErr)
			t.cancel(outErr)
		}
	})
	sending.Wait()
	if err := cmp.Or(outErr, inErr); err != nil {
		return t.why(err)
	}
	t.Authn, t.InConn, t.OutConn = t.out.Authn, t.in.Conn, t.out.Conn
	return t.handshake()
}

// handshake reads CONN/A3 and CONN/C2, in time.
func (t *Tunnel) handshake() error {
	late := time.AfterFunc(answerLimit, func() {
		t.cancel(&Error{Stage: StageConnect, Channel: Out, Host: t.proxy, Status: t.out.Status, Err: errNoServer})
	})
	defer late.Stop()
	pdu, err := dcerpc.ReadPDU(t.out.Body)
	if err == nil {
		var a3 *ConnA3
		if a3, err = DecodeConnA3(pdu); err == nil {
			t.ProxyTimeout = a3.Timeout
			pdu, err = dcerpc.ReadPDU(t.out.Body)
		}
	}
	if err == nil {
		var c2 *ConnC2
		if c2, err = DecodeConnC2(pdu); err == nil {
			t.ConnectionTimeout = c2.Timeout
		}
	}
	if err != nil {
		return t.why(err)
	}
	return nil
}

var errNoServer = errors.New("the proxy answers, but the RPC server behind it does not take the connection up")

// watch waits for an answer on the IN channel, which is always bad news.
func (t *Tunnel) watch(c *Client) {
	resp, err := t.in.Answer()
	if err == nil {
		if err = c.refused(StageConnect, In, resp); err == nil {
			err = &Error{Stage: StageConnect, Channel: In, Host: c.Proxy, Status: resp.Status, Reason: resp.StatusText}
		}
		resp.Body.Close()
	} else {
		err = &Error{Stage: StageConnect, Channel: In, Host: c.Proxy, Err: err}
	}
	t.cancel(err)
}

// why is the reason behind a failure: the first that ended the connection, on
// whichever channel.
func (t *Tunnel) why(err error) error {
	var e *Error
	if errors.As(context.Cause(t.ctx), &e) || errors.As(err, &e) {
		return e
	}
	return &Error{Stage: StageConnect, Channel: Out, Host: t.proxy, Err: err}
}

// Read gives the PDUs of the server, one after the other. Those of the proxies
// (pings, flow control) are taken out.
func (t *Tunnel) Read(p []byte) (int, error) {
	for len(t.pdu) == 0 {
		pdu, err := dcerpc.ReadPDU(t.out.Body)
		if err != nil {
			return 0, t.broken(Out, err)
		}
		if kind, _ := dcerpc.FragmentOf(pdu); kind != dcerpc.TypeRTS {
			t.pdu = pdu
			t.acknowledge(len(pdu))
		}
	}
	n := copy(p, t.pdu)
	t.pdu = t.pdu[n:]
	return n, nil
}

// acknowledge opens the window again when half of it is used up (MS-RPCH
// 3.2.1.1.5.1). When that fails, the next call will tell.
func (t *Tunnel) acknowledge(n int) {
	t.received += uint32(n)
	if t.received-t.acked >= window/2 {
		t.acked = t.received
		t.in.Write(ackPDU(FlowControlAck{Received: t.received, Window: window, Channel: t.channel}))
	}
}

// Write sends PDUs to the server.
func (t *Tunnel) Write(p []byte) (int, error) {
	n, err := t.in.Write(p)
	if err != nil {
		return n, t.broken(In, err)
	}
	return n, nil
}

func (t *Tunnel) broken(ch Channel, err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // a server never ends the OUT channel in order
	}
	var e *Error
	if errors.As(context.Cause(t.ctx), &e) {
		return &Error{Stage: StageCall, Channel: e.Channel, Host: t.proxy, Status: e.Status, Reason: e.Reason, Code: e.Code, HasCode: e.HasCode, Err: e.Err}
	}
	return &Error{Stage: StageCall, Channel: ch, Host: t.proxy, Err: err}
}

// Close ends both channels and returns when nothing of the connection is left.
func (t *Tunnel) Close() error {
	if t.in != nil {
		t.in.Close()
	}
	if t.out != nil {
		t.out.Body.Close()
	}
	t.cancel(nil)
	t.waiting.Wait()
	return nil
}
