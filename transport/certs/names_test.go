package certs

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"slices"
	"testing"
)

func TestCarries(t *testing.T) {
	w := newWorld(t)
	with := func(cn string, names ...string) *x509.Certificate {
		return server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.Subject, c.DNSNames = pkix.Name{CommonName: cn}, names }).cert
	}
	both, wild, old := with("x", "mail.example.test", "Autodiscover.Example.Test"), with("*.example.test", "*.example.test", "example.test"), with("mail.example.test")
	wildOld := with("*.example.test")
	address := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, []net.IP{net.IPv4(192, 0, 2, 1)} }).cert
	for _, c := range []struct {
		cert *x509.Certificate
		host string
		want Match
	}{
		{both, "mail.example.test", Exact}, {both, "MAIL.Example.Test.", Exact}, {both, "autodiscover.example.test", Exact},
		{both, "ex01.example.test", NoMatch}, {both, "x", NoMatch}, {both, "", NoMatch},
		{wild, "mail.example.test", ByWildcard}, {wild, "example.test", Exact}, {wild, "a.b.example.test", NoMatch}, {wild, ".example.test", NoMatch},
		{old, "mail.example.test", ByCommonName}, {old, "other.example.test", NoMatch}, {wildOld, "mail.example.test", ByCommonName},
		{wildOld, "example.test", NoMatch}, {wildOld, "a.mail.example.test", NoMatch},
		{address, "192.0.2.1", Exact}, {address, "192.0.2.2", NoMatch}, {address, mailHost, NoMatch},
	} {
		if got := Carries(c.cert, c.host); got != c.want {
			t.Errorf("%v carries %q: %q, want %q", Names(c.cert), c.host, got, c.want)
		}
	}
	if got := Names(old); !slices.Equal(got, []string{"mail.example.test"}) {
		t.Errorf("names %v", got)
	}
}

func TestComparePrincipal(t *testing.T) {
	w := newWorld(t)
	exact := server(t, ecKey(t), w.issuer).cert
	wild := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) {
		c.Subject, c.DNSNames = pkix.Name{CommonName: "*.example.test"}, []string{"*.example.test"}
	}).cert
	nameless := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.Subject = pkix.Name{} }).cert
	for _, c := range []struct {
		cert   *x509.Certificate
		wanted string
		ok     bool
	}{
		{exact, "msstd:mail.example.test", true}, {exact, "MSSTD:Mail.Example.Test", true}, {exact, "", true}, {exact, "none", true},
		{exact, "msstd:autodiscover.example.test", false}, // in the list, but not the principal name
		{wild, "msstd:mail.example.test", false}, {wild, "msstd:*.example.test", true}, {nameless, "msstd:mail.example.test", true},
	} {
		if p := ComparePrincipal(c.cert, c.wanted); p.OK != c.ok {
			t.Errorf("%q against %q: %v", c.wanted, p.Carried, p.OK)
		}
	}
}

// TestInspectorsNameNoPublicAuthority keeps honest issuers out of the list.
func TestInspectorsNameNoPublicAuthority(t *testing.T) {
	if len(inspectors()) < 60 {
		t.Fatalf("only %d names were read", len(inspectors()))
	}
	for _, name := range []string{"R11 Let's Encrypt", "DigiCert Global G2 TLS RSA SHA256 2020 CA1", "Sectigo RSA Domain Validation Secure Server CA",
		"GlobalSign RSA OV SSL CA 2018", "Thawte TLS RSA CA G1", "GeoTrust TLS RSA CA G1", "Microsoft Azure RSA TLS Issuing CA 04", "WE1 Google Trust Services",
		"Amazon RSA 2048 M02", "Entrust Certification Authority - L1K", "Go Daddy Secure Certificate Authority - G2", "SwissSign RSA TLS DV ICA 2022 - 1",
		"D-TRUST SSL Class 3 CA 1 2009", "Telekom Security ServerID OV Class 2 CA", "Actalis Organization Validated Server CA G3", "Contoso-DC01-CA", "Example Issuing CA"} {
		leaf := server(t, ecKey(t), authority(t, name, nil))
		if product := productOf([]*x509.Certificate{leaf.cert}); product != "" {
			t.Errorf("%s is taken for %s", name, product)
		}
	}
}
