package suite

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// Input is what a run is about. Address, Path and HTTP are needed.
type Input struct {
	Address string
	// HTTP is the one client of the run: engine and checks share its connections,
	// its policy on hosts and its budget of attempts. Its Trace is taken over.
	HTTP      *httpc.Client
	Path      *netpath.Path
	ProxyMode string // how the proxy was chosen, for the report
	SignsIn   bool   // there is a credential

	Kerberos        *kerberos.Identity // nil when Kerberos is not tried
	KerberosErr     error              // why it is not, when it was wanted
	Compare         map[string]Ways    // by Authn: the same credential, bound otherwise
	FullAuthTest    bool               // a person allowed further attempts with the password
	ActiveDirectory *scp.Finder        // nil off domain

	User     string                           // that signs in; "" is the address
	SignInAs func(user string) auth.Mechanism // NTLM with the same password and another name; nil: there is no password
	Names    Names                            // how the computer's other programs look names up

	AutodiscoverURL string
	MapiURL, RPCURL string // with UserDN they skip Autodiscover
	UserDN          string
	ConfirmRedirect func(from, to string) bool
	Deliver         func(context.Context) error
	Hold            time.Duration     // how long a connection is watched at rest; 0 is not at all
	Gaps            []time.Duration   // for how long connections had been silent that were cut, as an agent saw it
	Registry        *outlook.Registry // of the computer with Outlook; nil: this one's

	PACURL      string                // of a proxy script to look at instead of the one that is set
	SystemProxy func() netmon.Proxy   // this computer's own setting, asked when there is no registry; nil: none
	Credentials []outlook.Credential  // saved on the computer with Outlook; nil: this one's
	Cache       []autodiscover.Cached // what that Outlook remembers; nil: this computer's

	CertHistory *certs.History // who issued certificates on other networks; nil remembers nothing
	Network     string         // name of the network this computer is in, for CertHistory
}

// Ways are variants of a way to sign in, for comparing.
type Ways struct{ Without, Wrong auth.Mechanism }

// Env is how a check reaches the world, and where it finds what others found.
// It is made for one run.
type Env struct {
	Input
	Domain string // of Address, lower case

	run     context.Context // ends with the run
	started time.Time
	trace   trace

	once        sync.Once // starts the search
	found       *found
	target      Memo[*Target]
	rest        Memo[any]
	inspections inspections
	summary     Memo[*mapihttp.Summary]

	client client
	rpcWay Memo[*RPCWay]
	scp    Memo[*scp.Result]

	mu        sync.Mutex
	mailbox   *mapihttp.Mailbox
	directory *mapihttp.Directory
	sessions  map[string]Session // by service
	rpc       RPCSession
	machine   report.Machine
	certs     []report.Certificate
	web       *report.WebCheck
}

// Session is what became of the session of one service, for the connection table.
type Session struct {
	Err          error  // why there is none, or what it ended with
	Notification string // "async", "poll", "none"
}

// NewEnv prepares a run. ctx ends whatever is shared between checks; it does no
// I/O.
func NewEnv(ctx context.Context, in Input, started time.Time) *Env {
	_, domain, _ := strings.Cut(in.Address, "@")
	e := &Env{Input: in, Domain: strings.ToLower(domain), run: ctx, started: started, found: newFound(), sessions: map[string]Session{}}
	e.HTTP.Trace = &httpc.Trace{Done: e.trace.done}
	return e
}

// AutodiscoverHost is the name that Autodiscover normally has for the address.
func (e *Env) AutodiscoverHost() string { return "autodiscover." + e.Domain }

// SignInName is the name under which the run signs in.
func (e *Env) SignInName() string { return cmp.Or(e.User, e.Address) }

// SkipsDiscovery says that the caller told where the mailbox is.
func (e *Env) SkipsDiscovery() bool { return e.UserDN != "" }

// MAPIConfig is how an endpoint at rawURL is talked to.
func (e *Env) MAPIConfig(rawURL string) mapihttp.Config {
	return mapihttp.Config{HTTP: e.HTTP, URL: rawURL}
}

// HostOf is the host name of a URL without port, lower case; "" for none.
func HostOf(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// PortOf is the port of a URL, 443 when it names none.
func PortOf(rawURL string) string {
	if u, err := url.Parse(rawURL); err == nil && u.Port() != "" {
		return u.Port()
	}
	return "443"
}
