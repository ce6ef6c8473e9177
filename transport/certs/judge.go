package certs

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// problems is everything that one address has wrong.
func (in *Inspector) problems(host string, s *Served) []Problem {
	var out []Problem
	if s.Unreadable > 0 {
		out = append(out, Problem{Kind: Unreadable, Severity: Fail, Text: fmt.Sprintf("a certificate that %s sends cannot be read: %s", host, unreadableWhy(s.Err))})
	}
	if s.Leaf() != nil {
		out = slices.Concat(out, trustProblems(s), in.dateProblems(s), nameProblems(host, s.Leaf()), signatureProblems(s),
			keyProblems(s), usageProblems(s), revocationProblems(s), interceptionProblems(s))
	}
	return sortProblems(append(out, connectionProblems(host, s)...))
}

func unreadableWhy(err error) string {
	if err == nil {
		return "it is not encoded as X.509 wants it"
	}
	text := err.Error()
	if i := strings.LastIndex(text, "x509: "); i >= 0 {
		text = text[i+len("x509: "):]
	}
	return text
}

func trustProblems(s *Served) (out []Problem) {
	t, leaf := s.Trust, s.Leaf()
	subject := nameOf(leaf.Subject.CommonName, leaf.Subject.String())
	issuer := nameOf(leaf.Issuer.CommonName, leaf.Issuer.String())
	add := func(k Kind, sev Severity, format string, args ...any) {
		out = append(out, Problem{Kind: k, Severity: sev, Subject: subject, Text: fmt.Sprintf(format, args...)})
	}
	var invalid x509.CertificateInvalidError
	switch {
	case t.SelfSigned && !t.Trusted:
		add(SelfSignedKind, Fail, "%s", selfSignedText(leaf))
	case t.Trusted && t.Missing != "":
		add(MissingIntermediate, Warn, "the server does not send the certificate of %s; this computer found it by itself, others will not", t.Missing)
	case t.Trusted:
	case errors.As(t.Err, &invalid) && invalid.Reason == x509.CANotAuthorizedForThisName:
		add(NotPermitted, Fail, "%s may not issue certificates for this name: %s", issuer, invalid.Detail)
	case errors.As(t.Err, &invalid) && (invalid.Reason == x509.NotAuthorizedToSign || invalid.Reason == x509.TooManyIntermediates):
		add(WrongUsage, Fail, "a certificate of the chain may not issue others")
	case t.Missing != "" && t.Certain:
		add(MissingIntermediate, Fail, "the server does not send the certificate of %s, which leads from its own to the root", t.Missing)
		if root := t.Chain[len(t.Chain)-1]; !t.Repaired && selfSigned(root) {
			add(UntrustedRoot, Fail, "it was issued under %s, which this computer does not trust", t.Root)
		}
	case t.Missing != "":
		add(MissingIntermediate, Fail, "the server does not send the certificate of %s, which issued its own, and this computer does not know it", t.Missing)
	case slices.ContainsFunc(t.Chain[1:], func(c *x509.Certificate) bool { return !mayIssue(c) }):
		// usageProblems names it
	default:
		add(UntrustedRoot, Fail, "it was issued under %s, which this computer does not trust", t.Root)
	}
	if t.Disordered {
		add(ChainOrder, Info, "the certificates of the chain are sent in the wrong order")
	}
	for _, c := range t.Surplus {
		add(SurplusCertificate, Info, "%s is sent along and is no part of the chain", nameOf(c.Subject.CommonName, c.Subject.String()))
	}
	return out
}

// selfSignedText recognises the certificates that Exchange makes for itself:
// named after the server, which has no dot, valid for five years.
func selfSignedText(leaf *x509.Certificate) string {
	if name := leaf.Subject.CommonName; ExchangeDefault(leaf) {
		return "it is the certificate that Exchange made for itself on the server " + name + "; no computer outside trusts it"
	}
	return "the server signed it itself, so no computer trusts it"
}

// ExchangeDefault says whether a certificate looks like one of those that a fresh
// Exchange server makes for itself: "Microsoft Exchange" (CN=SERVER), the Auth
// certificate and the one of web management.
func ExchangeDefault(c *x509.Certificate) bool {
	name := c.Subject.CommonName
	switch {
	case !selfSigned(c):
		return false
	case strings.HasPrefix(name, "WMSvc-"), name == "Microsoft Exchange Server Auth Certificate":
		return true
	}
	years := c.NotAfter.Sub(c.NotBefore).Hours() / 24 / 365
	carriesServer := slices.ContainsFunc(c.DNSNames, func(n string) bool {
		return strings.EqualFold(n, name) || strings.HasPrefix(strings.ToLower(n), strings.ToLower(name)+".")
	})
	return name != "" && !strings.Contains(name, ".") && carriesServer && years > 4.9 && years < 5.1
}

func (in *Inspector) dateProblems(s *Served) (out []Problem) {
	now := in.now()
	for i, c := range s.Trust.Chain {
		subject := nameOf(c.Subject.CommonName, c.Subject.String())
		what := "it"
		if i > 0 {
			what = "the authority's certificate " + subject
		}
		p := Problem{Subject: subject, Severity: Fail}
		left := c.NotAfter.Sub(now)
		switch {
		case now.Before(c.NotBefore):
			p.Kind, p.Text = NotYetValid, fmt.Sprintf("%s is valid from %s on", what, day(c.NotBefore))
		case left < 0:
			p.Kind, p.Text = Expired, fmt.Sprintf("%s expired on %s", what, day(c.NotAfter))
		case left < ExpiryWarns:
			p.Kind, p.Severity, p.Days = ExpiresSoon, Warn, int(left/(24*time.Hour))
			p.Text = fmt.Sprintf("%s ends in %s, on %s", what, plural(p.Days, "day"), day(c.NotAfter))
		default:
			continue
		}
		out = append(out, p)
	}
	return out
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

func nameProblems(host string, leaf *x509.Certificate) []Problem {
	subject := nameOf(leaf.Subject.CommonName, leaf.Subject.String())
	switch Carries(leaf, host) {
	case NoMatch:
		return []Problem{{Kind: NameMismatch, Severity: Fail, Subject: subject, Text: "it does not carry " + host + ", but " + listed(Names(leaf))}}
	case ByCommonName:
		return []Problem{{Kind: CommonNameOnly, Severity: Warn, Subject: subject,
			Text: "it carries " + host + " as its common name alone; Outlook for Windows accepts that, browsers, phones and this program do not"}}
	}
	return nil
}

func listed(names []string) string {
	const most = 5
	switch {
	case len(names) == 0:
		return "no name at all"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func signatureProblems(s *Served) (out []Problem) {
	for _, c := range s.Trust.Chain {
		if weaklySigned(c) {
			subject := nameOf(c.Subject.CommonName, c.Subject.String())
			out = append(out, Problem{Kind: WeakSignature, Severity: Fail, Subject: subject,
				Text: fmt.Sprintf("%s is signed with %s, which can be forged; clients of today refuse it", subject, c.SignatureAlgorithm)})
		}
	}
	return out
}

func signedMD5(c *x509.Certificate) bool { return c.SignatureAlgorithm == x509.MD5WithRSA }

// The bounds of RSA keys: authorities may not certify less than 2048 bits since
// 2014, and newer clients refuse it; beyond 8192 they give up for the time it costs.
const (
	minRSA = 2048
	maxRSA = 8192
)

func keyProblems(s *Served) (out []Problem) {
	for _, c := range s.Trust.Chain {
		subject := nameOf(c.Subject.CommonName, c.Subject.String())
		p := Problem{Kind: WeakKey, Severity: Fail, Subject: subject}
		switch k := c.PublicKey.(type) {
		case *rsa.PublicKey:
			bits := k.N.BitLen()
			switch {
			case bits > maxRSA:
				p.Text = fmt.Sprintf("%s has an RSA key of %d bits, which is more than clients take", subject, bits)
			case bits < minRSA:
				p.Text = fmt.Sprintf("%s has an RSA key of %d bits; %d is the least that is safe", subject, bits, minRSA)
			default:
				continue
			}
		case *ecdsa.PublicKey:
			if k.Curve.Params().BitSize >= 256 {
				continue
			}
			p.Text = fmt.Sprintf("%s has a key on the curve %s, which is too small", subject, k.Curve.Params().Name)
		default:
			if c.PublicKeyAlgorithm != x509.DSA {
				continue
			}
			p.Text = subject + " has a DSA key, which no client of today speaks"
		}
		out = append(out, p)
	}
	return out
}

func usageProblems(s *Served) (out []Problem) {
	for i, c := range s.Trust.Chain {
		subject := nameOf(c.Subject.CommonName, c.Subject.String())
		p := Problem{Kind: WrongUsage, Severity: Fail, Subject: subject}
		switch {
		case !forServers(c):
			p.Text = fmt.Sprintf("%s was not issued for servers (its extended key usage is %s)", subject, usages(c))
		case i == 0 && c.KeyUsage != 0 && c.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment|x509.KeyUsageKeyAgreement) == 0:
			p.Text = fmt.Sprintf("the key usage of %s allows neither signatures nor encryption", subject)
		case i > 0 && !mayIssue(c):
			p.Text = fmt.Sprintf("%s is no authority and issued a certificate all the same", subject)
		default:
			continue
		}
		out = append(out, p)
	}
	return out
}

// mayIssue says whether a certificate is an authority's. Roots of version 1 do not
// say so, and are trusted as what they are.
func mayIssue(c *x509.Certificate) bool { return c.IsCA || c.Version < 3 }

// forServers says whether the extended key usage, which an authority hands down
// to what it issues, allows servers; none at all allows everything.
func forServers(c *x509.Certificate) bool {
	if len(c.ExtKeyUsage) == 0 && len(c.UnknownExtKeyUsage) == 0 {
		return true
	}
	return slices.ContainsFunc(c.ExtKeyUsage, func(u x509.ExtKeyUsage) bool {
		switch u {
		case x509.ExtKeyUsageAny, x509.ExtKeyUsageServerAuth:
			return true
		case x509.ExtKeyUsageMicrosoftServerGatedCrypto, x509.ExtKeyUsageNetscapeServerGatedCrypto:
			return c.IsCA
		}
		return false
	})
}

func usages(c *x509.Certificate) string {
	known := map[x509.ExtKeyUsage]string{x509.ExtKeyUsageClientAuth: "client authentication", x509.ExtKeyUsageCodeSigning: "code signing",
		x509.ExtKeyUsageEmailProtection: "e-mail protection", x509.ExtKeyUsageTimeStamping: "time stamping", x509.ExtKeyUsageOCSPSigning: "OCSP signing"}
	var out []string
	for _, u := range c.ExtKeyUsage {
		if name := known[u]; name != "" {
			out = append(out, name)
		}
	}
	for _, id := range c.UnknownExtKeyUsage {
		out = append(out, id.String())
	}
	return strings.Join(out, ", ")
}

func interceptionProblems(s *Served) []Problem {
	if s.Intercept == nil {
		return nil
	}
	severity := Fail
	if s.Trust.Trusted {
		severity = Warn
	}
	return []Problem{{Kind: Intercepted, Severity: severity, Text: strings.Join(s.Intercept.Why, "; ")}}
}

func connectionProblems(host string, s *Served) (out []Problem) {
	add := func(k Kind, sev Severity, format string, args ...any) {
		out = append(out, Problem{Kind: k, Severity: sev, Text: fmt.Sprintf(format, args...)})
	}
	if s.ClientCert {
		add(ClientCertRequested, Warn, "%s asks for a client certificate, which Outlook does not have", host)
	}
	accepted, known := acceptedVersions(s)
	modern := slices.Contains(accepted, uint16(tls.VersionTLS12)) || slices.Contains(accepted, uint16(tls.VersionTLS13))
	switch {
	case slices.ContainsFunc(s.Trust.Chain, signedMD5):
		// from TLS 1.2 on the signature is negotiated too, and we cannot offer this one
	case known && len(accepted) > 0 && !modern:
		add(TLSVersion, Fail, "%s speaks %s alone; clients of today want TLS 1.2 or newer", host, tls.VersionName(accepted[len(accepted)-1]))
	case known && len(accepted) == 0 && aboutVersion(s.Err):
		add(TLSVersion, Fail, "%s refuses every version of TLS from 1.0 to 1.3", host)
	case s.Err != nil && s.Unreadable == 0 && netpath.PhaseOf(s.Err) == netpath.PhaseTLS && s.Leaf() == nil:
		add(Handshake, Fail, "%s", s.Err)
	case modern && (slices.Contains(accepted, uint16(tls.VersionTLS10)) || slices.Contains(accepted, uint16(tls.VersionTLS11))):
		add(OldTLS, Info, "%s still accepts %s", host, tls.VersionName(accepted[0]))
	}
	if insecure(s.Suite) {
		add(WeakCipher, Warn, "%s chooses the cipher suite %s, which newer clients do not offer", host, tls.CipherSuiteName(s.Suite))
	}
	return out
}

// aboutVersion says whether an alert is about version or cipher suite (RFC 8446
// 6.2: 70, 40, 71); the library tells alerts by their text alone.
func aboutVersion(err error) bool {
	return netpath.KindOf(err) == netpath.KindTLSAlert && slices.ContainsFunc([]string{"protocol version", "handshake failure", "insufficient security"},
		func(text string) bool { return strings.Contains(errors.Unwrap(err).Error(), text) })
}

func acceptedVersions(s *Served) (out []uint16, known bool) {
	known = len(s.Offers) > 0
	for _, o := range s.Offers {
		known = known && o.Known
		if o.Accepted {
			out = append(out, o.Version)
		}
	}
	return out, known
}

func insecure(suite uint16) bool {
	return slices.ContainsFunc(tls.InsecureCipherSuites(), func(c *tls.CipherSuite) bool { return c.ID == suite })
}

// hostProblems is what only shows between addresses, or between greetings.
func hostProblems(h *Host) (out []Problem) {
	first := h.First()
	if first == nil {
		return nil
	}
	for _, s := range h.Served {
		switch {
		case s.Leaf() == nil:
			out = append(out, Problem{Kind: AddressFailed, Severity: Warn, Text: fmt.Sprintf("one of its addresses shows no certificate: %v", s.Err)})
		case !s.Leaf().Equal(first.Leaf()):
			out = append(out, Problem{Kind: DiffersByAddress, Severity: Warn,
				Text: fmt.Sprintf("%s shows another certificate than %s; sign-in with Extended Protection behind a load balancer needs the same on all", s.Address, first.Address)})
		}
	}
	if h.WithoutSNI == "other" {
		out = append(out, Problem{Kind: SNINeeded, Severity: Info, Text: "a client that does not name the host gets another certificate"})
	}
	return out
}
