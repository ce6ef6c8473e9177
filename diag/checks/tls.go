package checks

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// expiryWarns is when a certificate's end becomes something to look at: ordering
// and installing one in an organisation takes weeks.
const expiryWarns = 30 * 24 * time.Hour

// inspect makes the handshake that the engine makes, on a connection of its own
// that never carries a request, and judges what the server showed.
func inspect(ctx context.Context, e *suite.Env, host, port string) suite.Outcome {
	c, err := e.Path.DialTLS(ctx, host, port)
	if err != nil {
		return notVerified(e, err, host)
	}
	defer c.Close()
	address := c.Addr.String()
	if c.Proxy != nil {
		address = "" // the proxy's, not the server's
	}
	e.AddCertificate(certificateRow(host, address, c.TLS.PeerCertificates, c.TLS, ""))
	if out, weak := judgeKey(host, c.TLS.PeerCertificates[0]); weak {
		return out
	}
	return judgeExpiry(host, c.TLS, time.Now())
}

// minRSA is the shortest RSA key that clients still accept for a server: below
// 2048 bits browsers refuse, and Windows has announced to.
const minRSA = 2048

// judgeKey fails a key that this program's own TLS accepts and others do not.
func judgeKey(host string, leaf *x509.Certificate) (out suite.Outcome, weak bool) {
	k, ok := leaf.PublicKey.(*rsa.PublicKey)
	if !ok || k.N.BitLen() >= minRSA {
		return out, false
	}
	saw := signal(suite.CertInvalid, host, "kind", "weak-key", "issuer", leaf.Issuer.String(), "names", leaf.DNSNames)
	return suite.Fail(fmt.Sprintf("the certificate of %s has an RSA key of %d bits, which is too short", host, k.N.BitLen())).Saw(saw).With("kind", "weak-key"), true
}

// notVerified keeps the chain that did not verify as evidence.
func notVerified(e *suite.Env, err error, host string) suite.Outcome {
	out := failed(err, host)
	var unverified *tls.CertificateVerificationError
	if !errors.As(err, &unverified) || len(unverified.UnverifiedCertificates) == 0 {
		return out
	}
	kind := certKind(err)
	row := certificateRow(host, "", unverified.UnverifiedCertificates, nil, kind)
	e.AddCertificate(row)
	leaf := row.Chain[0]
	out.Summary = fmt.Sprintf("the certificate of %s is not valid for it: %s", host, kindSentence(kind, unverified.UnverifiedCertificates[0]))
	return out.With("kind", kind).With("subject", leaf.Subject).With("issuer", leaf.Issuer).With("names", leaf.SANs)
}

// kindSentence says what is wrong with a certificate.
func kindSentence(kind string, leaf *x509.Certificate) string {
	day := func(t time.Time) string { return t.UTC().Format("2 January 2006") }
	switch kind {
	case "name-mismatch":
		return "it carries " + names(leaf.DNSNames)
	case "expired":
		return "it expired on " + day(leaf.NotAfter)
	case "not-yet-valid":
		return "it is valid from " + day(leaf.NotBefore) + " on"
	case "self-signed":
		return "the server signed it itself"
	case "missing-intermediate":
		return "the server does not send the certificate of the authority " + leaf.Issuer.CommonName + " that issued it"
	case "wrong-usage":
		return "it was not issued for a server"
	}
	return "it was issued by " + leaf.Issuer.CommonName + ", which this computer does not trust"
}

func judgeExpiry(host string, state *tls.ConnectionState, now time.Time) suite.Outcome {
	leaf := state.PeerCertificates[0]
	days := int(leaf.NotAfter.Sub(now).Hours() / 24)
	until := leaf.NotAfter.UTC().Format("2 January 2006")
	if leaf.NotAfter.Sub(now) < expiryWarns {
		return suite.Warn(fmt.Sprintf("the certificate of %s ends in %s, on %s", host, count(days, "day", "days"), until)).
			Saw(signal(suite.CertExpires, host, "days", days, "until", until)).With("not_after", leaf.NotAfter.UTC())
	}
	return suite.Pass(fmt.Sprintf("%s shows a valid certificate until %s, %s", host, until, tls.VersionName(state.Version))).
		With("not_after", leaf.NotAfter.UTC()).With("tls", tls.VersionName(state.Version)).With("names", leaf.DNSNames)
}

// certificateRow is a chain as the report has it; problem is "" when it verified.
func certificateRow(host, address string, chain []*x509.Certificate, state *tls.ConnectionState, problem string) report.Certificate {
	trusted := problem == ""
	row := report.Certificate{Host: host, Address: address, Trusted: &trusted, NamesWanted: []string{host}, Chain: []report.ChainCert{}}
	if state != nil {
		row.TLSVersion, row.Cipher = tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)
	}
	if problem != "" {
		row.Problems = []string{problem}
	}
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		row.Chain = append(row.Chain, report.ChainCert{
			Subject: c.Subject.String(), Issuer: c.Issuer.String(), SANs: c.DNSNames, NotBefore: report.At(c.NotBefore), NotAfter: report.At(c.NotAfter),
			Key: keyName(c), Signature: c.SignatureAlgorithm.String(), SHA256: hex.EncodeToString(sum[:]),
		})
	}
	if len(chain) > 0 && chain[0].VerifyHostname(host) != nil {
		row.NamesMissing = []string{host}
	}
	return row
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
