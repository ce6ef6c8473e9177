package autodiscover_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

const evil = "https://evil.test"

// hostile is, for each step, a way in which somebody tries to get the credential.
// evil.test has a trusted certificate and asks for every scheme there is.
var hostile = []struct {
	name    string
	step    autodiscover.Step
	setup   func(w *world, c *autodiscover.Client)
	trusted []string // hosts that may get the credential on the way
	cause   autodiscover.Cause
	lure    bool // confirming the redirect leads to evil.test: proves that the lure works
}{
	{name: "root redirects by status", step: autodiscover.StepRoot, cause: autodiscover.CauseRedirectRefused, lure: true,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://contoso.test", redirectTo(evil+xmlPath))
		}},
	{name: "root redirects after the sign-in", step: autodiscover.StepRoot, cause: autodiscover.CauseRedirectRefused, lure: true,
		trusted: []string{"https://contoso.test"},
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://contoso.test", withSignIn(redirectTo(evil+xmlPath)))
		}},
	{name: "root redirects to a login page", step: autodiscover.StepRoot, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://contoso.test", redirectTo("https://contoso.test/login?to=/autodiscover/autodiscover.xml"))
		}},
	{name: "root redirects down to http", step: autodiscover.StepRoot, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://contoso.test", redirectTo("http://contoso.test"+xmlPath))
			w.host("http://contoso.test", challenge)
		}},
	{name: "root has somebody else's certificate", step: autodiscover.StepRoot, cause: autodiscover.CauseNetwork,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://contoso.test", challenge)
			w.wrong["contoso.test"] = true
		}},
	{name: "autodiscover. has somebody else's certificate", step: autodiscover.StepAutodiscover, cause: autodiscover.CauseNetwork,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://autodiscover.contoso.test", challenge)
			w.wrong["autodiscover.contoso.test"] = true
		}},
	{name: "autodiscover. names another URL", step: autodiscover.StepAutodiscover, cause: autodiscover.CauseRedirectRefused, lure: true,
		trusted: []string{"https://autodiscover.contoso.test"},
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://autodiscover.contoso.test", withSignIn(func(rw http.ResponseWriter, _ *http.Request) {
				answer(rw, "<Action>redirectUrl</Action><RedirectUrl>"+evil+xmlPath+"</RedirectUrl>")
			}))
		}},
	{name: "autodiscover. names another address", step: autodiscover.StepAutodiscover, lure: true,
		trusted: []string{"https://autodiscover.contoso.test"},
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://autodiscover.contoso.test", withSignIn(func(rw http.ResponseWriter, _ *http.Request) {
				answer(rw, "<Action>redirectAddr</Action><RedirectAddr>alice@evil.test</RedirectAddr>")
			}))
		}},
	{name: "autodiscover. redirects to a look-alike", step: autodiscover.StepAutodiscover, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://autodiscover.contoso.test", redirectTo("https://evilcontoso.test"+xmlPath))
			w.host("https://evilcontoso.test", challenge)
		}},
	{name: "autodiscover. redirects up to the parent", step: autodiscover.StepAutodiscover, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://autodiscover.contoso.test", redirectTo("https://test"+xmlPath))
			w.host("https://test", challenge)
		}},
	{name: "autodiscover. hides the host behind a user name", step: autodiscover.StepAutodiscover, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://autodiscover.contoso.test", redirectTo("https://contoso.test@evil.test"+xmlPath))
		}},
	{name: "http redirects elsewhere", step: autodiscover.StepHTTPRedirect, cause: autodiscover.CauseRedirectRefused, lure: true,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("http://autodiscover.contoso.test", redirectTo(evil+xmlPath))
		}},
	{name: "http redirects to http", step: autodiscover.StepHTTPRedirect, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("http://autodiscover.contoso.test", redirectTo("http://evil.test"+xmlPath))
			w.host("http://evil.test", challenge)
		}},
	{name: "http asks for a sign-in itself", step: autodiscover.StepHTTPRedirect, cause: autodiscover.CauseNoRedirect,
		setup: func(w *world, c *autodiscover.Client) { w.host("http://autodiscover.contoso.test", challenge) }},
	{name: "http answers with settings", step: autodiscover.StepHTTPRedirect, cause: autodiscover.CauseNoRedirect,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("http://autodiscover.contoso.test", func(rw http.ResponseWriter, _ *http.Request) {
				answer(rw, "<Action>settings</Action><Protocol><Type>EXCH</Type></Protocol>")
			})
		}},
	{name: "srv points elsewhere", step: autodiscover.StepSRV, cause: autodiscover.CausePolicy, lure: true,
		setup: func(w *world, c *autodiscover.Client) {
			w.record("_autodiscover._tcp.contoso.test", "_autodiscover._tcp.contoso.test. 60 IN SRV 0 0 443 evil.test.")
		}},
	{name: "srv points to another port", step: autodiscover.StepSRV, cause: autodiscover.CauseNoRecord,
		setup: func(w *world, c *autodiscover.Client) {
			w.host("https://mail.contoso.test", challenge)
			w.path.ConnectTo["127.0.10.1:8443"] = w.path.ConnectTo["127.0.10.1:443"]
			w.record("_autodiscover._tcp.contoso.test", "_autodiscover._tcp.contoso.test. 60 IN SRV 0 0 8443 mail.contoso.test.")
		}},
	{name: "json asks for a sign-in", step: autodiscover.StepJSON, cause: autodiscover.CauseStatus,
		setup: func(w *world, c *autodiscover.Client) {
			c.Steps = []autodiscover.Step{autodiscover.StepJSON}
			w.host("https://autodiscover.contoso.test", challenge)
		}},
	{name: "json redirects", step: autodiscover.StepJSON, cause: autodiscover.CauseRedirectRefused,
		setup: func(w *world, c *autodiscover.Client) {
			c.Steps = []autodiscover.Step{autodiscover.StepJSON}
			w.host("https://autodiscover.contoso.test", redirectTo(evil+xmlPath))
		}},
	{name: "json names another host", step: autodiscover.StepJSON, cause: autodiscover.CauseRedirectRefused, lure: true,
		setup: func(w *world, c *autodiscover.Client) {
			c.Steps = []autodiscover.Step{autodiscover.StepJSON}
			w.host("https://autodiscover.contoso.test", func(rw http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(rw, `{"Protocol":"AutodiscoverV1","Url":"`+evil+xmlPath+`"}`)
			})
		}},
	{name: "given URL is http", step: autodiscover.StepGiven, cause: autodiscover.CausePolicy,
		setup: func(w *world, c *autodiscover.Client) {
			c.GivenURL = "http://mail.contoso.test" + xmlPath
			w.host("http://mail.contoso.test", challenge)
		}},
	{name: "given URL redirects", step: autodiscover.StepGiven, cause: autodiscover.CauseRedirectRefused, lure: true,
		setup: func(w *world, c *autodiscover.Client) {
			c.GivenURL = "https://mail.fabrikam.test" + xmlPath
			w.host("https://mail.fabrikam.test", redirectTo(evil+xmlPath))
		}},
	{name: "directory's URL redirects", step: autodiscover.StepSCP, cause: autodiscover.CauseRedirectRefused, lure: true,
		setup: func(w *world, c *autodiscover.Client) {
			c.SCP = []string{"https://ex01.corp.test" + xmlPath}
			w.host("https://ex01.corp.test", redirectTo(evil+xmlPath))
		}},
}

func newHostileWorld(t *testing.T, setup func(*world, *autodiscover.Client)) (*world, *autodiscover.Client) {
	w := newWorld(t)
	for _, h := range []string{evil, "https://autodiscover.evil.test"} {
		w.host(h, challenge)
	}
	cred := auth.Credential{User: "alice", Domain: "CONTOSO", Password: auth.NewSecret(password)}
	w.http.Mechanisms = []auth.Mechanism{auth.NegotiateNTLM(cred, auth.NTLMOptions{}), auth.NTLM(cred, auth.NTLMOptions{}), auth.Basic(cred)}
	c := w.client()
	setup(w, c)
	return w, c
}

func TestHostileServerGetsNoCredential(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			w, c := newHostileWorld(t, h.setup)
			r := c.Lookup(t.Context(), address)
			if a := attemptOf(t, r, h.step); causeOf(a.Err) != h.cause {
				t.Errorf("%s: cause %q, want %q: %v", h.step, causeOf(a.Err), h.cause, a.Err)
			}
			w.noLeak(h.trusted...)
			for _, host := range []string{evil, "https://autodiscover.evil.test"} {
				if seen := w.requests(host); len(seen) > 0 {
					t.Errorf("%s was contacted without a yes: %s %s", host, seen[0].method, seen[0].uri)
				}
			}
			if hosts := w.http.Policy.Hosts(); slices.ContainsFunc(hosts, func(s string) bool { return strings.Contains(s, "evil") }) {
				t.Errorf("the policy admits %q", hosts)
			}
		})
	}
}

// The control of the test above: with a yes the same set-ups do lead the
// credential to that host, so its absence there is the rules' doing.
func TestConfirmedRedirectIsFollowed(t *testing.T) {
	for _, h := range hostile {
		if !h.lure {
			continue
		}
		t.Run(h.name, func(t *testing.T) {
			w, c := newHostileWorld(t, h.setup)
			asked := map[string]int{}
			c.ConfirmRedirect = func(from, to string) bool {
				asked[to]++
				if from == "" || !strings.HasPrefix(to, "https://") {
					t.Errorf("ConfirmRedirect(%q, %q)", from, to)
				}
				return true
			}
			c.Lookup(t.Context(), address)
			if w.signedIn(evil) != 1 {
				t.Errorf("evil.test saw %d credentials after a yes", w.signedIn(evil))
			}
			for to, n := range asked {
				if n != 1 {
					t.Errorf("asked %d times for %s", n, to)
				}
			}
		})
	}
}

// Labels are never stripped: with a mailbox in a subdomain nobody above it is
// asked, not even in DNS.
func TestNeverAsksAboveTheDomain(t *testing.T) {
	w := newWorld(t)
	for _, h := range []string{"contoso.test", "autodiscover.contoso.test", "autodiscover.test", "test"} {
		w.host("https://"+h, challenge)
		w.host("http://"+h, challenge)
	}
	w.client().Lookup(t.Context(), "alice@sales.contoso.test")
	w.noLeak()
	if len(w.names()) == 0 {
		t.Fatal("nothing was looked up")
	}
	for _, name := range w.names() {
		if name != "sales.contoso.test" && !strings.HasSuffix(name, ".sales.contoso.test") {
			t.Errorf("%s was looked up", name)
		}
	}
}

// A domain under which anyone can register names is nobody's own: not one of
// its names is looked up or asked.
func TestPublicSuffixIsNeverAsked(t *testing.T) {
	for _, domain := range []string{"test", "co.uk", "com", "github.io"} {
		w := newWorld(t)
		for _, h := range []string{domain, "autodiscover." + domain} {
			w.host("https://"+h, challenge)
			w.host("http://"+h, redirectTo("https://"+h+xmlPath))
		}
		c := w.client()
		c.ConfirmRedirect = func(string, string) bool { return true } // not even then
		r := c.Lookup(t.Context(), "alice@"+domain)
		for _, a := range r.Attempts {
			if causeOf(a.Err) != autodiscover.CausePolicy {
				t.Errorf("%s, %s: %v", domain, a.Step, a.Err)
			}
		}
		if len(r.Attempts) != 5 || len(w.seen) > 0 || len(w.names()) > 0 {
			t.Errorf("%s: %d attempts, %d requests, DNS %q", domain, len(r.Attempts), len(w.seen), w.names())
		}
	}
}

// Nor does such a domain make the names below it trustworthy.
func TestPublicSuffixTrustsNoName(t *testing.T) {
	w := newWorld(t)
	c := w.client()
	c.GivenURL = "https://mail.fabrikam.test" + xmlPath
	w.host("https://mail.fabrikam.test", redirectTo("https://stranger.co.uk"+xmlPath))
	w.host("https://stranger.co.uk", challenge)
	r := c.Lookup(t.Context(), "alice@co.uk")
	if a := attemptOf(t, r, autodiscover.StepGiven); causeOf(a.Err) != autodiscover.CauseRedirectRefused {
		t.Errorf("%v", a.Err)
	}
	w.noLeak()
}

// A no holds for the whole search: nobody is asked about a host twice.
func TestRefusalIsRemembered(t *testing.T) {
	w, c := newHostileWorld(t, func(w *world, c *autodiscover.Client) {
		w.host("http://autodiscover.contoso.test", redirectTo(evil+xmlPath))
		w.host("https://contoso.test", redirectTo(evil+xmlPath+"?other"))
		w.record("_autodiscover._tcp.contoso.test", "_autodiscover._tcp.contoso.test. 60 IN SRV 0 0 443 evil.test.")
	})
	asked := 0
	c.ConfirmRedirect = func(from, to string) bool { asked++; return false }
	c.Lookup(t.Context(), address)
	if asked != 1 {
		t.Errorf("asked %d times about one host", asked)
	}
	w.noLeak()
}

// A server that offers only Basic gets nothing from a client for which its
// caller did not enable Basic.
func TestNoBasicUnlessEnabled(t *testing.T) {
	w := newWorld(t)
	w.http.Mechanisms = []auth.Mechanism{auth.NTLM(auth.Credential{User: "alice", Password: auth.NewSecret(password)}, auth.NTLMOptions{})}
	w.host("https://autodiscover.contoso.test", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("WWW-Authenticate", `Basic realm="give me"`)
		rw.WriteHeader(http.StatusUnauthorized)
	})
	r := w.client().Lookup(t.Context(), address)
	a := attemptOf(t, r, autodiscover.StepAutodiscover)
	if causeOf(a.Err) != autodiscover.CauseAuth || a.CredentialSent || len(a.Offered) != 1 {
		t.Errorf("%+v: %v", a.Answer, a.Err)
	}
	w.noLeak()
}
