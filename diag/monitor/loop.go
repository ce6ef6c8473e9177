package monitor

import (
	"context"
	"errors"
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
	m.checkUnasked("lost", nil, nil)
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
