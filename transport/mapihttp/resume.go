package mapihttp

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// Outcome is what became of a session after a pause.
type Outcome string

// The outcomes.
const (
	OutcomeResumed       Outcome = "resumed"       // the same session context, proven by the server
	OutcomeReestablished Outcome = "reestablished" // a new one, because the old one was gone
	OutcomeLost          Outcome = "lost"          // neither; Resume may be called again
)

// Why says why a session context had to be replaced.
type Why string

// The reasons, from X-ResponseCode and from what is known of the server.
const (
	WhyExpired       Why = "expired"        // its time was up before we came back (X-ExpirationInfo)
	WhyOtherIdentity Why = "other-identity" // the sign-in now leads to another user
	WhyMoved         Why = "moved"          // another server has the mailbox now
	WhyRestarted     Why = "server-restart" // the server forgot it before its time
	WhyCookies       Why = "cookies"        // the cookies did not come through as they were
	WhySequence      Why = "sequence"       // an answer, and the sequence cookie with it, was lost with the network
	WhyLogon         Why = "logon"          // the session context is there, the mailbox open in it is not
)

// Resumption is what Resume achieved.
type Resumption struct {
	Outcome  Outcome
	Why      Why           // of reestablished
	Refusal  error         // what the server said to the old session context
	Phase    netpath.Phase // of lost: the rung that failed
	Err      error         // of lost
	From, To string        // ContextID before and after; equal exactly when it was resumed
	Local    string        // local address:port of the connection that proved it
	Requests int           // MAPI requests that it took, without the legs of a sign-in
	Took     time.Duration
}

// PauseGrace is how long a pause lets an ordinary request finish: longer than
// nearly every answer takes, and well within the five seconds that an operating
// system gives before it sleeps.
const PauseGrace = 2 * time.Second

// ProofTime is the limit of each request of a Resume. A server needs
// milliseconds for them; the rest is for the sign-in over a slow line.
const ProofTime = 15 * time.Second

// Pause cuts the held NotificationWait, gives an ordinary request PauseGrace to
// finish, and drops the idle connections. Cookies, ids and clocks are kept, and
// the server is told nothing. Requests that are made meanwhile wait for Resume.
// It returns when nothing of this session is on the wire.
func (m *Mailbox) Pause() { m.e.pause() }

// Resume opens a new connection and proves that the server still holds the
// session context: PING with the old cookies, then a question about the logon of
// before. Where the server disowns it, a new one is opened, with the mailbox and
// the subscription that the old one had. Only then do the requests go on that were
// cut or had to wait. Without a Pause before it pauses first: for a network that
// went away without a word.
//
// Names are looked up again, since the connection is new. After
// OutcomeLost the session stays paused and Resume may be called again.
func (m *Mailbox) Resume(ctx context.Context) *Resumption {
	return m.e.resume(ctx, m.prove, m.renew)
}

// Pause is that of Mailbox.
func (d *Directory) Pause() { d.e.pause() }

// Resume is that of Mailbox; PING alone proves the session context, since nothing
// is open in it.
func (d *Directory) Resume(ctx context.Context) *Resumption {
	return d.e.resume(ctx, d.Ping, func(ctx context.Context) (*Reestablished, error) {
		_, how, err := d.Reestablish(ctx)
		return how, err
	})
}

// errUnfinished is a session context that was made by an earlier Resume, which
// came no further.
var errUnfinished = errors.New("the mailbox is not open yet in the new session context")

// prove asks the server for the session context, and for the mailbox open in it.
func (m *Mailbox) prove(ctx context.Context) error {
	if err := m.Ping(ctx); err != nil {
		return err
	}
	logon, events := m.wanted()
	if !logon {
		return nil
	}
	if _, err := m.opened(); err != nil || events != 0 && !m.holds(slotSubscription) {
		return errUnfinished
	}
	return m.Verify(ctx)
}

// renew opens a new session context with what the old one had.
func (m *Mailbox) renew(ctx context.Context) (*Reestablished, error) {
	_, how, err := m.Reestablish(ctx)
	if err != nil {
		return how, err
	}
	wants, types := m.wanted()
	if !wants {
		return how, nil
	}
	if _, err := m.Logon(ctx); err != nil || types == 0 {
		return how, err
	}
	return how, m.RegisterNotification(ctx, types)
}

// wanted is what the caller had open: the mailbox, and a subscription to these
// events.
func (m *Mailbox) wanted() (logon bool, events rop.NotificationType) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wantsLogon, m.wantsEvents
}

func (e *endpoint) pause() {
	grace := time.NewTimer(e.cfg.Limits.Grace)
	defer grace.Stop()
	e.gate.close(grace.C)
	e.cfg.HTTP.DropIdle()
}

func (e *endpoint) proofTime(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := e.cfg.Limits.Proof
	return context.WithTimeoutCause(ctx, limit, &LimitError{"the proof of the session", limit})
}

func (e *endpoint) resume(ctx context.Context, prove func(context.Context) error, renew func(context.Context) (*Reestablished, error)) *Resumption {
	r := &Resumption{Outcome: OutcomeLost}
	start := time.Now()
	if err := e.turn.enter(ctx); err != nil { // one Resume at a time
		return r.lost(err)
	}
	defer e.turn.leave()
	if ctx.Err() != nil { // what has come back meanwhile is left alone
		return r.lost(context.Cause(ctx))
	}
	if !e.gate.isShut() {
		e.pause()
	}
	pauses, before := e.gate.count(), e.info()
	if r.From = before.ContextID; r.From == "" {
		e.gate.open(pauses)
		return r.lost(ErrNotConnected)
	}
	e.attemptResume(resuming(ctx), r, before, prove, renew)
	after := e.info()
	r.To, r.Local, r.Requests, r.Took = after.ContextID, after.LocalAddr, after.Requests-before.Requests, time.Since(start)
	if r.Outcome != OutcomeLost && !e.gate.open(pauses) {
		return r.lost(ErrPaused) // paused again while it ran
	}
	return r
}

func (r *Resumption) lost(err error) *Resumption {
	r.Outcome, r.Err = OutcomeLost, err
	var f *Failure
	if errors.As(err, &f) {
		r.Phase = f.Phase
	}
	return r
}

func (e *endpoint) attemptResume(ctx context.Context, r *Resumption, before ContextInfo, prove func(context.Context) error, renew func(context.Context) (*Reestablished, error)) {
	proof, stop := e.proofTime(ctx)
	err := prove(proof)
	stop()
	switch {
	case err == nil:
		r.Outcome = OutcomeResumed
		return
	case !disowned(err):
		r.lost(err)
		return
	}
	r.Refusal = err
	r.Why = cmp.Or(e.unfinished(), e.why(err, before))
	e.remember(r.Why)
	again, stop := e.proofTime(ctx)
	defer stop()
	if _, err := renew(again); err != nil {
		r.lost(err)
		return
	}
	if after := e.info(); r.Why == WhyRestarted && before.BEServer != "" && after.BEServer != before.BEServer {
		r.Why = WhyMoved
	}
	r.Outcome = OutcomeReestablished
	e.remember("")
}

// disowned says that only a new session context helps: the server does not know
// the old one, does not let this identity use it, or has the mailbox closed in it.
func disowned(err error) bool {
	if ContextGone(err) || errors.Is(err, errUnfinished) || errors.Is(err, ErrNoContext) {
		return true
	}
	var f *Failure
	if !errors.As(err, &f) {
		return false
	}
	code, came := f.Response()
	return came && code == ResponseNoPrivilege || f.Phase == netpath.PhaseROP && !Temporary(err)
}

// why reads the reason from what the server said, and from our own clock.
func (e *endpoint) why(err error, before ContextInfo) Why {
	var f *Failure
	errors.As(err, &f)
	if f == nil || f.Phase == netpath.PhaseROP {
		return WhyLogon
	}
	code, _ := f.Response()
	switch code {
	case ResponseNoPrivilege:
		return WhyOtherIdentity
	case ResponseMissingCookie:
		return WhyCookies
	case ResponseInvalidSequence:
		return WhySequence
	}
	switch {
	case !before.Expires.IsZero() && e.cfg.wall().After(before.Expires):
		return WhyExpired
	case code == ResponseInvalidContextCookie && before.Dialect != Gromox: // gromox says it of any old context
		return WhyCookies
	}
	return WhyRestarted
}

// unfinished is why a session context is being replaced while that has not
// succeeded yet; "" otherwise.
func (e *endpoint) unfinished() Why {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.replacing
}

func (e *endpoint) remember(w Why) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.replacing = w
}
