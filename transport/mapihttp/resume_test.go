package mapihttp

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// subscribed is a mailbox with everything open that a session has.
func subscribed(t testing.TB, f *fake, edit ...func(*Config)) *Mailbox {
	t.Helper()
	cfg := f.config()
	for _, e := range edit {
		e(&cfg)
	}
	m := NewMailbox(cfg, aliceDN)
	if _, err := m.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Logon(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.RegisterNotification(t.Context(), rop.NewMail); err != nil {
		t.Fatal(err)
	}
	return m
}

func wantOutcome(t testing.TB, r *Resumption, want Outcome, why Why) {
	t.Helper()
	if r.Outcome != want || r.Why != why {
		t.Fatalf("%+v, want %s %s", r, want, why)
	}
	if (r.From == r.To) != (want != OutcomeReestablished) {
		t.Errorf("%s: the context went from %s to %s", want, r.From, r.To)
	}
}

func TestResumeProvesTheSameContext(t *testing.T) {
	f := newFake(t)
	m := subscribed(t, f)
	result := waiting(t, f, m, t.Context())
	m.Pause()
	if i := m.Info(); i.InFlight != 0 || i.State != Active {
		t.Errorf("after the pause: %+v", i)
	}
	held := make(chan struct{})
	f.once("NotificationWait", func(t *turn) { close(held); t.answer() })
	r := m.Resume(t.Context())
	wantOutcome(t, r, OutcomeResumed, "")
	if r.Requests != 2 || r.Local == "" {
		t.Errorf("%+v", r)
	}
	if pings, proofs := f.requests("PING"), f.requests("Execute"); len(pings) != 1 || len(proofs) != 3 || pings[0].cookie == "" {
		t.Errorf("%d PINGs, %d Executes", len(pings), len(proofs))
	}
	<-held // the wait that was cut goes on by itself
	f.event <- struct{}{}
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	if f.made != 1 {
		t.Errorf("%d contexts were made", f.made)
	}
}

func TestResumeOfADirectory(t *testing.T) {
	f := newFake(t)
	d := f.directory()
	if r := d.Resume(t.Context()); r.Outcome != OutcomeLost || !errors.Is(r.Err, ErrNotConnected) {
		t.Errorf("without a session: %+v", r)
	}
	if _, err := d.Bind(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Pause()
	wantOutcome(t, d.Resume(t.Context()), OutcomeResumed, "")
	f.forgetContexts()
	wantOutcome(t, d.Resume(t.Context()), OutcomeReestablished, WhyRestarted)
	if _, _, err := d.Resolve(t.Context(), "alice"); err != nil {
		t.Error(err)
	}
}

func (f *fake) forgetContexts() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.contexts = map[string]*fakeContext{}
}

func TestReasonsOfReestablishing(t *testing.T) {
	refuseOnce := func(code int) func(*fake, *time.Time) {
		return func(f *fake, _ *time.Time) { f.once("PING", func(t *turn) { t.refuse(code, "no") }) }
	}
	for _, test := range []struct {
		why  Why
		what func(f *fake, now *time.Time)
	}{
		{WhyRestarted, func(f *fake, _ *time.Time) { f.forgetContexts() }},
		{WhyExpired, func(f *fake, now *time.Time) { f.forgetContexts(); *now = now.Add(time.Hour) }},
		{WhySequence, refuseOnce(15)},
		{WhyCookies, refuseOnce(13)},
		{WhyCookies, refuseOnce(6)},
		{WhyOtherIdentity, refuseOnce(11)},
		{WhyMoved, func(f *fake, _ *time.Time) {
			f.forgetContexts()
			f.on("Connect", func(t *turn) { t.w = renamed{t.w}; t.answer() })
			f.on("Execute", func(t *turn) { t.w = renamed{t.w}; t.answer() })
		}},
		{WhyLogon, func(f *fake, _ *time.Time) {
			f.once("Execute", func(t *turn) {
				if t.resume(true) {
					p := &rop.GetStoreStateResponse{}
					p.ReturnValue = 0x108 // ecInvalidObject
					t.reply(t.payload(p))
				}
			})
		}},
	} {
		t.Run(string(test.why), func(t *testing.T) {
			f := newFake(t)
			now := time.Now()
			m := subscribed(t, f, func(c *Config) { c.Now = func() time.Time { return now } })
			m.Pause()
			test.what(f, &now)
			r := m.Resume(t.Context())
			wantOutcome(t, r, OutcomeReestablished, test.why)
			if r.Refusal == nil {
				t.Error("no refusal is told")
			}
			if err := m.Verify(t.Context()); err != nil || !m.holds(slotSubscription) {
				t.Errorf("the new context is not complete: %v", err)
			}
			r = m.Resume(t.Context())
			wantOutcome(t, r, OutcomeResumed, "")
		})
	}
}

// renamed makes the answers come from another back end.
type renamed struct{ http.ResponseWriter }

func (r renamed) WriteHeader(code int) {
	r.Header()["X-BEServer"] = []string{"BE02"}
	r.ResponseWriter.WriteHeader(code)
}

func (r renamed) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func TestLostKeepsTheContextForTheNextResume(t *testing.T) {
	f := newFake(t)
	var away *netpath.Path
	m := subscribed(t, f, func(c *Config) { away = c.HTTP.Path })
	m.Pause()
	host := f.srv.Listener.Addr().String()
	away.ConnectTo = map[string]string{host: "127.0.0.1:1"}
	r := m.Resume(t.Context())
	wantOutcome(t, r, OutcomeLost, "")
	if r.Phase != netpath.PhaseConnect || r.Err == nil {
		t.Errorf("%+v", r)
	}
	blocked, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if err := m.Verify(blocked); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while lost a request waits: %v", err)
	}
	away.ConnectTo = nil
	f.once("PING", func(t *turn) {
		t.raw("HTTP/1.1 302 Found\r\nLocation: http://portal.test/\r\nContent-Length: 0\r\n\r\n")
	})
	if r := m.Resume(t.Context()); r.Outcome != OutcomeLost || r.Phase != netpath.PhaseHTTP {
		t.Errorf("captive portal: %+v", r)
	}
	wantOutcome(t, m.Resume(t.Context()), OutcomeResumed, "")
	if f.made != 1 {
		t.Errorf("%d contexts", f.made)
	}
}

// A new context that could not be completed is not taken for the old one.
func TestLostHalfWayThroughReestablishing(t *testing.T) {
	f := newFake(t)
	m := subscribed(t, f)
	f.forgetContexts()
	f.once("Execute", func(t *turn) { t.refuse(18, "shutting down") })
	r := m.Resume(t.Context())
	if r.Outcome != OutcomeLost || r.Phase != netpath.PhaseResponseCode {
		t.Fatalf("%+v", r)
	}
	wantOutcome(t, m.Resume(t.Context()), OutcomeReestablished, WhyRestarted)
	if f.made != 3 {
		t.Errorf("%d contexts", f.made)
	}
}

// What a pause cuts off is repeated where that does no harm, and only there.
func TestPauseCutsRequests(t *testing.T) {
	f := newFake(t)
	m := subscribed(t, f, func(c *Config) { c.Limits.Grace = time.Millisecond })
	carriedOut := 0
	held := make(chan struct{})
	hold := func(t *turn) { // carried out, but the answer never comes
		carriedOut++
		close(held)
		<-t.r.Context().Done()
	}
	f.once("Execute", hold)
	question := make(chan error, 1)
	go func() { question <- m.Verify(t.Context()) }()
	<-held
	m.Pause()
	select {
	case err := <-question:
		t.Fatalf("the question did not wait for the end of the pause: %v", err)
	default:
	}
	wantOutcome(t, m.Resume(t.Context()), OutcomeResumed, "")
	if err := <-question; err != nil {
		t.Fatal(err)
	}

	held = make(chan struct{})
	f.once("Execute", hold)
	change := make(chan error, 1)
	go func() { change <- m.RegisterNotification(t.Context(), rop.NewMail) }()
	<-held
	m.Pause()
	fail := wantFailure(t, <-change, netpath.PhaseFirstByte)
	if !errors.Is(fail, ErrPaused) || fail.Delivery != AnswerLost {
		t.Errorf("%+v", fail)
	}
	if carriedOut != 2 {
		t.Errorf("carried out %d times", carriedOut)
	}
}

// A request that is about to be answered keeps its session context.
func TestPauseLetsAnAnswerArrive(t *testing.T) {
	f := newFake(t)
	m := subscribed(t, f)
	held, finish := make(chan struct{}), make(chan struct{})
	f.once("Execute", func(t *turn) { close(held); <-finish; t.answer() })
	done := make(chan error, 1)
	go func() { done <- m.Verify(t.Context()) }()
	<-held
	go close(finish)
	m.Pause()
	if err := <-done; err != nil {
		t.Error(err)
	}
	wantOutcome(t, m.Resume(t.Context()), OutcomeResumed, "")
}

func TestPauseWhileResuming(t *testing.T) {
	f := newFake(t)
	m := subscribed(t, f, func(c *Config) { c.Limits.Grace = time.Millisecond })
	m.Pause()
	held := make(chan struct{})
	f.once("PING", func(t *turn) { close(held); <-t.r.Context().Done() })
	result := make(chan *Resumption, 1)
	go func() { result <- m.Resume(t.Context()) }()
	<-held
	m.Pause()
	if r := <-result; r.Outcome != OutcomeLost || !errors.Is(r.Err, ErrPaused) {
		t.Errorf("%+v", r)
	}
	wantOutcome(t, m.Resume(t.Context()), OutcomeResumed, "")
	m.Pause()
	if err := m.Disconnect(t.Context()); err != nil { // a goodbye is said also while paused
		t.Error(err)
	}
}

// A Resume whose time was over before it began leaves a session alone that stands.
func TestResumeTooLate(t *testing.T) {
	f := newFake(t)
	m := subscribed(t, f)
	over, stop := context.WithCancel(t.Context())
	stop()
	if r := m.Resume(over); r.Outcome != OutcomeLost || !errors.Is(r.Err, context.Canceled) {
		t.Errorf("%+v", r)
	}
	if err := m.Verify(short(t)); err != nil {
		t.Error(err)
	}
}
