package exchangetest

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rop"
)

var waitBody = (&emsmdb.NotificationWaitRequest{}).Encode()

// waiting is a NotificationWait that is under way: its headers and PROCESSING
// have come.
type waiting struct {
	resp *http.Response
	body *bufio.Reader
	seen string
}

func (c *client) wait() *waiting {
	c.t.Helper()
	resp, err := c.http.Do(c.request("NotificationWait", waitBody))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range resp.Cookies() {
		c.cookies[k.Name] = k.Value
	}
	w := &waiting{resp: resp, body: bufio.NewReader(resp.Body)}
	w.seen, err = w.body.ReadString('\n')
	if err != nil || w.seen != "PROCESSING\r\n" {
		c.t.Fatalf("%q, %v", w.seen, err)
	}
	return w
}

func (w *waiting) end(t *testing.T) (*emsmdb.NotificationWaitResponse, *response) {
	t.Helper()
	rest, err := io.ReadAll(w.body)
	w.resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	r := parse(w.resp, append([]byte(w.seen), rest...))
	p, err := emsmdb.DecodeNotificationWaitResponse(r.body)
	if err != nil {
		t.Fatalf("%v in %q", err, r.raw)
	}
	return p, r
}

func (c *client) subscribe(logon uint32) uint32 {
	c.t.Helper()
	out := c.execute([]uint32{logon, rop.NoHandle}, &rop.RegisterNotificationRequest{Output: 1, Types: rop.NewMail, WholeStore: true})
	if code := out.Responses[0].Code(); code != mapierr.OK {
		c.t.Fatal(code)
	}
	return out.Handles[1]
}

func TestNotification(t *testing.T) {
	for _, manner := range []Manner{ExchangeSE, Gromox} {
		s := start(t, Options{Manner: manner})
		c, logon, store := opened(t, s, 0)
		sub := c.subscribe(logon)
		w := c.wait()
		c.execute([]uint32{logon}, &rop.GetStoreStateRequest{}) // beside the wait
		s.Deliver(c.user.Address, "Hello")
		if p, r := w.end(t); !p.Pending() || r.code() != "0" {
			t.Errorf("%v: %+v", manner, p)
		}
		if p, _ := c.wait().end(t); !p.Pending() {
			t.Errorf("%v: an event that was not fetched does not wake the next wait", manner)
		}
		out := c.execute(nil)
		if len(out.Responses) != 1 {
			t.Fatalf("%v: %d responses", manner, len(out.Responses))
		}
		n, ok := out.Responses[0].(*rop.NotifyResponse)
		if !ok || n.Handle != sub || n.Type() != rop.NewMail || n.FolderID != store.FolderIDs[rop.FolderInbox] || n.MessageClass != "IPM.Note" {
			t.Errorf("%v: %+v", manner, out.Responses[0])
		}
		if out := c.execute(nil); len(out.Responses) != 0 {
			t.Errorf("%v: the event came twice", manner)
		}
	}
}

// A NotificationWait and an Execute that leave at the same time carry the same
// sequence, in whichever order they arrive; and either answer's cookie is good.
func TestWaitBesideExecute(t *testing.T) {
	s := start(t, Options{})
	c, _, _ := opened(t, s, 0)
	batch := executeBody(t, emptyBatch, 0)
	sequence := c.cookies["MapiSequence"]
	c.do("Execute", batch)
	c.cookies["MapiSequence"] = sequence
	w := c.wait() // after the Execute that carried the same
	early := c.cookies["MapiSequence"]
	s.Deliver(c.user.Address, "Hello") // nobody has subscribed: the wait goes on
	if r := c.do("Execute", batch); r.code() != "0" {
		t.Errorf("Execute with the cookie of the wait: X-ResponseCode %q", r.code())
	}
	if r := c.do("Execute", batch); r.code() != "0" {
		t.Errorf("Execute with the cookie of the Execute: X-ResponseCode %q", r.code())
	}
	c.cookies["MapiSequence"] = early
	if r := c.do("Execute", batch); r.code() != "0" {
		t.Errorf("Execute with the cookie of the wait, once more: X-ResponseCode %q", r.code())
	}
	s.ExpireContexts()
	w.end(t)
}

func TestManyEvents(t *testing.T) {
	s := start(t, Options{})
	c, logon, _ := opened(t, s, 0)
	c.subscribe(logon)
	for range maxEvents + 1 {
		s.Deliver(c.user.Address, "Hello")
	}
	out := c.execute(nil)
	if n := len(out.Responses); n != maxEvents+1 || out.Responses[maxEvents].ID() != rop.RopPending {
		t.Fatalf("%d responses, the last %v", n, out.Responses[n-1].ID())
	}
	if out := c.execute(nil); len(out.Responses) != 1 {
		t.Errorf("then %d responses", len(out.Responses))
	}
}

func TestSecondWaitIsRejected(t *testing.T) {
	s := start(t, Options{})
	c, logon, _ := opened(t, s, 0)
	w := c.wait()
	if p, _ := c.wait().end(t); p.ErrorCode != mapierr.Rejected {
		t.Errorf("second wait: %v", p.ErrorCode)
	}
	c.execute([]uint32{logon}, &rop.GetStoreStateRequest{}) // the first goes on
	c.do("Disconnect", nil)
	if p, _ := w.end(t); p.ErrorCode != mapierr.Exiting {
		t.Errorf("first wait after Disconnect: %v", p.ErrorCode)
	}
}

func TestPendingRhythm(t *testing.T) {
	s := start(t, Options{PendingPeriod: 20 * time.Millisecond, WaitLimit: 110 * time.Millisecond})
	c, _, _ := opened(t, s, 0)
	began := time.Now()
	w := c.wait()
	p, r := w.end(t)
	if took := time.Since(began); p.Pending() || p.ErrorCode != mapierr.OK || took < 110*time.Millisecond {
		t.Errorf("%+v after %v", p, took)
	}
	pending := strings.Count(r.raw, "PENDING\r\n")
	if pending < 1 || pending > 5 || r.header.Get("X-PendingPeriod") != "20" {
		t.Errorf("%d times PENDING in %q", pending, r.raw)
	}
	s = start(t, Options{Manner: Gromox, PendingPeriod: 20 * time.Millisecond, WaitLimit: 110 * time.Millisecond})
	c, _, _ = opened(t, s, 0)
	if _, r := c.wait().end(t); !strings.HasPrefix(r.raw, "PROCESSING\r\nPENDING") || strings.Contains(r.raw, "PENDING\r\n") || !strings.Contains(r.raw, "PENDINGPROCESSING\r\nDONE\r\n") {
		t.Errorf("gromox: %q", r.raw)
	}
}

// A wait that is open keeps the context alive, whatever the clock says.
func TestWaitKeepsContextAlive(t *testing.T) {
	at := &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s := start(t, Options{Now: at.now})
	c, logon, _ := opened(t, s, 0)
	w := c.wait()
	at.add(2 * lifeAfterExecute)
	c.execute([]uint32{logon}, &rop.GetStoreStateRequest{})
	s.ExpireContexts()
	if p, _ := w.end(t); p.ErrorCode != mapierr.Exiting {
		t.Errorf("%v", p.ErrorCode)
	}
}

// A wait whose client goes away with a goodbye is over, and the clock runs again.
func TestQuiet(t *testing.T) {
	at := &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s := start(t, Options{Now: at.now})
	c, _, _ := opened(t, s, 0)
	w := c.wait()
	over, cancel := context.WithCancelCause(t.Context())
	cancel(io.EOF)
	if err := s.Quiet(over); err != io.EOF {
		t.Fatalf("%v, and a wait is open", err)
	}
	w.resp.Body.Close()
	if err := s.Quiet(t.Context()); err != nil {
		t.Fatal(err)
	}
	at.add(2 * lifeAfterExecute)
	if r := c.do("PING", nil); r.code() != "10" {
		t.Errorf("X-ResponseCode %s: the context outlived its time", r.code())
	}
}
