package exchangetest

import (
	"strings"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// discoveryFaults change what DNS and Autodiscover say. The ones without a Cause
// are other ways to be healthy.
var discoveryFaults = []faultRow{
	{FaultInfo{Name: "autodiscover-dns", Cause: "autodiscover-dns",
		Title:    "No DNS name leads to Autodiscover.",
		Imitates: "a zone without autodiscover.<domain> and without the SRV record",
		Variants: []string{"missing", "wrong-address", "unknown-domain"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "unknown-domain" { // the address was misspelled
				b.zone = zone{}
				return
			}
			b.zone.drop(b.names.autodiscover)
			b.zone.drop("_autodiscover._tcp." + b.names.domain)
			if f.Variant == "wrong-address" {
				b.zone.host(b.names.autodiscover, closedAddr)
			}
		}},
	{FaultInfo{Name: "server-mapihttp-disabled", Cause: "server-mapihttp-disabled",
		Title:    "MAPI over HTTP is switched off for the organisation.",
		Imitates: "Set-OrganizationConfig -MapiHttpEnabled $false"},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.mapiHTTP = false })
			b.refuseConnect(f, mapierr.ProtocolDisabled)
		}},
	{FaultInfo{Name: "mailbox-mapi-disabled", Cause: "mailbox-mapi-disabled",
		Title:    "Outlook is not allowed to open this mailbox.",
		Imitates: "Set-CASMailbox -MAPIEnabled $false, with and without webmail",
		Variants: []string{"web-alone", "nothing"}},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) {
				p.mapiHTTP, p.exch, p.expr, p.exhttp, p.noWeb = false, false, false, false, f.Variant == "nothing"
			})
			b.refuseConnect(f, mapierr.ProtocolDisabled)
		}},
	{FaultInfo{Name: "vdir-url-wrong", Cause: "vdir-url-wrong",
		Title:    "Autodiscover publishes a server name that does not exist on this network.",
		Imitates: "Set-MapiVirtualDirectory with the server's own name instead of the namespace",
		Variants: []string{"internal-name", "old-address", "misspelled"}},
		func(b *behaviour, f Fault) {
			name := b.names.server
			if f.Variant == "misspelled" {
				name = "mial." + b.names.domain
			}
			b.edit(f, func(p *published) { p.internal, p.external = name, name })
			if f.Variant == "old-address" {
				b.zone.host(b.names.server, closedAddr)
			}
		}},
	{FaultInfo{Name: "external-blocked", Cause: "external-blocked",
		Title:    "The mailbox can be opened inside the organisation's network only.",
		Imitates: "Set-CASMailbox -MAPIBlockOutlookExternalConnectivity $true, seen from outside",
		Variants: []string{"server-name", "other-zone"}},
		func(b *behaviour, f Fault) {
			internal := b.names.server
			if f.Variant == "other-zone" {
				internal = "mail.corp.local"
			}
			b.edit(f, func(p *published) { p.internal, p.external = internal, "" })
		}},
	{FaultInfo{Name: "unknown-user-dn", Cause: "unknown-user-dn",
		Title:    "The mailbox server does not know the mailbox that Autodiscover names.",
		Imitates: "a stale legacyExchangeDN, or a mailbox that was removed",
		Variants: []string{"stale", "removed"}},
		func(b *behaviour, f Fault) {
			for _, u := range b.s.users {
				if f.Variant == "removed" {
					b.unknownDN[u.Address] = f.concerns(u.Address)
				}
			}
			if f.Variant != "removed" {
				b.edit(f, func(p *published) { p.legacyDN = adminGroupDN + "/cn=Recipients/cn=removed-last-year" })
			}
		}},
	{FaultInfo{Name: "wrong-server",
		Title:    "The published URL belongs to another mailbox; the logon is redirected to the right one.",
		Imitates: "a mailbox that was moved while Autodiscover still gives the old MailboxId (0x478)",
		Variants: []string{"redirect", "loop", "connect"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "connect" {
				b.refuseConnect(f, mapierr.WrongServer)
				return
			}
			b.edit(f, func(p *published) { p.mailboxID = "11111111-2222-4333-8444-555555555555@" + b.names.domain })
			b.redirectLoop = f.Variant == "loop"
		}},
	{FaultInfo{Name: "autodiscover-error", Cause: "autodiscover-error",
		Title:    "Autodiscover answers with an error of its own.",
		Imitates: "the error forms of MS-OXDSCLI",
		Variants: []string{"603", "500", "601", "not-xml"}},
		func(b *behaviour, f Fault) {
			b.pox = append(b.pox, func(c *call, _ string) bool {
				switch f.Variant {
				case "500":
					c.poxError(poxNoSuchAddress, "The email address can't be found.")
				case "601":
					c.poxError(poxNoProvider, "Provider is not available")
				case "not-xml":
					c.text(200, "text/html", "<html><body>Welcome</body></html>")
				default:
					c.poxError(poxServerError, "The server is busy.")
				}
				return true
			})
		}},
	{FaultInfo{Name: "redirect-loop", Cause: "autodiscover-error",
		Title:    "Autodiscover redirects in a circle.",
		Imitates: "redirectUrl and redirectAddr that lead back to where they came from",
		Variants: []string{"url", "address", "plain-http"}},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) {
				switch f.Variant {
				case "address":
					p.redirectAddr = "alice@" + b.names.branch
				case "plain-http":
					p.redirectURL = "http://" + b.names.autodiscover + "/autodiscover/autodiscover.xml"
				default:
					p.redirectURL = "https://" + b.names.autodiscover + "/autodiscover/autodiscover.xml"
				}
			})
			b.pox = append(b.pox, func(c *call, address string) bool {
				back := f.Variant == "address" && strings.HasSuffix(address, "@"+b.names.branch)
				if back {
					c.redirectTo("redirectAddr", "alice@"+b.names.domain)
				}
				return back
			})
		}},
	{FaultInfo{Name: "discovery-srv", Healthy: true,
		Title:    "Healthy: only the SRV record leads to Autodiscover.",
		Imitates: "a hosted domain with nothing but _autodiscover._tcp"},
		func(b *behaviour, _ Fault) { b.zone.drop(b.names.autodiscover) }},
	{FaultInfo{Name: "discovery-http-redirect", Healthy: true,
		Title:    "Healthy: only the redirect on port 80 leads to Autodiscover.",
		Imitates: "a hosted domain whose autodiscover name has no certificate of its own"},
		func(b *behaviour, _ Fault) {
			b.zone.drop("_autodiscover._tcp." + b.names.domain)
			b.zone.host(b.names.autodiscover, redirectAddr)
		}},
	{FaultInfo{Name: "discovery-redirect-address", Healthy: true,
		Title:    "Healthy: Autodiscover sends the client on to another address.",
		Imitates: "redirectAddr to a second accepted domain (hybrid, mergers)"},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.redirectAddr = "" })
			b.pox = append(b.pox, func(c *call, address string) bool {
				name, domain, _ := strings.Cut(address, "@")
				if u := c.s.userNamed(name + "@" + b.names.domain); u != nil && strings.EqualFold(domain, b.names.branch) {
					c.poxSettings(u, b.publish(u))
				} else {
					c.redirectTo("redirectAddr", name+"@"+b.names.branch)
				}
				return true
			})
		}},
	{FaultInfo{Name: "discovery-redirect-url", Healthy: true,
		Title:    "Healthy: Autodiscover sends the client on to another URL.",
		Imitates: "redirectUrl to the namespace of another site"},
		func(b *behaviour, _ Fault) {
			b.pox = append(b.pox, func(c *call, _ string) bool {
				here := strings.EqualFold(c.r.Host, b.names.autodiscover)
				if here {
					c.redirectTo("redirectUrl", "https://"+b.names.mail+"/autodiscover/autodiscover.xml")
				}
				return here
			})
		}},
	{FaultInfo{Name: "dns-trouble", Cause: "autodiscover-dns",
		Title:    "The DNS server does not answer as it should.",
		Imitates: "a resolver that fails, is silent, or whose answers do not fit into UDP",
		Variants: []string{"servfail", "silent", "truncated"}},
		func(b *behaviour, f Fault) {
			b.dnsMood = map[string]dnsMood{"silent": dnsSilent, "truncated": dnsTruncate}[f.Variant]
			if b.dnsMood == dnsNormal {
				b.dnsMood = dnsServFail
			}
		}},
	{FaultInfo{Name: "redirect-consent", Cause: "redirect-consent",
		Title:    "Autodiscover leads to a host of another domain.",
		Imitates: "a hoster's Autodiscover, by the redirect on port 80 or by redirectUrl",
		Variants: []string{"http", "url"}},
		func(b *behaviour, f Fault) {
			const hoster = "autodiscover.hoster.example"
			if f.Variant == "url" {
				b.edit(f, func(p *published) { p.redirectURL = "https://" + hoster + "/autodiscover/autodiscover.xml" })
				return
			}
			b.zone.drop("_autodiscover._tcp." + b.names.domain)
			b.zone.host(b.names.autodiscover, redirectAddr)
			b.redirector = hoster
		}},
	{FaultInfo{Name: "legacydn-trailing-space", Cause: "legacydn-trailing-space",
		Title:    "The distinguished name of the mailbox ends with a blank.",
		Imitates: "a legacyExchangeDN that was edited by hand; some servers forgive it, Outlook does not",
		Variants: []string{"refused", "accepted"}},
		func(b *behaviour, f Fault) {
			b.blankDN = f.Variant == "accepted"
			b.edit(f, func(p *published) { p.blank = true })
		}},
	{FaultInfo{Name: "autodiscover-contradicts", Cause: "autodiscover-contradicts", Warns: true,
		Title:    "Two ways to Autodiscover give different answers.",
		Imitates: "an SRV record that still leads to the server of before the migration",
		Variants: []string{"server", "mailbox"}},
		func(b *behaviour, f Fault) {
			b.pox = append(b.pox, func(c *call, address string) bool {
				u := c.s.userNamed(address)
				if u == nil || !strings.EqualFold(c.r.Host, b.names.mail) {
					return false
				}
				p := b.publish(u)
				if f.Variant == "mailbox" {
					p.mailboxID = "11111111-2222-4333-8444-555555555555@" + b.names.domain
				} else {
					p.external = b.names.autodiscover
				}
				c.poxSettings(u, p)
				return true
			})
		}},
	{FaultInfo{Name: "srv-target-broken", Cause: "srv-target-broken", Warns: true,
		Title:    "The SRV record for Autodiscover names a host that does not exist.",
		Imitates: "a record that was left behind when a server was removed",
		Variants: []string{"alone", "second"}},
		func(b *behaviour, f Fault) {
			name := "_autodiscover._tcp." + b.names.domain
			if f.Variant != "second" {
				b.zone.drop(name)
			}
			b.zone.add(name + ". 60 IN SRV 10 0 443 old-mail." + b.names.domain + ".")
		}},
	{FaultInfo{Name: "mailbox-online", Healthy: true,
		Title:    "Healthy: Autodiscover says that the mailbox is in Exchange Online.",
		Imitates: "MicrosoftOnline True after a move in a hybrid organisation"},
		func(b *behaviour, f Fault) { b.edit(f, func(p *published) { p.online = true }) }},
	{FaultInfo{Name: "ipv6-alone", Healthy: true,
		Title:    "Healthy: the mail server is reached over IPv6 alone.",
		Imitates: "an AAAA record without an A record beside it"},
		func(b *behaviour, _ Fault) { b.zone.host(b.names.mail, mailAddr6) }},
}
