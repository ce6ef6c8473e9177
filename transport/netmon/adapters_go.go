//go:build !linux && !windows

package netmon

import (
	"net"
	"net/netip"
)

// netAdapters are the interfaces as the standard library tells them.
func netAdapters() ([]adapter, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var out []adapter
	for _, i := range all {
		a := adapter{
			index: i.Index, name: i.Name, loopback: i.Flags&net.FlagLoopback != 0,
			up: i.Flags&net.FlagUp != 0 && i.Flags&net.FlagRunning != 0,
		}
		list, _ := i.Addrs() // one that went away meanwhile has none
		for _, n := range list {
			if p, err := netip.ParsePrefix(n.String()); err == nil {
				a.addrs = append(a.addrs, p)
			}
		}
		out = append(out, a)
	}
	return out, nil
}
