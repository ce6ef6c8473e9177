package httpc

import (
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"crypto/x509"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

const rightPassword = "Alice-Passw0rd"

// seen is one request as the server saw it.
type seen struct {
	path, scheme, body string
	length             int64
	conn               net.Conn
}

// windows signs in connections the way IIS does.
type windows struct {
	ntlm     *acceptor.NTLM
	bindings acceptor.Bindings
	offer    []string
	leaf     *x509.Certificate
	basic    string // the right "user:password" for Basic, "" = off
	page     string // body of a 401

	mu       sync.Mutex
	sessions map[net.Conn]*acceptor.Conn
	signedIn map[net.Conn]bool
	log      []seen
	// before may answer a request instead; it says whether it did.
	before func(w http.ResponseWriter, r *http.Request) bool
}

func newWindows(t testing.TB, offer ...string) (*windows, *Client) {
	w := &windows{offer: offer, page: strings.Repeat("401 ", 300),
		ntlm: &acceptor.NTLM{Domain: "CONTOSO", Computer: "EX01", DNS: "contoso.test",
			Password: func(domain, user string) (string, bool) { return rightPassword, domain == "CONTOSO" && user == "alice" }},
		sessions: map[net.Conn]*acceptor.Conn{}, signedIn: map[net.Conn]bool{}}
	addr, leaf := serve(t, w)
	w.leaf = leaf
	c := &Client{Path: pathTo(addr), Policy: &auth.Policy{}}
	c.Policy.Allow(testHost)
	t.Cleanup(c.Close)
	return w, c
}

func alice(password string) auth.Credential {
	return auth.Credential{User: `CONTOSO\alice`, Password: auth.NewSecret(password)}
}

func (s *windows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	k := connOf(r)
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, seen{r.URL.Path, scheme, string(body), r.ContentLength, k})
	if s.before != nil && s.before(w, r) {
		return
	}
	raw, _ := base64.StdEncoding.DecodeString(token)
	switch scheme {
	case "Basic":
		if s.basic != "" && string(raw) == s.basic {
			w.Write(body)
			return
		}
	case "NTLM", "Negotiate":
		if s.sessions[k] == nil {
			s.sessions[k] = s.ntlm.Accept(s.leaf)
		}
		reply, who, err := s.sessions[k].Step(raw, s.bindings)
		if who != nil {
			s.signedIn[k] = true
			w.Header().Set("Persistent-Auth", "true")
			w.Write(body)
			return
		}
		if err == nil {
			w.Header().Set("WWW-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(reply))
			w.WriteHeader(401)
			io.WriteString(w, s.page)
			return
		}
	default:
		if s.signedIn[k] {
			w.Write(body)
			return
		}
	}
	for _, o := range s.offer {
		w.Header().Add("WWW-Authenticate", o)
	}
	w.WriteHeader(401)
	io.WriteString(w, s.page)
}

func (s *windows) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seen(nil), s.log...)
}

func post(path string) *Request {
	return &Request{Method: "POST", URL: "https://" + testHost + path, Body: []byte("the body")}
}

func authErrorOf(t *testing.T, err error) *AuthError {
	t.Helper()
	var e *AuthError
	if !errors.As(err, &e) || netpath.PhaseOf(err) != netpath.PhaseAuth {
		t.Fatalf("not an AuthError: %v", err)
	}
	return e
}

func TestNTLM(t *testing.T) {
	for name, m := range map[string]auth.Mechanism{
		"NTLM":             auth.NTLM(alice(rightPassword), auth.NTLMOptions{}),
		"Negotiate":        auth.NegotiateNTLM(alice(rightPassword), auth.NTLMOptions{}),
		"Negotiate SPNEGO": auth.NegotiateNTLM(alice(rightPassword), auth.NTLMOptions{SPNEGO: true}),
	} {
		t.Run(name, func(t *testing.T) {
			s, c := newWindows(t, "Negotiate", "NTLM")
			s.bindings = acceptor.Require
			c.Mechanisms = []auth.Mechanism{m}
			for i := range 2 {
				r, err := c.Do(t.Context(), post("/mapi/emsmdb/"))
				if got := body200(t, r, err); got != "the body" {
					t.Errorf("body %q", got)
				}
				if r.Authn != m.Authn() || r.Conn.Reused != true {
					t.Errorf("request %d: authn %q, reused %v", i, r.Authn, r.Conn.Reused)
				}
				if i == 0 && len(r.Offered) != 2 {
					t.Errorf("offered %v", r.Offered)
				}
			}
			log := s.requests()
			if len(log) != 4 { // anonymous, two legs, one more
				t.Fatalf("%d requests: %v", len(log), log)
			}
			if log[1].length != 0 || log[2].body != "the body" || log[3].scheme != "" {
				t.Errorf("legs: %v", log)
			}
			for _, l := range log[1:] {
				if l.conn != log[0].conn {
					t.Error("the legs used several connections")
				}
			}
		})
	}
}

func TestKnownServerIsSignedInAtOnce(t *testing.T) {
	s, c := newWindows(t, "NTLM")
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	r, err := c.Do(t.Context(), post("/mapi/emsmdb/"))
	body200(t, r, err)
	before := len(s.requests())
	fresh := post("/mapi/nspi/")
	fresh.NoReuse = true
	r, err = c.Do(t.Context(), fresh)
	body200(t, r, err)
	if got := len(s.requests()) - before; got != 2 {
		t.Errorf("%d requests on the new connection, want the two legs", got)
	}
	// Another virtual directory has its own rules: it is asked first.
	before = len(s.requests())
	r, err = c.Do(t.Context(), post("/ews/exchange.asmx"))
	body200(t, r, err)
	if got := s.requests()[before:]; len(got) != 3 || got[0].scheme != "" {
		t.Errorf("requests: %v", got)
	}
}

func TestAnonymousRequestNeverUsesSignedInConnection(t *testing.T) {
	s, c := newWindows(t, "NTLM")
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	r, err := c.Do(t.Context(), post("/mapi/"))
	body200(t, r, err)
	q := post("/mapi/")
	q.Anonymous = true
	r, err = c.Do(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.Status != 401 || r.Authn != "" || len(r.Offered) != 1 || r.Offered[0].Scheme != "NTLM" {
		t.Errorf("status %d, authn %q, offered %v", r.Status, r.Authn, r.Offered)
	}
	log := s.requests()
	if log[len(log)-1].conn == log[0].conn {
		t.Error("it travelled on the signed-in connection")
	}
}

func TestPreferenceIsOurs(t *testing.T) {
	s, c := newWindows(t, "Negotiate", "NTLM", `Basic realm="x"`)
	s.basic = `CONTOSO\alice:` + rightPassword
	c.Mechanisms = []auth.Mechanism{auth.Basic(alice(rightPassword)), auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	r, err := c.Do(t.Context(), post("/mapi/"))
	body200(t, r, err)
	if r.Authn != "Basic" {
		t.Errorf("authn %q", r.Authn)
	}
	r, err = c.Do(t.Context(), post("/mapi/"))
	body200(t, r, err)
	log := s.requests()
	if len(log) != 3 || log[0].scheme != "" || log[2].scheme != "Basic" {
		t.Errorf("Basic went out before it was accepted, or not at once after: %v", log)
	}
}

func TestPasswordIsTriedOnce(t *testing.T) {
	s, c := newWindows(t, "NTLM", `Basic realm="x"`)
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice("wrong"), auth.NTLMOptions{})}
	_, err := c.Do(t.Context(), post("/mapi/"))
	if e := authErrorOf(t, err); e.Reason != Refused || e.Status != 401 || e.Authn != "NTLM" {
		t.Errorf("first: %+v", e)
	}
	proofs := func() (n int) {
		for _, l := range s.requests() {
			if l.body != "" && l.scheme != "" {
				n++
			}
		}
		return n
	}
	if proofs() != 1 {
		t.Fatalf("%d proofs sent", proofs())
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := c.Do(t.Context(), post("/mapi/"))
			var e *AuthError
			if !errors.As(err, &e) || e.Reason != BudgetUsed || !errors.As(err, new(*auth.BudgetError)) {
				t.Errorf("later: %v", err)
			}
		})
	}
	all.Wait()
	if proofs() != 1 {
		t.Errorf("%d proofs sent", proofs())
	}
}

func TestConcurrentFirstAttemptsSendOneWrongPassword(t *testing.T) {
	s, c := newWindows(t, `Basic realm="x"`)
	s.basic = "other"
	c.Mechanisms = []auth.Mechanism{auth.Basic(alice("wrong"))}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.Do(t.Context(), post("/mapi/")); err == nil {
				t.Error("signed in")
			}
		})
	}
	all.Wait()
	n := 0
	for _, l := range s.requests() {
		if l.scheme == "Basic" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the wrong password went out %d times", n)
	}
}

func TestNothingIsSentWhen(t *testing.T) {
	s, c := newWindows(t, "NTLM", `Basic realm="x"`)
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{}), auth.Basic(alice(rightPassword))}
	t.Run("the policy forbids it", func(t *testing.T) {
		c.Policy = &auth.Policy{}
		_, err := c.Do(t.Context(), post("/mapi/"))
		if e := authErrorOf(t, err); e.Reason != PolicyRefused || !errors.As(err, new(*auth.PolicyError)) {
			t.Errorf("%+v", e)
		}
	})
	t.Run("there is no policy", func(t *testing.T) {
		c.Policy = nil
		_, err := c.Do(t.Context(), post("/mapi/"))
		if e := authErrorOf(t, err); e.Reason != PolicyRefused {
			t.Errorf("%+v", e)
		}
	})
	for _, l := range s.requests() {
		if l.scheme != "" {
			t.Errorf("a credential was sent by %s", l.scheme)
		}
	}
}

func TestNoCredentialOverHTTP(t *testing.T) {
	credentials := 0
	addr := plainServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			credentials++
		}
		w.Header().Set("WWW-Authenticate", "Basic")
		w.WriteHeader(401)
	}))
	c := &Client{Path: pathTo(addr), Policy: &auth.Policy{}, Mechanisms: []auth.Mechanism{auth.Basic(alice(rightPassword))}}
	c.Policy.Allow(testHost)
	_, err := c.Do(t.Context(), &Request{Method: "GET", URL: "http://" + testHost + "/"})
	if e := authErrorOf(t, err); e.Reason != PolicyRefused || credentials != 0 {
		t.Errorf("%+v, %d credentials sent", e, credentials)
	}
}

func TestNoCommonScheme(t *testing.T) {
	_, c := newWindows(t, "Negotiate", `Bearer authorization_uri="https://login.test/,x"`)
	c.Mechanisms = []auth.Mechanism{auth.Basic(alice(rightPassword))}
	_, err := c.Do(t.Context(), post("/mapi/"))
	e := authErrorOf(t, err)
	if e.Reason != NoCommonScheme || len(e.Offered) != 2 || e.Offered[1].Params["authorization_uri"] != "https://login.test/,x" {
		t.Errorf("%+v", e)
	}
	if !strings.Contains(err.Error(), "Negotiate, Bearer") {
		t.Errorf("the sentence does not name what is offered: %v", err)
	}
}

func TestBindingsAreOfThisConnection(t *testing.T) {
	s, c := newWindows(t, "NTLM")
	s.bindings = acceptor.Require
	s.leaf = testCA().issue(testHost).Leaf // something in between has another certificate
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	_, err := c.Do(t.Context(), post("/mapi/"))
	if e := authErrorOf(t, err); e.Reason != Refused {
		t.Errorf("%+v", e)
	}
}

func TestBrokenHandshakes(t *testing.T) {
	for name, c := range map[string]struct {
		before func(s *windows) func(w http.ResponseWriter, r *http.Request) bool
		want   Reason
	}{
		"the last leg gets a new challenge": {func(s *windows) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.Header.Get("Authorization"), "NTLM TlRMTVNTUAADAAAA") {
					return false
				}
				other := s.ntlm.Accept(nil) // a server that knows nothing of this connection
				h, _ := auth.NTLM(alice("x"), auth.NTLMOptions{}).Start(r.Context(), auth.Target{})
				negotiate, _ := h.Next(nil)
				reply, _, _ := other.Step(negotiate, acceptor.Off)
				w.Header().Set("WWW-Authenticate", "NTLM "+base64.StdEncoding.EncodeToString(reply))
				w.WriteHeader(401)
				return true
			}
		}, HandshakeBroken},
		"the connection ends between the legs": {func(*windows) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Authorization") != "" {
					w.Header().Set("Connection", "close")
				}
				return false
			}
		}, HandshakeBroken},
		"the last leg is reset": {func(*windows) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasPrefix(r.Header.Get("Authorization"), "NTLM TlRMTVNTUAADAAAA") {
					panic(http.ErrAbortHandler)
				}
				return false
			}
		}, HandshakeBroken},
		"two servers answer": {func(s *windows) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.Header.Get("Authorization"), "NTLM TlRMTVNTUAADAAAA") {
					w.Header().Set("X-FEServer", "EX01")
					return false
				}
				w.Header().Set("X-FEServer", "EX02")
				w.Header().Set("WWW-Authenticate", "NTLM")
				w.WriteHeader(401)
				return true
			}
		}, HandshakeBroken},
		"the first leg is refused": {func(*windows) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				w.Header().Set("WWW-Authenticate", "NTLM")
				w.WriteHeader(401)
				return true
			}
		}, SchemeRefused},
		"the challenge is rubbish": {func(*windows) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("Authorization") == "" {
					return false
				}
				w.Header().Set("WWW-Authenticate", "NTLM AAAA")
				w.WriteHeader(401)
				return true
			}
		}, MechanismFailed},
	} {
		t.Run(name, func(t *testing.T) {
			s, cl := newWindows(t, "NTLM")
			s.before = c.before(s)
			cl.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
			_, err := cl.Do(t.Context(), post("/mapi/"))
			if e := authErrorOf(t, err); e.Reason != c.want {
				t.Errorf("reason %q (%v), want %q", e.Reason, err, c.want)
			}
		})
	}
}

func TestSignedInConnectionIsForgottenByServer(t *testing.T) {
	s, c := newWindows(t, "NTLM")
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	r, err := c.Do(t.Context(), post("/mapi/"))
	body200(t, r, err)
	s.mu.Lock()
	clear(s.signedIn) // the application pool was recycled
	s.mu.Unlock()
	r, err = c.Do(t.Context(), post("/mapi/"))
	body200(t, r, err)
	if n := len(s.requests()); n != 6 {
		t.Errorf("%d requests, want 3 + 3", n)
	}
}
