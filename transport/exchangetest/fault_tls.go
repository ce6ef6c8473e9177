package exchangetest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"time"
)

// tlsFaults change the certificates. Host is the site: "mail" (the default),
// "autodiscover", "website", or "*" for the first two.
var tlsFaults = []faultRow{
	{FaultInfo{Name: "cert-invalid", Cause: "cert-invalid",
		Title:    "The server's certificate is not valid for its name.",
		Imitates: "what goes wrong with certificates; the variants are the kinds in a report",
		Variants: []string{"name-mismatch", "expired", "not-yet-valid", "untrusted-root", "self-signed", "missing-intermediate", "wrong-usage", "weak-key"}},
		func(b *behaviour, f Fault) {
			for _, site := range sitesOf(f.Host) {
				b.serve(site, b.spoiled(site, f.Variant))
			}
		}},
	{FaultInfo{Name: "tls-interception", Cause: "tls-interception",
		Title:    "Something between client and server breaks the encryption open.",
		Imitates: "an inspecting proxy or virus scanner whose CA the client does not trust"},
		func(b *behaviour, f Fault) {
			scanner := must(newAuthority("Guardian Web Filter"))
			for _, site := range []string{siteMail, siteDiscover, siteWebsite} {
				b.serve(site, certSpec{names: b.namesAt(site), issuer: scanner})
			}
		}},
}

// sitesOf are the sites that a fault with this Host is about.
func sitesOf(host string) []string {
	switch host {
	case "":
		return []string{siteMail}
	case "*":
		return []string{siteMail, siteDiscover}
	}
	return []string{host}
}

// namesAt are the names that a good certificate of the site carries.
func (b *behaviour) namesAt(site string) []string {
	if site == siteWebsite {
		return []string{b.names.domain, "www." + b.names.domain}
	}
	return b.names.exchange()
}

// spoiled is a certificate with one thing wrong.
func (b *behaviour) spoiled(site, how string) certSpec {
	spec, now := certSpec{names: b.namesAt(site)}, time.Now()
	switch how {
	case "expired":
		spec.from, spec.to = now.AddDate(-1, 0, 0), now.AddDate(0, 0, -10)
	case "not-yet-valid":
		spec.from, spec.to = now.AddDate(0, 1, 0), now.AddDate(1, 0, 0)
	case "untrusted-root":
		spec.issuer = must(newAuthority("Fabrikam"))
	case "self-signed":
		spec.selfSign = true
	case "missing-intermediate":
		spec.leafOnly = true
	case "wrong-usage":
		spec.clientUse = true
	case "weak-key":
		spec.key = func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 1024) }
	default: // the name that is asked for is missing
		spec.names = []string{b.names.server, b.names.autodiscover}
		if site == siteDiscover {
			spec.names = []string{b.names.server, b.names.mail}
		}
	}
	return spec
}

// serve makes a site greet with another certificate.
func (b *behaviour) serve(site string, spec certSpec) { b.certs[site] = must(b.s.ca.issue(spec)) }

// must is for what only a broken random source could make fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic("exchangetest: " + err.Error())
	}
	return v
}
