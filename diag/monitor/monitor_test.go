package monitor

import (
	"context"
	"errors"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/netmon"
)

// watched is a monitor on an embedded Exchange.
type watched struct {
	*Monitor
	t       testing.TB
	server  *exchangetest.Server
	changes chan netmon.Change
	file    string
	stop    func() // ends it and waits
}

func watch(t testing.TB, o exchangetest.Options, edit ...func(*Config)) *watched {
	t.Helper()
	server, err := exchangetest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	u := server.User(0)
	w := &watched{t: t, server: server, changes: make(chan netmon.Change), file: filepath.Join(t.TempDir(), "outages.json")}
	h, _, err := OpenHistory(w.file, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{History: h, Changes: w.changes, Options: diag.Options{
		Address: u.Address, User: u.Login, Password: auth.NewSecret(u.Password), Path: server.Path()}}
	for _, e := range edit {
		e(&cfg)
	}
	if w.Monitor, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go w.Run(ctx)
	w.stop = func() {
		cancel()
		select {
		case <-w.Done():
		case <-time.After(20 * time.Second):
			t.Error("the monitor does not end")
		}
	}
	t.Cleanup(w.stop)
	return w
}

// until waits for a snapshot that satisfies ok.
func (w *watched) until(what string, ok func(*Snapshot) bool) *Snapshot {
	w.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		s, newer := w.Snapshot()
		if ok(s) {
			return s
		}
		select {
		case <-newer:
		case <-limit:
			w.t.Fatalf("waited for %s; %s since %v, outage %+v, session %+v, %s", what, s.State, s.Since, s.Outage, s.Session, s.Headline)
		}
	}
}

func (w *watched) connected() *Snapshot {
	w.t.Helper()
	s := w.until("a connection", func(s *Snapshot) bool { return s.State == StateConnected && s.Session.Waiting })
	w.held()
	return s
}

// held waits until the server holds a NotificationWait. The server tells nobody,
// so it is asked.
func (w *watched) held() {
	w.t.Helper()
	ask := time.NewTicker(5 * time.Millisecond)
	defer ask.Stop()
	limit := time.After(30 * time.Second)
	for {
		for _, r := range w.server.Requests() {
			if r.RequestType == "NotificationWait" && r.Status == 200 && !r.Done {
				return
			}
		}
		select {
		case <-ask.C:
		case <-limit:
			w.t.Fatal("the server holds no NotificationWait")
		}
	}
}

// afterOutage waits until n outages are over and the session stands.
func (w *watched) afterOutage(n int) (*Snapshot, report.Outage) {
	w.t.Helper()
	s := w.until("the end of an outage", func(s *Snapshot) bool {
		return s.State == StateConnected && len(s.Outages) >= n && s.Outage == nil
	})
	if len(s.Outages) != n {
		w.t.Fatalf("%d outages: %+v", len(s.Outages), s.Outages)
	}
	return s, s.Outages[0]
}

func (w *watched) change(reasons ...netmon.Reason) {
	w.t.Helper()
	w.changes <- netmon.Change{Reasons: reasons, At: time.Now(), State: online()}
}

func online() netmon.State {
	return netmon.State{
		Interfaces: []netmon.Interface{{Name: "wifi", Up: true, Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.7/24")}}},
		Default4:   []netmon.Route{{Interface: "wifi", Gateway: netip.MustParseAddr("192.0.2.1")}},
	}
}

func wantOutage(t testing.TB, o report.Outage, cause, outcome string) {
	t.Helper()
	if o.Cause != cause || o.Outcome != outcome || o.Ended == nil || o.Duration == nil {
		t.Errorf("%+v, want %s, %s", o, cause, outcome)
	}
}

func TestNetworkChangeResumesTheSameContext(t *testing.T) {
	w := watch(t, exchangetest.Options{})
	before := w.connected()
	w.change(netmon.ReasonDNS) // nothing that the session hangs on
	w.change(netmon.ReasonDefaultRoute, netmon.ReasonAddress)
	after, o := w.afterOutage(1)
	wantOutage(t, o, CauseNetwork, "resumed")
	if after.Session.ContextID != before.Session.ContextID || o.Resume == nil || o.Phase != "" {
		t.Errorf("%+v, %+v", after.Session, o)
	}
	connects := 0
	for _, r := range w.server.Requests() {
		if r.RequestType == "Connect" && r.ResponseCode == 0 {
			connects++
		}
	}
	if connects != 1 {
		t.Errorf("the server saw %d Connects", connects)
	}
	w.connected()
	w.server.Deliver(w.server.User(0).Address, "still there")
	w.until("the message", func(s *Snapshot) bool { return s.Session.Events > 0 })
	if s, _ := w.Snapshot(); len(s.Connections) != 2 || s.Connections[0].Notification != "async" || s.Connections[1].Status != report.Established {
		t.Errorf("%+v", s.Connections)
	}
	w.stop()
	if n := w.server.Contexts(); n != 0 {
		t.Errorf("%d contexts are left at the server", n)
	}
}

func TestSleep(t *testing.T) {
	w := watch(t, exchangetest.Options{})
	before := w.connected()
	w.changes <- netmon.Change{Reasons: []netmon.Reason{netmon.ReasonClockJump}, At: time.Now(), Away: time.Minute, State: online()}
	_, o := w.afterOutage(1)
	wantOutage(t, o, CauseSleep, "resumed")
	if d := o.Duration.Duration(); d < time.Minute {
		t.Errorf("a minute away counts as %v", d)
	}
	w.connected()
	w.change(netmon.ReasonSlept)
	if s := w.until("the pause", func(s *Snapshot) bool { return s.State == StatePaused }); s.Outage == nil || s.Outage.Cause != CauseSleep {
		t.Errorf("%+v", s.Outage)
	}
	w.change(netmon.ReasonDefaultRoute) // heard while asleep: no reason to move
	w.server.DropConnections()
	w.change(netmon.ReasonWoke)
	after, o := w.afterOutage(2)
	wantOutage(t, o, CauseSleep, "resumed")
	if after.Session.ContextID != before.Session.ContextID {
		t.Error("another context")
	}
}

func TestSignsOfLifeWakeOthersToo(t *testing.T) {
	awake := make(chan struct{})
	watch(t, exchangetest.Options{PendingPeriod: 20 * time.Millisecond}, func(c *Config) { c.Awake = awake }).connected()
	for i := range 5 {
		select {
		case <-awake:
		case <-time.After(30 * time.Second):
			t.Fatalf("told of %d signs of life, and the server gives one every 20 ms", i)
		}
	}
}

func TestPauseByTheUser(t *testing.T) {
	w := watch(t, exchangetest.Options{})
	w.connected()
	w.Pause()
	w.until("the pause", func(s *Snapshot) bool { return s.State == StatePaused })
	w.change(netmon.ReasonDefaultRoute)
	w.change(netmon.ReasonSlept)
	w.change(netmon.ReasonWoke)
	if s, _ := w.Snapshot(); s.State != StatePaused {
		t.Errorf("the user's pause does not hold: %s", s.State)
	}
	w.server.ExpireContexts()
	w.Resume()
	_, o := w.afterOutage(1)
	wantOutage(t, o, CauseUser, "reestablished")
}

func TestServerCutsAndRestarts(t *testing.T) {
	w := watch(t, exchangetest.Options{})
	first := w.connected()
	w.server.DropConnections()
	s, o := w.afterOutage(1)
	wantOutage(t, o, CauseServer, "resumed")
	if s.Session.ContextID != first.Session.ContextID {
		t.Error("another context")
	}
	w.connected()
	w.server.ExpireContexts()
	s, o = w.afterOutage(2)
	wantOutage(t, o, CauseServer, "reestablished")
	if s.Session.ContextID == first.Session.ContextID {
		t.Error("the same context")
	}
	w.connected()
	if again, notice, err := OpenHistory(w.file, time.Now()); err != nil || notice != "" || len(again.Past(9)) != 2 {
		t.Errorf("on disk: %+v %s %v", again, notice, err)
	}
}

func TestOffline(t *testing.T) {
	w := watch(t, exchangetest.Options{})
	w.connected()
	if err := w.server.Set(exchangetest.Fault{Name: "connection-refused"}); err != nil {
		t.Fatal(err)
	}
	w.changes <- netmon.Change{Reasons: []netmon.Reason{netmon.ReasonDefaultRoute}, At: time.Now()}
	s := w.until("trouble", func(s *Snapshot) bool { return s.State == StateTroubled })
	if s.Network.Up || s.Outage.Cause != CauseNetwork || s.Outage.Phase != "connect" {
		t.Errorf("%+v %+v", s.Network, s.Outage)
	}
	w.server.Clear("")
	w.change(netmon.ReasonDefaultRoute)
	_, o := w.afterOutage(1)
	wantOutage(t, o, CauseNetwork, "resumed")
}

// A password that is refused is not sent again by itself.
func TestRefusedPassword(t *testing.T) {
	w := watch(t, exchangetest.Options{}, func(c *Config) { c.Options.Password = auth.NewSecret("wrong") })
	w.until("red", func(s *Snapshot) bool { return s.State == StateLost && s.LastReport != nil && s.Check == nil })
	sent := func() (n int) {
		for _, r := range w.server.Requests() {
			if r.Credential {
				n++
			}
		}
		return n
	}
	before := sent()
	w.change(netmon.ReasonDefaultRoute)
	w.Resume()
	w.until("red again", func(s *Snapshot) bool { return s.State == StateLost })
	if now := sent(); before == 0 || now != before {
		t.Errorf("the password was sent %d times, then %d", before, now)
	}
}

func TestChecksAndReport(t *testing.T) {
	w := watch(t, exchangetest.Options{})
	w.connected()
	w.change(netmon.ReasonDefaultRoute)
	w.until("the checks of a network change", func(s *Snapshot) bool {
		return s.LastReport != nil && s.LastReport.Trigger == "network-change" && s.Check == nil
	})
	if err := w.Check([]string{"mapi.ping"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Check(nil, nil); !errors.Is(err, ErrChecking) {
		t.Errorf("a second run: %v", err)
	}
	w.until("progress", func(s *Snapshot) bool { return s.Check == nil || s.Check.Done > 0 && len(s.Check.Checks) > 0 })
	s := w.until("the report", func(s *Snapshot) bool { return s.LastReport.Trigger == "user" })
	r, err := w.Report()
	if err != nil || r.Run.ID != s.LastReport.ID || len(r.Outages) != 1 || r.Verdict.Status != report.Pass {
		t.Errorf("%v, %+v", err, r)
	}
}
