package httpc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

const (
	// maxInterim bounds the 1xx answers before the real one.
	maxInterim = 8
	// lastWords is how long a server that stopped reading our request gets to
	// say why: its answer is on the way already, or will not come.
	lastWords = 500 * time.Millisecond
)

// methods spares an allocation per answer: ReadResponse wants to know only
// whether it was HEAD.
var (
	headRequest  = &http.Request{Method: http.MethodHead}
	otherRequest = &http.Request{Method: http.MethodPost}
)

// roundTrip sends o over k and reads the headers of the answer. The connection
// belongs to the body of the answer then; after an error it is closed.
func (c *Client) roundTrip(ctx context.Context, k *conn, o *outgoing) (*Response, error) {
	ex := c.begin(k, o)
	b := &body{client: c, conn: k, ctx: ctx, record: ex, host: o.url.Hostname()}
	if ctx.Done() != nil {
		b.stop = context.AfterFunc(ctx, k.abort)
	}
	hr, err := c.talk(k, o, ex)
	if err != nil {
		err = b.fail(err)
		c.done(ex)
		return nil, err
	}
	if hr == nil {
		return &Response{Status: unanswered, Body: b, Authn: o.authn, Exchange: ex, Conn: b.connInfo()}, nil
	}
	return b.respond(o, hr), nil
}

// unanswered is the status of a request that is still being sent.
const unanswered = 0

// respond makes the headers of an answer and the body behind them a Response.
func (b *body) respond(o *outgoing, hr *http.Response) *Response {
	c, k, ex := b.client, b.conn, b.record
	k.used++
	k.idle = pick(o.req.Idle, c.path().Limits.WithDefaults().Idle)
	b.inner, b.keep = hr.Body, !hr.Close && !ex.brokenWrite
	c.answered(ex, hr)
	return &Response{
		Status: hr.StatusCode, StatusText: hr.Status[min(4, len(hr.Status)):], Proto: hr.Proto,
		Header: hr.Header, Length: hr.ContentLength, Body: b, Authn: o.authn, Exchange: ex, Conn: b.connInfo(),
	}
}

func (b *body) connInfo() ConnInfo {
	k := b.conn
	return ConnInfo{LocalAddr: k.np.LocalAddr(), RemoteAddr: k.remote, TLS: k.np.TLS, Reused: b.record.Reused}
}

func pick(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// talk writes the request and reads the headers; nil for an upload, which is
// not answered before it is complete.
func (c *Client) talk(k *conn, o *outgoing, ex *Exchange) (*http.Response, error) {
	limits := c.path().Limits.WithDefaults()
	host, addr := o.url.Hostname(), ex.Remote
	fail := func(p netpath.Phase, written bool, err error) error {
		return netpath.NewError(p, host, addr, &sendError{written, err})
	}
	err := k.move(k.np.Conn.SetWriteDeadline, ex.Started.Add(limits.Write))
	if err == nil {
		err = o.write(k.bw, c.UserAgent, k.overProxy())
	}
	k.until = time.Now().Add(pick(o.req.FirstByte, limits.FirstByte))
	if err != nil {
		if k.used > 0 || !k.usable() {
			return nil, fail(netpath.PhaseWrite, false, err)
		}
		ex.brokenWrite = true
		k.until = time.Now().Add(lastWords)
	}
	if err == nil && o.uploads() {
		return nil, nil
	}
	hr, phase, readErr := readAnswer(k, o, ex)
	switch {
	case readErr == nil:
		return hr, nil
	case err != nil:
		return nil, fail(netpath.PhaseWrite, false, err)
	}
	return nil, fail(phase, true, readErr)
}

// readAnswer reads status line and headers, passing over interim answers.
func readAnswer(k *conn, o *outgoing, ex *Exchange) (*http.Response, netpath.Phase, error) {
	k.headerLeft, k.readErr = headerBound, nil
	defer func() { k.headerLeft, k.until = -1, time.Time{} }()
	if _, err := k.br.Peek(1); err != nil {
		return nil, netpath.PhaseFirstByte, err
	}
	ex.FirstByte = time.Since(ex.Started)
	req := otherRequest
	if o.req.Method == http.MethodHead {
		req = headRequest
	}
	for range maxInterim {
		hr, err := http.ReadResponse(k.br, req)
		switch {
		case err != nil:
			return nil, netpath.PhaseHTTP, k.readable(err)
		case hr.ProtoMajor != 1 || hr.StatusCode == http.StatusSwitchingProtocols:
			return nil, netpath.PhaseHTTP, fmt.Errorf("the answer is not HTTP/1.1 but %s with status %d", hr.Proto, hr.StatusCode)
		case hr.StatusCode >= 200:
			return hr, "", nil
		}
	}
	return nil, netpath.PhaseHTTP, errors.New("too many interim answers")
}

// malformed is an answer that is not HTTP.
type malformed struct{ text string }

func (e *malformed) Error() string { return e.text }

// readable is the network's error if there was one; the parser's own may quote
// a whole line of whatever the server sent.
func (c *conn) readable(err error) error {
	if c.readErr != nil {
		return c.readErr
	}
	if netpath.Classify(err) != netpath.KindOther {
		return err
	}
	return &malformed{cut(err.Error())}
}
