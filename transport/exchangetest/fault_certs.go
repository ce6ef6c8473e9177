package exchangetest

// certFaults are certificates that work and should be looked at.
var certFaults = []faultRow{
	{FaultInfo{Name: "cert-names", Cause: "cert-names", Warns: true,
		Title:    "The certificate lacks a name that Autodiscover gives.",
		Imitates: "an internal URL with the server's own name, and a certificate for the namespace alone"},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.internal = b.names.server })
		}},
	{FaultInfo{Name: "cert-revocation", Cause: "cert-revocation", Warns: true,
		Title:    "Nobody answers whether the certificate is revoked.",
		Imitates: "a private authority whose list is published where clients do not get"},
		func(b *behaviour, _ Fault) {
			for _, site := range sitesOf("*") {
				b.serve(site, certSpec{names: b.namesAt(site), listedAt: "http://" + closedAddr + "/ca.crl"})
			}
		}},
	{FaultInfo{Name: "cert-remark", Cause: "cert-remark", Warns: true,
		Title:    "Two servers behind one name show different certificates.",
		Imitates: "a certificate that was renewed on one of two servers"},
		func(b *behaviour, _ Fault) {
			b.zone.host(b.names.mail, mailAddr, secondAddr)
			b.serve(siteSecond, certSpec{names: b.names.exchange()})
		}},
	{FaultInfo{Name: "tls-inspected", Cause: "tls-inspected", Warns: true,
		Title:    "An inspecting proxy that the computer trusts opens the connection.",
		Imitates: "a company's web filter whose authority is in the store of every computer, before an Exchange without Extended Protection"},
		func(b *behaviour, _ Fault) {
			for _, site := range sitesOf("*") {
				b.serve(site, certSpec{names: b.namesAt(site), issuer: must(b.s.ca.subordinate("Zscaler Intermediate"))})
			}
		}},
}
