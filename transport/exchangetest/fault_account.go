package exchangetest

// accountFaults are about the names under which a person signs in, and about what
// Active Directory says of the servers.
var accountFaults = []faultRow{
	{FaultInfo{Name: "upn-mismatch", Cause: "upn-mismatch", Kerberos: true,
		Title:    "The domain knows the user by another name than the e-mail address.",
		Imitates: "a user principal name with the suffix of the Active Directory domain, and Outlook that offers the e-mail address",
		Variants: []string{"kerberos", "ntlm"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			b.domain.ntlmOff = f.Variant != "ntlm"
			b.notByMail = true
		}},
	{FaultInfo{Name: "scp-wrong", Cause: "scp-wrong", Warns: true, Kerberos: true,
		Title:    "Active Directory leads Outlook to a name that is not on the certificate.",
		Imitates: "AutoDiscoverServiceInternalUri with the server's own name, as setup leaves it: a warning on every computer of the domain",
		Variants: []string{"certificate", "missing-name"}},
		func(b *behaviour, f Fault) {
			b.inDomain("https://" + b.names.server + "/Autodiscover/Autodiscover.xml")
			if f.Variant != "missing-name" {
				b.zone.host(b.names.server, mailAddr)
			}
		}},
	{FaultInfo{Name: "scp-healthy", Healthy: true, Kerberos: true,
		Title:    "Healthy: Active Directory names the namespace.",
		Imitates: "AutoDiscoverServiceInternalUri with a name that every client reaches and the certificate carries"},
		func(b *behaviour, _ Fault) {
			b.inDomain("https://" + b.names.autodiscover + "/Autodiscover/Autodiscover.xml")
		}},
}

// inDomain puts the client's computer into the domain, whose directory names that URL.
func (b *behaviour) inDomain(url string) {
	b.scp = []string{url}
	b.zone.add("_ldap._tcp.dc._msdcs." + b.names.domain + ". 60 IN SRV 0 0 389 " + b.names.dc() + ".")
}
