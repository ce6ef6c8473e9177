package certs

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
)

func (in *Inspector) askCRL(ctx context.Context, q question, a Answer) Answer {
	b, err := in.fetch(ctx, q.url, "", nil, maxCRL)
	if err != nil {
		a.Status, a.Err = Unreachable, err
		return a
	}
	return in.readCRL(b, a, q.issuer)
}

// readCRL looks a certificate up in its issuer's list (RFC 5280 5 and 6.3).
func (in *Inspector) readCRL(b []byte, a Answer, issuer *x509.Certificate) Answer {
	list, err := parseCRL(b, issuer)
	if err != nil {
		a.Status, a.Err = Unreachable, err
		return a
	}
	a.Next, a.Stale = list.NextUpdate, in.outdated(list.NextUpdate)
	for _, e := range list.RevokedCertificateEntries {
		// removeFromCRL takes an entry back (RFC 5280 5.3.1).
		if e.SerialNumber.Cmp(a.Cert.SerialNumber) == 0 && e.ReasonCode != 8 {
			a.Status, a.Reason, a.Since = Revoked, e.ReasonCode, e.RevocationTime
			return a
		}
	}
	if a.Stale {
		a.Status, a.Err = Unreachable, errors.New("the list ran out on "+day(list.NextUpdate))
		return a
	}
	a.Status = Good
	return a
}

func parseCRL(b []byte, issuer *x509.Certificate) (*x509.RevocationList, error) {
	if block, _ := pem.Decode(b); block != nil {
		b = block.Bytes
	}
	list, err := x509.ParseRevocationList(b)
	if err != nil {
		return nil, errors.New("what it sends is not a revocation list")
	}
	if !bytes.Equal(list.RawIssuer, issuer.RawSubject) || list.CheckSignatureFrom(issuer) != nil {
		return nil, errors.New("the list is not signed by the authority that issued the certificate")
	}
	return list, nil
}
