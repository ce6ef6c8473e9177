package lab

import (
	"slices"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Addresses of the documentation networks: nobody has them.
const (
	nowhere    = "203.0.113.9:443"
	nowhereDNS = "203.0.113.53:53"
	mailAt     = "127.0.10.1:443" // of the embedded Exchange
)

// loopback is a namespace in which a server can listen, and nothing else.
const loopback = "ip link set lo up"

// wire is a network interface whose other end nobody is at.
var wire = []string{loopback, "ip link add office0 type veth peer name nobody0", "ip link set nobody0 up", "ip link set office0 up"}

// pathCases are done to the network itself, in a namespace of their own.
var pathCases = []Case{
	{Name: "no-network/no-interface", Cause: "no-network", Namespace: []string{loopback}, Client: systemDNS},
	{Name: "no-network/self-assigned", Cause: "no-network", Client: systemDNS, Namespace: append(slices.Clone(wire), "ip addr add 169.254.17.4/16 dev office0")},
	{Name: "unreachable-host/network-unreachable", Cause: "unreachable-host", Namespace: []string{loopback}, Client: mailNowhere},
	{Name: "unreachable-host/gateway-refuses", Cause: "unreachable-host", Client: mailNowhere,
		Namespace: append(slices.Clone(wire), "ip addr add 192.0.2.2/24 dev office0", "ip route add unreachable 203.0.113.0/24")},
	{Name: "unreachable-host/swallowed", Cause: "unreachable-host", Slow: true, Client: mailNowhere,
		Namespace: append(slices.Clone(wire), "ip addr add 203.0.113.2/24 dev office0", "ip neigh add 203.0.113.9 lladdr 02:00:00:00:00:09 dev office0")},
	{Name: "autodiscover-dns/unreachable", Cause: "autodiscover-dns", Client: systemDNS,
		Namespace: append(slices.Clone(wire), "ip addr add 192.0.2.2/24 dev office0")},
}

// systemDNS asks a DNS server that is out in the network, as a computer does.
func systemDNS(b *Bench) error {
	b.Options.Path = &netpath.Path{DNS: nowhereDNS, RootCAs: b.Options.Path.RootCAs}
	return nil
}

// mailNowhere moves the mail server to an address that the network does not lead to.
func mailNowhere(b *Bench) error {
	b.Options.Path.ConnectTo[mailAt] = nowhere
	return nil
}
