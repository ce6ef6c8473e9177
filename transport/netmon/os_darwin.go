package netmon

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"golang.org/x/net/route"
	"golang.org/x/sys/unix"
)

func system() *darwin { return &darwin{} }

type darwin struct {
	setting atomic.Pointer[Proxy] // as read last; nil: to be read
}

// watchFolders: kqueue would open every file of a folder.
const watchFolders = false

// The files that configd writes: every network setting, and the DNS servers.
const preferences = "/Library/Preferences/SystemConfiguration/preferences.plist"

var resolvConfFiles = []string{"/var/run/resolv.conf"}

// scutilLimit bounds the call of a program that answers in milliseconds.
const scutilLimit = 2 * time.Second

func (d *darwin) read() (State, error) {
	adapters, err := netAdapters()
	if err != nil {
		return State{}, err
	}
	rib, err := route.FetchRIB(unix.AF_UNSPEC, route.RIBTypeRoute, 0)
	if err != nil {
		return State{}, fmt.Errorf("cannot read the routing table: %w", err)
	}
	list, err := route.ParseRIB(route.RIBTypeRoute, rib)
	if err != nil {
		return State{}, fmt.Errorf("cannot read the routing table: %w", err)
	}
	s := assemble(adapters, ways(list))
	s.DNS, s.Search = upstream(readFiles(resolvConfFiles)...)
	s.Proxy = d.proxy()
	return s, nil
}

func (d *darwin) proxy() Proxy { return firstProxy(proxyOfEnv(os.Getenv), d.scutilProxy) }

// scutilProxy runs scutil once, and again after an event: the proxy belongs to
// the network service that is in use.
func (d *darwin) scutilProxy() Proxy {
	if p := d.setting.Load(); p != nil {
		return *p
	}
	ctx, cancel := context.WithTimeout(context.Background(), scutilLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, "/usr/sbin/scutil", "--proxy").Output()
	p := proxyOfScutil(out)
	if err == nil {
		d.setting.Store(&p)
	}
	return p
}

// listen hears the route socket and the files. Sleep is seen on the clock alone:
// the notifications of the system need a Cocoa run loop.
func (d *darwin) listen(ctx context.Context, tell func(event), missing func(error)) (network, sleep bool) {
	look := func(e event) {
		d.setting.Store(nil)
		tell(e)
	}
	network = true
	if err := listenRoutes(ctx, look); err != nil {
		missing(fmt.Errorf("changes of addresses and routes are not announced: %w", err))
		network = false
	}
	if err := watchFiles(ctx, append(resolvConfFiles, preferences), look); err != nil {
		missing(fmt.Errorf("changes of DNS servers and proxies are not announced: %w", err))
		network = false
	}
	return network, false
}

func listenRoutes(ctx context.Context, tell func(event)) error {
	fd, err := unix.Socket(unix.AF_ROUTE, unix.SOCK_RAW, unix.AF_UNSPEC)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return os.NewSyscallError("fcntl", err)
	}
	socket := os.NewFile(uintptr(fd), "route") // non-blocking: the runtime waits, not a thread
	context.AfterFunc(ctx, func() { socket.Close() })
	go func() {
		b := make([]byte, 64<<10)
		for {
			n, err := socket.Read(b)
			switch {
			case errors.Is(err, unix.ENOBUFS): // events were lost: look
				tell(event{kind: networkEvent})
			case err != nil:
				tell(event{kind: networkDeaf})
				return
			case anyCounts(b[:n]):
				tell(event{kind: networkEvent})
			}
		}
	}()
	return nil
}

// anyCounts is the allow-list. RTM_MISS, RTM_RESOLVE, RTM_GET and the host routes
// that connections make are the echo of what programs do.
func anyCounts(b []byte) bool {
	list, err := route.ParseRIB(route.RIBTypeRoute, b)
	if err != nil {
		return true // a message of another version: look
	}
	for _, m := range list {
		switch m := m.(type) {
		case *route.InterfaceMessage, *route.InterfaceAddrMessage:
			return true
		case *route.RouteMessage:
			changes := m.Type == unix.RTM_ADD || m.Type == unix.RTM_DELETE || m.Type == unix.RTM_CHANGE
			if changes && wayOf(m).leadsOut() {
				return true
			}
		}
	}
	return false
}

func ways(list []route.Message) (out []way) {
	for _, m := range list {
		if r, ok := m.(*route.RouteMessage); ok && r.Flags&unix.RTF_UP != 0 {
			out = append(out, wayOf(r))
		}
	}
	return out
}

// wayOf reads destination, mask and gateway. A route that belongs to one interface
// only (RTF_IFSCOPE) is the spare one of a second network.
func wayOf(m *route.RouteMessage) way {
	w := way{index: m.Index}
	if m.Flags&unix.RTF_IFSCOPE != 0 {
		w.metric = 1
	}
	if len(m.Addrs) <= unix.RTAX_NETMASK || m.Flags&unix.RTF_HOST != 0 {
		return w
	}
	dst := addrOf(m.Addrs[unix.RTAX_DST])
	w.dst = netip.PrefixFrom(dst, maskBits(m.Addrs[unix.RTAX_NETMASK]))
	w.gateway = addrOf(m.Addrs[unix.RTAX_GATEWAY])
	return w
}

func addrOf(a route.Addr) netip.Addr {
	switch a := a.(type) {
	case *route.Inet4Addr:
		return netip.AddrFrom4(a.IP)
	case *route.Inet6Addr:
		return netip.AddrFrom16(a.IP)
	}
	return netip.Addr{}
}

// maskBits counts the leading ones; a mask that is missing has none.
func maskBits(a route.Addr) (bits int) {
	mask := addrOf(a).AsSlice()
	for _, b := range mask {
		for ; b&0x80 != 0; b <<= 1 {
			bits++
		}
	}
	return bits
}
