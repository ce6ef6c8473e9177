package certs

import (
	"crypto/x509"
	"encoding/asn1"
)

var oidSignedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

// contentInfo and signedData are the parts of RFC 2315 9.1 that a bundle of
// certificates fills.
type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue `asn1:"explicit,optional,tag:0"`
}

type signedData struct {
	Version      int
	Digests      asn1.RawValue
	Content      asn1.RawValue
	Certificates asn1.RawValue `asn1:"optional,tag:0"`
	CRLs         asn1.RawValue `asn1:"optional,tag:1"`
	Signers      asn1.RawValue
}

// parseBundle reads the certificates of a PKCS #7 file without signers (.p7c,
// RFC 5280 4.2.2.1); what cannot be read is left out.
func parseBundle(b []byte) (out []*x509.Certificate) {
	var info contentInfo
	if _, err := asn1.Unmarshal(b, &info); err != nil || !info.Type.Equal(oidSignedData) {
		return nil
	}
	var data signedData
	if _, err := asn1.Unmarshal(info.Content.Bytes, &data); err != nil {
		return nil
	}
	for rest := data.Certificates.Bytes; len(rest) > 0 && len(out) < maxBundle; {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			break
		}
		if c, err := x509.ParseCertificate(one.FullBytes); err == nil {
			out = append(out, c)
		}
	}
	return out
}
