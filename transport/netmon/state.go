package netmon

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
)

// State is what a connection depends on in this computer, as far as it could be
// read.
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

// Route is a default route, or one half of the pair that VPN clients set instead.
type Route struct {
	Interface string
	Gateway   netip.Addr // not valid on a point-to-point link
	Metric    uint32     // smaller is preferred
}

// Online reports whether there is a default route over an interface that is up.
func (s State) Online() bool { return s.usable(s.Default4) || s.usable(s.Default6) }

// HasAddr reports whether a, the local address of a connection, still belongs to
// an interface that is up. A loopback address always does.
func (s State) HasAddr(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	owns := func(p netip.Prefix) bool { return p.Addr() == a }
	return a.IsLoopback() || slices.ContainsFunc(s.Interfaces, func(i Interface) bool {
		return i.Up && slices.ContainsFunc(i.Addrs, owns)
	})
}

func (s State) usable(routes []Route) bool {
	return slices.ContainsFunc(routes, func(r Route) bool {
		return slices.ContainsFunc(s.Interfaces, func(i Interface) bool { return i.Up && i.Name == r.Interface })
	})
}

// compare names what is different between two states, sorted. The metric of a
// route counts only by the order it makes: the network manager of a desktop
// raises and lowers it after every connectivity check.
func compare(old, now State) (reasons []Reason) {
	for reason, same := range map[Reason]bool{
		ReasonLink:         maps.Equal(links(old), links(now)),
		ReasonAddress:      slices.Equal(addrs(old), addrs(now)),
		ReasonDefaultRoute: slices.EqualFunc(old.Default4, now.Default4, sameWay) && slices.EqualFunc(old.Default6, now.Default6, sameWay),
		ReasonDNS:          slices.Equal(old.DNS, now.DNS) && slices.Equal(old.Search, now.Search),
		ReasonProxy:        old.Proxy == now.Proxy,
	} {
		if !same {
			reasons = append(reasons, reason)
		}
	}
	slices.Sort(reasons)
	return reasons
}

func links(s State) map[string]bool {
	out := map[string]bool{}
	for _, i := range s.Interfaces {
		out[i.Name] = i.Up
	}
	return out
}

func addrs(s State) (out []netip.Prefix) {
	for _, i := range s.Interfaces {
		out = append(out, i.Addrs...)
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return out
}

func sameWay(a, b Route) bool { return a.Interface == b.Interface && a.Gateway == b.Gateway }

// adapter and way are an interface and a route as an operating system tells
// them, before anything is left out or put in order.
type adapter struct {
	index        int
	name         string
	up, loopback bool
	addrs        []netip.Prefix
}

type way struct {
	dst     netip.Prefix
	index   int // of the interface
	gateway netip.Addr
	metric  uint32
	aside   bool // of a routing table that a rule leads to, as VPN clients make them
}

// assemble is the part of the state that interfaces and routes make up.
func assemble(adapters []adapter, ways []way) (s State) {
	names := map[int]string{}
	for _, a := range adapters {
		i := Interface{Name: a.name, Up: a.up, Addrs: slices.DeleteFunc(slices.Clone(a.addrs), unusable)}
		if a.loopback || len(i.Addrs) == 0 {
			continue // no route over it leads anywhere either
		}
		names[a.index] = a.name
		slices.SortFunc(i.Addrs, netip.Prefix.Compare)
		s.Interfaces = append(s.Interfaces, i)
	}
	slices.SortFunc(s.Interfaces, func(a, b Interface) int { return cmp.Compare(a.Name, b.Name) })
	ways = slices.DeleteFunc(slices.Clone(ways), func(w way) bool { return !w.leadsOut() || names[w.index] == "" })
	slices.SortFunc(ways, wayOrder(names))
	for _, w := range ways {
		r := Route{Interface: names[w.index], Gateway: w.gateway, Metric: w.metric}
		list := &s.Default4
		if w.dst.Addr().Is6() {
			list = &s.Default6
		}
		if !slices.Contains(*list, r) { // both halves of 0.0.0.0/0
			*list = append(*list, r)
		}
	}
	return s
}

// leadsOut is true for 0.0.0.0/0 and ::/0, and for the halves (0.0.0.0/1 and
// 128.0.0.0/1, ::/1 and 8000::/1) that a VPN puts over the real ones.
func (w way) leadsOut() bool { return w.dst.IsValid() && w.dst.Bits() <= 1 }

// wayOrder sorts as a system looks routes up: tables of rules, then the longer
// prefix, then the smaller metric; the rest only makes the order stable.
func wayOrder(names map[int]string) func(a, b way) int {
	return func(a, b way) int {
		if a.aside != b.aside {
			if a.aside {
				return -1
			}
			return 1
		}
		return cmp.Or(
			cmp.Compare(b.dst.Bits(), a.dst.Bits()), cmp.Compare(a.metric, b.metric),
			cmp.Compare(names[a.index], names[b.index]), a.gateway.Compare(b.gateway))
	}
}

// unusable addresses come and go with every link and reach no server.
func unusable(p netip.Prefix) bool {
	a := p.Addr()
	return !p.IsValid() || a.IsLinkLocalUnicast() || a.IsLoopback() || a.IsMulticast() || a.IsUnspecified()
}
