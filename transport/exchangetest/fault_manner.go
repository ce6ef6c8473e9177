package exchangetest

// mannerFaults change whose answers are given.
var mannerFaults = []faultRow{
	{FaultInfo{Name: "gromox", Healthy: true,
		Title:    "Healthy: the server is grommunio gromox.",
		Imitates: "its own response codes and cookies, 404 for a browser, no health page"},
		func(b *behaviour, _ Fault) { b.manner = Gromox }},
	{FaultInfo{Name: "server-version-unsupported", Cause: "server-version-unsupported",
		Title:    "The server is older than MAPI over HTTP.",
		Imitates: "Exchange 2013 CU3, Exchange 2010: no /mapi, Autodiscover gives RPC over HTTP alone",
		Variants: []string{"2013", "2010"}},
		func(b *behaviour, f Fault) {
			b.manner = Exchange2013
			if f.Variant == "2010" {
				b.build = exchange2010
			}
		}},
}
