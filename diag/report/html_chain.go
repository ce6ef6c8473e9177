package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// hostPicture is what one address of a host presented, as a chain.
type hostPicture struct {
	Host, About, Problems string
	Open                  bool
	Details               []CertDetail
	Links                 []chainLink
	Pairs                 [][2]string
}

// chainLink is one certificate of the picture; the last may be an authority that
// the server did not send.
type chainLink struct {
	Status, Name, Role, Valid, Used, LifeStatus, Spoken string
	First, Last, Gap                                    bool
	Pairs                                               [][2]string
}

func hostPictures(r *Report) []hostPicture {
	var out []hostPicture
	for i := range r.Certificates {
		c := &r.Certificates[i]
		h := hostPicture{Host: c.Host, About: joined(" · ", c.Address, c.TLSVersion, c.daysLeft()), Details: c.Details, Open: i == 0 || len(c.Problems) > 0}
		if len(c.Problems) > 0 {
			h.Problems = "Problems: " + strings.Join(c.Problems, ", ")
		}
		h.Links = c.links(r.Run.Started.Time)
		h.Pairs = [][2]string{{"Names wanted", strings.Join(c.NamesWanted, ", ")}, {"Names missing", strings.Join(c.NamesMissing, ", ")},
			{"Revocation", c.Revocation}, {"Cipher", c.Cipher}, {"TLS versions", c.versions()}}
		out = append(out, h)
	}
	return out
}

func (c *Certificate) daysLeft() string {
	if c.DaysLeft == nil {
		return ""
	}
	return fmt.Sprintf("%d days left", *c.DaysLeft)
}

func (c *Certificate) versions() string {
	var out []string
	for _, o := range c.Offers {
		if o.Accepted != nil && *o.Accepted {
			out = append(out, o.Version)
		}
	}
	return strings.Join(out, ", ")
}

// links are the certificates, leaf first, and the authority above the last one
// when the server did not send it, as servers do not.
func (c *Certificate) links(now time.Time) []chainLink {
	var out []chainLink
	for i := range c.Chain {
		out = append(out, c.Chain[i].link(now, i))
	}
	if len(out) == 0 {
		return nil
	}
	if n := len(c.Chain); c.Chain[n-1].Issuer != c.Chain[n-1].Subject {
		out[n-1].Gap = true
		out = append(out, chainLink{Status: trustStatus(c.Trusted), Name: commonName(c.Chain[n-1].Issuer), Role: "authority, not sent by the server"})
	}
	out[0].First = true
	last := &out[len(out)-1]
	last.Last = true
	if c.Trusted != nil {
		last.Role += map[bool]string{true: "; this computer trusts it", false: "; the chain is not trusted here"}[*c.Trusted]
		last.Status = worst(last.Status, trustStatus(c.Trusted))
	}
	if len(c.NamesMissing) > 0 {
		out[0].Status = "fail"
	}
	for i := range out {
		out[i].Spoken = joined(", ", out[i].Name, out[i].Role, map[string]string{"pass": "fine", "fail": "not fine"}[out[i].Status])
	}
	return out
}

func trustStatus(trusted *bool) string {
	switch {
	case trusted == nil:
		return "skip"
	case *trusted:
		return "pass"
	}
	return "fail"
}

func worst(a, b string) string {
	if a == "fail" || b == "fail" {
		return "fail"
	}
	return cmp.Or(a, b)
}

// soon is the time before its end from which a certificate is drawn as a warning.
const soon = 30 * 24 * time.Hour

func (c *ChainCert) link(now time.Time, i int) chainLink {
	l := chainLink{Status: "pass", LifeStatus: "pass", Name: commonName(c.Subject)}
	switch {
	case c.Issuer == c.Subject:
		l.Role = "self-signed"
	case i == 0:
		l.Role = "the server's certificate"
	default:
		l.Role = "intermediate authority"
	}
	left := c.NotAfter.Sub(now)
	when := fmt.Sprintf("%d days left", int(left.Hours()/24))
	switch {
	case left <= 0:
		l.Status, l.LifeStatus, when = "fail", "fail", "expired"
	case now.Before(c.NotBefore.Time):
		l.Status, l.LifeStatus, when = "fail", "fail", "not valid yet"
	case left < soon:
		l.LifeStatus = "warn"
	}
	l.Valid = fmt.Sprintf("%s to %s · %s", c.NotBefore.Format("2 Jan 2006"), c.NotAfter.Format("2 Jan 2006"), when)
	life := max(c.NotAfter.Sub(c.NotBefore.Time), 1)
	l.Used = percent(float64(now.Sub(c.NotBefore.Time)) / float64(life) * 100)
	l.Pairs = [][2]string{{"Names", strings.Join(c.SANs, ", ")}, {"Key", joined(", ", c.Key, c.Signature)}, {"SHA-256", c.SHA256}}
	return l
}

// commonName is the CN of a distinguished name, or all of it.
func commonName(dn string) string {
	for part := range strings.SplitSeq(dn, ",") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(part), "CN="); ok && name != "" {
			return name
		}
	}
	return cmp.Or(dn, "unnamed")
}
