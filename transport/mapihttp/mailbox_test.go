package mapihttp

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// The names State01 to State22 number the situations a client must be able to
// meet: success, framing oddities, refusals on every rung, cookies, broken
// connections, lost contexts, parallel requests, notifications, hostile lengths.

func TestState01SuccessPath(t *testing.T) {
	f := newFake(t)
	m := f.mailbox()
	p, err := m.Connect(t.Context())
	if err != nil || p.DisplayName != "Alice" || len(p.AuxText) != 1 || p.AuxText[0] != "EXCH01" {
		t.Fatalf("Connect: %+v, %v", p, err)
	}
	logon, err := m.Logon(t.Context())
	if err != nil || logon.MailboxID() != "" || logon.LogonFlags != rop.LogonPrivate {
		t.Fatalf("Logon: %+v, %v", logon, err)
	}
	s, err := m.Summary(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Owner != "Alice" || *s.Size != 1<<33 || *s.SendQuota != 2048<<10 || s.ReceiveQuota != nil || *s.Messages != 7 || *s.Unread != 3 || !s.ToInbox || *s.OutOfOffice {
		t.Errorf("Summary: %+v", s)
	}
	if s.ClockSkew > -59*time.Minute || s.ClockSkew < -61*time.Minute {
		t.Errorf("clock skew %v", s.ClockSkew)
	}
	folders, err := m.Folders(t.Context())
	if err != nil || len(folders) != 2 || folders[0] != (Folder{"Inbox", "IPF.Note", 13, 7, 3, true}) {
		t.Errorf("Folders: %+v, %v", folders, err)
	}
	if err := m.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if err := m.Disconnect(t.Context()); err != nil {
		t.Error(err)
	}
	if got := m.Info().State; got != NotConnected {
		t.Errorf("state %v", got)
	}
	if _, err := m.Execute(t.Context()); !errors.Is(err, ErrNotConnected) {
		t.Errorf("Execute after Disconnect: %v", err)
	}
}

func TestRequestHeaders(t *testing.T) {
	f := newFake(t)
	cfg := f.config()
	cfg.Instance = NewInstance()
	m := NewMailbox(cfg, aliceDN)
	if _, err := m.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := m.ContextID()
	m.Logon(t.Context())
	m.Ping(t.Context())
	if _, _, err := m.Reestablish(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := NewMailbox(cfg, aliceDN)
	other.Connect(t.Context())

	all := f.seen
	braced := regexp.MustCompile(`^\{[0-9A-F-]{36}\}:(\d+)$`)
	for i, want := range []string{"1", "2", "3", "1", "1"} {
		got := braced.FindStringSubmatch(all[i].id)
		if got == nil || got[1] != want {
			t.Errorf("request %d (%s): X-RequestId %s, want number %s", i, all[i].kind, all[i].id, want)
		}
	}
	if !strings.HasPrefix(all[0].id, "{"+first.String()+"}") || all[0].id[:38] != all[2].id[:38] || all[0].id[:38] == all[3].id[:38] {
		t.Errorf("the GUID of X-RequestId does not follow the context: %s %s %s", all[0].id, all[2].id, all[3].id)
	}
	if all[0].clientInfo != all[3].clientInfo {
		t.Errorf("re-established context has another X-ClientInfo: %s %s", all[0].clientInfo, all[3].clientInfo)
	}
	if all[0].clientInfo == all[4].clientInfo || all[0].clientInfo[:38] != all[4].clientInfo[:38] {
		t.Errorf("X-ClientInfo of a second context: %s after %s", all[4].clientInfo, all[0].clientInfo)
	}
	for _, s := range all {
		if s.header.Get("X-ClientApplication") != DefaultApplication || s.header.Get("Content-Type") != "application/mapi-http" || s.header.Get("Client-Request-Id") == "" {
			t.Errorf("%s: headers %v", s.kind, s.header)
		}
	}
	q, err := emsmdb.DecodeConnectRequest(all[0].body)
	if err != nil || q.UserDN != aliceDN || q.LcidSort != q.LcidString || len(q.Aux) != 1 {
		t.Fatalf("Connect: %+v %v", q, err)
	}
	if info := q.Aux[0].(*emsmdb.ClientConnectionInfo); info.ContextInfo != DefaultContextInfo || info.ConnectionGUID != first {
		t.Errorf("connection info: %+v", info)
	}
}

func TestInfo(t *testing.T) {
	f := newFake(t)
	clock := time.Date(2026, 3, 3, 10, 0, 0, 0, time.UTC)
	cfg := f.config()
	cfg.Now = func() time.Time { return clock }
	m := NewMailbox(cfg, aliceDN)
	m.Connect(t.Context())
	clock = clock.Add(time.Minute)
	m.Logon(t.Context())
	clock = clock.Add(time.Minute)
	i := m.Info()
	if i.State != Active || i.Dialect != Exchange || i.ServerVersion != "15.02.2562.017" || i.ServerProduct != "Exchange Server SE RTM" || i.FEServer != "FE01" || i.BEServer != "BE01" {
		t.Errorf("server: %+v", i)
	}
	if i.Requests != 2 || i.Failures != 0 || i.AvgProcessing != 12*time.Millisecond || i.AvgResponse <= 0 || i.InFlight != 0 {
		t.Errorf("figures: %+v", i)
	}
	if i.Age != 2*time.Minute || !i.Expires.Equal(clock.Add(-time.Minute+15*time.Minute)) || i.PendingPeriod != 30*time.Second {
		t.Errorf("clock: age %v, expires %v", i.Age, i.Expires)
	}
	if i.TLS == nil || i.RemoteAddr == "" || i.ContextID != m.ContextID().String() {
		t.Errorf("connection: %+v", i)
	}
}

func TestTraceCarriesTheCodes(t *testing.T) {
	f := newFake(t)
	cfg := f.config()
	var mu sync.Mutex
	var got []*httpc.Exchange
	cfg.HTTP.Trace = &httpc.Trace{Done: func(x *httpc.Exchange) { mu.Lock(); got = append(got, x); mu.Unlock() }}
	f.once("Execute", func(t *turn) {
		t.resume(true)
		t.reply((&emsmdb.ExecuteResponse{StatusCode: mapierr.RPCTooBusy}).Encode())
	})
	m := NewMailbox(cfg, aliceDN)
	m.Connect(WithCheck(t.Context(), "mapi.connect"))
	m.Logon(WithCheck(t.Context(), "mapi.logon"))
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 2 {
		t.Fatalf("%d exchanges", len(got))
	}
	c, e := got[0], got[1]
	if c.Check != "mapi.connect" || c.RequestType != "Connect" || c.RequestID != f.seen[0].id || c.FEServer != "FE01" || *c.ResponseCode != 0 || *c.ErrorCode != 0 {
		t.Errorf("Connect: %+v", c)
	}
	if e.Check != "mapi.logon" || *e.ResponseCode != 0 || *e.ErrorCode != uint32(mapierr.RPCTooBusy) || e.ServerRequestID == "" {
		t.Errorf("Execute: %+v", e)
	}
}

func TestState09ConnectRefusals(t *testing.T) {
	f := newFake(t)
	f.once("Connect", func(t *turn) {
		t.ctx = &fakeContext{id: "useless"}
		t.reply((&emsmdb.ConnectResponse{ErrorCode: mapierr.UnknownUser, Aux: []emsmdb.Aux{&emsmdb.ServerSessionInfo{Info: "EXCH01: no such user"}}}).Encode())
	})
	f.once("Connect", func(t *turn) { t.reply((&emsmdb.ConnectResponse{StatusCode: mapierr.RPCTooBusy}).Encode()) })
	f.once("Connect", func(t *turn) { t.reply(nil) })
	f.once("Connect", func(t *turn) { t.reply([]byte{1, 2}) })
	m := f.mailbox()

	p, err := m.Connect(t.Context())
	fail := wantCode(t, err, netpath.PhaseErrorCode, mapierr.UnknownUser)
	if p == nil || fail.Text != "EXCH01: no such user" || !errors.Is(err, mapierr.UnknownUser) {
		t.Errorf("%+v, %v", p, err)
	}
	if !strings.Contains(err.Error(), "ecUnknownUser (0x000003EB)") || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("sentence: %v", err)
	}
	_, err = m.Connect(t.Context())
	wantCode(t, err, netpath.PhaseStatusCode, mapierr.RPCTooBusy)
	if !Temporary(err) {
		t.Error("server too busy is temporary")
	}
	_, err = m.Connect(t.Context()) // tags and no body: refused without a code
	if fail := wantFailure(t, err, netpath.PhaseStatusCode); fail.Code != nil || !errors.Is(err, emsmdb.ErrEmptyBody) {
		t.Errorf("empty body: %v", err)
	}
	_, err = m.Connect(t.Context())
	wantFailure(t, err, netpath.PhaseBody)
	for _, s := range f.requests("Connect") {
		if s.cookie != "" {
			t.Errorf("a cookie of a refused Connect came back: %s", s.cookie)
		}
	}
	if i := m.Info(); i.State != NotConnected || i.Failures != 4 || i.Requests != 4 {
		t.Errorf("%+v", i)
	}
}

func TestState10CookiesEachTimeNew(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	m.Verify(t.Context())
	m.Ping(t.Context())
	for i, want := range []string{"", "MapiContext=ctx1; MapiSequence=1", "MapiContext=ctx1; MapiSequence=2", "MapiContext=ctx1; MapiSequence=3"} {
		if f.seen[i].cookie != want {
			t.Errorf("request %d (%s) sent %q, want %q", i, f.seen[i].kind, f.seen[i].cookie, want)
		}
	}
	other := connected(t, f)
	if other.ContextID() == m.ContextID() || f.requests("Connect")[1].cookie != "" {
		t.Error("two contexts share something")
	}
}

func TestPingThatProvesNothing(t *testing.T) {
	f := newFake(t)
	m := connected(t, f)
	f.on("PING", func(t *turn) { t.reply(nil) }) // no X-ExpirationInfo: no context
	if err := m.Ping(t.Context()); !errors.Is(err, ErrNoContext) {
		t.Errorf("got %v", err)
	}
}

func TestExecuteHonoursContextWhileWaitingForItsTurn(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	inside, let := make(chan struct{}), make(chan struct{})
	f.once("Execute", func(t *turn) { close(inside); <-let; t.answer() })
	first := make(chan error, 1)
	go func() { first <- m.Verify(context.Background()) }()
	<-inside
	ctx, cancel := context.WithCancelCause(t.Context())
	gaveUp := errors.New("the user closed the window")
	second := make(chan error, 1)
	go func() { second <- m.Verify(ctx) }()
	cancel(gaveUp)
	if err := <-second; !errors.Is(err, gaveUp) {
		t.Errorf("second: %v", err)
	}
	close(let)
	if err := <-first; err != nil {
		t.Errorf("first: %v", err)
	}
	if n := len(f.requests("Execute")); n != 2 {
		t.Errorf("%d Executes were sent", n)
	}
}

func TestNeverTwoRequestsInFlight(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	var mu sync.Mutex
	in, most := 0, 0
	f.on("Execute", func(t *turn) {
		mu.Lock()
		in++
		most = max(most, in)
		mu.Unlock()
		t.answer()
		mu.Lock()
		in--
		mu.Unlock()
	})
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := m.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most != 1 {
		t.Errorf("%d at a time", most)
	}
}
