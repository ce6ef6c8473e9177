package redact

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

var (
	emailForm = regexp.MustCompile(`[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)+`)
	guidForm  = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)
	hashForm  = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}:?){20,}\b`) // fingerprints
	sidForm   = regexp.MustCompile(`\bS-1-5-21(?:-\d+)+`)
	dnForm    = regexp.MustCompile(`(?i)/o=[^"\n]*?/cn=[^"\s,;)]+`) // legacyExchangeDN
	ipv4Form  = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ipv6Form  = regexp.MustCompile(`(?i)(?:[0-9a-f]{0,4}:){2,7}(?:[0-9a-f]{1,4}|\d{1,3}(?:\.\d{1,3}){3})?(?:%[\w]+)?`)
)

// replace gives the stand-in for a field. Order matters: what has a form of its
// own goes before the names that may be parts of it.
func (v *vault) replace(c Class, s string) string {
	if c == Keep || s == "" {
		return s
	}
	s = unescaped(c, s)
	s = dnForm.ReplaceAllStringFunc(s, func(m string) string { return v.standIn(m, "/o=organization/cn=recipient%d") })
	s = sidForm.ReplaceAllStringFunc(s, func(m string) string { return v.standIn(m, "S-1-5-21-0-0-0-%d") })
	s = guidForm.ReplaceAllStringFunc(s, func(m string) string { return v.standIn(m, "00000000-0000-4000-8000-%012d") })
	s = v.replaceNames(s)
	s = hashForm.ReplaceAllStringFunc(s, func(m string) string { return v.standIn(m, "fingerprint%d") })
	s = ipv6Form.ReplaceAllStringFunc(s, v.ip)
	s = ipv4Form.ReplaceAllStringFunc(s, v.ip)
	if c == ID && len(s) > 0 && !strings.Contains(s, "-4000-8000-") && !strings.HasPrefix(s, "fingerprint") {
		return v.standIn(s, "id%d")
	}
	return s
}

// replaceNames runs twice: two names that share one separator overlap in it.
func (v *vault) replaceNames(s string) string {
	if v.names == nil {
		return s
	}
	for range 2 {
		s = v.names.ReplaceAllStringFunc(s, func(m string) string {
			g := v.names.FindStringSubmatch(m)
			return g[1] + v.name(g[2]) + g[3]
		})
	}
	return s
}

// name is the stand-in of a word, or of a host name label by label: labels that
// everybody has stay, and hosts of one organisation stay recognisable as such.
func (v *vault) name(s string) string {
	lower := strings.ToLower(s)
	if have, ok := v.standIns[lower]; ok {
		return have
	}
	for _, d := range v.domains {
		if lower == d || strings.HasSuffix(lower, "."+d) {
			return v.labels(strings.TrimSuffix(strings.TrimSuffix(lower, d), ".")) + v.standIn("domain "+d, "domain%d.example")
		}
	}
	return s
}

func (v *vault) labels(s string) string {
	if s == "" {
		return ""
	}
	list := strings.Split(s, ".")
	for i, l := range list {
		if !generic[l] && l != "*" {
			list[i] = v.standIn(l, "host%d")
		}
	}
	return strings.Join(list, ".") + "."
}

// ip is a stand-in from the documentation ranges (RFC 5737, RFC 3849). Loopback
// and unspecified addresses say nothing and stay; so do versions, which look
// like addresses.
func (v *vault) ip(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil || a.IsLoopback() || a.IsUnspecified() || v.kept[s] {
		return s
	}
	if a = a.WithZone("").Unmap(); a.Is4() {
		return v.numbered(a.String(), "ipv4", documentationIPv4)
	}
	return v.standIn(a.String(), "2001:db8::%x")
}

// documentationIPv4 is address number n of the three ranges of RFC 5737, which
// have 254 hosts each; a report with more addresses than that reuses them.
func documentationIPv4(n int) string {
	ranges := []string{"192.0.2.", "198.51.100.", "203.0.113."}
	n--
	return ranges[n/254%len(ranges)] + strconv.Itoa(n%254+1)
}
