package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// weak signatures can be forged: MD5 since 2008, SHA-1 since 2017. The library
// refuses certificates that carry them, so the walk along a chain verifies them here.
func weakHash(a x509.SignatureAlgorithm) (crypto.Hash, bool) {
	switch a {
	case x509.MD5WithRSA:
		return crypto.MD5, true
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1:
		return crypto.SHA1, true
	}
	return 0, a == x509.MD2WithRSA
}

// signedBy says whether parent's key signed c, be the algorithm weak or not.
func signedBy(c, parent *x509.Certificate) bool {
	hash, weak := weakHash(c.SignatureAlgorithm)
	if !weak {
		return parent.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
	}
	var sum []byte
	switch hash {
	case crypto.MD5:
		s := md5.Sum(c.RawTBSCertificate)
		sum = s[:]
	case crypto.SHA1:
		s := sha1.Sum(c.RawTBSCertificate)
		sum = s[:]
	default:
		return true // MD2, which nothing here can compute: taken at its word, and reported as weak
	}
	switch key := parent.PublicKey.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(key, hash, sum, c.Signature) == nil
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(key, sum, c.Signature)
	}
	return true
}

// issuedBy says whether parent is the issuer of c: by name, by key identifier
// where both have one, and by signature.
func issuedBy(c, parent *x509.Certificate) bool {
	if !bytes.Equal(c.RawIssuer, parent.RawSubject) {
		return false
	}
	if len(c.AuthorityKeyId) > 0 && len(parent.SubjectKeyId) > 0 && !bytes.Equal(c.AuthorityKeyId, parent.SubjectKeyId) {
		return false
	}
	return signedBy(c, parent)
}

// selfSigned says whether a certificate is its own issuer.
func selfSigned(c *x509.Certificate) bool { return issuedBy(c, c) }

var (
	oidTimestamps = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2} // RFC 6962 3.3
	oidTLSFeature = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 24}       // RFC 7633
)

// carriesTimestamps says whether the certificate was logged publicly before it
// was issued. Every authority that browsers trust does that since 2018, private
// ones and inspecting proxies do not.
func carriesTimestamps(c *x509.Certificate) bool {
	return c != nil && extension(c, oidTimestamps) != nil
}

// statusRequest is the TLS feature that makes a stapled OCSP response compulsory
// (RFC 7633 4.2.3.1: the extension number of RFC 6066 8).
const statusRequest = 5

// mustStaple says whether the certificate demands a stapled response.
func mustStaple(c *x509.Certificate) bool {
	var features []int
	value := extension(c, oidTLSFeature)
	if value == nil {
		return false
	}
	if _, err := asn1.Unmarshal(value, &features); err != nil {
		return false
	}
	return slices.Contains(features, statusRequest)
}

func extension(c *x509.Certificate, id asn1.ObjectIdentifier) []byte {
	for _, e := range c.Extensions {
		if e.Id.Equal(id) {
			return e.Value
		}
	}
	return nil
}
