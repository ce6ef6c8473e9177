package autodiscover

import (
	"net/url"
	"slices"
	"strings"
)

// Settings is one POX answer (MS-OXDSCLI 2.2.4.1). Texts and URLs are verbatim,
// query included; an absent element is "".
type Settings struct {
	DisplayName  string
	LegacyDN     string // identity for EMSMDB Connect; white space kept, a trailing blank is a known fault
	SMTPAddress  string // AutoDiscoverSMTPAddress: the address to ask with from now on
	DeploymentID string // GUID of the forest

	AccountType     string
	Action          string // "settings", "redirectAddr", "redirectUrl"
	RedirectAddr    string
	RedirectURL     string
	MicrosoftOnline string // "True", "False", "" = not said

	Protocols            []Protocol // direct children of Account, in order
	MapiHTTP             *MapiHTTP  // nil: the answer has no mapiHttp protocol
	AlternativeMailboxes []AlternativeMailbox
	PublicFolderAddress  string

	ServerError *ServerError // an answer that is an error; the rest is empty then
}

// Protocol is one way of reaching a service. Both syntaxes are read: a Type
// attribute (mapiHttp) or a Type child (EXCH, EXPR, EXHTTP, WEB).
type Protocol struct {
	Type    string
	Version string  // attribute of mapiHttp: "1"
	Fields  []Field // the children that hold text, in order, verbatim
	OWA     []OWA   // of a WEB protocol
}

// Field is one child element of a Protocol.
type Field struct{ Name, Value string }

// OWA is one Outlook on the web address of a WEB protocol.
type OWA struct {
	Internal       bool
	URL            string
	Authentication string // "Basic, Fba", "WindowsIntegrated", ...
}

// MapiHTTP is the mapiHttp protocol: where MAPI over HTTP is spoken
// (MS-OXDSCLI 2.2.4.1.1.2.6, example in 4.4).
type MapiHTTP struct {
	Version     string
	MailStore   URLs
	AddressBook URLs
}

// URLs is an internal and an external address of the same service, "" = absent.
type URLs struct{ Internal, External string }

// Pick is the preferred URL, or the other when that one is absent; internal
// says which of the two it is.
func (u URLs) Pick(preferInternal bool) (url string, internal bool) {
	if u.Internal != "" && (preferInternal || u.External == "") {
		return u.Internal, true
	}
	return u.External, false
}

// AlternativeMailbox is a further store that Outlook opens: archive, shared, team.
type AlternativeMailbox struct {
	Type, DisplayName, LegacyDN, Server, SMTPAddress, OwnerSMTPAddress string
}

// Value is the first field of that name, any case.
func (p *Protocol) Value(name string) string {
	for _, f := range p.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Is compares the type as Outlook does, without case.
func (p *Protocol) Is(kind string) bool { return strings.EqualFold(p.Type, kind) }

// SSL is on unless the answer says off.
func (p *Protocol) SSL() bool { return !strings.EqualFold(p.Value("SSL"), "off") }

// CertPrincipalName is the name that Outlook demands in the RPC proxy's
// certificate: as given, or msstd:<Server> by default; "none" means the ordinary check.
func (p *Protocol) CertPrincipalName() string {
	if v := p.Value("CertPrincipalName"); v != "" {
		return v
	}
	if s := p.Value("Server"); s != "" {
		return "msstd:" + s
	}
	return ""
}

// Protocol is the first one of that type, nil if the answer has none.
func (s *Settings) Protocol(kind string) *Protocol {
	for i := range s.Protocols {
		if s.Protocols[i].Is(kind) {
			return &s.Protocols[i]
		}
	}
	return nil
}

// Offer is what a client gets out of an answer.
type Offer string

const (
	OfferMapiHTTP Offer = "mapihttp" // MAPI over HTTP, with a mailbox URL
	OfferRPC      Offer = "rpc"      // only EXCH, EXPR or EXHTTP
	OfferNone     Offer = "none"     // no way to the mailbox
)

// Offer says which transport this answer leads to. A mapiHttp protocol without
// any mailbox URL leads nowhere.
func (s *Settings) Offer() Offer {
	if s == nil {
		return OfferNone
	}
	if u, _ := s.MailboxURL(false); u != "" {
		return OfferMapiHTTP
	}
	for _, kind := range []string{"EXCH", "EXPR", "EXHTTP"} {
		if s.Protocol(kind) != nil {
			return OfferRPC
		}
	}
	return OfferNone
}

// MailboxURL is the EMSMDB URL: the internal or the external one as preferred,
// the other one when the preferred is absent, "" when MAPI/HTTP is not offered.
func (s *Settings) MailboxURL(preferInternal bool) (url string, internal bool) {
	if s == nil || s.MapiHTTP == nil {
		return "", false
	}
	return s.MapiHTTP.MailStore.Pick(preferInternal)
}

// AddressBookURL is the NSPI URL, chosen as MailboxURL chooses.
func (s *Settings) AddressBookURL(preferInternal bool) (url string, internal bool) {
	if s == nil || s.MapiHTTP == nil {
		return "", false
	}
	return s.MapiHTTP.AddressBook.Pick(preferInternal)
}

// Hosts lists the host of every https URL in the answer, and the RPC proxies of
// EXPR and EXHTTP that use TLS: lower case, sorted, each once. These are the
// names that certificates must carry.
func (s *Settings) Hosts() []string {
	var hosts []string
	for i := range s.Protocols {
		p := &s.Protocols[i]
		for _, f := range p.Fields {
			hosts = append(hosts, httpsHost(f.Value))
		}
		for _, o := range p.OWA {
			hosts = append(hosts, httpsHost(o.URL))
		}
		if (p.Is("EXPR") || p.Is("EXHTTP")) && p.SSL() {
			hosts = append(hosts, strings.ToLower(p.Value("Server")))
		}
	}
	if m := s.MapiHTTP; m != nil {
		for _, u := range []string{m.MailStore.Internal, m.MailStore.External, m.AddressBook.Internal, m.AddressBook.External} {
			hosts = append(hosts, httpsHost(u))
		}
	}
	slices.Sort(hosts)
	hosts = slices.Compact(hosts)
	return slices.DeleteFunc(hosts, func(h string) bool { return h == "" })
}

func httpsHost(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || !strings.EqualFold(u.Scheme, "https") {
		return ""
	}
	return hostKey(u)
}

// hostKey is the name of a URL's host as it is compared: lower case, no port, no final dot.
func hostKey(u *url.URL) string { return cleanHost(u.Hostname()) }

func cleanHost(h string) string { return strings.ToLower(strings.TrimSuffix(h, ".")) }
