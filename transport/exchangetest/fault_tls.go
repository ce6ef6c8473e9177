package exchangetest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"time"
)

// tlsFaults change the certificates. Host is the site: "mail" (the default),
// "autodiscover", "website", or "*" for the first two.
var tlsFaults = []faultRow{
	{FaultInfo{Name: "cert-invalid", Cause: "cert-invalid",
		Title:    "The server's certificate is not valid for its name.",
		Imitates: "what goes wrong with certificates; the variants are the kinds in a report",
		Variants: []string{"name-mismatch", "expired", "not-yet-valid", "untrusted-root", "self-signed", "missing-intermediate", "wrong-usage", "weak-key", "weak-signature", "revoked"}},
		func(b *behaviour, f Fault) {
			for _, site := range sitesOf(f.Host) {
				b.serve(site, b.spoiled(site, f.Variant))
			}
		}},
	{FaultInfo{Name: "cert-expires", Cause: "cert-expires",
		Title:    "The server's certificate ends in ten days.",
		Imitates: "nobody ordered a new one"},
		func(b *behaviour, f Fault) {
			for _, site := range sitesOf(f.Host) {
				b.serve(site, certSpec{names: b.namesAt(site), to: time.Now().AddDate(0, 0, 10)})
			}
		}},
	{FaultInfo{Name: "cert-root-domain", Cause: "cert-root-domain",
		Title:    "The website at the mail domain shows a certificate for another name.",
		Imitates: "a hoster's web server behind the bare domain, which Outlook asks first"},
		func(b *behaviour, _ Fault) { b.serve(siteWebsite, certSpec{names: []string{"www.hoster.example"}}) }},
	{FaultInfo{Name: "tls-version", Cause: "tls-version",
		Title:    "The servers speak no version of TLS that Outlook speaks.",
		Imitates: "TLS 1.2 switched off in Schannel or on a load balancer",
		Variants: []string{"1.1", "1.0"}},
		func(b *behaviour, f Fault) {
			highest := uint16(tls.VersionTLS11)
			if f.Variant == "1.0" {
				highest = tls.VersionTLS10
			}
			for _, site := range sitesOf("*") {
				b.greets[site] = func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, highest }
			}
		}},
	{FaultInfo{Name: "client-cert-requested", Cause: "client-cert-requested",
		Title:    "The servers demand a client certificate, which Outlook does not have.",
		Imitates: "a load balancer or IIS set to require client certificates; asked: to accept them",
		Variants: []string{"required", "asked"}},
		func(b *behaviour, f Fault) {
			wish := tls.RequireAnyClientCert
			if f.Variant == "asked" {
				wish = tls.RequestClientCert
			}
			for _, site := range sitesOf("*") {
				b.greets[site] = func(c *tls.Config) { c.ClientAuth = wish }
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
	case "weak-signature":
		spec.weakSign = true
	case "revoked":
		spec.listedAt = "http://" + b.names.domain + revocationPath
		b.revoked = true
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
