package netmon

import "net/netip"

// State is what a connection depends on in this computer, as far as it was
// readable. Two states of the same network are Equal.
type State struct {
	Interfaces []Interface  // those with a usable address, without loopback, sorted by name
	Default4   []Route      // the ways out of IPv4, the preferred first
	Default6   []Route      // the ways out of IPv6, the preferred first
	DNS        []netip.Addr // DNS servers in the order in which they are asked
	Search     []string     // domains appended to short names
	Proxy      Proxy
}

// Interface is a network interface that can carry a connection.
type Interface struct {
	Name  string
	Up    bool           // enabled and with a carrier
	Addrs []netip.Prefix // sorted; neither link-local nor still being checked for duplicates
}

// Route is a default route.
type Route struct {
	Interface string
	Gateway   netip.Addr // not valid for a point-to-point link
	Metric    uint32     // smaller is preferred
}

// Proxy is the system's proxy setting, without credentials. All empty: direct.
type Proxy struct {
	HTTP       string // host:port for http
	HTTPS      string // host:port for https
	Bypass     string // hosts that go direct, as the system writes them
	ScriptURL  string // of a PAC script
	AutoDetect bool   // WPAD
}

// Online reports whether there is a default route over an interface that is up.
func (s State) Online() bool { return s.usable(s.Default4) || s.usable(s.Default6) }

// HasAddr reports whether a, the local address of a connection, still belongs to
// an interface that is up. A loopback address always does.
func (s State) HasAddr(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if a.IsLoopback() {
		return true
	}
	for _, i := range s.Interfaces {
		for _, p := range i.Addrs {
			if i.Up && p.Addr() == a {
				return true
			}
		}
	}
	return false
}

func (s State) usable(routes []Route) bool {
	for _, r := range routes {
		for _, i := range s.Interfaces {
			if i.Name == r.Interface && i.Up {
				return true
			}
		}
	}
	return false
}
