package httpc

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// maxLegs bounds one handshake: NTLM has two, SPNEGO with a change of mechanism four.
const maxLegs = 6

// signingIn is one sign-in: its legs share a connection.
type signingIn struct {
	c       *Client
	t       *target
	k       *conn // nil: to be dialled
	index   int
	mech    auth.Mechanism
	offered []auth.Challenge
	hs      auth.Handshake // of the legs under way
	verdict auth.Verdict
	server  string // X-FEServer of the leg before
}

// signInByAny tries the mechanisms that the server offers in our order. The next
// one has its turn only when the one before had nothing to show to this host;
// what a server has refused stays refused.
func (c *Client) signInByAny(ctx context.Context, t *target, k *conn, offered []auth.Challenge) (*Response, error) {
	var first error
	for _, mech := range c.candidates(offered) {
		resp, err := c.signIn(ctx, t, k, mech, offered)
		if !errors.As(err, new(*auth.Unavailable)) {
			return resp, err
		}
		if first == nil {
			first = err
		}
		k = nil // it went back to the pool
	}
	return nil, first
}

// signIn sends the request with the credential over k, or a new connection when
// it is nil. offered is what the server asked for; nil when it is known to take
// this mechanism.
func (c *Client) signIn(ctx context.Context, t *target, k *conn, index int, offered []auth.Challenge) (*Response, error) {
	s := &signingIn{c: c, t: t, k: k, index: index, mech: c.Mechanisms[index], offered: offered}
	release, err := s.permit(ctx)
	if err != nil {
		s.abandon()
		return nil, err
	}
	defer func() { release(s.verdict) }()
	if s.k == nil {
		if s.k, err = c.get(ctx, t, anonymous); err != nil {
			return nil, err
		}
	}
	resp, err := s.legs(ctx)
	var again *firstLegLost
	if errors.As(err, &again) {
		if s.k, err = c.dial(ctx, t); err != nil {
			return nil, err
		}
		resp, err = s.legs(ctx)
		if errors.As(err, &again) {
			err = again.err
		}
	}
	return resp, err
}

// permit asks everything that can forbid sending a credential.
func (s *signingIn) permit(ctx context.Context) (func(auth.Verdict), error) {
	host := s.t.url.Hostname()
	if s.t.url.Scheme != "https" {
		return nil, s.fail(PolicyRefused, &auth.PolicyError{Host: host, Reason: "the connection is not encrypted (http)"})
	}
	if err := s.c.Policy.Allowed(host); err != nil {
		return nil, s.fail(PolicyRefused, err)
	}
	budget := s.c.Budget
	if budget == nil {
		budget = &s.c.ownBudget
	}
	release, err := budget.Begin(ctx, s.t.endpoint, s.mech.Authn())
	if errors.As(err, new(*auth.BudgetError)) {
		return nil, s.fail(BudgetUsed, err)
	}
	if err != nil {
		return nil, netpath.NewError(netpath.PhaseAuth, host, "", &sendError{err: err})
	}
	return release, nil
}

// abandon gives back a connection that will not be signed in.
func (s *signingIn) abandon() {
	if s.k != nil {
		s.c.pool.put(s.k)
	}
}

// firstLegLost is an empty first leg that died on a connection that had rested:
// nothing of the request was in it, so it may be sent again.
type firstLegLost struct{ err error }

func (e *firstLegLost) Error() string { return e.err.Error() }
func (e *firstLegLost) Unwrap() error { return e.err }

func (s *signingIn) legs(ctx context.Context) (*Response, error) {
	hs, err := s.mech.Start(ctx, auth.Target{Host: s.t.url.Hostname(), Leaf: s.k.leaf()})
	if err != nil {
		s.abandon()
		return nil, s.fail(MechanismFailed, err)
	}
	s.hs = hs
	var challenge []byte
	for leg := 1; leg <= maxLegs; leg++ {
		token, err := hs.Next(challenge)
		if err != nil {
			s.abandon()
			return nil, s.fail(MechanismFailed, err)
		}
		resp, err := s.leg(ctx, leg, token, hs.Done())
		if err != nil {
			return nil, err
		}
		if hs.Done() {
			return s.last(resp)
		}
		if resp.Status != http.StatusUnauthorized {
			return s.unasked(ctx, resp)
		}
		if challenge, err = s.challenge(resp); err != nil {
			return nil, err
		}
	}
	s.abandon()
	return nil, s.broken(nil, "it would not end")
}

// leg sends one token; only the last carries the body of the request.
func (s *signingIn) leg(ctx context.Context, leg int, token []byte, last bool) (*Response, error) {
	used := s.k.used > 0
	if last {
		s.verdict = auth.Unclear // from here on the server may have seen the proof
	}
	resp, err := s.c.roundTrip(ctx, s.k, &outgoing{
		target: s.t, authn: s.mech.Authn(), empty: !last,
		authorization: s.mech.Scheme() + " " + s.encode(token),
	})
	if err == nil {
		return resp, nil
	}
	if last && NotSent(err) {
		s.verdict = auth.NotTried
	}
	gone := netpath.KindOf(err) == netpath.KindClosed || netpath.KindOf(err) == netpath.KindReset
	switch {
	case leg == 1 && used && ctx.Err() == nil && (NotSent(err) || !last && gone):
		return nil, &firstLegLost{err}
	case leg > 1 && gone:
		// The proof went out on a connection that nobody listens to any more.
		return nil, s.broken(nil, "the connection was closed between its legs", err)
	}
	return nil, err
}

func (s *signingIn) encode(token []byte) string {
	if _, asItIs := s.hs.(auth.Verbatim); asItIs {
		return string(token)
	}
	return base64.StdEncoding.EncodeToString(token)
}

// last judges the answer to the final token.
func (s *signingIn) last(resp *Response) (*Response, error) {
	resp.Offered = s.offered
	switch resp.Status {
	case unanswered:
		return give(resp), nil
	case http.StatusUnauthorized:
		return nil, s.refused(resp)
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return give(resp), nil // from something in between: no verdict
	}
	if err := s.verify(resp, true); err != nil {
		resp.Body.Close() // whoever answered is not whom we meant to talk to
		return nil, s.fail(MechanismFailed, err)
	}
	s.verdict = auth.Accepted
	s.c.accepted.Store(s.t.endpoint, s.index)
	if s.mech.PerConnection() {
		if strings.EqualFold(resp.Header.Get("Persistent-Auth"), "false") {
			resp.body().keep = false // IIS signs in each request by itself
		}
		s.k.who = identity{s.index, s.t.endpoint.Dir}
	}
	return give(resp), nil
}

// refused tells a refused credential from a server that never saw the legs before.
func (s *signingIn) refused(resp *Response) error {
	token, _ := find(auth.ParseChallenges(resp.Header["Www-Authenticate"]), s.mech.Scheme())
	server := resp.Exchange.FEServer
	resp.body().drainTo(&s.c.pool)
	why := s.verify(resp, false)
	switch {
	case errors.As(why, new(*auth.Unavailable)):
		s.verdict = auth.NotTried
		return s.failAt(resp, MechanismFailed, "", why)
	case s.server != "" && server != "" && s.server != server:
		s.verdict = auth.NotTried // it was not the server that could verify it
		return s.broken(resp, "its legs were answered by "+s.server+" and "+server)
	case isNTLMChallenge(token.Token):
		s.verdict = auth.NotTried
		return s.broken(resp, "its last leg was answered with a new challenge")
	}
	s.verdict = auth.Refused
	if why != nil {
		return s.failAt(resp, Refused, why.Error(), why)
	}
	return s.failAt(resp, Refused, "", nil)
}

// verify hands the server's last token to a handshake that wants to see it.
func (s *signingIn) verify(resp *Response, accepted bool) error {
	v, ok := s.hs.(auth.Verifier)
	if !ok {
		return nil
	}
	ours, _ := find(auth.ParseChallenges(resp.Header["Www-Authenticate"]), s.mech.Scheme())
	token, err := base64.StdEncoding.DecodeString(ours.Token)
	if err != nil {
		return errors.New("the server's last token is not base64")
	}
	return v.Verify(token, accepted)
}

// challenge takes the server's token out of a 401 in the middle of a handshake.
func (s *signingIn) challenge(resp *Response) ([]byte, error) {
	offered := auth.ParseChallenges(resp.Header["Www-Authenticate"])
	if s.offered == nil {
		s.offered = offered
	}
	s.server = resp.Exchange.FEServer
	ours, _ := find(offered, s.mech.Scheme())
	token, err := base64.StdEncoding.DecodeString(ours.Token)
	kept := resp.body().drain()
	switch {
	case err != nil:
		return nil, s.brokenHere(kept, resp, "the server's token is not base64")
	case len(token) == 0:
		if kept {
			s.abandon()
		}
		return nil, s.failAt(resp, SchemeRefused, "", nil)
	case !kept:
		return nil, s.broken(resp, "the connection was closed between its legs")
	}
	return token, nil
}

// unasked handles a server that answers a first leg with something else than a
// challenge. A refusal (403, 404, 503) holds for the request as well. Success
// means that no sign-in is wanted here: the request itself goes out, plain.
func (s *signingIn) unasked(ctx context.Context, resp *Response) (*Response, error) {
	if resp.Status >= 300 {
		resp.Authn = ""
		return give(resp), nil
	}
	if !resp.body().drain() {
		var err error
		if s.k, err = s.c.dial(ctx, s.t); err != nil {
			return nil, err
		}
	}
	resp, err := s.c.roundTrip(ctx, s.k, &outgoing{target: s.t})
	return give(resp), err
}

// find gives the challenge of a scheme; one that carries a token goes first.
func find(offered []auth.Challenge, scheme string) (found auth.Challenge, ok bool) {
	for _, c := range offered {
		if strings.EqualFold(c.Scheme, scheme) && (!ok || found.Token == "") {
			found, ok = c, true
		}
	}
	return found, ok
}

// isNTLMChallenge looks for CHALLENGE_MESSAGE (MS-NLMP 2.2.1.2), raw or wrapped.
func isNTLMChallenge(token string) bool {
	b, err := base64.StdEncoding.DecodeString(token)
	return err == nil && strings.Contains(string(b), "NTLMSSP\x00\x02\x00\x00\x00")
}

func (s *signingIn) broken(resp *Response, detail string, cause ...error) error {
	return s.failAt(resp, HandshakeBroken, detail, errors.Join(cause...))
}

func (s *signingIn) brokenHere(kept bool, resp *Response, detail string) error {
	if kept {
		s.abandon()
	}
	return s.broken(resp, detail)
}

func (s *signingIn) fail(r Reason, err error) error { return s.failAt(nil, r, "", err) }

func (s *signingIn) failAt(resp *Response, r Reason, detail string, err error) error {
	e := &AuthError{Reason: r, Scheme: s.mech.Scheme(), Authn: s.mech.Authn(), Offered: s.offered, Detail: detail, Err: err}
	if resp != nil {
		e.Status, e.Exchange = resp.Status, resp.Exchange
	}
	return s.c.authError(s.t, e)
}

func (c *Client) authError(t *target, e *AuthError) error {
	e.Host = t.url.Hostname()
	return &netpath.Error{Phase: netpath.PhaseAuth, Host: e.Host, Err: e}
}
