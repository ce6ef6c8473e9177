package autodiscover

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Client looks mailboxes up. Set the fields before the first use; then it is
// safe for concurrent use. It does no I/O until asked.
type Client struct {
	// HTTP sends every request. Which schemes it may use (Basic above all) is its
	// caller's decision; its Policy must be the one below.
	HTTP *httpc.Client
	// Path looks up SRV records; nil = the one of HTTP.
	Path *netpath.Path
	// Policy gets every host that the rules of policy.go admit, and hosts in it
	// beforehand count as allowed by the person. nil = the one of HTTP.
	Policy *auth.Policy

	// ConfirmRedirect is asked before a host outside the e-mail domain is
	// contacted: from is the URL (or SRV name) that names it, to the https URL.
	// nil refuses all. Calls are one at a time, once for each host and search.
	ConfirmRedirect func(from, to string) bool

	GivenURL string   // a URL the person entered; asked first; its host is allowed by that
	SCP      []string // URLs that Active Directory names; trusted as the directory is
	// FindSCP asks Active Directory when the step comes to it; nil asks nobody.
	FindSCP   func(ctx context.Context, domain string) []string
	Steps     []Step // the steps to take; nil = all
	UserAgent string // instead of HTTP's: some servers answer Outlook differently

	// Found is told each usable answer the moment it is there, before the
	// comparison request; Finished each attempt that is complete. Both are
	// optional and called one at a time.
	Found, Finished func(Attempt)

	Check string // id of the check this is for, kept in the trace
}

// Attempt is one step and what came of it. Only Step, Address and either URL or
// Err are always set.
type Attempt struct {
	Step    Step
	Address string // the e-mail address asked for; another one after redirectAddr
	URL     string // where the step started
	Hops    []Hop  // redirects met, followed or not, in order

	Answer                   // of the last URL asked
	SharedWith Step          // the step that asked this URL already; its answer is shown
	Legacy     *Settings     // the answer to the request without X-MapiHttpCapability
	LegacyErr  error         // why there is none
	Difference *Difference   // between Settings and Legacy
	SRV        []SRVRecord   // srv: every record of the domain
	V2         []V2Query     // json: both forms of the question
	Err        error         // *Error: why the step led to no settings
	Started    time.Time     // of the step
	Duration   time.Duration // of the whole step
}

// Answer is one HTTP answer to one POX request.
type Answer struct {
	FinalURL       string
	RemoteAddr     string // address:port that was asked; on failure the one tried, where known
	Status         int    // 0 = no HTTP answer
	Location       string // of a 3xx
	Offered        []auth.Challenge
	Authn          string // how the request was signed in, "" when it was not
	CredentialSent bool   // a credential, or a proof of one, is known to have gone to this host
	Server         ServerHeaders
	Settings       *Settings
}

// ServerHeaders are the response headers that join an answer with the server's logs.
type ServerHeaders struct {
	RequestID string // request-id
	FEServer  string // X-FEServer
	BEServer  string // X-BEServer or X-CalculatedBETarget
	DiagInfo  string // X-DiagInfo
	Server    string // Server
}

// Hop is one redirect.
type Hop struct {
	Kind     HopKind
	From, To string
	Status   int
	Refused  string // why it was not followed, "" when it was

	CredentialSent bool // a credential went to the host of From
}

// HopKind is what redirects.
type HopKind string

// The kinds of redirects.
const (
	HopHTTP HopKind = "http"         // a 3xx status
	HopURL  HopKind = "redirectUrl"  // a POX answer naming another URL
	HopAddr HopKind = "redirectAddr" // a POX answer naming another address
)

// V2Query is one form of the JSON question; it never carries a credential and
// its redirects are not followed.
type V2Query struct {
	URL, RemoteAddr string
	Status          int
	Location        string
	Server          ServerHeaders
	Answer          *V2Answer
	Err             error
	Duration        time.Duration
}

// Result is the outcome of one search.
type Result struct {
	Address       string
	Attempts      []Attempt   // by address asked, then in Outlook's order
	Best          *Attempt    // what Outlook would use: the first with settings; nil = none
	SRV           []SRVRecord // of the address asked
	V2            []V2Query
	Difference    *Difference    // of Best
	Disagreements []Disagreement // where the steps contradict each other
	Err           error          // why no search was made, or why it ended: not an address, a loop
}

// Usable says that the attempt led to settings, with or without MAPI/HTTP.
func (a *Attempt) Usable() bool {
	s := a.Settings
	return a.Err == nil && s != nil && s.ServerError == nil && s.RedirectAddr == "" && s.RedirectURL == ""
}

// BestMAPI is the first attempt that offers MAPI/HTTP: not always Best, because
// Outlook stops at whatever answers first, a hosting provider's IMAP settings say.
func (r *Result) BestMAPI() *Attempt {
	for i := range r.Attempts {
		if a := &r.Attempts[i]; a.Usable() && a.Settings.Offer() == OfferMapiHTTP {
			return a
		}
	}
	return nil
}

// Lookup takes every step for address, at the same time, and reports each; it
// starts anew when the answer is to ask for another address. It always returns a
// Result; ctx limits the whole.
func (c *Client) Lookup(ctx context.Context, address string) *Result {
	return newSearch(c).run(ctx, address)
}
