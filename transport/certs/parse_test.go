package certs

import (
	"bytes"
	"crypto/tls"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// bundle makes a PKCS #7 file without signers.
func bundle(t testing.TB, certs ...*entity) []byte {
	t.Helper()
	var all []byte
	for _, c := range certs {
		all = append(all, c.cert.Raw...)
	}
	empty := asn1.RawValue{FullBytes: []byte{0x31, 0}}
	inner, err := asn1.Marshal(struct {
		Version      int
		Digests      asn1.RawValue
		Content      struct{ Type asn1.ObjectIdentifier }
		Certificates asn1.RawValue
		Signers      asn1.RawValue
	}{1, empty, struct{ Type asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}},
		asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: all}, empty})
	if err != nil {
		t.Fatal(err)
	}
	out, err := asn1.Marshal(struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}{oidSignedData, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: inner}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParseCertificates(t *testing.T) {
	a, b := authority(t, "A", nil), authority(t, "B", nil)
	block := func(e *entity) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: e.cert.Raw})
	}
	for name, c := range map[string]struct {
		bytes []byte
		want  int
	}{
		"DER": {a.cert.Raw, 1}, "PEM": {block(a), 1}, "two in PEM": {append(block(a), block(b)...), 2},
		"PKCS #7": {bundle(t, a, b), 2}, "PKCS #7 in PEM": {pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: bundle(t, a, b)}), 2},
		"empty bundle": {bundle(t), 0}, "nothing": {nil, 0}, "a web page": {[]byte("<html>"), 0}, "half": {bundle(t, a, b)[:300], 0},
	} {
		if got := parseCertificates(c.bytes); len(got) != c.want {
			t.Errorf("%s: %d certificates, want %d", name, len(got), c.want)
		}
	}
}

// flight records what a server sends in a TLS 1.2 handshake.
func flight(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	client, srv := net.Pipe()
	defer client.Close()
	config = config.Clone()
	config.MaxVersion = tls.VersionTLS12
	go func() {
		defer srv.Close()
		tls.Server(srv, config).Handshake()
	}()
	tape := &recorder{Conn: client}
	c := tls.Client(tape, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
	client.SetDeadline(time.Now().Add(10 * time.Second))
	if err := c.Handshake(); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return tape.heard()
}

func TestParseFlight(t *testing.T) {
	w := newWorld(t)
	leaf := server(t, ecKey(t), w.issuer)
	b := flight(t, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, w.issuer, w.root)}})
	got := parseFlight(b)
	want := [][]byte{leaf.cert.Raw, w.issuer.cert.Raw, w.root.cert.Raw}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("found %d certificates", len(got))
	}
	for n := range b {
		parseFlight(b[:n]) // cut off anywhere
	}
}

func FuzzParseFlight(f *testing.F) {
	w := newWorld(f)
	leaf := server(f, ecKey(f), w.issuer)
	f.Add(flight(f, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, w.issuer)}}))
	f.Add([]byte{22, 3, 3, 0, 4, 11, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		total := 0
		for _, der := range parseFlight(b) {
			total += len(der)
		}
		if total > len(b) {
			t.Errorf("%d bytes of certificates in %d bytes", total, len(b))
		}
	})
}

func FuzzParseCertificates(f *testing.F) {
	a := authority(f, "A", nil)
	f.Add(a.cert.Raw)
	f.Add(bundle(f, a, a))
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, c := range parseCertificates(b) {
			Carries(c, mailHost)
			mustStaple(c)
			ExchangeDefault(c)
			Names(c)
		}
	})
}

// FuzzRevocation holds what reads a responder's and a list's bytes: nothing that
// the authority did not sign may say good or revoked.
func FuzzRevocation(f *testing.F) {
	w := newWorld(f)
	leaf := server(f, ecKey(f), w.issuer)
	signed := w.response(leaf.cert.SerialNumber, nil)
	w.list("x.crl", w.issuer, time.Now().Add(time.Hour))
	f.Add(signed)
	f.Add(w.files["/x.crl"])
	f.Add(ocsp.TryLaterErrorResponse)
	in := &Inspector{}
	f.Fuzz(func(t *testing.T, b []byte) {
		forger := authority(t, w.issuer.cert.Subject.CommonName, nil) // the same name, another key
		for _, issuer := range []*entity{w.issuer, forger} {
			o := in.readOCSP(b, Answer{Cert: leaf.cert}, issuer.cert)
			c := in.readCRL(b, Answer{Cert: leaf.cert}, issuer.cert)
			if issuer == forger && (o.Status != Unreachable || c.Status != Unreachable) {
				t.Error("somebody else's word was taken")
			}
		}
	})
}
