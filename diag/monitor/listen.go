package monitor

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// listen keeps a NotificationWait open, in a goroutine of its own.
func (m *Monitor) listen() {
	if m.waiting {
		return
	}
	m.waiting, m.async = true, true
	l := m.link
	contextID := l.mailbox().ContextID
	ctx := mapihttp.WithTags(m.ctx, func(mapihttp.Tag) { m.awake() })
	m.jobs.Go(func() {
		for {
			begun := time.Now()
			got, err := l.wait(ctx)
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

// awake says that this process is awake just now.
func (m *Monitor) awake() {
	select {
	case m.cfg.Awake <- struct{}{}:
	default:
	}
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
