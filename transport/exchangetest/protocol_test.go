package exchangetest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/rop"
)

var emptyBatch = &rop.RequestBuffer{}

// TestResponseCodes provokes each X-ResponseCode, with the numbers of Exchange and
// of gromox.
func TestResponseCodes(t *testing.T) {
	batch := executeBody(t, emptyBatch, plainAnswer)
	for _, test := range []struct {
		what             string
		exchange, gromox string
		provoke          func(c *client) *response
	}{
		{"unknown request type", "5", "8", func(c *client) *response { return c.do("Frobnicate", nil) }},
		{"request type of the other endpoint", "5", "8", func(c *client) *response { return c.do("Bind", nil) }},
		{"garbage cookie", "6", "2", func(c *client) *response {
			c.cookies["MapiContext"], c.cookies["sid"] = "garbage", "garbage"
			return c.do("Execute", batch)
		}},
		{"no request id", "7", "3", func(c *client) *response {
			c.header["X-RequestId"] = nil
			return c.do("Execute", batch)
		}},
		{"too large", "9", "5", func(c *client) *response { return c.do("Execute", make([]byte, maxBody+1)) }},
		{"after Disconnect", "10", "2", func(c *client) *response {
			c.do("Disconnect", nil)
			return c.do("Execute", batch)
		}},
		{"another identity", "10", "2", func(c *client) *response {
			c.user = c.s.User(1)
			return c.do("Execute", batch)
		}},
		{"malformed body", "12", "5", func(c *client) *response { return c.do("Execute", []byte{1, 2, 3}) }},
		{"no cookies", "13", "6", func(c *client) *response {
			clear(c.cookies)
			return c.do("Execute", batch)
		}},
		{"no sequence", "13", "6", func(c *client) *response {
			delete(c.cookies, "MapiSequence")
			delete(c.cookies, "sequence")
			return c.do("Execute", batch)
		}},
		{"replayed sequence", "15", "7", func(c *client) *response {
			exchange, gromox := c.cookies["MapiSequence"], c.cookies["sequence"]
			c.do("Execute", batch)
			if exchange != "" {
				c.cookies["MapiSequence"] = exchange
			} else {
				c.cookies["sequence"] = gromox
			}
			return c.do("Execute", batch)
		}},
	} {
		for _, manner := range []Manner{ExchangeSE, Gromox} {
			s := start(t, Options{Manner: manner})
			c, _, _ := opened(t, s, 0)
			want := test.exchange
			if manner == Gromox {
				want = test.gromox
			}
			r := test.provoke(c)
			if r.status != 200 || r.code() != want || r.header.Get("Content-Type") != "text/html" {
				t.Errorf("%v, %s: HTTP %d, X-ResponseCode %q, want %s", manner, test.what, r.status, r.code(), want)
			}
			if echo := r.header.Get("X-RequestType"); (echo != "") != (manner == ExchangeSE) {
				t.Errorf("%v, %s: echoed request type %q", manner, test.what, echo)
			}
		}
	}
}

func TestInvalidVerb(t *testing.T) {
	s := start(t, Options{})
	c, _, _ := opened(t, s, 0)
	req := c.request("Execute", nil)
	req.Method = "PUT"
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code := resp.Header.Get("X-ResponseCode"); code != "2" {
		t.Errorf("X-ResponseCode %q", code)
	}
}

func TestAnonymous(t *testing.T) {
	s := start(t, Options{Schemes: []string{"Anonymous"}})
	c := newClient(t, s, User{}, s.MailStoreURL(s.User(0)))
	if r := c.do("Connect", nil); r.code() != "8" {
		t.Errorf("X-ResponseCode %q", r.code())
	}
	s = start(t, Options{})
	c = newClient(t, s, User{}, s.MailStoreURL(s.User(0)))
	if r := c.do("Connect", nil); r.status != 401 || r.code() != "" || len(r.body) != 0 {
		t.Errorf("HTTP %d, X-ResponseCode %q, %d bytes", r.status, r.code(), len(r.body))
	}
}

func TestMailboxIDIsMissing(t *testing.T) {
	s := start(t, Options{})
	url, _, _ := strings.Cut(s.MailStoreURL(s.User(0)), "?")
	c := newClient(t, s, s.User(0), url)
	if r := c.do("Connect", nil); r.status != 400 || r.code() != "" || len(r.body) != 0 {
		t.Errorf("HTTP %d, X-ResponseCode %q, body %q", r.status, r.code(), r.raw)
	}
	c.url = url + "?mailboxId=" + s.mailboxID(s.User(0)) // RCA's spelling
	c.connect()
}

func TestOneRequestAtATime(t *testing.T) {
	s := start(t, Options{})
	c, _, _ := opened(t, s, 0)
	x := s.onlyContext(t)
	s.contexts.mu.Lock()
	x.busy = true // as during a long Execute
	s.contexts.mu.Unlock()
	if r := c.do("Execute", executeBody(t, emptyBatch, 0)); r.code() != "15" {
		t.Errorf("X-ResponseCode %q", r.code())
	}
	s.contexts.leave(x, ordinary)
	if r := c.do("Execute", executeBody(t, emptyBatch, 0)); r.code() != "0" {
		t.Errorf("afterwards: X-ResponseCode %q", r.code())
	}
}

func (s *Server) onlyContext(t *testing.T) *sessionContext {
	t.Helper()
	s.contexts.mu.Lock()
	defer s.contexts.mu.Unlock()
	if len(s.contexts.all) != 1 {
		t.Fatalf("%d contexts", len(s.contexts.all))
	}
	for _, x := range s.contexts.all {
		return x
	}
	return nil
}

// clock is a clock that only moves when told.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func TestExpiry(t *testing.T) {
	at := &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s := start(t, Options{Now: at.now})
	batch := executeBody(t, emptyBatch, 0)
	c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
	c.connect()
	at.add(lifeAfterConnect + time.Second)
	if r := c.do("Execute", batch); r.code() != "10" {
		t.Errorf("301 s after Connect: X-ResponseCode %q", r.code())
	}
	c.connect()
	at.add(lifeAfterConnect - time.Second)
	if r := c.do("Execute", batch); r.code() != "0" {
		t.Errorf("299 s after Connect: X-ResponseCode %q", r.code())
	}
	at.add(lifeAfterExecute - time.Second)
	if r := c.do("PING", nil); r.code() != "0" || r.header.Get("X-ExpirationInfo") != "900000" {
		t.Errorf("PING 899 s after Execute: X-ResponseCode %q", r.code())
	}
	at.add(lifeAfterExecute + time.Second)
	if r := c.do("PING", nil); r.code() != "10" {
		t.Errorf("PING 901 s after that: X-ResponseCode %q", r.code())
	}
	if s.Contexts() != 0 {
		t.Errorf("%d contexts are left", s.Contexts())
	}
}

func TestReconnect(t *testing.T) {
	s := start(t, Options{})
	c, _, _ := opened(t, s, 0)
	before := c.cookies["MapiContext"]
	c.cookies["MapiSequence"] = "whatever"
	c.connect()
	if c.cookies["MapiContext"] == before || s.Contexts() != 1 {
		t.Errorf("the old context lives on beside the new one (%d in all)", s.Contexts())
	}
	s = start(t, Options{Manner: Gromox})
	c, _, _ = opened(t, s, 0)
	s.ExpireContexts()
	q := (&emsmdb.ConnectRequest{UserDN: c.user.LegacyDN}).Encode()
	if r := c.do("Connect", q); r.code() != "2" {
		t.Errorf("gromox, dead cookies: X-ResponseCode %q", r.code())
	}
	clear(c.cookies)
	if r := c.do("Connect", q); r.code() != "0" {
		t.Errorf("gromox, no cookies: X-ResponseCode %q", r.code())
	}
}

func TestPing(t *testing.T) {
	s := start(t, Options{})
	c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
	r := c.do("PING", nil)
	if r.code() != "0" || r.header.Get("X-ExpirationInfo") != "" || len(r.body) != 0 || c.cookies["MapiContext"] != "" || c.cookies["MapiRouting"] == "" {
		t.Errorf("without a session: X-ResponseCode %q, expiration %q, body %q, cookies %v", r.code(), r.header.Get("X-ExpirationInfo"), r.body, c.cookies)
	}
	if r := c.do("PING", nil); r.code() != "0" {
		t.Errorf("once more, with the routing cookies: X-ResponseCode %q", r.code())
	}
	s = start(t, Options{Manner: Gromox})
	c = newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
	if r := c.do("PING", nil); r.code() != "6" {
		t.Errorf("gromox, without a session: X-ResponseCode %q", r.code())
	}
}

func TestLengthRequired(t *testing.T) {
	s := start(t, Options{})
	req, err := http.NewRequest("POST", s.MailStoreURL(s.User(0)), io.NopCloser(bytes.NewReader(nil)))
	if err != nil {
		t.Fatal(err)
	}
	// A chunked request is fine; only none of the two is refused. net/http cannot
	// send that, so the bytes are written by hand.
	conn, err := s.Client().Transport.(*http.Transport).DialContext(t.Context(), "tcp", s.MailHost()+":80")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	c := tlsDial(t, s, s.MailHost())
	io.WriteString(c, "POST "+req.URL.RequestURI()+" HTTP/1.1\r\nHost: "+s.MailHost()+"\r\n\r\n")
	head := make([]byte, 12)
	if _, err := io.ReadFull(c, head); err != nil || string(head) != "HTTP/1.1 411" {
		t.Errorf("%q, %v", head, err)
	}
}
