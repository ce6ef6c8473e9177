package checks

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// shown is the server's certificate that did not verify, nil when it is not known.
func shown(err error) *x509.Certificate {
	if chain := presented(err); len(chain) > 0 {
		return chain[0]
	}
	return nil
}

// presented are the certificates that a server sent, when they did not verify.
func presented(err error) []*x509.Certificate {
	var unverified *tls.CertificateVerificationError
	if !errors.As(err, &unverified) {
		return nil
	}
	return unverified.UnverifiedCertificates
}

// certKind is what is wrong with a certificate that did not verify.
func certKind(err error) string {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	switch {
	case errors.As(err, &host):
		return "name-mismatch"
	case errors.As(err, &authority):
		return authorityKind(authority.Cert)
	case errors.As(err, &invalid):
		return invalidKind(invalid)
	}
	return "untrusted-root"
}

func authorityKind(leaf *x509.Certificate) string {
	switch {
	case leaf == nil:
		return "untrusted-root"
	case selfSigned(leaf):
		return "self-signed"
	case weakSignature(leaf):
		return "weak-signature" // Go does not follow such a chain and says that it is unknown
	}
	return "untrusted-root"
}

func selfSigned(c *x509.Certificate) bool {
	return string(c.RawSubject) == string(c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func weakSignature(c *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

func invalidKind(e x509.CertificateInvalidError) string {
	switch e.Reason {
	case x509.Expired:
		if e.Cert != nil && time.Now().Before(e.Cert.NotBefore) {
			return "not-yet-valid"
		}
		return "expired"
	case x509.IncompatibleUsage, x509.NotAuthorizedToSign:
		return "wrong-usage"
	}
	return "untrusted-root"
}
