package webcheck

import (
	"net/http"
	"net/url"
	"strings"
)

// Kind is what answers at a URL.
type Kind string

// The kinds. Anything that is none of them is Other.
const (
	StatusPage   Kind = "status-page"    // the page of the MAPI endpoint
	HealthPage   Kind = "health-page"    // "200 OK" and a server's name
	SignIn       Kind = "sign-in"        // 401: asks for a sign-in, as it should
	NoPage       Kind = "no-page"        // 404; gromox has no page and works (never a sign of MAPI/HTTP being off)
	Forbidden    Kind = "forbidden"      // 403
	Unavailable  Kind = "unavailable"    // 5xx
	OWALogin     Kind = "owa-login"      // the form of Outlook on the web, or its time-out 440
	PreAuth      Kind = "pre-auth-proxy" // a sign-in page of something in front of Exchange
	Portal       Kind = "captive-portal" // the page of a network that wants a sign-in of its own
	Intercepting Kind = "web-filter"     // the page of a filter that does not let through
	PlainIIS     Kind = "iis-page"       // IIS without Exchange behind that URL
	Redirect     Kind = "redirect"       // to some other place
	Other        Kind = "other-page"     // a page that nobody knows
	Nothing      Kind = ""               // no answer
)

// Sight is what was recognised.
type Sight struct {
	Kind    Kind
	Product string // of the proxy, portal or server, "" when it does not tell
	Leads   string // where a redirect leads to, "" for none
}

// InFront says that something in front of Exchange answered in its place.
func (s Sight) InFront() bool {
	switch s.Kind {
	case PreAuth, OWALogin, Portal, Intercepting, PlainIIS:
		return true
	}
	return false
}

// Answer is what Recognise looks at.
type Answer struct {
	URL    string
	Status int
	Header http.Header
	Body   []byte // the beginning is enough
}

// Recognise says what an answer is. It knows products by their marks (see
// products.go) and, where none fits, forms that ask for a password.
func Recognise(a Answer) Sight {
	doc := read(a.Body)
	s := Sight{Leads: a.leads()}
	if p := a.product(doc); p != nil {
		s.Kind, s.Product = p.kind, p.name
		return s
	}
	s.Kind = a.kind(doc, s.Leads)
	if s.Kind == NoPage && a.gromox() {
		s.Product = "grommunio gromox"
	}
	return s
}

// statusLoginTimeout is what IIS sends when the session of a form has ended.
const statusLoginTimeout = 440

func (a Answer) kind(doc *document, leads string) Kind {
	switch {
	case a.Status == 0:
		return Nothing
	case a.Status == http.StatusOK && doc.statusPage():
		return StatusPage
	case a.Status == http.StatusOK && strings.HasPrefix(strings.TrimSpace(string(a.Body)), "200 OK"):
		return HealthPage
	case a.Status == http.StatusUnauthorized:
		return SignIn
	case a.Status == http.StatusNetworkAuthenticationRequired:
		return Portal
	case a.Status == statusLoginTimeout || leadsToOWA(leads):
		return OWALogin
	case a.Status >= 300 && a.Status < 400:
		return redirected(a.URL, leads)
	case doc.password:
		return PreAuth
	case plainIIS(doc):
		return PlainIIS
	case a.Status == http.StatusNotFound:
		return NoPage
	case a.Status == http.StatusForbidden:
		return Forbidden
	case a.Status >= 500:
		return Unavailable
	}
	return Other
}

// leads is the target of a redirect: of the Location header, or of a page that
// sends the browser on by itself.
func (a Answer) leads() string {
	if a.Status < 300 || a.Status >= 400 {
		return ""
	}
	to, err := url.Parse(a.Header.Get("Location"))
	if err != nil || to.String() == "" {
		return ""
	}
	if from, err := url.Parse(a.URL); err == nil {
		to = from.ResolveReference(to)
	}
	return cut(to.String(), maxValue)
}

func leadsToOWA(leads string) bool {
	return strings.Contains(strings.ToLower(leads), "/owa/auth/")
}

// signInWords are in the paths of sign-in pages of every make.
var signInWords = []string{"login", "logon", "signin", "sign-in", "/sso", "/saml", "/oauth2/", "/auth/", "/adfs/", "authenticate", "my.policy"}

// redirected tells a redirect to a sign-in from others. What leads to the same
// URL by https, or with another spelling, is no sign-in.
func redirected(from, leads string) Kind {
	to, err := url.Parse(leads)
	if err != nil || to.Host == "" {
		return Redirect
	}
	target := strings.ToLower(to.Host + to.Path)
	for _, word := range signInWords {
		if strings.Contains(target, word) && !strings.Contains(strings.ToLower(from), word) {
			return PreAuth
		}
	}
	return Redirect
}

// plainIIS knows the start page of IIS in its versions.
func plainIIS(doc *document) bool {
	switch t := strings.ToLower(doc.title); {
	case t == "iis7", t == "iis8", t == "internet information services", strings.HasPrefix(t, "iis windows"),
		strings.HasPrefix(t, "microsoft internet information services"):
		return true
	}
	return false
}

// gromox answers in plain text, without any header of IIS or Exchange.
func (a Answer) gromox() bool {
	return strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") && a.Header.Get("Server") == "" &&
		a.Header.Get("X-FEServer") == "" && strings.TrimSpace(string(a.Body)) == "Not Found"
}
