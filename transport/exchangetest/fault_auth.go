package exchangetest

import "net/http"

// authFaults change signing in.
var authFaults = []faultRow{
	{FaultInfo{Name: "bad-credentials", Cause: "bad-credentials",
		Title:    "The password is wrong, or the account may not sign in.",
		Imitates: "a password that was changed elsewhere (User and Env give the old one), an account that is disabled",
		Variants: []string{"wrong-password", "disabled"}},
		func(b *behaviour, f Fault) {
			for _, u := range b.s.users {
				switch {
				case !f.concerns(u.Address):
				case f.Variant == "disabled":
					b.refused[u.Address] = true
				default:
					b.passwords[u.Address] = u.Password + "-of-last-year"
				}
			}
		}},
	{FaultInfo{Name: "vdir-no-auth", Cause: "vdir-no-auth",
		Title:    "The MAPI virtual directory accepts no sign-in at all.",
		Imitates: "Set-MapiVirtualDirectory -IISAuthenticationMethods @(); or an access rule of IIS that lets nobody in",
		Variants: []string{"401", "403"}},
		func(b *behaviour, f Fault) {
			b.schemes["mapi"] = []string{}
			if f.Variant == "403" {
				b.instead("mapi", func(c *call) {
					c.frontEnd()
					c.empty(http.StatusForbidden)
				})
			}
		}},
	{FaultInfo{Name: "extended-protection", Cause: "extended-protection",
		Title:    "Sign-in is refused because it is bound to another certificate.",
		Imitates: "Extended Protection Required behind a load balancer with its own certificate (0xC000035B), or behind a scanner whose CA the company trusts",
		Variants: []string{"bridging", "interception"}},
		func(b *behaviour, f Fault) {
			b.ep["mapi"] = EPRequire
			b.schemes["mapi"] = []string{"Negotiate", "NTLM"}
			b.boundTo = b.certs[siteMail].Leaf // what Exchange itself has
			for _, site := range []string{siteMail, siteDiscover} {
				spec := certSpec{names: b.namesAt(site)}
				if f.Variant == "interception" {
					spec.issuer = must(b.s.ca.subordinate("Guardian Web Filter"))
				}
				b.serve(site, spec)
			}
		}},
	{FaultInfo{Name: "proxy-breaks-ntlm", Cause: "proxy-breaks-ntlm",
		Title:    "The legs of an NTLM sign-in do not reach the server on one connection.",
		Imitates: "a reverse proxy that spreads requests over pooled connections, to two servers or to one",
		Variants: []string{"two-servers", "one-server"}},
		func(b *behaviour, f Fault) {
			b.schemes["mapi"] = []string{"Negotiate", "NTLM"}
			b.forgetLegs = map[string]bool{"mapi": true}
			if f.Variant == "one-server" {
				b.domain.proxy = "nginx"
			}
		}},
	{FaultInfo{Name: "basic-only", Healthy: true,
		Title:    "Healthy: the server offers Basic and nothing else.",
		Imitates: "a server behind a proxy that can pass on only Basic"},
		func(b *behaviour, _ Fault) { b.schemes[""] = []string{"Basic"} }},
	{FaultInfo{Name: "ntlm-only", Healthy: true,
		Title:    "Healthy: the server offers Negotiate and NTLM, with Extended Protection.",
		Imitates: "the default of Exchange since 2019 CU14"},
		func(b *behaviour, _ Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			b.ep["mapi"] = EPRequire
		}},
	{FaultInfo{Name: "modern-auth-offered", Healthy: true,
		Title:    "Healthy: Bearer is offered first, Negotiate and NTLM work.",
		Imitates: "OAuth on a virtual directory without hybrid modern authentication"},
		func(b *behaviour, _ Fault) { b.schemes[""] = []string{"Bearer", "Negotiate", "NTLM"} }},
}
