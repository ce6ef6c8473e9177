// Package certificates says what an inspection of certificates means: as rows of
// a report, as a table of names wanted and carried, and, for the command that
// does this alone, as findings with the next steps.
package certificates

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/certs"
)

// Rows is what a host showed as a report has it, one row per address. wanted are
// the names that its certificate should carry, besides the host.
func Rows(h *certs.Host, wanted []string, now time.Time) []report.Certificate {
	var out []report.Certificate
	for _, s := range h.Served {
		if s.Leaf() == nil && s.Unreadable == 0 {
			continue // nothing was shown
		}
		out = append(out, row(h, s, wanted, now))
	}
	return out
}

func row(h *certs.Host, s *certs.Served, wanted []string, now time.Time) report.Certificate {
	r := report.Certificate{Host: h.Host, Address: s.Address, Chain: []report.ChainCert{}, ClientCert: s.ClientCert, WithoutSNI: h.WithoutSNI}
	if s.Version != 0 {
		r.TLSVersion, r.Cipher = tls.VersionName(s.Version), tls.CipherSuiteName(s.Suite)
	}
	for _, o := range s.Offers {
		r.Offers = append(r.Offers, offer(o))
	}
	for _, c := range s.Sent {
		r.Chain = append(r.Chain, link(c))
	}
	if leaf := s.Leaf(); leaf != nil {
		left := daysLeft(s.Trust.Chain, now)
		r.Trusted, r.DaysLeft = &s.Trust.Trusted, &left
		r.NamesWanted = namesFor(h.Host, wanted)
		r.NamesMissing = Missing(leaf, r.NamesWanted)
	}
	r.Details, r.Problems = details(s.Problems), kinds(s.Problems)
	SetRevocation(&r, s.Revocation)
	return r
}

func offer(o certs.Offer) report.TLSOffer {
	out := report.TLSOffer{Version: tls.VersionName(o.Version)}
	if o.Known {
		accepted := o.Accepted
		out.Accepted = &accepted
	}
	if o.Accepted {
		out.Cipher = tls.CipherSuiteName(o.Suite)
	}
	if len(o.Suites) > 1 {
		for _, id := range o.Suites {
			out.Ciphers = append(out.Ciphers, tls.CipherSuiteName(id))
		}
	}
	return out
}

func link(c *x509.Certificate) report.ChainCert {
	sum := sha256.Sum256(c.Raw)
	return report.ChainCert{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), SANs: c.DNSNames, NotBefore: report.At(c.NotBefore), NotAfter: report.At(c.NotAfter),
		Key: keyName(c), Signature: c.SignatureAlgorithm.String(), SHA256: hex.EncodeToString(sum[:]),
	}
}

func keyName(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	}
	return c.PublicKeyAlgorithm.String()
}

// daysLeft is until the first certificate of the chain ends; negative when one has.
func daysLeft(chain []*x509.Certificate, now time.Time) int {
	end := chain[0].NotAfter
	for _, c := range chain {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	left := end.Sub(now)
	if left < 0 {
		left -= 24*time.Hour - 1 // half a day ago is -1, not 0
	}
	return int(left / (24 * time.Hour))
}

func namesFor(host string, wanted []string) []string {
	out := []string{host}
	for _, n := range wanted {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// Missing are the names that a certificate does not carry.
func Missing(leaf *x509.Certificate, wanted []string) (out []string) {
	for _, n := range wanted {
		if certs.Carries(leaf, n) == certs.NoMatch {
			out = append(out, n)
		}
	}
	return out
}

func details(all []certs.Problem) (out []report.CertDetail) {
	for _, p := range all {
		out = append(out, report.CertDetail{Kind: string(p.Kind), Severity: string(p.Severity), Subject: p.Subject, Text: p.Text})
	}
	return out
}

// kinds are those to act on, each once.
func kinds(all []certs.Problem) (out []string) {
	for _, p := range all {
		if p.Severity != certs.Info && !slices.Contains(out, string(p.Kind)) {
			out = append(out, string(p.Kind))
		}
	}
	return out
}

// SetRevocation puts what the sources said into a row.
func SetRevocation(r *report.Certificate, v certs.Revocation) {
	r.Revocation, r.Revocations = RevocationText(v), nil
	for _, a := range v.Answers {
		out := report.Revocation{Subject: subjectOf(a.Cert), Source: a.Source, URL: a.URL, Status: string(a.Status), Took: report.MSPtr(a.Took)}
		if a.Err != nil {
			out.Error = a.Err.Error()
		}
		r.Revocations = append(r.Revocations, out)
	}
}

// RevocationText is one phrase: the word, whose it is and how long it took.
func RevocationText(v certs.Revocation) string {
	switch {
	case v.Status == "":
		return ""
	case v.Source == "":
		return string(v.Status)
	case v.Source == certs.SourceStapled:
		return string(v.Status) + " (stapled)"
	}
	return fmt.Sprintf("%s (%s, %d ms)", v.Status, v.Source, v.Took.Milliseconds())
}

func subjectOf(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return c.Subject.CommonName
	}
	return c.Subject.String()
}

// endpoint is host and port as people write them: without the usual port.
func endpoint(e certs.Endpoint) string {
	if e.Port == "443" {
		return e.Host
	}
	return net.JoinHostPort(e.Host, e.Port)
}
