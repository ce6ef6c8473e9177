package netmon

import (
	"net/netip"
	"slices"
	"strings"
)

// parseResolvConf reads the name servers and search domains of resolv.conf(5).
func parseResolvConf(b []byte) (servers []netip.Addr, search []string) {
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		switch f[0] {
		case "nameserver":
			if a, err := netip.ParseAddr(f[1]); err == nil && !slices.Contains(servers, a) {
				servers = append(servers, a)
			}
		case "search", "domain": // the last of them counts
			search = slices.Clone(f[1:])
		}
	}
	return servers, search
}

// upstream picks, of several resolv.conf files, the first that names a server
// outside this computer: the usual one often names only a cache on loopback,
// which stays the same on every network. The search domains are those of the
// first file.
func upstream(files ...[]byte) (servers []netip.Addr, search []string) {
	for i, b := range files {
		found, domains := parseResolvConf(b)
		if i == 0 {
			servers, search = found, domains
		}
		if slices.ContainsFunc(found, func(a netip.Addr) bool { return !a.IsLoopback() }) {
			return found, search
		}
	}
	return servers, search
}
