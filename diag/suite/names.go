package suite

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"

	"github.com/mapiscope/mapiscope/transport/netmon"
)

// Names is how the other programs of this computer look names up: with its hosts
// file and its cache. The zero value is the system's own.
type Names struct {
	Lookup    func(ctx context.Context, host string) ([]netip.Addr, error)
	HostsFile func() ([]byte, error)
}

// SystemNames is what the system answers for a host. ok is false where that cannot
// be compared with anything: another DNS server was chosen for this run, and the
// system was not.
func (e *Env) SystemNames(ctx context.Context, host string) (addrs []netip.Addr, ok bool, err error) {
	switch {
	case e.Names.Lookup != nil:
		addrs, err = e.Names.Lookup(ctx, host)
	case e.Path.DNS != "":
		return nil, false, nil
	default:
		addrs, err = net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
	}
	return addrs, true, err
}

// Nameservers are the DNS servers of the network that this computer is in now.
func (e *Env) Nameservers() []string {
	if e.Path.DNS != "" {
		return []string{e.Path.DNS}
	}
	state, err := netmon.Read()
	if err != nil {
		return nil
	}
	var out []string
	for _, a := range state.DNS {
		out = append(out, net.JoinHostPort(a.String(), "53"))
	}
	return out
}

// Hosts is the hosts file of this computer, nil where it cannot be read.
func (e *Env) Hosts() []byte {
	if e.Names.HostsFile != nil {
		b, _ := e.Names.HostsFile()
		return b
	}
	name := "/etc/hosts"
	if runtime.GOOS == "windows" {
		name = filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
	}
	b, _ := os.ReadFile(name)
	return b
}
