package exchangetest

import "strings"

// nameFaults are about where names and answers lead, beyond discoveryFaults.
var nameFaults = []faultRow{
	{FaultInfo{Name: "legacydn-trailing-space", Cause: "legacydn-trailing-space",
		Title:    "The distinguished name of the mailbox ends with a blank.",
		Imitates: "a legacyExchangeDN that was written by a script; the mailbox server does not find it, or forgives it",
		Variants: []string{"refused", "accepted"}},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.dnEnd = " " })
			b.trimDN = f.Variant == "accepted"
		}},
	{FaultInfo{Name: "redirect-consent", Cause: "redirect-consent",
		Title:    "Autodiscover leads to another domain, and nobody has agreed to that.",
		Imitates: "a mailbox at a hoster: redirectUrl, or a redirect from plain http",
		Variants: []string{"redirect-url", "http-redirect"}},
		func(b *behaviour, f Fault) {
			const elsewhere = "https://autodiscover.hoster.example/autodiscover/autodiscover.xml"
			if f.Variant != "http-redirect" {
				b.edit(f, func(p *published) { p.redirectURL = elsewhere })
				return
			}
			b.zone.drop("_autodiscover._tcp." + b.names.domain)
			b.zone.host(b.names.autodiscover, redirectAddr)
			b.front = append(b.front, func(c *call) bool {
				if c.conn.site.name != siteRedirector {
					return false
				}
				c.redirect(302, elsewhere)
				return true
			})
		}},
	{FaultInfo{Name: "srv-target-broken", Cause: "srv-target-broken", Warns: true,
		Title:    "The SRV record leads to a host that does not exist.",
		Imitates: "_autodiscover._tcp that still names the server of before"},
		func(b *behaviour, _ Fault) {
			srv := "_autodiscover._tcp." + b.names.domain
			b.zone.drop(srv)
			b.zone.add(srv + ". 60 IN SRV 0 0 443 exchange2010." + b.names.domain + ".")
		}},
	{FaultInfo{Name: "autodiscover-contradicts", Cause: "autodiscover-contradicts", Warns: true,
		Title:    "The ways to Autodiscover give different answers about the mailbox.",
		Imitates: "an SRV record that leads to a server of another organisation, or to one that was left behind"},
		func(b *behaviour, _ Fault) {
			b.pox = append(b.pox, func(c *call, address string) bool {
				u := c.s.userNamed(address)
				if u == nil || !strings.EqualFold(c.r.Host, b.names.mail) {
					return false
				}
				old := b.publish(u)
				old.internal, old.external = b.names.server, b.names.server
				c.poxSettings(u, old)
				return true
			})
		}},
	{FaultInfo{Name: "address-dead", Cause: "address-dead", Warns: true,
		Title:    "One of two addresses of the server does not answer.",
		Imitates: "a server that was switched off and left in DNS"},
		func(b *behaviour, _ Fault) { b.zone.host(b.names.mail, mailAddr, closedAddr) }},
	{FaultInfo{Name: "unreachable-host", Cause: "unreachable-host",
		Title:    "The server cannot be reached.",
		Imitates: "a firewall that hangs up before TLS; an address that no route leads to",
		Variants: []string{"hangs-up", "no-route"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "no-route" {
				b.zone.host(b.names.mail, noRouteAddr)
				return
			}
			b.cut[siteMail] = true
		}},
	{FaultInfo{Name: "mailbox-online", Healthy: true,
		Title:    "Healthy: Autodiscover says that the mailbox is in Exchange Online.",
		Imitates: "MicrosoftOnline True"},
		func(b *behaviour, f Fault) { b.edit(f, func(p *published) { p.online = true }) }},
	{FaultInfo{Name: "cross-forest-residue", Cause: "cross-forest-residue", Warns: true,
		Title:    "Autodiscover names an address of one domain and a server of another.",
		Imitates: "msExchArchiveDatabaseLink left behind by a move between forests"},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.smtp = "alice@old-forest.example" })
		}},
	{FaultInfo{Name: "sign-in-scheme", Cause: "sign-in-scheme",
		Title:    "The server offers no way to sign in that can be used.",
		Imitates: "a virtual directory with Digest alone, or one with client certificates mapped to accounts",
		Variants: []string{"digest", "certificate"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Digest"}
			if f.Variant == "certificate" {
				b.schemes[""] = []string{"ClientCertificate"}
			}
		}},
}
