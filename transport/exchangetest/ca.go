package exchangetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"time"
)

// authority is a root and an issuing CA, made when the server starts.
type authority struct {
	root, issuing       *x509.Certificate
	rootKey, issuingKey *ecdsa.PrivateKey
}

// certSpec says what certificate a site serves. The zero value of a field is the
// ordinary thing.
type certSpec struct {
	names      []string
	from, to   time.Time                     // zero: yesterday, in a year
	issuer     *authority                    // nil: the organisation's own
	selfSign   bool                          // no issuer at all
	leafOnly   bool                          // the issuing CA is not sent along
	clientUse  bool                          // for client authentication instead of server authentication
	listedAt   string                        // address of the revocation list; "" names none
	weakSign   bool                          // signed with SHA-1
	mustStaple bool                          // demands a stapled OCSP response (RFC 7633)
	key        func() (crypto.Signer, error) // nil: ECDSA P-256
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func newAuthority(name string) (a *authority, err error) {
	a = &authority{}
	if a.rootKey, err = newKey(); err != nil {
		return nil, err
	}
	if a.issuingKey, err = newKey(); err != nil {
		return nil, err
	}
	template := caTemplate(name + " Root CA")
	if a.root, err = sign(template, template, a.rootKey.Public(), a.rootKey); err != nil {
		return nil, err
	}
	a.issuing, err = sign(caTemplate(name+" Issuing CA"), a.root, a.issuingKey.Public(), a.rootKey)
	return a, err
}

func caTemplate(name string) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{Organization: []string{"Mapiscope exchangetest"}, CommonName: name},
		IsCA:    true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
	}
}

// PEM is the root certificate, what a client has to trust.
func (a *authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}

// issue makes the certificate that spec describes, with its chain and key.
func (a *authority) issue(spec certSpec) (*tls.Certificate, error) {
	key, err := spec.newKey()
	if err != nil {
		return nil, err
	}
	issuer, template := a, spec.template()
	if spec.issuer != nil {
		issuer = spec.issuer
	}
	parent, signer := issuer.issuing, crypto.Signer(issuer.issuingKey)
	if spec.selfSign {
		parent, signer = template, key
	}
	leaf, err := sign(template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	out := &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
	if !spec.selfSign && !spec.leafOnly {
		out.Certificate = append(out.Certificate, issuer.issuing.Raw)
	}
	return out, nil
}

func (c certSpec) newKey() (crypto.Signer, error) {
	if c.key != nil {
		return c.key()
	}
	return newKey()
}

func (c certSpec) template() *x509.Certificate {
	t := &x509.Certificate{
		Subject: pkix.Name{CommonName: c.names[0]}, DNSNames: c.names,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		NotBefore: c.from, NotAfter: c.to, BasicConstraintsValid: true,
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = time.Now().Add(-24 * time.Hour)
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = time.Now().AddDate(1, 0, 0)
	}
	if c.listedAt != "" {
		t.CRLDistributionPoints = []string{c.listedAt}
	}
	if c.mustStaple { // status_request, as a DER sequence of one number
		t.ExtraExtensions = append(t.ExtraExtensions, pkix.Extension{Id: []int{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}})
	}
	if c.weakSign {
		t.SignatureAlgorithm = x509.ECDSAWithSHA1
	}
	if c.clientUse {
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	}
	return t
}

func sign(template, parent *x509.Certificate, public crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
