package certs

import (
	"crypto/x509"
	"net/netip"
	"strings"
)

// Match is how a certificate carries a name.
type Match string

// The ways to carry a name. ByCommonName holds for Windows and Outlook alone: the
// certificate has no list of names, and nothing else reads the common name (RFC
// 9525 2).
const (
	NoMatch      Match = ""
	Exact        Match = "exact"
	ByWildcard   Match = "wildcard"
	ByCommonName Match = "common-name"
)

// Carries says how a certificate carries host: a DNS name, without a wildcard of
// its own, or an address.
func Carries(c *x509.Certificate, host string) Match {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "" {
		return NoMatch
	}
	if c.VerifyHostname(host) == nil {
		for _, n := range c.DNSNames {
			if strings.EqualFold(strings.TrimSuffix(n, "."), host) {
				return Exact
			}
		}
		if _, err := netip.ParseAddr(host); err == nil {
			return Exact
		}
		return ByWildcard
	}
	if !hasNames(c) && matches(strings.ToLower(c.Subject.CommonName), host) {
		return ByCommonName
	}
	return NoMatch
}

// Names are the names and addresses that a certificate carries; the common name
// when it has no list.
func Names(c *x509.Certificate) []string {
	out := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		out = append(out, ip.String())
	}
	if !hasNames(c) && c.Subject.CommonName != "" {
		out = append(out, c.Subject.CommonName)
	}
	return out
}

func hasNames(c *x509.Certificate) bool { return len(c.DNSNames)+len(c.IPAddresses) > 0 }

// matches compares a host with a pattern: a wildcard stands for one whole label,
// the leftmost (RFC 6125 6.4.3).
func matches(pattern, host string) bool {
	if rest, wild := strings.CutPrefix(pattern, "*."); wild {
		label, parent, found := strings.Cut(host, ".")
		return found && label != "" && parent == rest
	}
	return pattern == host
}

// Principal is the outcome of comparing a certificate with a CertPrincipalName.
type Principal struct {
	Wanted  string // without "msstd:"
	Carried string // the name that Outlook compares with
	OK      bool
}

// ComparePrincipal compares a certificate with the CertPrincipalName of an EXPR
// or EXHTTP section of Autodiscover (MS-OXDSCLI 2.2.4.1.1.2.6.7): "msstd:NAME",
// where NAME is the principal name of the certificate, letter by letter, so that
// a wildcard has to be spelled as one. It is used by Outlook Anywhere alone, not
// by MAPI over HTTP. "" and "none" compare nothing and are OK.
func ComparePrincipal(c *x509.Certificate, principal string) Principal {
	name := strings.TrimSpace(principal)
	if len(name) >= 6 && strings.EqualFold(name[:6], "msstd:") {
		name = name[6:]
	}
	p := Principal{Wanted: name, Carried: principalName(c)}
	p.OK = name == "" || strings.EqualFold(name, "none") || strings.EqualFold(name, p.Carried)
	return p
}

// principalName is the common name, or the first name of the list.
func principalName(c *x509.Certificate) string {
	if c.Subject.CommonName == "" && len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject.CommonName
}
