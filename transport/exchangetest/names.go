package exchangetest

import "strings"

// The logical addresses that DNS hands out. Only loopback, so that nothing leaves
// the machine even when a client forgets ConnectTo.
const (
	mailAddr     = "127.0.10.1"
	discoverAddr = "127.0.10.2"
	websiteAddr  = "127.0.10.3"
	redirectAddr = "127.0.10.4" // port 80 alone: the http redirect method of Autodiscover
	secondAddr   = "127.0.10.5" // a second server behind the name mail., in DNS only under a fault
	proxyAddr    = "127.0.10.6" // the organisation's proxy, on port 8080
	scriptAddr   = "127.0.10.7" // where its proxy script is, on port 80
	noRouteAddr  = "127.0.10.8" // no route leads there
	closedAddr   = "127.0.10.9" // nothing listens there

	// IPv6 addresses, in DNS only under a fault. IPv6 has one loopback address alone,
	// so these are of the prefix that every router throws away (RFC 6666).
	mailAddr6   = "100::1"
	closedAddr6 = "100::9" // nothing listens there
	silentAddr6 = "100::a" // connections are accepted, and nothing of them arrives
)

// names are the host names of an organisation with the domain contoso.test.
type names struct {
	domain       string // contoso.test
	mail         string // mail.contoso.test: namespace of /mapi
	autodiscover string // autodiscover.contoso.test
	branch       string // eu.contoso.test: second accepted domain
	server       string // ex01.corp.contoso.test: the server's own name, not in public DNS
	netbios      string // CONTOSO
	machine      string // EX01
}

func namesOf(domain string) names {
	label, _, _ := strings.Cut(domain, ".")
	return names{
		domain: domain, mail: "mail." + domain, autodiscover: "autodiscover." + domain,
		branch: "eu." + domain, server: "ex01.corp." + domain,
		netbios: strings.ToUpper(label), machine: "EX01",
	}
}

// proxy and script are the hosts of the way out; wpad is where computers search
// for the script by themselves.
func (n names) proxy() string  { return "proxy." + n.domain }
func (n names) script() string { return "pac." + n.domain }
func (n names) wpad() string   { return "wpad." + n.domain }

// exchange are the names that the server's certificate carries.
func (n names) exchange() []string {
	return []string{n.mail, n.autodiscover, "autodiscover." + n.branch}
}
