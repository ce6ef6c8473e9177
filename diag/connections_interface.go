package diag

import (
	"net/netip"
	"net/url"

	"github.com/mapiscope/mapiscope/diag/report"
)

// nameInterfaces gives each established row the local network interface that its
// requests left by, as the dialog of Outlook does: the one that carries the local
// address of the row's last exchange.
func nameInterfaces(r *report.Report) {
	for i := range r.Connections {
		row := &r.Connections[i]
		if row.Status != report.Established {
			continue
		}
		for _, x := range r.Exchanges {
			if x.Local != "" && sameEndpoint(x.URL, row.URL) {
				row.Interface = interfaceOf(x.Local, r.Machine.Interfaces)
			}
		}
	}
}

// sameEndpoint says that two URLs lead to one path of one host.
func sameEndpoint(a, b string) bool {
	ua, err := url.Parse(a)
	ub, err2 := url.Parse(b)
	return err == nil && err2 == nil && ua.Host == ub.Host && ua.Path == ub.Path
}

// interfaceOf is the name of the interface with the address of local ("address:port"),
// "" when none has it.
func interfaceOf(local string, list []report.Interface) string {
	at, err := netip.ParseAddrPort(local)
	if err != nil {
		return ""
	}
	addr := at.Addr().Unmap()
	if addr.IsLoopback() { // which is not among the interfaces that lead anywhere
		return "loopback"
	}
	for _, i := range list {
		for _, cidr := range i.Addresses {
			if p, err := netip.ParsePrefix(cidr); err == nil && p.Addr() == addr.WithZone("") {
				return i.Name
			}
		}
	}
	return ""
}
