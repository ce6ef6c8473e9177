package netpath

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/netmon"
)

// LookupAddrs is A and AAAA of host, IPv6 first when both exist, without
// duplicates. An address is its own answer. Resolve entries for the host, for
// whichever port, answer instead of DNS.
func (p *Path) LookupAddrs(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	if a := p.resolveAny(host); len(a) > 0 {
		return a, nil
	}
	return lookup(ctx, p, host, func(ctx context.Context, r *net.Resolver) ([]netip.Addr, error) {
		addrs, err := r.LookupNetIP(ctx, "ip", p.absolute(host))
		return tidy(addrs), err
	})
}

// LookupCNAME is the canonical name of host, without the final dot; host itself
// when it is no alias.
func (p *Path) LookupCNAME(ctx context.Context, host string) (string, error) {
	return lookup(ctx, p, host, func(ctx context.Context, r *net.Resolver) (string, error) {
		name, err := r.LookupCNAME(ctx, p.absolute(host))
		return strings.TrimSuffix(name, "."), err
	})
}

// LookupSRV is _service._proto.name in the order of RFC 2782: by priority,
// shuffled by weight.
func (p *Path) LookupSRV(ctx context.Context, service, proto, name string) ([]*net.SRV, error) {
	asked := "_" + service + "._" + proto + "." + name
	return lookup(ctx, p, asked, func(ctx context.Context, r *net.Resolver) ([]*net.SRV, error) {
		_, srv, err := r.LookupSRV(ctx, service, proto, p.absolute(name))
		return srv, err
	})
}

// LookupTXT is the TXT records of name.
func (p *Path) LookupTXT(ctx context.Context, name string) ([]string, error) {
	return lookup(ctx, p, name, func(ctx context.Context, r *net.Resolver) ([]string, error) {
		return r.LookupTXT(ctx, p.absolute(name))
	})
}

// LookupMX is the MX records of name, sorted by preference.
func (p *Path) LookupMX(ctx context.Context, name string) ([]*net.MX, error) {
	return lookup(ctx, p, name, func(ctx context.Context, r *net.Resolver) ([]*net.MX, error) {
		return r.LookupMX(ctx, p.absolute(name))
	})
}

// lookup asks within the DNS limit and gives every failure its phase.
func lookup[T any](ctx context.Context, p *Path, name string, ask func(context.Context, *net.Resolver) (T, error)) (T, error) {
	limited, cancel := context.WithTimeout(ctx, p.Limits.WithDefaults().DNS)
	defer cancel()
	answer, err := ask(limited, p.resolver())
	if err == nil {
		return answer, nil
	}
	var zero T
	return zero, NewError(PhaseDNS, name, "", limitCause(ctx, limited, err))
}

// limitCause puts the context's reason in front: a library that ran into a limit
// often reports only what it was doing.
func limitCause(outer, limited context.Context, err error) error {
	if e := outer.Err(); e != nil {
		return errors.Join(e, err)
	}
	if e := limited.Err(); e != nil {
		return errors.Join(e, err)
	}
	return err
}

func (p *Path) resolver() *net.Resolver {
	if p.DNS == "" {
		return &net.Resolver{Dial: dialNameserver}
	}
	return &net.Resolver{
		PreferGo: true, // the system's resolver cannot be pointed at another server
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, p.DNS)
		},
	}
}

// dialNameserver connects to the DNS server at addr. Go's resolver reads
// resolv.conf at most every five seconds: on a new network it would go on asking
// the server of the old one. Such a server is replaced by the first of now.
func dialNameserver(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if now := netmon.Nameservers(); err == nil && len(now) > 0 && !slices.ContainsFunc(now, func(a netip.Addr) bool { return a.String() == host }) {
		addr = net.JoinHostPort(now[0].String(), port)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// absolute keeps the search list of this computer away from the server that was
// named with DNS. A name of one label keeps it: it is meant to be searched for.
func (p *Path) absolute(name string) string {
	if p.DNS == "" || strings.HasSuffix(name, ".") || !strings.Contains(name, ".") {
		return name
	}
	return name + "."
}

// resolveAny is what Resolve says of host with any port.
func (p *Path) resolveAny(host string) (out []netip.Addr) {
	host = strings.ToLower(host)
	for key, addrs := range p.Resolve {
		if h, _, err := net.SplitHostPort(key); err == nil && (h == host || h == "*") {
			out = append(out, addrs...)
		}
	}
	slices.SortFunc(out, netip.Addr.Compare) // map order must not show
	return tidy(out)
}

// tidy drops duplicates and puts the families in turn, IPv6 first (RFC 8305 4).
func tidy(addrs []netip.Addr) []netip.Addr {
	var v6, v4, out []netip.Addr
	for _, a := range addrs {
		a = a.Unmap()
		switch {
		case slices.Contains(v6, a) || slices.Contains(v4, a):
		case a.Is6():
			v6 = append(v6, a)
		default:
			v4 = append(v4, a)
		}
	}
	for i := range max(len(v6), len(v4)) {
		if i < len(v6) {
			out = append(out, v6[i])
		}
		if i < len(v4) {
			out = append(out, v4[i])
		}
	}
	return out
}
