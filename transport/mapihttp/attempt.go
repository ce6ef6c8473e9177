package mapihttp

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// noContextPhase is the rung of ErrNoContext: X-ResponseCode was 0, the proof
// that should come beside it did not.
const noContextPhase = netpath.PhaseResponseCode

// attempt sends a stamped request once and judges the answer.
func (e *endpoint) attempt(parent context.Context, c *call, st stamp, fl *flight) (*answer, *Failure) {
	start := time.Now()
	ctx, dog := watch(parent, e.limit(c))
	defer dog.stop()
	if !e.gate.launch(ctx, fl, dog) {
		return nil, e.heldBack(c, st)
	}
	resp, err := e.cfg.HTTP.Do(ctx, e.request(ctx, c, st))
	if err != nil {
		return nil, e.networkFailure(ctx, c, st, err)
	}
	defer resp.Body.Close()
	a := &answer{op: c.op, host: e.host(), Status: resp.Status, Header: resp.Header, RequestID: st.id, exchange: resp.Exchange}
	e.began(c, st, resp)

	in, err := e.read(resp, c, dog, start)
	a.finish(in, e.dialect())
	a.Elapsed = time.Since(start)
	e.learn(a, resp)
	if f := a.judge(); f != nil {
		return a, asFailure(f)
	}
	if err != nil {
		return a, lost(ctx, a, err)
	}
	if c.read != nil {
		if f := c.read(a); f != nil {
			return a, asFailure(f)
		}
	}
	return a, nil
}

// heldBack is a call that met a shut gate.
func (e *endpoint) heldBack(c *call, st stamp) *Failure {
	return &Failure{Phase: netpath.PhaseWrite, Host: e.host(), Op: c.op, RequestID: st.id, Delivery: NotSent, Err: ErrPaused}
}

func asFailure(err error) *Failure {
	var f *Failure
	errors.As(err, &f)
	return f
}

// limit is for the whole request.
func (e *endpoint) limit(c *call) time.Duration {
	if !c.wait {
		return e.cfg.Limits.CallTime
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.cfg.Limits.WaitTime + 2*c.session.pendingPeriod
}

func (e *endpoint) request(ctx context.Context, c *call, st stamp) *httpc.Request {
	return &httpc.Request{
		Method: http.MethodPost, URL: e.url(), Header: st.header, Body: c.body,
		Kind: c.op, Check: checkOf(ctx),
		Idle: 2 * e.limit(c), // silence is for the watchdog to judge: it knows the PENDING rhythm
	}
}

// began hands the initial headers to the session context, if it is the MAPI
// handler that answers, and answers us: cookies of a login page are not ours to
// keep.
func (e *endpoint) began(c *call, st stamp, resp *httpc.Response) {
	if _, ok := responseCode(resp.Header); !ok || resp.Status != http.StatusOK || !echoes(resp.Header, st.id) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c.session.began(resp.Header, e.cfg.wall(), c.wait, st.sentAt)
}

// read takes the body apart while the watchdog listens for progress.
func (e *endpoint) read(resp *httpc.Response, c *call, dog *watchdog, start time.Time) (*inner, error) {
	limits := e.cfg.Limits
	if resp.Status != http.StatusOK {
		dog.expect("the error page", limits.BodyTime)
		page, _ := io.ReadAll(io.LimitReader(resp.Body, MaxDiagnostics))
		return &inner{body: page}, nil // the status counts, with or without its page
	}
	if resp.Length > int64(limits.Body+limits.Tags*MaxTagLine+limits.AdditionalHeaders*MaxHeaderLine) {
		return &inner{}, ErrTooLarge
	}
	e.mu.Lock()
	gap := limits.gap(c.session.pendingPeriod)
	e.mu.Unlock()
	dog.expect("the first meta-tag", gap)
	return readInner(resp.Body, limits, func(name string) Tag {
		if name == TagDone {
			dog.expect("the rest of the answer", limits.BodyTime)
		} else {
			dog.expect("the next meta-tag", gap)
		}
		t := Tag{Name: name, At: time.Since(start)}
		if c.onTag != nil {
			c.onTag(t)
		}
		return t
	})
}

// networkFailure is a request without an answer.
func (e *endpoint) networkFailure(ctx context.Context, c *call, st stamp, err error) *Failure {
	f := &Failure{Phase: cmp.Or(netpath.PhaseOf(err), netpath.PhaseWrite), Host: e.host(), Op: c.op,
		RequestID: st.id, Dialect: e.dialect(), Err: err}
	var refused *httpc.AuthError
	switch {
	case errors.As(err, &refused):
		f.Phase, f.Status, f.Delivery = netpath.PhaseAuth, refused.Status, Answered
	case httpc.NotSent(err):
		f.Delivery = NotSent
	}
	if ctx.Err() != nil {
		f.Err = context.Cause(ctx)
	}
	return f
}

// lost is an answer that broke off, or that no honest server sends.
func lost(ctx context.Context, a *answer, err error) *Failure {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	f := a.failure(netpath.PhaseBody, err)
	if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrTooLarge) {
		f.Delivery = AnswerLost
	}
	return f
}
