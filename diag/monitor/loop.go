package monitor

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Why an outage began.
const (
	CauseNetwork = "network-change"
	CauseSleep   = "sleep"
	CauseUser    = "user"
	CauseServer  = "server"
)

// How an outage ended.
const (
	outcomeResumed       = string(mapihttp.OutcomeResumed)
	outcomeReestablished = string(mapihttp.OutcomeReestablished)
	outcomeLost          = string(mapihttp.OutcomeLost)
)

// loop is the state that Run's goroutine alone reads and writes. Whatever takes
// time runs in a job of its own and comes back as an order.
type loop struct {
	ctx  context.Context // of all jobs
	jobs sync.WaitGroup

	state      State
	since      time.Time
	network    *netmon.State
	lastChange *netmon.Change // the last one that counted
	notice     string

	link    link
	context string             // id of the session context that was last proven
	pausing chan struct{}      // closed when the last pause is complete; nil before the first
	job     int                // number of the attempt that is going on; results of others are void
	stopJob context.CancelFunc // nil: none is going on
	held    []string           // causes for which it is paused, in order
	waiting bool               // the goroutine of NotificationWait runs
	async   bool               // and the server holds one
	events  int
	gaps    []time.Duration // for how long connections had been silent that were cut
	proven  time.Time

	outage  *report.Outage // the one that is going on
	lastEnd time.Time      // of the one before
	tries   int            // failed attempts in a row
	err     error          // of the last one
	givenUp bool           // no attempt without the user: the password was refused
	retry   *time.Timer
	patient *time.Timer // runs while trouble is not shown yet
	alive   *time.Timer // the next PING

	checking *CheckRun
	report   *report.Report
	last     *LastReport
	lastAuto time.Time // when checks last ran unasked
}

// enter changes the state, and since when it holds.
func (m *Monitor) enter(s State) {
	if m.state != s {
		m.state, m.since = s, m.cfg.Now()
	}
}

// attempt runs work as the one attempt that is going on; done gets its result in
// the loop unless another attempt, or a pause, has taken its place.
func attempt[T any](m *Monitor, work func(context.Context) T, done func(T), late func(T)) {
	m.stop()
	ctx, cancel := context.WithTimeout(m.ctx, OpenTime)
	m.job++
	job := m.job
	m.stopJob = cancel
	m.jobs.Go(func() {
		defer cancel()
		got := work(ctx)
		if m.tell(func() {
			if job != m.job {
				late(got)
				return
			}
			m.stopJob = nil
			done(got)
		}) != nil {
			late(got)
		}
	})
}

// stop ends the attempt that is going on, and whatever would start another.
func (m *Monitor) stop() {
	if m.stopJob != nil {
		m.stopJob()
		m.stopJob = nil
		m.job++
	}
	halt(&m.retry)
}

func halt(t **time.Timer) {
	if *t != nil {
		(*t).Stop()
		*t = nil
	}
}

// after gives the loop something to do when d has passed.
func (m *Monitor) after(t **time.Timer, d time.Duration, do func()) {
	halt(t)
	var mine *time.Timer
	mine = time.AfterFunc(d, func() {
		m.tell(func() {
			if *t == mine { // not stopped meanwhile
				*t = nil
				do()
			}
		})
	})
	*t = mine
}

type opened struct {
	link link
	err  error
}

// connect opens a session from the beginning.
func (m *Monitor) connect() {
	if m.link == nil && m.outage == nil && m.state != StateLost {
		m.enter(StateConnecting)
	}
	attempt(m, func(ctx context.Context) opened {
		l, err := m.open(ctx)
		return opened{l, err}
	}, m.connected, func(o opened) {
		if o.link != nil {
			m.dismiss(o.link)
		}
	})
}

func (m *Monitor) connected(o opened) {
	if o.err != nil {
		m.failed(o.err)
		return
	}
	if m.link != nil {
		m.dismiss(m.link)
	}
	m.link, m.waiting = o.link, false
	m.up(outcomeReestablished, 0)
}

// dismiss says goodbye to a session that is not needed any more.
func (m *Monitor) dismiss(l link) {
	m.jobs.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(m.ctx), GoodbyeTime)
		defer cancel()
		l.close(ctx)
	})
}

// prove resumes the session, or opens one when there is none.
func (m *Monitor) prove() {
	if len(m.held) > 0 {
		return
	}
	if m.link == nil {
		m.connect()
		return
	}
	if m.state != StateLost && m.state != StateTroubled {
		m.enter(StateResuming)
	}
	l, paused := m.link, m.pausing
	attempt(m, func(ctx context.Context) *mapihttp.Resumption {
		if paused != nil {
			<-paused
		}
		return l.resume(ctx)
	}, m.resumed, func(*mapihttp.Resumption) {})
}

func (m *Monitor) resumed(r *mapihttp.Resumption) {
	i := m.link.mailbox()
	if r.Outcome != mapihttp.OutcomeLost {
		outcome := string(r.Outcome)
		if i.ContextID != m.context { // an attempt before this one, whose result was void, replaced it
			outcome = outcomeReestablished
		}
		m.up(outcome, r.Took)
		return
	}
	var moved *mapihttp.WrongServerError
	if errors.As(r.Err, &moved) || !i.Expires.IsZero() && m.cfg.Now().After(i.Expires) {
		// Nothing is left to resume: whether the mailbox is still where it was,
		// Autodiscover knows.
		m.connect()
		return
	}
	m.failed(r.Err)
}

// up is a session that the server just proved.
func (m *Monitor) up(outcome string, took time.Duration) {
	halt(&m.patient)
	m.tries, m.err, m.givenUp, m.proven = 0, nil, false, m.cfg.Now()
	m.context = m.link.mailbox().ContextID
	m.enter(StateConnected)
	m.endOutage(outcome, took)
	m.listen()
	m.stayAlive()
}

// failed is an attempt that came to nothing.
func (m *Monitor) failed(err error) {
	m.oops(err)
	m.tries++
	m.err, m.givenUp = err, refused(err)
	if m.link != nil {
		m.beginOutage(CauseServer, m.cfg.Now())
	}
	if m.outage != nil {
		m.outage.Phase = phaseOf(err)
	}
	switch {
	case m.network != nil && !m.network.Online() && !m.local().IsLoopback():
		m.enter(StateOffline)
		return // the next change of the network calls for the next attempt
	case m.state == StateLost:
	case m.givenUp:
		m.lost()
	default:
		m.trouble()
	}
	if !m.givenUp {
		m.after(&m.retry, retryDelay(m.tries), m.prove)
	}
}

// retryDelay doubles from FirstRetry to LastRetry.
func retryDelay(tries int) time.Duration {
	d := FirstRetry
	for range tries - 1 {
		if d *= 2; d >= LastRetry {
			return LastRetry
		}
	}
	return d
}

// trouble is shown as such when Patience has run out.
func (m *Monitor) trouble() {
	if m.patient == nil && m.state != StateLost {
		m.after(&m.patient, Patience, m.lost)
	}
	if m.state != StateConnecting {
		m.enter(StateTroubled)
	}
}

func (m *Monitor) lost() {
	halt(&m.patient)
	m.enter(StateLost)
	m.checkUnasked("lost", nil)
}

// phaseOf is the rung on which an attempt failed.
func phaseOf(err error) string {
	var f *mapihttp.Failure
	if errors.As(err, &f) {
		return string(f.Phase)
	}
	if p := netpath.PhaseOf(err); p != "" {
		return string(p)
	}
	return "discovery"
}

// hold pauses the session for a cause; ready is called when nothing is on the
// wire any more.
func (m *Monitor) hold(cause string, ready func()) {
	for _, have := range m.held {
		if have == cause {
			if ready != nil {
				ready()
			}
			return
		}
	}
	m.stop()
	halt(&m.patient)
	halt(&m.alive)
	m.held = append(m.held, cause)
	m.enter(StatePaused)
	if m.link != nil {
		m.beginOutage(cause, m.cfg.Now())
	}
	m.pause(ready)
}

// pause takes everything off the wire; ready, which may be nil, is called then. A
// resume waits for it, so that it cannot be overtaken.
func (m *Monitor) pause(ready func()) {
	l, before, done := m.link, m.pausing, make(chan struct{})
	m.pausing = done
	m.jobs.Go(func() {
		defer close(done)
		if before != nil {
			<-before
		}
		if l != nil {
			l.pause()
		}
		if ready != nil {
			ready()
		}
	})
}

// release ends a hold; true when nothing holds the session any more.
func (m *Monitor) release(cause string) bool {
	for i, have := range m.held {
		if have == cause {
			m.held = append(m.held[:i:i], m.held[i+1:]...)
		}
	}
	return len(m.held) == 0
}

func (m *Monitor) resumeByUser() {
	m.release(CauseSleep) // the user is awake, whatever the system told
	if m.release(CauseUser) {
		m.givenUp = false
		m.prove()
	}
}

// changed is something that the operating system told.
func (m *Monitor) changed(c netmon.Change) {
	m.network, m.lastChange = &c.State, &c
	switch {
	case c.Has(netmon.ReasonSlept):
		m.hold(CauseSleep, c.Done)
		return
	case c.Has(netmon.ReasonWoke):
		if m.release(CauseSleep) {
			m.prove()
		}
	case c.Has(netmon.ReasonClockJump):
		m.slept(c)
	case len(m.held) > 0:
	case m.state == StateConnected || m.state == StateResuming:
		m.moved(c)
	default: // trouble: this may be the end of it
		m.blameNetwork()
		if !m.givenUp {
			m.prove()
		}
	}
	switch m.state {
	case StateConnected, StatePaused, StateOffline: // nothing to look for
	default:
		m.checkUnasked("network-change", networkGroups)
	}
}

// slept is a time that this process did not see.
func (m *Monitor) slept(c netmon.Change) {
	if len(m.held) > 0 || m.link == nil {
		return
	}
	if c.Away > 0 {
		m.beginOutage(CauseSleep, c.At.Add(-c.Away))
	}
	m.prove()
}

// moved proves a session whose way may be another now. An address that came
// beside ours, or other DNS servers, leave it alone: a connection that stands
// needs neither.
func (m *Monitor) moved(c netmon.Change) {
	ours := c.State.HasAddr(m.local())
	if ours && !c.Has(netmon.ReasonDefaultRoute) && !c.Has(netmon.ReasonProxy) {
		return
	}
	if m.link != nil {
		m.beginOutage(CauseNetwork, c.At)
	}
	if !ours && !c.State.Online() {
		m.goOffline()
		return
	}
	m.prove()
}

// goOffline waits for a network.
func (m *Monitor) goOffline() {
	m.stop()
	m.enter(StateOffline)
	m.pause(nil)
}

// local is the address that our connection comes from.
func (m *Monitor) local() netip.Addr {
	if m.link == nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddrPort(m.link.mailbox().LocalAddr)
	return a.Addr()
}

// listen keeps a NotificationWait open, in a goroutine of its own.
func (m *Monitor) listen() {
	if m.waiting {
		return
	}
	m.waiting, m.async = true, true
	l := m.link
	contextID := l.mailbox().ContextID
	m.jobs.Go(func() {
		for {
			begun := time.Now()
			got, err := l.wait(m.ctx)
			if err != nil {
				m.tell(func() { m.deaf(l, contextID, got.quiet, err) })
				return
			}
			if m.tell(func() { m.heard(l, got.events) }) != nil {
				return
			}
			if got.events == 0 && time.Since(begun) < ShortWait && !sleep(m.ctx, ShortWait) {
				return
			}
		}
	})
}

// sleep waits; false when ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// heard is a NotificationWait that the server answered.
func (m *Monitor) heard(l link, events int) {
	if l != m.link {
		return
	}
	m.events += events
	m.proven = m.cfg.Now()
}

// deaf is a NotificationWait that failed.
func (m *Monitor) deaf(l link, contextID string, quiet time.Duration, err error) {
	if l != m.link {
		return
	}
	m.waiting = false
	m.noteGap(quiet, err)
	switch {
	case m.state != StateConnected: // somebody is at it already
	case l.mailbox().ContextID != contextID:
		m.listen() // it was in the context of before
	case notHeld(err):
		m.async = false
		m.after(&m.retry, l.mailbox().PendingPeriod, m.listen)
	default:
		m.err = err
		m.beginOutage(causeOf(err), m.cfg.Now())
		m.trouble()
		m.prove()
	}
}

// keptGaps is how many gaps are kept: those of some days.
const keptGaps = 100

// noteGap keeps for how long a connection had been silent that was cut. The checks
// look for a rule in them.
func (m *Monitor) noteGap(quiet time.Duration, err error) {
	var f *mapihttp.Failure
	if !errors.As(err, &f) || f.Delivery != mapihttp.AnswerLost || quiet <= 0 || netpath.Timeout(f.Err) || errors.Is(f.Err, mapihttp.ErrPaused) {
		return
	}
	m.gaps = append(m.gaps, quiet)
	if over := len(m.gaps) - keptGaps; over > 0 {
		m.gaps = slices.Delete(m.gaps, 0, over)
	}
}

// causeOf guesses what a broken NotificationWait is about: an answer, or an end
// that was said, is the server's; silence is the network's.
func causeOf(err error) string {
	var f *mapihttp.Failure
	if errors.As(err, &f) && f.Delivery != mapihttp.Answered && netpath.Timeout(f.Err) {
		return CauseNetwork
	}
	return CauseServer
}

// stayAlive sends PING at half of the time after which the server forgets a
// context that nothing holds.
func (m *Monitor) stayAlive() {
	i, open, _ := m.link.directory()
	period := i.Expiration
	if !open || period <= 0 {
		period = m.link.mailbox().Expiration
	}
	if period <= 0 {
		return
	}
	m.after(&m.alive, period/2, func() {
		if m.state != StateConnected {
			return
		}
		l, mailboxToo := m.link, !m.waiting || !m.async
		m.jobs.Go(func() {
			err := l.ping(m.ctx, mailboxToo)
			m.tell(func() { m.pinged(l, err) })
		})
	})
}

func (m *Monitor) pinged(l link, err error) {
	if l != m.link || m.state != StateConnected {
		return
	}
	if err != nil {
		m.err = err
		m.beginOutage(causeOf(err), m.cfg.Now())
		m.trouble()
		m.prove()
		return
	}
	m.proven = m.cfg.Now()
	m.stayAlive()
}

// leave ends everything: Run is over.
func (m *Monitor) leave() {
	m.stop()
	halt(&m.patient)
	halt(&m.alive)
	if m.outage != nil {
		m.endOutage(outcomeLost, 0)
	}
	if m.link != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(m.ctx), GoodbyeTime)
		defer cancel()
		m.link.close(ctx)
	}
}
