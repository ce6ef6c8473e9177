package exchangetest

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// frontFaults happen before Exchange sees a request: the network, the front end
// and what stands before it.
var frontFaults = []faultRow{
	{FaultInfo{Name: "server-component-down", Cause: "server-component-down",
		Title:    "The MAPI component of the server is out of service.",
		Imitates: "an inactive server component or a stopped application pool: 503, also for healthcheck.htm",
		Variants: []string{"mapi", "all", "one-node"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "one-node" { // a second address behind the name, whose server is in maintenance
				b.zone.host(b.names.mail, mailAddr, secondAddr)
				b.mapiDownAt = siteSecond
				return
			}
			b.down["mapi"] = true
			for _, vdir := range healthVDirs {
				b.down[vdir] = b.down[vdir] || f.Variant == "all"
			}
		}},
	{FaultInfo{Name: "pre-auth-proxy", Cause: "pre-auth-proxy",
		Title:    "A proxy in front of Exchange asks for a web sign-in.",
		Imitates: "forms-based pre-authentication on /mapi and /autodiscover: a redirect, or a login page with 200",
		Variants: []string{"redirect", "page", "mapi-only"}},
		func(b *behaviour, f Fault) {
			b.front = append(b.front, func(c *call) bool {
				if !c.conn.tls || c.vdir != "mapi" && (c.vdir != "autodiscover" || f.Variant == "mapi-only") {
					return false
				}
				c.set("Server", "Gatekeeper")
				if f.Variant == "page" {
					c.text(http.StatusOK, "text/html", loginPage)
				} else {
					c.redirect(http.StatusFound, "https://"+b.names.mail+"/my.policy")
				}
				return true
			})
		}},
	{FaultInfo{Name: "web-filter", Cause: "web-filter",
		Title:    "A web filter answers in place of the server.",
		Imitates: "an inspecting proxy, trusted by the client, whose policy forbids /mapi",
		Variants: []string{"squid", "fortiguard"}},
		func(b *behaviour, f Fault) {
			b.instead("mapi", func(c *call) {
				page := "<html><head><title>ERROR: The requested URL could not be retrieved</title></head><body>Access Denied.</body></html>"
				if f.Variant == "fortiguard" {
					page = "<html><head><title>Web Page Blocked</title></head><body>FortiGuard Intrusion Prevention - Access Blocked</body></html>"
				} else {
					c.set("Server", "squid/6.13")
					c.set("X-Squid-Error", "ERR_ACCESS_DENIED 0")
				}
				c.text(http.StatusForbidden, "text/html", page)
			})
		}},
	{FaultInfo{Name: "vdir-missing", Cause: "vdir-missing",
		Title:    "Nothing is at the URL of the mailbox.",
		Imitates: "a virtual directory that was removed, or a reverse proxy that does not pass /mapi on: 404",
		Variants: []string{"iis", "proxy"}},
		func(b *behaviour, f Fault) {
			b.instead("mapi", func(c *call) {
				if f.Variant == "proxy" {
					c.set("Server", "nginx")
					c.text(http.StatusNotFound, "text/html", "<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>")
					return
				}
				c.frontEnd()
				c.iisNotFound()
			})
		}},
	{FaultInfo{Name: "service-down", Cause: "service-down", Warns: true,
		Title:    "A service beside the mailbox is out of service.",
		Imitates: "an inactive server component or a stopped application pool of /ews or /oab",
		Variants: []string{"ews", "oab"}},
		func(b *behaviour, f Fault) { b.down[cmp.Or(f.Variant, "ews")] = true }},
	{FaultInfo{Name: "captive-portal", Cause: "captive-portal",
		Title:    "The network shows its own sign-in page instead of the server.",
		Imitates: "a hotspot: http leads to its page; https has its certificate, or is cut off by a firewall",
		Variants: []string{"certificate", "port-80"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "port-80" {
				firewallPortal(b)
				return
			}
			const portal = "portal.hotspot.test"
			for _, site := range []string{siteMail, siteDiscover, siteWebsite} {
				b.serve(site, certSpec{names: []string{portal}, issuer: must(newAuthority("Hotspot"))})
			}
			b.front = append(b.front, func(c *call) bool {
				c.set("Server", "hotspot")
				if c.r.Host == portal || c.conn.tls {
					c.text(http.StatusOK, "text/html", loginPage)
				} else {
					c.redirect(http.StatusFound, "http://"+portal+"/login?to="+c.r.Host)
				}
				return true
			})
		}},
	{FaultInfo{Name: "black-hole", Cause: "black-hole",
		Title:    "The server accepts connections and never says a word.",
		Imitates: "a hung server, or a firewall that swallows what follows the handshake of TCP"},
		func(b *behaviour, f Fault) {
			for _, site := range sitesOf(f.Host) {
				b.silent[site] = true
			}
		}},
	{FaultInfo{Name: "connection-refused", Cause: "connection-refused",
		Title:    "Nothing listens at the server's address.",
		Imitates: "a service that does not run, or a wrong address in DNS"},
		func(b *behaviour, f Fault) {
			for _, site := range sitesOf(f.Host) {
				b.zone.host(map[string]string{siteMail: b.names.mail, siteDiscover: b.names.autodiscover, siteWebsite: b.names.domain}[site], closedAddr)
			}
		}},
	{FaultInfo{Name: "address-dead", Cause: "address-dead", Warns: true,
		Title:    "One of two addresses of the mail server does not answer.",
		Imitates: "a server that was switched off and left in DNS",
		Variants: []string{"second", "first"}},
		func(b *behaviour, f Fault) {
			addrs := []string{mailAddr, closedAddr}
			if f.Variant == "first" {
				slices.Reverse(addrs)
			}
			b.zone.host(b.names.mail, addrs...)
		}},
	{FaultInfo{Name: "name-missing", Cause: "name-missing",
		Title:    "The DNS server has no answer about the name of the mail server.",
		Imitates: "a zone whose own server is out of reach of the resolver",
		Variants: []string{"servfail", "silent"}},
		func(b *behaviour, f Fault) {
			mood := dnsServFail
			if f.Variant == "silent" {
				mood = dnsSilent
			}
			b.moods = map[string]dnsMood{b.names.mail: mood}
		}},
	{FaultInfo{Name: "clock-skew", Cause: "clock-skew", Kerberos: true,
		Title:    "The server's clock is two hours off.",
		Imitates: "Date and the logon time of a server (or, seen from it, a client) without time service",
		Variants: []string{"ahead", "behind"}},
		func(b *behaviour, f Fault) {
			b.clockSkew = 2 * time.Hour
			if f.Variant == "behind" {
				b.clockSkew = -b.clockSkew
			}
		}},
}

// instead answers requests for a virtual directory, over https, in place of
// Exchange.
func (b *behaviour) instead(vdir string, answer func(*call)) {
	b.front = append(b.front, func(c *call) bool {
		if !c.conn.tls || c.vdir != vdir {
			return false
		}
		answer(c)
		return true
	})
}

// firewallPortal lets nothing but plain http through, and leads that to its page.
func firewallPortal(b *behaviour) {
	for _, site := range []string{siteMail, siteDiscover, siteWebsite} {
		b.cut[site] = true
	}
	b.front = append(b.front, func(c *call) bool {
		c.redirect(http.StatusSeeOther, "http://10.0.0.1:1000/fgtauth?0123456789abcdef")
		return true
	})
}

const loginPage = `<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method="post" action="/login"><input name="user"><input name="password" type="password"><button>Sign in</button></form></body></html>`
