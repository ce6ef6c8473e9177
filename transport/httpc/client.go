// Package httpc is an HTTP/1.1 client on hand-held connections: it owns which
// request travels on which connection, because NTLM signs in a connection, not a
// request, and a NotificationWait holds one for minutes.
package httpc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Client sends requests for one identity. Set the fields before the first use;
// then it is safe for concurrent use. The zero value is anonymous and direct.
type Client struct {
	Path       *netpath.Path    // nil = the system's way
	Mechanisms []auth.Mechanism // in order of preference; nil = anonymous
	Policy     *auth.Policy     // hosts that may get the credential; nil = none
	Budget     *auth.Budget     // attempts left; nil = one of its own
	UserAgent  string           // "" sends no User-Agent
	Trace      *Trace

	pool      pool
	seq       atomic.Int64
	ownBudget auth.Budget
	accepted  sync.Map // auth.Endpoint → index of the mechanism it took
}

// Do sends one request and reads the headers of its answer. It follows no
// redirect and decodes no content coding. An answer with any status is an
// answer; 401 is one too when the client or the request is anonymous, else it is
// signed in and the request sent again, or the *AuthError says why not.
//
// A connection that was found dead before the request was out completely is
// replaced once. Errors are *netpath.Error with the phase; see NotSent and
// AnswerLost for what the server may have seen. The caller closes Response.Body.
func (c *Client) Do(ctx context.Context, req *Request) (*Response, error) {
	t, err := newTarget(req)
	if err != nil {
		return nil, err
	}
	resp, err := c.do(ctx, t)
	if err != nil {
		return nil, err
	}
	if resp.Offered == nil && resp.Status == http.StatusUnauthorized {
		resp.Offered = auth.ParseChallenges(resp.Header["Www-Authenticate"])
	}
	return resp, nil
}

func (c *Client) do(ctx context.Context, t *target) (*Response, error) {
	if t.req.Anonymous || len(c.Mechanisms) == 0 {
		return c.plain(ctx, t, anonymous)
	}
	mech, ok := c.acceptedBy(t.endpoint)
	if !ok {
		return c.orSignIn(ctx, t, anonymous)
	}
	if c.Mechanisms[mech].PerConnection() {
		return c.orSignIn(ctx, t, identity{mech, t.endpoint.Dir})
	}
	resp, err := c.signIn(ctx, t, nil, mech, nil)
	if errors.As(err, new(*auth.Unavailable)) { // a ticket that has run out
		c.accepted.Delete(t.endpoint)
		return c.orSignIn(ctx, t, anonymous)
	}
	return resp, err
}

// orSignIn sends the request as it is over a connection of this identity, and
// signs in when the server asks for it.
func (c *Client) orSignIn(ctx context.Context, t *target, who identity) (*Response, error) {
	k, err := c.get(ctx, t, who)
	if err != nil {
		return nil, err
	}
	if k.who != who { // a new connection, of a server that is known to want a sign-in
		return c.signIn(ctx, t, k, who.mech, nil)
	}
	resp, err := c.send(ctx, t, k)
	if err != nil || resp.Status != http.StatusUnauthorized {
		return give(resp), err
	}
	offered := auth.ParseChallenges(resp.Header["Www-Authenticate"])
	if len(c.candidates(offered)) == 0 {
		resp.body().drainTo(&c.pool)
		return nil, c.authError(t, &AuthError{Reason: NoCommonScheme, Offered: offered, Status: resp.Status, Exchange: resp.Exchange})
	}
	if resp.body().drain() {
		k.who = anonymous // whatever it was, the server has forgotten
	} else {
		k = nil
	}
	return c.signInByAny(ctx, t, k, offered)
}

// plain sends the request without signing in.
func (c *Client) plain(ctx context.Context, t *target, who identity) (*Response, error) {
	k, err := c.get(ctx, t, who)
	if err != nil {
		return nil, err
	}
	resp, err := c.send(ctx, t, k)
	return give(resp), err
}

// send is a round trip without a token; a dead connection is replaced once.
func (c *Client) send(ctx context.Context, t *target, k *conn) (*Response, error) {
	used, who := k.used > 0, k.who
	resp, err := c.roundTrip(ctx, k, &outgoing{target: t, authn: c.authnOf(who)})
	if err == nil || !used || !NotSent(err) || ctx.Err() != nil {
		return resp, err
	}
	if k, err = c.dial(ctx, t); err != nil {
		return nil, err
	}
	if who != anonymous {
		return c.signIn(ctx, t, k, who.mech, nil)
	}
	return c.roundTrip(ctx, k, &outgoing{target: t})
}

// give lets the answer's connection go to the pool when the caller has read it.
func give(r *Response) *Response {
	if r != nil {
		r.body().pooled = true
	}
	return r
}

func (r *Response) body() *body { return r.Body.(*body) }

func (c *Client) authnOf(who identity) string {
	if who.mech < 0 {
		return ""
	}
	return c.Mechanisms[who.mech].Authn()
}

func (c *Client) acceptedBy(e auth.Endpoint) (int, bool) {
	v, ok := c.accepted.Load(e)
	if !ok {
		return 0, false
	}
	return v.(int), true
}

// candidates are those of our mechanisms that are offered, in our order.
func (c *Client) candidates(offered []auth.Challenge) (out []int) {
	for i, m := range c.Mechanisms {
		if _, ok := find(offered, m.Scheme()); ok {
			out = append(out, i)
		}
	}
	return out
}

// Close drops the idle connections; those in use are closed when they come back.
func (c *Client) Close() { c.pool.drop(true) }

// DropIdle forgets the idle connections and nothing else: after a network
// change they lead nowhere.
func (c *Client) DropIdle() { c.pool.drop(false) }
