package httpc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// forever is a limit that never passes: an upload ends with its context.
const forever = 100 * 365 * 24 * time.Hour

var errUploadFull = errors.New("the request takes no more bytes")

// Upload is a request whose body is written piece by piece while its answer,
// which servers give only to refuse it, may come at any time: the IN channel of
// RPC over HTTP (MS-RPCH 2.1.2.1.1). One goroutine may write while another waits
// in Answer. The caller closes it; only then is its exchange complete.
type Upload struct {
	Authn    string // how the connection or request is signed in, "" when it is not
	Conn     ConnInfo
	Exchange *Exchange

	body  *body
	out   *outgoing
	early *Response // the answer, when it was there before the headers were out

	writing sync.Mutex // guards left
	left    int64      // bytes that Content-Length still allows
	reading sync.Mutex // held by Answer
}

// Upload sends the headers of req with a Content-Length of length and the bytes
// of req.Body, and does not wait for an answer. Its body cannot be sent twice, so
// it signs in only by a mechanism that the endpoint has accepted before, with
// legs of its own; until then it goes out anonymous. ctx ends the whole upload.
// Errors are those of Do.
func (c *Client) Upload(ctx context.Context, req *Request, length int64) (*Upload, error) {
	t, err := newTarget(req)
	if err != nil {
		return nil, err
	}
	if length <= int64(len(req.Body)) {
		return nil, badRequest(t.url.Hostname(), errors.New("an upload needs a length beyond its first bytes"))
	}
	t.upload = length
	resp, err := c.do(ctx, t)
	if err != nil {
		return nil, err
	}
	u := &Upload{Authn: resp.Authn, Conn: resp.Conn, Exchange: resp.Exchange, body: resp.body(),
		out: &outgoing{target: t, authn: resp.Authn}, left: length - int64(len(req.Body))}
	if resp.Status != unanswered { // a refusal came first; that of a leg holds for the request as well
		u.early, u.left = resp, 0
	}
	return u, nil
}

// Write sends more of the body. The error is a *netpath.Error of the phase "write".
func (u *Upload) Write(p []byte) (int, error) {
	u.writing.Lock()
	defer u.writing.Unlock()
	k, c := u.body.conn, u.body.client
	fail := func(n int, err error) (int, error) {
		return n, netpath.NewError(netpath.PhaseWrite, u.body.host, u.Exchange.Remote, &sendError{true, err})
	}
	if int64(len(p)) > u.left {
		return fail(0, errUploadFull)
	}
	if err := k.move(k.np.Conn.SetWriteDeadline, time.Now().Add(c.path().Limits.WithDefaults().Write)); err != nil {
		return fail(0, err)
	}
	n, err := k.Write(p)
	u.left -= int64(n)
	if err != nil {
		return fail(n, err)
	}
	return n, nil
}

// Answer waits, without a limit of its own, until the server answers, the
// connection ends, or Close. It is called once. A 401 is an answer too; the
// caller closes its body.
func (u *Upload) Answer() (*Response, error) {
	u.reading.Lock()
	defer u.reading.Unlock()
	if u.early != nil {
		return u.early, nil
	}
	b := u.body
	b.conn.until = time.Now().Add(forever)
	hr, phase, err := readAnswer(b.conn, u.out, b.record)
	if err != nil {
		err = b.fail(netpath.NewError(phase, b.host, b.record.Remote, &sendError{true, err}))
		if b.ctx.Err() == nil && netpath.KindOf(err) == netpath.KindCanceled {
			b.record.Err = nil // closed by its owner: as it should end
		}
		return nil, err
	}
	resp := b.respond(u.out, hr)
	b.keep = false // what has been written since is part of no request
	if resp.Status == http.StatusUnauthorized {
		resp.Offered = auth.ParseChallenges(resp.Header["Www-Authenticate"])
	}
	return resp, nil
}

// Close ends the upload at once; the connection is not used again.
func (u *Upload) Close() error {
	b := u.body
	b.interrupt()
	u.reading.Lock()
	defer u.reading.Unlock()
	b.finish(false)
	b.once.Do(func() { b.client.done(b.record) })
	return nil
}
