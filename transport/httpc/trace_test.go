package httpc

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// recorder keeps the exchanges of a client.
type recorder struct {
	mu  sync.Mutex
	all []*Exchange
}

func (r *recorder) trace() *Trace {
	return &Trace{Done: func(e *Exchange) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.all = append(r.all, e)
	}}
}

func TestTraceRecordsEveryLegWithoutSecrets(t *testing.T) {
	s, c := newWindows(t, "NTLM", `Basic realm="x, y"`)
	s.before = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("X-FEServer", "EX01")
		w.Header().Set("X-CalculatedBETarget", "ex02.contoso.test")
		w.Header().Set("request-id", "r-1")
		w.Header().Add("Set-Cookie", "MapiContext=canary-set-cookie; path=/mapi; secure")
		return false
	}
	var rec recorder
	c.Trace, c.UserAgent = rec.trace(), "Mapiscope/1"
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	q := post("/mapi/emsmdb/?MailboxId=1")
	q.Check, q.Kind = "session.connect", "Connect"
	q.Header = http.Header{"X-RequestId": {"{G}:1"}, "X-ClientInfo": {"{C}:1"}, "client-request-id": {"cri"},
		"Cookie": {"MapiContext=canary-cookie; MapiSequence=canary-sequence; canary-bare"}}
	r, err := c.Do(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	code := uint32(10)
	r.Exchange.ResponseCode = &code
	if len(rec.all) != 2 {
		t.Errorf("%d exchanges before Close, want the two 401", len(rec.all))
	}
	body200(t, r, nil)
	r.Body.Close() // once more
	if len(rec.all) != 3 {
		t.Fatalf("%d exchanges", len(rec.all))
	}
	for i, e := range rec.all {
		want := []int{401, 401, 200}[i]
		if e.Seq != i+1 || e.Status != want || e.RequestID != "{G}:1" || e.ClientInfo != "{C}:1" || e.ClientRequestID != "cri" ||
			e.FEServer != "EX01" || e.BEServer != "ex02.contoso.test" || e.ServerRequestID != "r-1" || e.Check != "session.connect" ||
			e.RequestType != "Connect" || e.Proto != "HTTP/1.1" || e.TLS != "TLS 1.3" || e.Total <= 0 || e.BytesOut == 0 || e.BytesIn == 0 {
			t.Errorf("exchange %d: %+v", i, e)
		}
	}
	if rec.all[0].Connect <= 0 || rec.all[0].TLSTime <= 0 || rec.all[1].Connect != 0 || *rec.all[2].ResponseCode != 10 {
		t.Error("costs of the connection or the response code are in the wrong place")
	}
	noSecrets(t, rec.all)
	if got := rec.all[2].RequestHeader.Get("Cookie"); got != "MapiContext=[redacted]; MapiSequence=[redacted]; [redacted]" {
		t.Errorf("cookie %q", got)
	}
	if got := rec.all[0].Header.Values("Www-Authenticate"); len(got) != 2 || got[1] != `Basic realm="x, y"` {
		t.Errorf("challenges %q", got)
	}
	if got := rec.all[1].Header.Get("Www-Authenticate"); got != "NTLM [redacted]" {
		t.Errorf("challenge %q", got)
	}
}

func noSecrets(t *testing.T, all []*Exchange) {
	t.Helper()
	for _, e := range all {
		text := fmt.Sprintf("%+v %v", *e, e.Header)
		for _, bad := range []string{"canary", rightPassword, "TlRMTVNT", "Q09OVE9TT1xhbGljZTp"} {
			if strings.Contains(text, bad) {
				t.Errorf("exchange %d shows %q: %s", e.Seq, bad, text)
			}
		}
	}
}

func TestTraceOfBasicAndOfFailures(t *testing.T) {
	s, c := newWindows(t, "Basic")
	s.basic = `CONTOSO\alice:` + rightPassword
	var rec recorder
	c.Trace = rec.trace()
	c.Mechanisms = []auth.Mechanism{auth.Basic(alice(rightPassword))}
	r, err := c.Do(t.Context(), post("/mapi/"))
	body200(t, r, err)
	if got := rec.all[1].RequestHeader.Get("Authorization"); got != "Basic [redacted]" || rec.all[1].Authn != "Basic" {
		t.Errorf("authorization %q, authn %q", got, rec.all[1].Authn)
	}
	s.before = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	if _, err := c.Do(t.Context(), post("/mapi/")); err == nil {
		t.Fatal("no error")
	}
	if n := len(rec.all); n != 3 || rec.all[2].Err == nil || rec.all[2].Total <= 0 {
		t.Errorf("%d exchanges; the last: %+v", n, rec.all[n-1])
	}
	noSecrets(t, rec.all)
}

func TestWireFormat(t *testing.T) {
	lines := make(chan []string, 1)
	addr := raw(t, captureRequest(lines))
	c := &Client{Path: pathTo(addr), UserAgent: "Mapiscope/1"}
	_, _ = c.Do(t.Context(), &Request{Method: "POST", URL: "http://" + testHost + "/a%20b?q=1#frag",
		Header: http.Header{"X-RequestType": {"PING"}, "client-request-id": {"x"}, "Accept": {"*/*"}}})
	want := []string{"POST /a%20b?q=1 HTTP/1.1", "Host: " + testHost, "Accept: */*", "X-RequestType: PING",
		"client-request-id: x", "User-Agent: Mapiscope/1", "Content-Length: 0"}
	if got := <-lines; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
}

func TestOwnUserAgentAndBareBearer(t *testing.T) {
	lines := make(chan []string, 1)
	addr := raw(t, captureRequest(lines))
	c := &Client{Path: pathTo(addr), UserAgent: "Mapiscope/1"}
	c.Path.ConnectTo[testHost+":8080"] = addr
	_, _ = c.Do(t.Context(), &Request{Method: "GET", URL: "http://" + testHost + ":8080/",
		Header: http.Header{"user-agent": {"Outlook"}, "Authorization": {"Bearer "}}})
	want := "GET / HTTP/1.1|Host: " + testHost + ":8080|Authorization: Bearer |user-agent: Outlook"
	if got := strings.Join(<-lines, "|"); got != want {
		t.Errorf("got %q", got)
	}
}

func TestProxy(t *testing.T) {
	addr, _ := serve(t, http.HandlerFunc(echo))
	var mu sync.Mutex
	var targets []string
	refuse := 0
	proxy := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		targets = append(targets, r.Method+" "+r.RequestURI)
		status := refuse
		mu.Unlock()
		switch {
		case status != 0:
			w.Header().Set("Proxy-Authenticate", "Negotiate")
			w.WriteHeader(status)
		case r.Method == http.MethodConnect:
			tunnelTo(w, addr)
		default:
			w.Write([]byte("from the proxy"))
		}
	}))
	path := pathTo(addr)
	path.ConnectTo = nil
	path.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("http://me:canary@" + proxy) }
	c := &Client{Path: path}
	r, err := c.Do(t.Context(), post("/mapi/"))
	if got := body200(t, r, err); got != "the body" || r.Conn.TLS == nil || r.Conn.TLS.Version != tls.VersionTLS13 {
		t.Errorf("through the tunnel: %q", got)
	}
	r, err = c.Do(t.Context(), &Request{Method: "GET", URL: "http://" + testHost + "/x?y"})
	if got := body200(t, r, err); got != "from the proxy" {
		t.Errorf("plain: %q", got)
	}
	if want := "CONNECT " + testHost + ":443|GET http://" + testHost + "/x?y"; strings.Join(targets, "|") != want {
		t.Errorf("the proxy saw %q", targets)
	}
	mu.Lock()
	refuse = 407
	mu.Unlock()
	c.DropIdle()
	_, err = c.Do(t.Context(), post("/mapi/"))
	proxyErr := proxyErrorOf(err)
	if netpath.PhaseOf(err) != netpath.PhaseProxy || proxyErr == nil || proxyErr.Status != 407 || len(proxyErr.Offered) != 1 || !NotSent(err) {
		t.Errorf("got %v", err)
	}
	if strings.Contains(fmt.Sprint(err), "canary") {
		t.Errorf("the message shows the proxy's password: %v", err)
	}
}
