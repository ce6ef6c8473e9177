package exchangetest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"strings"
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
		Imitates: "nobody ordered a new one",
		Variants: []string{"ten-days", "tomorrow"}},
		func(b *behaviour, f Fault) {
			days := 10
			if f.Variant == "tomorrow" {
				days = 1
			}
			for _, site := range sitesOf(f.Host) {
				b.serve(site, certSpec{names: b.namesAt(site), to: time.Now().AddDate(0, 0, days)})
			}
		}},
	{FaultInfo{Name: "cert-root-domain", Cause: "cert-root-domain",
		Title:    "The website at the mail domain shows a certificate for another name.",
		Imitates: "a hoster's web server behind the bare domain, which Outlook asks first",
		Variants: []string{"other-name", "expired", "self-signed"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "expired" || f.Variant == "self-signed" {
				b.serve(siteWebsite, b.spoiled(siteWebsite, f.Variant))
				return
			}
			b.serve(siteWebsite, certSpec{names: []string{"www.hoster.example"}})
		}},
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
		Variants: []string{"required", "asked", "required-tls12", "asked-by-one"}},
		func(b *behaviour, f Fault) {
			wish, sites, highest := tls.RequireAnyClientCert, sitesOf("*"), uint16(tls.VersionTLS13)
			switch f.Variant {
			case "asked":
				wish = tls.RequestClientCert
			case "asked-by-one":
				wish, sites = tls.RequestClientCert, sitesOf("")
			case "required-tls12": // the refusal then comes inside the handshake
				highest = tls.VersionTLS12
			}
			for _, site := range sites {
				b.greets[site] = func(c *tls.Config) { c.ClientAuth, c.MaxVersion = wish, highest }
			}
		}},
	{FaultInfo{Name: "tls-interception", Cause: "tls-interception",
		Title:    "Something between client and server breaks the encryption open.",
		Imitates: "an inspecting proxy or virus scanner whose CA the client does not trust",
		Variants: []string{"unknown-maker", "known-maker"}},
		func(b *behaviour, f Fault) {
			maker := "Guardian Web Filter"
			if f.Variant == "known-maker" {
				maker = "Fortinet"
			}
			scanner := must(newAuthority(maker))
			for _, site := range []string{siteMail, siteDiscover, siteWebsite} {
				b.serve(site, certSpec{names: b.namesAt(site), issuer: scanner})
			}
		}},
	{FaultInfo{Name: "tls-inspected", Cause: "tls-inspected", Warns: true,
		Title:    "Something between client and server opens the encryption, and the client trusts it.",
		Imitates: "an inspecting proxy of the company, before a server without Extended Protection",
		Variants: []string{"zscaler", "netskope"}},
		func(b *behaviour, f Fault) {
			maker := "Zscaler"
			if f.Variant == "netskope" {
				maker = "Netskope"
			}
			scanner := must(b.s.ca.subordinate(maker))
			for _, site := range []string{siteMail, siteDiscover, siteWebsite} {
				b.serve(site, certSpec{names: b.namesAt(site), issuer: scanner})
			}
		}},
	{FaultInfo{Name: "cert-names", Cause: "cert-names", Warns: true,
		Title:    "The certificate lacks a name that is in one of the URLs.",
		Imitates: "an InternalUrl with the server's own name beside an ExternalUrl with the namespace",
		Variants: []string{"server-name", "short-name"}},
		func(b *behaviour, f Fault) {
			internal := b.names.server
			if f.Variant == "short-name" {
				internal = strings.ToLower(b.names.machine)
			}
			b.edit(f, func(p *published) { p.internal = internal })
		}},
	{FaultInfo{Name: "cert-principal", Cause: "server-mapihttp-disabled",
		Title:    "Only RPC over HTTP is offered, with a CertPrincipalName that is not the certificate's.",
		Imitates: "Set-OutlookProvider EXPR -CertPrincipalName of the certificate before the last",
		Variants: []string{"old-name", "wildcard"}},
		func(b *behaviour, f Fault) {
			name := "msstd:owa." + b.names.domain
			if f.Variant == "wildcard" {
				name = "msstd:*." + b.names.domain
			}
			b.edit(f, func(p *published) { p.mapiHTTP, p.principal = false, name })
		}},
	{FaultInfo{Name: "cert-revocation", Cause: "cert-revocation", Warns: true,
		Title:    "Nobody says whether the server's certificate is revoked.",
		Imitates: "the list of a private authority that is not published, or behind a firewall",
		Variants: []string{"not-there", "refused"}},
		func(b *behaviour, f Fault) {
			at := "http://" + b.names.domain + "/pki/nothing.crl"
			if f.Variant == "refused" {
				b.zone.host("pki."+b.names.domain, closedAddr)
				at = "http://pki." + b.names.domain + revocationPath
			}
			b.serve(siteMail, certSpec{names: b.namesAt(siteMail), listedAt: at})
		}},
	{FaultInfo{Name: "cert-remark", Cause: "cert-remark", Warns: true,
		Title:    "The certificate works, and something about it is odd.",
		Imitates: "a load balancer before servers with different certificates; a certificate that demands stapling",
		Variants: []string{"two-certificates", "must-staple"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "must-staple" {
				b.serve(siteMail, certSpec{names: b.namesAt(siteMail), mustStaple: true})
				return
			}
			b.zone.host(b.names.mail, mailAddr, secondAddr)
			b.serve(siteSecond, certSpec{names: b.namesAt(siteMail)})
		}},
	{FaultInfo{Name: "cert-kinds", Healthy: true,
		Title:    "Healthy: a good certificate of another kind.",
		Imitates: "what authorities sell, and what administrators order",
		Variants: []string{"wildcard", "rsa", "p384", "many-names", "listed"}},
		func(b *behaviour, f Fault) {
			for _, site := range sitesOf("*") {
				b.serve(site, b.good(f.Variant))
			}
		}},
}

// good is a certificate with nothing wrong, and not the usual one.
func (b *behaviour) good(kind string) certSpec {
	spec := certSpec{names: b.namesAt(siteMail)}
	switch kind {
	case "rsa":
		spec.key = func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }
	case "p384":
		spec.key = func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) }
	case "many-names":
		for i := range 40 {
			spec.names = append(spec.names, fmt.Sprintf("mail%d.%s", i, b.names.domain))
		}
	case "listed": // and the list does not name it
		spec.listedAt = "http://" + b.names.domain + revocationPath
	default:
		spec.names = []string{"*." + b.names.domain, "*." + b.names.branch}
	}
	return spec
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
