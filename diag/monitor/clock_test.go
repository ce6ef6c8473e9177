package monitor

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// timed is a session that does what the test says and notes when it was asked.
type timed struct {
	start time.Time
	ends  chan error // ends the NotificationWait

	mu      sync.Mutex
	lost    bool // resume fails
	resumes []time.Duration
	pings   []time.Duration
	waits   int
	whole   int // pings that concerned the mailbox too
}

var errUnreachable = &mapihttp.Failure{Phase: netpath.PhaseConnect, Delivery: mapihttp.NotSent}

func (l *timed) wait(ctx context.Context) (waited, error) {
	l.mu.Lock()
	l.waits++
	l.mu.Unlock()
	select {
	case err := <-l.ends:
		return waited{}, err
	case <-ctx.Done():
		return waited{}, ctx.Err()
	}
}

func (l *timed) resume(context.Context) *mapihttp.Resumption {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resumes = append(l.resumes, time.Since(l.start))
	if l.lost {
		return &mapihttp.Resumption{Outcome: mapihttp.OutcomeLost, Phase: netpath.PhaseConnect, Err: errUnreachable}
	}
	return &mapihttp.Resumption{Outcome: mapihttp.OutcomeResumed}
}

func (l *timed) ping(_ context.Context, mailboxToo bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pings = append(l.pings, time.Since(l.start))
	if mailboxToo {
		l.whole++
	}
	return nil
}

func (l *timed) pause() {}
func (l *timed) mailbox() mapihttp.ContextInfo {
	return mapihttp.ContextInfo{ContextID: "one", Expiration: 15 * time.Minute, PendingPeriod: 30 * time.Second}
}
func (l *timed) directory() (mapihttp.ContextInfo, bool, error) { return l.mailbox(), true, nil }
func (l *timed) close(context.Context)                          {}

// inBubble runs a monitor on l under a clock that stands still unless everybody waits.
func inBubble(t *testing.T, test func(m *Monitor, l *timed)) {
	synctest.Test(t, func(t *testing.T) {
		l := &timed{start: time.Now(), ends: make(chan error)}
		m := newMonitor(Config{Options: diag.Options{Address: "alice@contoso.test"}, History: &History{}, Now: time.Now},
			func(context.Context) (link, error) { return l, nil })
		m.check = func(context.Context, diag.Options) (*report.Report, error) {
			return &report.Report{Verdict: report.Verdict{Status: report.Fail, Headline: "It rains.", Cause: "rain"}}, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		go m.Run(ctx)
		synctest.Wait()
		test(m, l)
		cancel()
		<-m.Done()
	})
}

func stateOf(m *Monitor) State {
	s, _ := m.Snapshot()
	return s.State
}

func TestPatienceAndRetries(t *testing.T) {
	inBubble(t, func(m *Monitor, l *timed) {
		l.lost = true
		l.ends <- errors.New("cut")
		synctest.Wait()
		if s, _ := m.Snapshot(); s.State != StateTroubled || s.Status != report.Warn || s.Outage == nil {
			t.Errorf("at once: %+v", s)
		}
		time.Sleep(Patience - time.Millisecond)
		if s := stateOf(m); s != StateTroubled {
			t.Errorf("before patience is over: %s", s)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if s, _ := m.Snapshot(); s.State != StateLost || s.Status != report.Fail || s.LastReport == nil || s.LastReport.Trigger != "lost" || s.Cause != "rain" {
			t.Errorf("after it: %+v", s)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		var gaps []time.Duration
		for i := range l.resumes[1:] {
			gaps = append(gaps, l.resumes[i+1]-l.resumes[i])
		}
		s := time.Second
		if want := []time.Duration{2 * s, 4 * s, 8 * s, 16 * s, 32 * s, 64 * s, 120 * s, 120 * s, 120 * s, 120 * s}; !reflect.DeepEqual(gaps[:min(len(gaps), 10)], want[:min(len(gaps), 10)]) || len(gaps) < 9 {
			t.Errorf("%v", gaps)
		}
		l.mu.Lock()
		l.lost = false
		l.mu.Unlock()
		time.Sleep(LastRetry)
		synctest.Wait()
		now, _ := m.Snapshot()
		if now.State != StateConnected || len(now.Outages) != 1 || now.Outages[0].Outcome != outcomeResumed || now.Outages[0].Duration.Duration() < 10*time.Minute {
			t.Errorf("%+v", now)
		}
	})
}

// Trouble that is over before patience is never shown as red.
func TestShortTroubleStaysQuiet(t *testing.T) {
	inBubble(t, func(m *Monitor, l *timed) {
		l.lost = true
		l.ends <- errors.New("cut")
		time.Sleep(3 * time.Second)
		l.mu.Lock()
		l.lost = false
		l.mu.Unlock()
		time.Sleep(time.Hour)
		synctest.Wait()
		if s, _ := m.Snapshot(); s.State != StateConnected || s.LastReport != nil {
			t.Errorf("%+v", s)
		}
	})
}

// An idle agent asks for nothing but the server's clock.
func TestIdleHour(t *testing.T) {
	inBubble(t, func(m *Monitor, l *timed) {
		before, _ := m.Snapshot()
		time.Sleep(time.Hour)
		synctest.Wait()
		half := 15 * time.Minute / 2
		for i, at := range l.pings {
			if at != time.Duration(i+1)*half {
				t.Errorf("PING %d came after %v", i, at)
			}
		}
		if len(l.pings) != 8 || l.whole != 0 || len(l.resumes) != 0 || l.waits != 1 {
			t.Errorf("%d PINGs, %d of them for the mailbox, %d resumes, %d waits", len(l.pings), l.whole, len(l.resumes), l.waits)
		}
		if after, _ := m.Snapshot(); after.Seq-before.Seq > 8 {
			t.Errorf("%d snapshots about nothing", after.Seq-before.Seq)
		}
	})
}

// A server that still holds the wait of a dead connection is asked again at its
// own pace, and the session is kept alive by PING meanwhile.
func TestWaitThatIsNotTaken(t *testing.T) {
	inBubble(t, func(m *Monitor, l *timed) {
		code := mapierr.Rejected
		twice := &mapihttp.Failure{Phase: netpath.PhaseErrorCode, Code: &code, Delivery: mapihttp.Answered}
		l.ends <- twice
		synctest.Wait()
		s, _ := m.Snapshot()
		if s.State != StateConnected || s.Session.Waiting || s.Outage != nil || s.Connections[0].Notification != "poll" {
			t.Errorf("%+v %+v", s, s.Session)
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if s, _ := m.Snapshot(); !s.Session.Waiting || l.waits != 2 {
			t.Errorf("after the pending period: %+v, %d waits", s.Session, l.waits)
		}
	})
}

func TestCellSkipsToTheNewest(t *testing.T) {
	c := NewCell(0)
	old, newer := c.Get()
	for i := range 1000 {
		c.Set(i + 1)
	}
	<-newer
	if v, _ := c.Get(); old != 0 || v != 1000 {
		t.Errorf("%d, then %d", old, v)
	}
}
