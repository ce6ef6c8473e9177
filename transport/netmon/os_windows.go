package netmon

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

func system() windowsSource { return windowsSource{} }

type windowsSource struct{}

func (windowsSource) read() (State, error) {
	adapters, dns, search, err := readAdapters()
	if err != nil {
		return State{}, fmt.Errorf("cannot read the network adapters: %w", err)
	}
	ways, err := readRoutes()
	if err != nil {
		return State{}, fmt.Errorf("cannot read the routing table: %w", err)
	}
	s := assemble(adapters, ways)
	s.DNS, s.Search = dns, search
	s.Proxy = windowsSource{}.proxy()
	return s, nil
}

func (windowsSource) proxy() Proxy {
	return firstProxy(proxyOfEnv(os.Getenv), func() Proxy { return proxyOfWindows(readInternetSettings()) })
}

// readAdapters asks GetAdaptersAddresses. The DNS servers are those of adapters
// that are up, in the order of the adapters.
func readAdapters() (out []adapter, dns []netip.Addr, search []string, err error) {
	first, err := adapterAddresses()
	if err != nil {
		return nil, nil, nil, err
	}
	for a := first; a != nil; a = a.Next {
		up := a.OperStatus == windows.IfOperStatusUp
		row := adapter{
			index: int(a.IfIndex), name: windows.UTF16PtrToString(a.FriendlyName),
			up: up, loopback: a.IfType == windows.IF_TYPE_SOFTWARE_LOOPBACK,
		}
		if row.index == 0 {
			row.index = int(a.Ipv6IfIndex)
		}
		for u := a.FirstUnicastAddress; u != nil; u = u.Next {
			if u.DadState == windows.IpDadStatePreferred || u.DadState == windows.IpDadStateDeprecated {
				ip := ipOf(u.Address)
				row.addrs = append(row.addrs, netip.PrefixFrom(ip, int(u.OnLinkPrefixLength)))
			}
		}
		out = append(out, row)
		if !up || row.loopback {
			continue
		}
		for d := a.FirstDnsServerAddress; d != nil; d = d.Next {
			if ip := ipOf(d.Address); ip.IsValid() && !slices.Contains(dns, ip) {
				dns = append(dns, ip)
			}
		}
		if suffix := windows.UTF16PtrToString(a.DnsSuffix); suffix != "" && !slices.Contains(search, suffix) {
			search = append(search, suffix)
		}
	}
	return out, dns, search, nil
}

// adapterAddresses asks with the buffer that the documentation recommends (15 KB)
// and with a larger one while that is too small.
func adapterAddresses() (*windows.IpAdapterAddresses, error) {
	const flags = windows.GAA_FLAG_SKIP_ANYCAST | windows.GAA_FLAG_SKIP_MULTICAST
	size := uint32(15 << 10)
	for {
		b := make([]uint64, size/8+1) // aligned as the structure is
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&b[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, flags, 0, first, &size)
		if err == nil && size == 0 {
			return nil, nil
		}
		if err != windows.ERROR_BUFFER_OVERFLOW {
			return first, err
		}
	}
}

// readRoutes asks GetIpForwardTable2. The metric that decides is the sum of the
// route's and its interface's.
func readRoutes() (out []way, err error) {
	var table *windows.MibIpForwardTable2
	if err := windows.GetIpForwardTable2(windows.AF_UNSPEC, &table); err != nil {
		return nil, err
	}
	defer windows.FreeMibTable(unsafe.Pointer(table))
	for _, r := range table.Rows() {
		dst := ipOfInet(&r.DestinationPrefix.Prefix)
		w := way{
			dst: netip.PrefixFrom(dst, int(r.DestinationPrefix.PrefixLength)), index: int(r.InterfaceIndex),
			metric: r.Metric,
		}
		if !w.leadsOut() {
			continue
		}
		if hop := ipOfInet(&r.NextHop); !hop.IsUnspecified() {
			w.gateway = hop
		}
		row := windows.MibIpInterfaceRow{Family: r.DestinationPrefix.Prefix.Family, InterfaceLuid: r.InterfaceLuid}
		if windows.GetIpInterfaceEntry(&row) == nil {
			w.metric += row.Metric
		}
		out = append(out, w)
	}
	return out, nil
}

func ipOf(a windows.SocketAddress) netip.Addr {
	return ipOfInet((*windows.RawSockaddrInet)(unsafe.Pointer(a.Sockaddr)))
}

func ipOfInet(sa *windows.RawSockaddrInet) netip.Addr {
	switch {
	case sa == nil:
	case sa.Family == windows.AF_INET:
		return netip.AddrFrom4((*windows.RawSockaddrInet4)(unsafe.Pointer(sa)).Addr)
	case sa.Family == windows.AF_INET6:
		return netip.AddrFrom16((*windows.RawSockaddrInet6)(unsafe.Pointer(sa)).Addr)
	}
	return netip.Addr{}
}

func (windowsSource) listen(ctx context.Context, tell func(event), missing func(error)) (network, sleep bool) {
	network, sleep = true, true
	if err := listenHelper(ctx, tell); err != nil {
		missing(fmt.Errorf("changes of addresses and routes are not announced: %w", err))
		network = false
	}
	if err := listenRegistry(ctx, tell); err != nil {
		missing(fmt.Errorf("changes of DNS servers and proxies are not announced: %w", err))
		network = false
	}
	if err := listenPower(ctx, tell); err != nil {
		missing(fmt.Errorf("sleep is not announced: %w", err))
		sleep = false
	}
	return network, sleep
}
