package exchangetest

// nameFaults are about where names and answers lead, beyond discoveryFaults.
var nameFaults = []faultRow{
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
	{FaultInfo{Name: "cross-forest-residue", Cause: "cross-forest-residue", Warns: true,
		Title:    "Autodiscover names an address of one domain and a server of another.",
		Imitates: "msExchArchiveDatabaseLink left behind by a move between forests",
		Variants: []string{"old-forest", "archive"}},
		func(b *behaviour, f Fault) {
			domain := "old-forest.example"
			if f.Variant == "archive" {
				domain = "archive.hoster.example"
			}
			b.edit(f, func(p *published) { p.smtp = "alice@" + domain })
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
