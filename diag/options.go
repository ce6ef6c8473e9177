// Package diag makes a diagnosis: from an e-mail address to one verdict, with
// the evidence it rests on. Diagnose is its one entry; the rooms behind it are
//
//	suite    what a check is, and how a set of them is run
//	checks   the checks, one per file, in one list
//	causes   from what the checks saw to the root cause
//	report   the result, as others read it
package diag

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// Options say what to diagnose and from where. Only Address is needed; each
// field that a flag of "mapiscope check" fills is named after it.
type Options struct {
	Address string // e-mail address of the mailbox

	User     string      // --user; "" signs in as Address
	Password auth.Secret // empty: sign-in is looked at, not tried
	Auth     string      // --auth: "auto" (or ""), "negotiate", "kerberos", "ntlm", "basic", "bearer", "none"

	CCache, Keytab string           // --ccache, --keytab: sign in with Kerberos tickets or keys
	Krb5Conf       string           // --krb5-conf; "" is the system's
	Token          auth.TokenSource // --token-file, or modern authentication; nil is none
	// FullAuthTest allows further attempts with the password, to see what Extended
	// Protection demands: each may count as a failed sign-in.
	FullAuthTest bool
	// Attempts remembers refused sign-ins beyond this run; nil remembers none. Unless
	// Trigger is "user", what it remembers is not tried again.
	Attempts auth.Ledger

	// Path is the way to the servers, as --ca-file, --resolve, --connect-to, --dns
	// and --proxy describe it; nil is the system's.
	Path  *netpath.Path
	Proxy string // --proxy, for the report: "auto" (or ""), "none", a URL

	AutodiscoverURL string // --autodiscover-url: ask there, look nothing up
	MapiURL         string // --mapi-url: skip Autodiscover
	RPCURL          string // --rpc-url: the RPC proxy to use, with UserDN without Autodiscover
	UserDN          string // --user-dn: legacyExchangeDN, goes with MapiURL and RPCURL
	// ConfirmRedirect is asked before Autodiscover goes on to another domain; nil
	// refuses all.
	ConfirmRedirect func(from, to string) bool

	// CertHistory remembers who issued certificates on which Network: the caller
	// reads it before and saves it after. Nil remembers nothing.
	CertHistory *certs.History
	Network     string // certificates.NetworkName(), say

	Only    []string      // --only: check ids or groups
	Skip    []string      // --skip
	Timeout time.Duration // --timeout, of the whole run; 0 is DefaultTimeout

	Tool    report.Tool // who writes the report; OS and Arch are filled in when empty
	Trigger string      // "" is "user"

	// Registry is that of the computer with Outlook (--registry-dump); nil is this
	// computer's own, if it has one.
	Registry *outlook.Registry

	// PACURL is a proxy script to look at (--pac-url) instead of the one that the
	// registry or SystemProxy names; SystemProxy is asked where there is no registry.
	PACURL      string
	SystemProxy func() netmon.Proxy
	// Credentials are what the computer with Outlook has saved (--credential-list), and
	// Cache the answers of Autodiscover that its Outlook keeps (--autodiscover-cache).
	// Nil is this computer's own, unless Registry is another's.
	Credentials []outlook.Credential
	Cache       []autodiscover.Cached

	// Names is how the computer's other programs look names up; nil is this computer's
	// own way. Only a demonstration and a test have another.
	Names *suite.Names

	// Hold is how long a connection is watched at rest (--hold): it finds idle limits
	// that are shorter. 0 watches none.
	Hold time.Duration
	// Gaps are for how long connections had been silent that were cut, as an agent
	// saw it; Outages are what it has in its history.
	Gaps    []time.Duration
	Outages []report.Outage

	// Deliver makes a message arrive in the mailbox. Only a server under our own
	// hand can do that; nil leaves it to chance and proves the channel alone.
	Deliver func(ctx context.Context) error

	// Progress is told what happens; may be nil. Calls come one at a time and
	// should return quickly.
	Progress func(suite.Event)
}

// DefaultTimeout is the limit of a whole run: long enough for every phase of
// the longest path to reach its own limit once.
const DefaultTimeout = 60 * time.Second

// UsageError is an option that cannot be used. It is the caller's mistake:
// exit code 2.
type UsageError struct {
	Sentence string // lower case, names the option
	Hint     string // the next step, may be ""
}

func (e *UsageError) Error() string { return e.Sentence }
