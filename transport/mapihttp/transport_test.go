package mapihttp

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// breaking is a connection whose writes fail from the armed moment on: what a
// network switch does to a request that is being sent.
type breaking struct {
	net.Conn
	broken *atomic.Bool
}

func (b breaking) Write(p []byte) (int, error) {
	if b.broken.Swap(false) {
		b.Conn.Close()
		return 0, errors.New("network is down")
	}
	return b.Conn.Write(p)
}

// breakable is the configuration of f with a switch that breaks the next write.
func breakable(f *fake) (Config, *atomic.Bool) {
	var broken atomic.Bool
	cfg := f.config()
	cfg.HTTP.Path.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return breaking{c, &broken}, nil
	}
	return cfg, &broken
}

func TestState11ResetBeforeTheBodyWasSent(t *testing.T) {
	f := newFake(t)
	cfg, broken := breakable(f)
	m := NewMailbox(cfg, aliceDN)
	if _, err := m.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	if _, err := m.Logon(t.Context()); err != nil {
		t.Fatalf("a request that was not sent must be sent again as it is: %v", err)
	}
	got := f.requests("Execute")
	if len(got) != 1 || !strings.HasSuffix(got[0].id, ":2") || got[0].cookie != "MapiContext=ctx1; MapiSequence=1" {
		t.Errorf("%+v", got)
	}
	if i := m.Info(); i.State != Active || i.Requests != 2 {
		t.Errorf("%+v", i)
	}
}

func TestState11ResetAfterTheBodyWasSent(t *testing.T) {
	f := newFake(t)
	cut := func(t *turn) { panic(http.ErrAbortHandler) }
	m := loggedOn(t, f)
	f.once("Execute", cut)
	err := m.RegisterNotification(t.Context(), rop.NewMail) // not safe to repeat
	if fail := wantFailure(t, err, netpath.PhaseFirstByte); fail.Delivery != AnswerLost {
		t.Errorf("%+v", fail)
	}
	if got := m.Info().State; got != Uncertain || len(f.requests("Execute")) != 2 {
		t.Errorf("state %v, %d Executes", got, len(f.requests("Execute")))
	}
	f.once("PING", cut)
	if err := m.Ping(t.Context()); err != nil {
		t.Errorf("a PING is safe to repeat: %v", err)
	}
	if got := f.requests("PING"); len(got) != 2 || got[0].id != got[1].id || got[0].cookie != got[1].cookie {
		t.Errorf("not repeated as it was: %+v", got)
	}
	if got := m.Info().State; got != Active {
		t.Errorf("after a PING that was answered: %v", got)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Errorf("the session goes on: %v", err)
	}
}

func TestState11ResetInTheMiddleOfTheAnswer(t *testing.T) {
	f := newFake(t)
	for _, stream := range []string{"", "PROC", "PROCESSING\r\n", "PROCESSING\r\nDONE\r\nX-El", "PROCESSING\r\nDONE\r\n\r\nabc"} {
		m := loggedOn(t, f)
		f.once("Execute", func(t *turn) {
			t.headers(0)
			io.WriteString(t.w, stream)
			t.w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		_, err := m.Execute(t.Context(), &rop.QueryRowsRequest{})
		if fail := wantFailure(t, err, netpath.PhaseBody); fail.Delivery != AnswerLost || *fail.ResponseCode != 0 {
			t.Errorf("%q: %+v", stream, fail)
		}
		if got := m.Info().State; got != Uncertain {
			t.Errorf("%q: state %v", stream, got)
		}
	}
}

func TestState12StaleContextReestablishedWithCookies(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	old := m.ContextID()
	f.contexts = map[string]*fakeContext{} // the server restarted
	err := m.Verify(t.Context())
	if fail := wantFailure(t, err, netpath.PhaseResponseCode); *fail.ResponseCode != 10 || !ContextGone(err) {
		t.Errorf("%+v", fail)
	}
	if m.Info().State != Gone {
		t.Errorf("state %v", m.Info().State)
	}
	before := len(f.seen)
	if err := m.Verify(t.Context()); !errors.Is(err, ErrContextGone) || !strings.Contains(err.Error(), "Context Not Found") {
		t.Errorf("second try: %v", err)
	}
	if len(f.seen) != before {
		t.Error("a request went to a context that is known to be gone")
	}
	_, how, err := m.Reestablish(t.Context())
	if err != nil || !how.WithOldCookies || how.Refusal != nil {
		t.Fatalf("%+v, %v", how, err)
	}
	if c := f.requests("Connect")[1].cookie; !strings.HasPrefix(c, "MapiContext=ctx1; ") {
		t.Errorf("the old cookies did not come along: %q", c)
	}
	if m.ContextID() == old || m.Info().State != Active {
		t.Error("not a new context")
	}
	if err := m.Verify(t.Context()); !errors.Is(err, ErrNoLogon) {
		t.Errorf("objects of the old context are gone: %v", err)
	}
	if _, err := m.Logon(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := f.requests("Execute")[2].cookie; !strings.HasPrefix(c, "MapiContext=ctx2; ") {
		t.Errorf("new context sends %q", c)
	}
}

func TestState13OldCookiesRefusedThenEmptyJar(t *testing.T) {
	f := newFake(t)
	for _, code := range []int{2, 6, 10, 13, 15} {
		m := loggedOn(t, f)
		f.once("Connect", func(t *turn) {
			if code == 2 { // gromox's number for an invalid context cookie
				t.raw(gromoxError(GromoxInvalidContextCookie))
				return
			}
			t.refuse(code, "old cookies")
		})
		n := len(f.requests("Connect"))
		_, how, err := m.Reestablish(t.Context())
		if err != nil || how.WithOldCookies || how.Refusal == nil {
			t.Fatalf("%d: %+v, %v", code, how, err)
		}
		got := f.requests("Connect")[n:]
		if len(got) != 2 || got[0].cookie == "" || got[1].cookie != "" {
			t.Errorf("%d: %+v", code, got)
		}
	}
	// a refusal that has nothing to do with cookies is not tried twice
	m := loggedOn(t, f)
	f.once("Connect", func(t *turn) {
		t.reply((&emsmdb.ConnectResponse{ErrorCode: mapierr.ProtocolDisabled}).Encode())
	})
	n := len(f.requests("Connect"))
	_, _, err := m.Reestablish(t.Context())
	wantCode(t, err, netpath.PhaseErrorCode, mapierr.ProtocolDisabled)
	if got := len(f.requests("Connect")) - n; got != 1 {
		t.Errorf("%d Connects", got)
	}
	// and the empty jar is tried once only
	f.once("Connect", func(t *turn) { t.refuse(6, "no") })
	f.once("Connect", func(t *turn) { t.refuse(6, "no") })
	n = len(f.requests("Connect"))
	_, _, err = m.Reestablish(t.Context())
	wantFailure(t, err, netpath.PhaseResponseCode)
	if got := len(f.requests("Connect")) - n; got != 2 {
		t.Errorf("%d Connects", got)
	}
}

// What never came about, or took too long, is not tried again: the verdict would
// come twice as late.
func TestNothingIsTriedTwiceInVain(t *testing.T) {
	f := newFake(t)
	cfg := f.config()
	dials := 0
	cfg.HTTP.Path.Dial = func(context.Context, string, string) (net.Conn, error) {
		dials++
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	_, err := NewMailbox(cfg, aliceDN).Connect(t.Context())
	if wantFailure(t, err, netpath.PhaseConnect); dials != 1 {
		t.Errorf("%d dials", dials)
	}
	cfg = f.config()
	cfg.Limits = Limits{CallTime: 100 * time.Millisecond}
	m := NewMailbox(cfg, aliceDN)
	m.Connect(t.Context())
	f.on("PING", func(t *turn) { t.headers(0); t.write("PROCESSING\r\n"); <-t.r.Context().Done() })
	if err := m.Ping(t.Context()); !netpath.Timeout(err) || len(f.requests("PING")) != 1 {
		t.Errorf("%d PINGs: %v", len(f.requests("PING")), err)
	}
}

func TestNewConnectionSameContext(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	id := m.ContextID()
	m.e.cfg.HTTP.DropIdle() // the network changed
	if err := m.Verify(t.Context()); err != nil || m.ContextID() != id || len(f.requests("Connect")) != 1 {
		t.Errorf("a session context is not a connection: %v", err)
	}
}

func TestSafeToRepeat(t *testing.T) {
	look := &rop.GetPropertiesSpecificRequest{}
	for _, c := range []struct {
		want bool
		reqs []rop.Request
	}{
		{true, []rop.Request{look, &rop.GetReceiveFolderRequest{}, &rop.GetStoreStateRequest{}, &rop.SetColumnsRequest{}}},
		{true, []rop.Request{&rop.QueryRowsRequest{Flags: rop.QueryRowsNoAdvance}}},
		{false, []rop.Request{look, &rop.QueryRowsRequest{}}},
		{false, []rop.Request{&rop.LogonRequest{}}},
		{false, []rop.Request{&rop.OpenFolderRequest{}}},
		{false, []rop.Request{&rop.ReleaseRequest{}}},
		{false, []rop.Request{&rop.RegisterNotificationRequest{}}},
		{false, nil},
	} {
		if SafeToRepeat(c.reqs...) != c.want {
			t.Errorf("%T %v", c.reqs, !c.want)
		}
	}
}
