package exchangetest

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"maps"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// behaviour is everything that a fault may change. It is rebuilt from the healthy
// state whenever a fault is set or cleared and not written to afterwards.
type behaviour struct {
	s      *Server
	names  names
	manner Manner

	// Names and addresses.
	zone    zone
	dnsMood dnsMood
	moods   map[string]dnsMood // of single names
	build   version            // instead of the manner's own; the zero value is that
	// TLS and below, by site.
	certs   map[string]*tls.Certificate
	greets  map[string]func(*tls.Config) // changes how the site greets
	revoked bool                         // the authority's list names every certificate of the mail hosts
	silent  map[string]bool              // accepts TCP and never speaks
	cut     map[string]bool              // port 443 hangs up before TLS

	// front may answer a request before anything else looks at it; the first that
	// returns true has.
	front []func(c *call) bool

	// Signing in. By virtual directory, "" is every other.
	schemes   map[string][]string
	ep        map[string]ExtendedProtection
	passwords map[string]string // by address: what the client is told instead of the right one
	refused   map[string]bool   // by address: account disabled or locked

	domain domainState

	boundTo    *x509.Certificate // certificate that sign-ins are checked against; nil: the one of the connection
	forgetLegs map[string]bool   // by virtual directory: every leg of a sign-in starts anew

	registry    export                // of the client's computer
	credentials []string              // targets in its Credential Manager; nil: the list is not known
	german      bool                  // it speaks German
	cached      func(*User) published // the answer that its Outlook has kept; nil: none

	// The way out.
	script      proxyScript
	proxyStatus int               // of every answer of the proxy instead of a tunnel; 0 is a tunnel
	hosts       string            // its hosts file
	resolver    map[string]string // what its resolver keeps, by host
	scp         []string          // what Active Directory says about Autodiscover
	rtt         time.Duration     // of new connections, when longer than the one of Options

	notByMail bool // nobody is known by the e-mail address

	redirector string // host that port 80 of the redirector leads to; "" is mail

	// Autodiscover.
	publish func(u *User) published
	pox     []func(c *call, address string) bool // may answer a sound request; the first that returns true has

	// MAPI over HTTP.
	mapi          []func(c *call) bool       // may answer an authenticated protocol request
	connectError  func(u *User) mapierr.Code // OK: as the request deserves
	unknownDN     map[string]bool            // by address: legacyExchangeDN is not found
	blankDN       bool                       // a blank at the end of a DN is forgiven
	logonError    mapierr.Code               // of every RopLogon; OK: as the request deserves
	deaf          bool                       // a NotificationWait is not told of events
	hollow        bool                       // a NotificationWait ends at once, and nothing has happened
	bound         refusal                    // of a request on another connection than the first of its context
	bookHost      string                     // in GetAddressBookUrl; "" is mail
	bookHides     bool                       // the accounts are hidden from the address book
	contextLost   refusal                    // of every request inside a session context
	quotaKB       int32                      // prohibit-send quota; 0 is the mailbox's own
	lateCode      bool                       // X-ResponseCode comes after DONE
	redirectLoop  bool                       // RopLogon is redirected wherever it is sent
	busy          time.Duration              // RopBackoff instead of every answer
	endlessWait   bool                       // PENDING for ever instead of an answer
	down          map[string]bool            // by virtual directory: taken out of service
	mapiDownAt    string                     // site whose /mapi is out of service; "" is none
	clockSkew     time.Duration
	idle          time.Duration // a connection without traffic is cut after this; 0 is never
	buffered      bool          // an answer leaves when it is complete
	slow          time.Duration // time between two bytes of a MAPI answer; 0 is none
	contentLength int64         // Content-Length claimed by MAPI answers; 0 is the truth

	// RPC.
	rpc        rpcMood
	rpcError   mapierr.Code // of every EcDoConnectEx; OK: as the request deserves
	rpcChunked bool         // the OUT channel comes in chunks
	rpcTCP     bool         // the endpoint mapper knows the interfaces of Exchange
}

// published is what Autodiscover says about one mailbox.
type published struct {
	mapiHTTP, exch, expr, exhttp bool
	internal, external           string // hosts of the URLs; "" leaves the URL out
	mailboxID                    string // MailboxId of the URLs; "" is the right one
	legacyDN                     string // "" is the right one
	deployment                   string // DeploymentId; "" is the right one
	smtp                         string // AutoDiscoverSMTPAddress; "" is the right one
	authPackage                  string // of EXPR and EXHTTP; "" is Ntlm
	basicOutside                 bool   // authPackage is that of EXPR alone
	redirectAddr, redirectURL    string // another address or URL to ask, instead of settings
	principal                    string // CertPrincipalName of RPC over HTTP; "" names none
	noWeb, online                bool   // without the WEB protocol; MicrosoftOnline is True
	blank                        bool   // the DN ends with a blank
}

func (p published) dn(u *User) string {
	dn := cmp.Or(p.legacyDN, u.LegacyDN)
	if p.blank {
		dn += " "
	}
	return dn
}

// healthy is the state without any fault.
func (s *Server) healthy() *behaviour {
	n := s.names
	b := &behaviour{
		s: s, names: n, manner: s.options.Manner,
		zone: healthyZone(n), certs: map[string]*tls.Certificate{}, silent: map[string]bool{}, greets: map[string]func(*tls.Config){}, cut: map[string]bool{}, registry: healthyRegistry(),
		ep:        map[string]ExtendedProtection{"mapi": s.options.ExtendedProtection, "rpc": s.options.ExtendedProtection},
		schemes:   map[string][]string{"": s.options.Schemes},
		passwords: map[string]string{}, refused: map[string]bool{}, down: map[string]bool{}, unknownDN: map[string]bool{},
		connectError: func(*User) mapierr.Code { return mapierr.OK },
	}
	b.publish = func(*User) published {
		return published{mapiHTTP: b.manner != Exchange2013, exch: true, expr: true, exhttp: true, internal: n.mail, external: n.mail}
	}
	for _, u := range s.users {
		b.refused[u.Address] = u.Disabled
	}
	maps.Copy(b.certs, s.certs)
	return b
}

// schemesOf are the authentication schemes a virtual directory offers.
func (b *behaviour) schemesOf(vdir string) []string {
	if list, ok := b.schemes[vdir]; ok {
		return list
	}
	if list := b.schemes[""]; list != nil {
		return list
	}
	if b.manner == Gromox {
		return []string{"Basic"}
	}
	return []string{"Negotiate", "NTLM", "Basic"}
}

// clock is the time the server believes in.
func (b *behaviour) clock() time.Time { return b.s.options.Now().Add(b.clockSkew).UTC() }

// dn is a legacyExchangeDN as the directory is asked for it.
func (b *behaviour) dn(dn string) string {
	if b.blankDN {
		return strings.TrimRight(dn, " ")
	}
	return dn
}
