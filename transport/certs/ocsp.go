package certs

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/ocsp"
)

func (in *Inspector) askOCSP(ctx context.Context, q question, a Answer) Answer {
	request, err := ocsp.CreateRequest(q.cert, q.issuer, nil)
	if err != nil {
		a.Status, a.Err = Unreachable, err
		return a
	}
	b, err := in.fetch(ctx, q.url, "application/ocsp-request", request, maxOCSP)
	if err != nil {
		a.Status, a.Err = Unreachable, err
		return a
	}
	return in.readOCSP(b, a, q.issuer)
}

// readOCSP is what a response says, once its signature is found to be the
// issuer's, or that of someone the issuer named for it (RFC 6960 4.2.2.2).
func (in *Inspector) readOCSP(b []byte, a Answer, issuer *x509.Certificate) Answer {
	r, err := parseOCSP(b, a.Cert, issuer)
	if err != nil {
		a.Status, a.Err = Unreachable, err
		return a
	}
	a.Next, a.Stale = r.NextUpdate, in.outdated(r.NextUpdate)
	switch {
	case r.Status == ocsp.Revoked:
		a.Status, a.Reason, a.Since = Revoked, r.RevocationReason, r.RevokedAt
	case a.Stale:
		a.Status, a.Err = Unreachable, errors.New("the response ran out on "+day(r.NextUpdate))
	case r.ThisUpdate.After(in.now().Add(clockTolerance)):
		a.Status, a.Err = Unreachable, errors.New("the response is from the future: "+day(r.ThisUpdate))
	case r.Status == ocsp.Good:
		a.Status = Good
	default:
		a.Status, a.Err = NotKnown, errors.New("the responder does not know the certificate")
	}
	return a
}

// clockTolerance is how far clocks may be apart, as Kerberos has it.
const clockTolerance = 5 * time.Minute

func parseOCSP(b []byte, cert, issuer *x509.Certificate) (*ocsp.Response, error) {
	r, err := ocsp.ParseResponseForCert(b, cert, issuer)
	if err != nil {
		return parseOwnOCSP(b, cert, issuer, err)
	}
	if r.Certificate != nil && !r.Certificate.Equal(issuer) && !slices.Contains(r.Certificate.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) {
		return nil, errors.New("the response is signed by someone the authority did not name for it")
	}
	return r, nil
}

// parseOwnOCSP is for responders that send the authority's own certificate
// along, which the library takes for a delegate and finds not to be signed by
// itself.
func parseOwnOCSP(b []byte, cert, issuer *x509.Certificate, first error) (*ocsp.Response, error) {
	r, err := ocsp.ParseResponseForCert(b, cert, nil)
	if err != nil || r.Certificate == nil || !r.Certificate.Equal(issuer) || r.CheckSignatureFrom(issuer) != nil {
		return nil, first
	}
	return r, nil
}
