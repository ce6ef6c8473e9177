package certificates

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// NetworkName tells networks apart well enough to compare what they show: the
// prefixes of the interfaces that are up, so that a VPN makes another one. It is
// "" without any.
func NetworkName() string {
	interfaces, err := net.Interfaces()
	if err != nil {
		return ""
	}
	var prefixes []string
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLinkLocalUnicast() {
				prefixes = append(prefixes, p.Masked().String())
			}
		}
	}
	slices.Sort(prefixes)
	return strings.Join(slices.Compact(prefixes), " ")
}
