package autodiscover

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// The rules that decide which host may be asked at all. They exist because
// Autodiscover clients have handed hundreds of thousands of passwords to
// strangers: by asking autodiscover.<top-level domain> after stripping labels,
// by following redirects, by answering any 401. Hence:
//
//   - a candidate is the e-mail domain itself or a name below it; labels are
//     never stripped, and a public suffix is never asked;
//   - every request with a mailbox in it goes over https with a verified certificate;
//   - a redirect or SRV target outside the e-mail domain is contacted only when
//     it was allowed beforehand or is confirmed (Client.ConfirmRedirect).

// domainOf is the domain part of an e-mail address, lower case, in ASCII form.
func domainOf(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	// Control characters would end the header field that carries the address.
	if at <= 0 || strings.ContainsFunc(address, unicode.IsControl) {
		return "", fmt.Errorf("%.100q is not an e-mail address", address)
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:]) // "müller.de" is asked for as xn--mller-kva.de
	if isASCII(address[at+1:]) {
		domain, err = strings.ToLower(address[at+1:]), nil
	}
	if err != nil || !validDomain(domain) {
		return "", fmt.Errorf("%.100q is not an e-mail address: its domain is not a host name", address)
	}
	return domain, nil
}

// validDomain accepts what may stand in a host name; names in other scripts come
// in their ASCII form (xn--).
func validDomain(d string) bool {
	if d == "" || len(d) > 253 {
		return false
	}
	for label := range strings.SplitSeq(d, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, c := range []byte(label) {
			if !(c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
				return false
			}
		}
	}
	return true
}

// within says that host is domain or below it.
func within(host, domain string) bool {
	return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
}

// isPublicSuffix says that strangers can register names below host ("com",
// "co.uk", "github.io"): whoever holds such a name is nobody's mail server.
func isPublicSuffix(host string) bool {
	suffix, _ := publicsuffix.PublicSuffix(host)
	return suffix == host
}

var (
	errPublicSuffix = errors.New("it is a public suffix, under which anyone can register names; nothing is ever sent there")
	errNotHTTPS     = errors.New("it is not https; a mailbox is never asked for over an unprotected connection")
	errUserInfo     = errors.New("it carries a user name or password of its own")
)

// checkTarget applies the rules for any URL that something else named (redirect,
// SRV, v2, redirectUrl) apart from whose host it is.
func checkTarget(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, errors.New("it is not a valid URL")
	}
	host := hostKey(u)
	_, notIP := netip.ParseAddr(host)
	switch {
	case !strings.EqualFold(u.Scheme, "https"):
		return nil, errNotHTTPS
	case u.User != nil:
		return nil, errUserInfo
	case notIP != nil && !validDomain(host):
		return nil, errors.New("it has no valid host name")
	case notIP != nil && isPublicSuffix(host):
		return nil, errPublicSuffix
	}
	u.Fragment, u.RawFragment = "", ""
	return u, nil
}

// hasAutodiscoverPath accepts /autodiscover/.../autodiscover.xml in any case: a
// redirect to a start page or a login form is not the way to a mailbox.
func hasAutodiscoverPath(u *url.URL) bool {
	p := strings.ToLower(u.EscapedPath())
	return strings.HasPrefix(p, "/autodiscover/") && strings.HasSuffix(p, "/autodiscover.xml")
}
