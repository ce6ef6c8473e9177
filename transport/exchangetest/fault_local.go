package exchangetest

// localFaults are about what the client's computer has kept, and about names that
// lead it elsewhere; the server itself is well.
var localFaults = []faultRow{
	{FaultInfo{Name: "stale-credential", Cause: "stale-credential", Warns: true,
		Title:    "Windows has saved credentials for Outlook, while the password that is typed in works.",
		Imitates: "entries of the Credential Manager that Outlook goes on using after the password was changed",
		Variants: []string{"office", "outlook", "server", "german"}},
		func(b *behaviour, f Fault) {
			alice := b.s.users[0].Address
			b.credentials = []string{"LegacyGeneric:target=git:https://git." + b.names.domain}
			switch f.Variant {
			case "outlook":
				b.credentials = append(b.credentials, "LegacyGeneric:target=MS.Outlook.15:"+alice+":PUT")
			case "server":
				b.credentials = append(b.credentials, "Domain:target="+b.names.mail)
			case "german":
				b.german = true
				fallthrough
			default:
				b.credentials = append(b.credentials, "LegacyGeneric:target=MicrosoftOffice16_Data:SSPI:"+alice, "LegacyGeneric:target=MicrosoftOffice15_Data:SSPI:"+b.names.autodiscover)
			}
		}},
	{FaultInfo{Name: "autodiscover-cache-stale", Cause: "autodiscover-cache-stale", Warns: true,
		Title:    "Outlook remembers an answer of Autodiscover that is no longer true.",
		Imitates: "AutoD.*.xml of the time before a migration, when another server or organisation had the mailbox",
		Variants: []string{"old-server", "old-organisation", "outlook-anywhere"}},
		func(b *behaviour, f Fault) {
			b.remember(func(p *published) {
				switch f.Variant {
				case "old-organisation":
					p.deployment = "0c6fd1b2-7a9e-4d6a-8a56-2f4f0f0a7711"
				case "outlook-anywhere":
					p.mapiHTTP, p.internal, p.external = false, "mail-old."+b.names.domain, "mail-old."+b.names.domain
				default:
					p.internal, p.external = "mail-old."+b.names.domain, "mail-old."+b.names.domain
				}
			})
		}},
	{FaultInfo{Name: "o365-direct-connect", Cause: "o365-direct-connect", Warns: true,
		Title:    "The domain is known to Microsoft 365, and nothing keeps Outlook from asking there first.",
		Imitates: "a tenant that was tried once, or mail protection in the cloud, beside mailboxes on premises",
		Variants: []string{"txt", "mx", "switched-off"}},
		func(b *behaviour, f Fault) {
			delete(b.registry[autodiscoverKey], "ExcludeExplicitO365Endpoint")
			switch f.Variant {
			case "mx":
				b.zone.mx(b.names.domain, b.cloudMX())
			case "switched-off":
				b.registry.set(autodiscoverKey, "ExcludeExplicitO365Endpoint", dword(0))
				fallthrough
			default:
				b.zone.add(b.names.domain + `. 60 IN TXT "MS=ms52174901"`)
			}
		}},
	{FaultInfo{Name: "o365-excluded", Healthy: true,
		Title:    "Healthy: the domain is known to Microsoft 365, and Outlook is told not to ask there.",
		Imitates: "a hybrid organisation that set ExcludeExplicitO365Endpoint"},
		func(b *behaviour, _ Fault) {
			b.zone.add(b.names.domain + `. 60 IN TXT "MS=ms52174901"`)
			b.zone.mx(b.names.domain, b.cloudMX())
		}},
	{FaultInfo{Name: "computer-harmless", Healthy: true,
		Title:    "Healthy: the computer has saved credentials of others, and remembers what is still true.",
		Imitates: "what any computer keeps"},
		func(b *behaviour, _ Fault) {
			b.credentials = []string{"LegacyGeneric:target=git:https://git." + b.names.domain, "MicrosoftAccount:target=SSO_POP_Device",
				"LegacyGeneric:target=MicrosoftOffice16_Data:SSPI:somebody@other.example", "WindowsLive:target=virtualapp/didlogical", "Domain:target=fileserver." + b.names.domain}
			b.remember(func(*published) {})
		}},
	{FaultInfo{Name: "ipv6-broken", Cause: "ipv6-broken", Warns: true,
		Title:    "The server's IPv6 address does not answer, its IPv4 address does.",
		Imitates: "an AAAA record of a host whose IPv6 was never finished",
		Variants: []string{"mail", "autodiscover"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "autodiscover" {
				b.zone.host(b.names.autodiscover, discoverAddr, closedAddr6)
			} else {
				b.zone.host(b.names.mail, mailAddr, closedAddr6)
			}
		}},
	{FaultInfo{Name: "ipv6-swallowed", Cause: "ipv6-broken",
		Title:    "The server's IPv6 address accepts connections and nothing goes through them.",
		Imitates: "an IPv6 path that loses large packets, so that TLS gets no answer (MTU)"},
		func(b *behaviour, _ Fault) { b.zone.host(b.names.mail, mailAddr, silentAddr6) }},
	{FaultInfo{Name: "ipv6-healthy", Healthy: true,
		Title:    "Healthy: the server answers over IPv6 as over IPv4.",
		Imitates: "a server with both kinds of addresses"},
		func(b *behaviour, _ Fault) { b.zone.host(b.names.mail, mailAddr, mailAddr6) }},
}

// remember makes Outlook keep an answer that differs from today's by edit.
func (b *behaviour) remember(edit func(*published)) {
	b.cached = func(u *User) published {
		p := b.publish(u)
		edit(&p)
		return p
	}
}

// cloudMX is where mail protection of Microsoft 365 takes the mail of a domain.
func (b *behaviour) cloudMX() string {
	name := []byte(b.names.domain)
	for i := range name {
		if name[i] == '.' {
			name[i] = '-'
		}
	}
	return string(name) + ".mail.protection.outlook.com"
}
