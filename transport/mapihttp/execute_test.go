package mapihttp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// partly makes the server answer at most n operations of a payload and hand the
// rest back.
func partly(f *fake, n int) {
	f.on("Execute", func(t *turn) {
		if t.resume(true) {
			t.reply(t.partial(n))
		}
	})
}

func TestState18BufferTooSmall(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	partly(f, 2)
	n := len(f.requests("Execute"))
	s, err := m.Summary(t.Context())
	if err != nil || *s.Messages != 7 || !s.ToInbox {
		t.Fatalf("%+v, %v", s, err)
	}
	if got := len(f.requests("Execute")) - n; got != 3 {
		t.Errorf("%d rounds", got)
	}
	if m.holds(slotFolder) {
		t.Error("the released folder is still in the table")
	}
	partly(f, 0) // not even one fits
	err = m.Verify(t.Context())
	if fail := wantCode(t, err, netpath.PhaseROP, mapierr.BufferTooSmall); fail.ROP != rop.RopGetStoreState {
		t.Errorf("%+v", fail)
	}
}

// backoff makes the server answer the next Execute with RopBackoff.
func backoff(f *fake, d time.Duration, own ...rop.BackoffROP) {
	f.once("Execute", func(t *turn) {
		if t.resume(true) {
			t.reply(t.payload(&rop.BackoffResponse{Duration: d, ROPs: own}))
		}
	})
}

func TestState18Backoff(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	backoff(f, 20*time.Millisecond)
	backoff(f, 0, rop.BackoffROP{ROP: rop.RopGetStoreState, Duration: 20 * time.Millisecond})
	start := time.Now()
	if err := m.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 40*time.Millisecond {
		t.Errorf("waited %v only", took)
	}
	if n := len(f.requests("Execute")); n != 4 {
		t.Errorf("%d Executes", n)
	}
	for range maxBackoffs + 1 {
		backoff(f, time.Millisecond)
	}
	err := m.Verify(t.Context())
	wantCode(t, err, netpath.PhaseROP, mapierr.ServerBusy)
	if !Temporary(err) {
		t.Error("busy is temporary")
	}
	backoff(f, time.Hour) // longer than anybody waits
	err = m.Verify(t.Context())
	var busy *BackoffError
	if wantCode(t, err, netpath.PhaseROP, mapierr.ServerBusy); !errors.As(err, &busy) || busy.Duration != time.Hour {
		t.Errorf("%v", err)
	}
	backoff(f, MaxBackoff-1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := m.Verify(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestROPRefused(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	f.rops = func(c *fakeContext, q rop.Request) []rop.Response {
		if q.ID() == rop.RopGetReceiveFolder {
			return []rop.Response{rop.Refuse(q, mapierr.NullObject)}
		}
		return answerROP(c, q)
	}
	got, err := m.Execute(t.Context(), &rop.GetStoreStateRequest{}, &rop.GetReceiveFolderRequest{}, &rop.GetStoreStateRequest{})
	fail := wantCode(t, err, netpath.PhaseROP, mapierr.NullObject)
	if fail.ROP != rop.RopGetReceiveFolder || len(got) != 3 || got[2].Code() != mapierr.OK || !strings.HasPrefix(err.Error(), "RopGetReceiveFolder at 127.0.0.1: ReturnValue ecNullObject") {
		t.Errorf("%d answers, %v", len(got), err)
	}
	if s, err := m.Summary(t.Context()); err == nil || s == nil || *s.Size != 1<<33 || s.ToInbox {
		t.Errorf("what was answered counts: %+v, %v", s, err)
	}
	if i := m.Info(); i.Failures != 0 || i.State != Active {
		t.Errorf("a refused operation is no failure of the connection: %+v", i)
	}
}

func TestROPAnswerToAnotherQuestion(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	f.rops = func(_ *fakeContext, q rop.Request) []rop.Response {
		return []rop.Response{&rop.OpenFolderResponse{}}
	}
	err := m.Verify(t.Context())
	if wantFailure(t, err, netpath.PhaseBody); !errors.Is(err, rop.ErrUnasked) {
		t.Errorf("%v", err)
	}
}

// elsewhere makes Logon answer with a redirect as long as the path is not right.
func elsewhere(f *fake, mailboxID string, right func(path string) bool) {
	var path string
	f.on("Execute", func(t *turn) {
		f.mu.Lock()
		path = t.r.URL.RawQuery
		f.mu.Unlock()
		t.answer()
	})
	f.rops = func(c *fakeContext, q rop.Request) []rop.Response {
		if l, ok := q.(*rop.LogonRequest); ok && !right(path) {
			p := rop.Refuse(l, mapierr.WrongServer).(*rop.LogonResponse)
			p.ServerName = "/o=Contoso/cn=Servers/cn=" + mailboxID
			return []rop.Response{p}
		}
		return answerROP(c, q)
	}
}

func TestState19WrongServer(t *testing.T) {
	f := newFake(t)
	elsewhere(f, "2@contoso.test", func(q string) bool { return strings.Contains(q, "2@contoso.test") })
	m := connected(t, f)
	p, err := m.Logon(t.Context())
	var wrong *WrongServerError
	if wantCode(t, err, netpath.PhaseROP, mapierr.WrongServer); !errors.As(err, &wrong) || wrong.MailboxID != "2@contoso.test" || p == nil {
		t.Fatalf("%+v, %v", p, err)
	}
	asked := ""
	p, urls, err := m.LogonFollowing(t.Context(), func(_ context.Context, id string) (string, error) {
		asked = id
		return f.srv.URL + "/mapi/emsmdb/?MailboxId=" + id, nil
	})
	if err != nil || p.ReturnValue != mapierr.OK || asked != "2@contoso.test" || len(urls) != 2 || m.Info().URL != urls[1] {
		t.Fatalf("%v %v, %v", urls, asked, err)
	}
	if n := len(f.requests("Disconnect")); n != 1 {
		t.Errorf("%d Disconnects", n)
	}
	if err := m.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWrongServerLoops(t *testing.T) {
	f := newFake(t)
	elsewhere(f, "9@contoso.test", func(string) bool { return false })
	n := 0
	follow := func(_ context.Context, id string) (string, error) {
		n++
		return fmt.Sprintf("%s/mapi/emsmdb/?MailboxId=%s&n=%d", f.srv.URL, id, n), nil
	}
	_, urls, err := f.mailbox().LogonFollowing(t.Context(), follow)
	if wantCode(t, err, netpath.PhaseROP, mapierr.WrongServer); len(urls) != maxRedirects+1 || n != maxRedirects {
		t.Errorf("%d URLs, asked %d times: %v", len(urls), n, err)
	}
	same := func(context.Context, string) (string, error) { return f.config().URL, nil }
	if _, urls, err := f.mailbox().LogonFollowing(t.Context(), same); len(urls) != 1 || !strings.Contains(err.Error(), "has been tried already") {
		t.Errorf("%v: %v", urls, err)
	}
	down := errors.New("autodiscover is down")
	if _, _, err := f.mailbox().LogonFollowing(t.Context(), func(context.Context, string) (string, error) { return "", down }); !errors.Is(err, down) {
		t.Errorf("%v", err)
	}
	elsewhere(f, "EXCH02", func(string) bool { return false }) // a server, no mailbox id
	if _, _, err := f.mailbox().LogonFollowing(t.Context(), same); err == nil || !strings.Contains(err.Error(), "names no mailbox id") {
		t.Errorf("%v", err)
	}
}

func TestEncodingErrorIsReported(t *testing.T) {
	f := newFake(t)
	m := loggedOn(t, f)
	_, err := m.Execute(t.Context(), &rop.LogonRequest{ESSDN: strings.Repeat("x", 1<<17)})
	if err == nil || len(f.requests("Execute")) != 1 {
		t.Errorf("%v", err)
	}
}

func FuzzUndone(f *testing.F) {
	var w wire.Writer
	rop.PrivateLogon(aliceDN).Encode(&w)
	f.Add(w.Bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		reqs := []rop.Request{rop.PrivateLogon(aliceDN), &rop.ReleaseRequest{}, &rop.GetStoreStateRequest{}}
		left := (&batch{tooSmall: &rop.BufferTooSmallResponse{Undone: b}}).undone(reqs)
		if len(left) == 0 || len(left) > len(reqs) || left[len(left)-1] != reqs[len(reqs)-1] {
			t.Fatalf("%d of %d requests are left", len(left), len(reqs))
		}
	})
}
