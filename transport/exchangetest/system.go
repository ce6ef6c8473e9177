package exchangetest

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// internalAddr is the server's address inside the organisation's network, to which
// no route leads from here.
const internalAddr = "10.99.0.10"

// SystemLookup stands in for the resolver of the client's computer: its hosts file
// and its cache first, then the DNS server.
func (s *Server) SystemLookup(_ context.Context, host string) (out []netip.Addr, err error) {
	b := s.behaviour()
	for _, line := range strings.Split(b.hosts, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) > 1 && strings.EqualFold(f[1], host) {
			return []netip.Addr{netip.MustParseAddr(f[0])}, nil
		}
	}
	if kept := b.resolver[strings.ToLower(host)]; kept != "" {
		return []netip.Addr{netip.MustParseAddr(kept)}, nil
	}
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		records, _ := b.zone.find(dns.Fqdn(host), kind)
		for _, rr := range records {
			switch a := rr.(type) {
			case *dns.A:
				out = append(out, netip.MustParseAddr(a.A.String()))
			case *dns.AAAA:
				out = append(out, netip.MustParseAddr(a.AAAA.String()))
			}
		}
	}
	if len(out) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return out, nil
}

// SystemHosts is the hosts file of the client's computer.
func (s *Server) SystemHosts() ([]byte, error) { return []byte(s.behaviour().hosts), nil }
