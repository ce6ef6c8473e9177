package exchangetest

// clientFaults are about the client's computer; the server itself is well. What
// they change is seen in Server.RegistryExport.
var clientFaults = []faultRow{
	{FaultInfo{Name: "client-mapihttp-disabled", Cause: "client-mapihttp-disabled",
		Title:    "A registry value keeps Outlook from MAPI over HTTP.",
		Imitates: "MapiHttpDisabled, left behind by a test or written by a policy",
		Variants: []string{"user", "policy"}},
		func(b *behaviour, f Fault) {
			key := exchangeKey
			if f.Variant == "policy" {
				key = exchangePolicy
			}
			b.registry.set(key, "MapiHttpDisabled", dword(1))
		}},
	{FaultInfo{Name: "client-version-unsupported", Cause: "client-version-unsupported",
		Title:    "The installed Outlook is too old for MAPI over HTTP.",
		Imitates: "Outlook 2013 without its Service Pack, Outlook 2010 without Service Pack 2, Outlook 2007",
		Variants: []string{"2013", "2010", "2007"}},
		func(b *behaviour, f Fault) {
			switch f.Variant {
			case "2010":
				b.registry.installed("14.0", "14.0.6029.1000")
			case "2007":
				b.registry.installed("12.0", "")
			default:
				b.registry.installed("15.0", "15.0.4420.1017")
			}
		}},
	{FaultInfo{Name: "registry-override", Cause: "registry-override",
		Title:    "Registry values keep Outlook from every way to Autodiscover.",
		Imitates: "Exclude values that were meant for another time, or a file in place of Autodiscover",
		Variants: []string{"excluded", "by-policy", "local-xml"}},
		func(b *behaviour, f Fault) {
			key := autodiscoverKey
			switch f.Variant {
			case "local-xml":
				b.registry.set(key, "PreferLocalXML", dword(1))
				b.registry.set(key, b.names.domain, quotedText(`C:\Autodiscover\migration.xml`))
				return
			case "by-policy":
				key = autodiscoverPolicy
			}
			for _, name := range []string{"ExcludeHttpsAutoDiscoverDomain", "ExcludeHttpsRootDomain", "ExcludeHttpRedirect", "ExcludeSrvRecord", "ExcludeScpLookup"} {
				b.registry.set(key, name, dword(1))
			}
		}},
	{FaultInfo{Name: "online-content-blocked", Cause: "online-content-blocked",
		Title:    "A policy keeps Office from the sign-in service that the server asks for.",
		Imitates: "UseOnlineContent 0 where modern authentication is offered, and where it is not",
		Variants: []string{"modern-offered", "not-offered"}},
		func(b *behaviour, f Fault) {
			if f.Variant != "not-offered" {
				b.schemes[""] = []string{"Bearer", "Negotiate", "NTLM"}
			}
			b.registry.set(internetPolicy, "UseOnlineContent", dword(0))
		}},
	{FaultInfo{Name: "registry-harmless", Healthy: true,
		Title:    "Healthy: the registry has switches that change nothing for the worse.",
		Imitates: "steps left out beside others that work, a switch set to 0, one that Outlook does not know"},
		func(b *behaviour, _ Fault) {
			b.registry.set(exchangeKey, "MapiHttpDisabled", dword(0))
			for _, name := range []string{"ExcludeScpLookup", "ExcludeSrvRecord", "ExcludeSrvLookup", "ExcludeLastKnownGoodURL"} {
				b.registry.set(autodiscoverKey, name, dword(1))
			}
		}},
}
