// Package pac fetches proxy scripts (PAC, found by a setting or by WPAD) and asks
// them which way a URL takes, as Windows does for Outlook.
//
// A script is foreign code, from a server that plain http may have led to. It
// runs without eval, without anything that makes much out of little in one
// step, for a bounded time and with a bounded growth of memory, and its one way
// to the network is the name lookup that the caller gives. What it answers is
// data: a list of proxies.
package pac

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"
)

const (
	// MaxScript bounds a script; those of large companies have some 100 KiB.
	MaxScript = 1 << 20
	// FetchLimit bounds fetching one, redirects included.
	FetchLimit = 10 * time.Second
	// RunLimit bounds one question to a script: its name lookups are part of it.
	RunLimit = 5 * time.Second
)

// MIMEType is what a server should send a script as. Browsers take others as
// well, and not every program does.
const MIMEType = "application/x-ns-proxy-autoconfig"

// World is what a script may know of the computer it runs on. Fields that are
// nil know nothing: no name has an address, and the computer's is 127.0.0.1.
type World struct {
	Resolve   func(ctx context.Context, host string) ([]netip.Addr, error)
	Addresses func() []netip.Addr // of this computer, the preferred first
	Now       func() time.Time    // nil is time.Now
}

func (w World) resolve(ctx context.Context, host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}
	}
	if w.Resolve == nil || len(host) > 255 {
		return nil
	}
	addrs, err := w.Resolve(ctx, host)
	if err != nil {
		return nil
	}
	return addrs
}

func (w World) addresses() []netip.Addr {
	if w.Addresses != nil {
		if own := w.Addresses(); len(own) > 0 {
			return own
		}
	}
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
}

func (w World) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// OwnAddresses are this computer's, IPv4 first, for World.
func OwnAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() && !p.Addr().IsLinkLocalUnicast() {
			out = append(out, p.Addr())
		}
	}
	slices.SortStableFunc(out, func(a, b netip.Addr) int { return a.BitLen() - b.BitLen() })
	return out
}
