//go:build !windows

package netmon

import (
	"net/netip"
	"os"
)

// Nameservers are the DNS servers that programs on this computer ask just now;
// nil where that is not known.
func Nameservers() []netip.Addr {
	b, _ := os.ReadFile(resolvConfFiles[0])
	servers, _ := parseResolvConf(b)
	return servers
}
