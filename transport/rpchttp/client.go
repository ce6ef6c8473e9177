package rpchttp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Channel is one direction of a virtual connection: IN is the one towards the
// server.
type Channel string

// The channels, by the method of their HTTP request without its prefix.
const (
	In  Channel = "IN"
	Out Channel = "OUT"
)

// Method is the HTTP method of the channel (MS-RPCH 2.1.2.1).
func (c Channel) Method() string { return "RPC_" + string(c) + "_DATA" }

// The well-known ports behind an RPC proxy of Exchange (MS-OXCRPC 2.1,
// MS-OXABREF 2.1, MS-OXNSPI 2.1). From 2013 on each of them has all interfaces.
const (
	PortMailbox   = 6001
	PortReferral  = 6002
	PortDirectory = 6004
)

const (
	// answerLimit bounds the wait for any answer on a channel. gromox never
	// answers an echo that has no body; a healthy proxy answers within a second.
	answerLimit = 5 * time.Second
	// callLimit bounds the silence on the OUT channel of an open connection: a
	// first EcDoConnectEx may wait for a mailbox database to be mounted.
	callLimit = 20 * time.Second
)

// Client reaches one RPC server through one RPC proxy. Set the fields before the
// first use; then it is safe for concurrent use.
type Client struct {
	HTTP   *httpc.Client
	Proxy  string // host of the RPC proxy, with a port if it is not 443
	Server string // RPC server as Autodiscover names it: guid@domain, or a host name
	Check  string // id of the check that causes the exchanges, for the trace
}

// URL is where a port of the server is asked for (MS-RPCH 2.2.2). The error says
// what is wrong with the names.
func (c *Client) URL(port int) (string, error) {
	if c.Server == "" || len(c.Server) >= 1024 || strings.ContainsFunc(c.Server, notInName) {
		return "", fmt.Errorf("%.100q is not the name of an RPC server", c.Server)
	}
	u := url.URL{Scheme: "https", Host: c.Proxy, Path: "/rpc/rpcproxy.dll", RawQuery: fmt.Sprintf("%s:%d", c.Server, port)}
	return u.String(), nil
}

func notInName(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("-._@", r)
}

// header is what Windows sends on both channels (MS-RPCH 2.1.2.1).
func header() http.Header {
	return http.Header{"Accept": {"application/rpc"}, "Cache-Control": {"no-cache"}, "Pragma": {"No-cache"}, "User-Agent": {"MSRPC"}}
}

func (c *Client) request(ch Channel, port int, kind string, body []byte) (*httpc.Request, error) {
	to, err := c.URL(port)
	if err != nil {
		return nil, &Error{Stage: StageRequest, Channel: ch, Host: c.Proxy, Err: err}
	}
	return &httpc.Request{Method: ch.Method(), URL: to, Header: header(), Body: body, Kind: kind, Check: c.Check, FirstByte: answerLimit}, nil
}

// EchoAnswer is a proxy that answered an echo.
type EchoAnswer struct {
	Authn    string           // how it was signed in
	Offered  []auth.Challenge // what the proxy asked for at first
	Elapsed  time.Duration    // of the exchange that was answered, without the legs before it
	Conn     httpc.ConnInfo
	Exchange *httpc.Exchange
}

// Echo asks the proxy alone for a sign of life on one channel: nothing behind it
// is touched. It signs in when the proxy wants that. The error is an *Error.
func (c *Client) Echo(ctx context.Context, ch Channel, port int) (*EchoAnswer, error) {
	req, err := c.request(ch, port, "Echo", EchoBody)
	if err != nil {
		return nil, err
	}
	resp, err := c.HTTP.Do(ctx, req)
	if err != nil {
		return nil, &Error{Stage: StageEcho, Channel: ch, Host: c.Proxy, Err: err}
	}
	defer resp.Body.Close()
	if err := c.refused(StageEcho, ch, resp); err != nil {
		return nil, err
	}
	got, err := io.ReadAll(io.LimitReader(resp.Body, 2*rtsHeader))
	if err == nil {
		err = checkEcho(got)
	}
	if err != nil {
		return nil, &Error{Stage: StageEcho, Channel: ch, Host: c.Proxy, Status: resp.Status, Err: err}
	}
	return &EchoAnswer{Authn: resp.Authn, Offered: resp.Offered, Elapsed: resp.Exchange.FirstByte, Conn: resp.Conn, Exchange: resp.Exchange}, nil
}

func checkEcho(b []byte) error {
	p, err := DecodeRTS(b)
	if err != nil {
		return err
	}
	if p.Flags != FlagEcho || len(p.Commands) != 0 {
		return &wire.Error{Offset: rtsHeader, What: "an RTS PDU that is not an echo"}
	}
	return nil
}

// refused is what an answer other than success means; nil for success.
func (c *Client) refused(stage Stage, ch Channel, resp *httpc.Response) error {
	e := &Error{Stage: stage, Channel: ch, Host: c.Proxy, Status: resp.Status, Reason: resp.StatusText, Exchange: resp.Exchange}
	switch {
	case resp.Status != http.StatusOK:
		e.Code, e.HasCode = codeOf(resp.StatusText)
		e.Offered = resp.Offered
	case !strings.EqualFold(mediaType(resp.Header), "application/rpc"):
		e.Err = errNotRPC
	default:
		return nil
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxPage)) // so that the connection can be kept
	return e
}

// maxPage is how much of a page that explains a refusal is read away.
const maxPage = 16 << 10

var errNotRPC = errors.New("the answer is a web page, not RPC")

func mediaType(h http.Header) string {
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return strings.TrimSpace(kind)
}
