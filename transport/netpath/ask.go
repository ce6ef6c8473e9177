package netpath

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/miekg/dns"
)

// AskNameserver asks one DNS server ("address:port") for A and AAAA of a host, past
// the system's resolver with its cache and its hosts file. A name that the server
// does not know is no error: it has no addresses.
func (p *Path) AskNameserver(ctx context.Context, server, host string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Limits.WithDefaults().DNS)
	defer cancel()
	var out []netip.Addr
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA} {
		answer, err := exchange(ctx, server, host, kind)
		if err != nil {
			return nil, NewError(PhaseDNS, host, server, err)
		}
		for _, rr := range answer {
			out = append(out, addressIn(rr)...)
		}
	}
	return tidy(out), nil
}

// exchange asks over UDP, and over TCP when the answer did not fit.
func exchange(ctx context.Context, server, host string, kind uint16) ([]dns.RR, error) {
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(host), kind)
	a, _, err := (&dns.Client{}).ExchangeContext(ctx, q, server)
	if err == nil && a.Truncated {
		a, _, err = (&dns.Client{Net: "tcp"}).ExchangeContext(ctx, q, server)
	}
	if err != nil {
		return nil, err
	}
	if a.Rcode != dns.RcodeSuccess && a.Rcode != dns.RcodeNameError {
		return nil, fmt.Errorf("it answers %s", dns.RcodeToString[a.Rcode])
	}
	return a.Answer, nil
}

func addressIn(rr dns.RR) []netip.Addr {
	switch rr := rr.(type) {
	case *dns.A:
		if a, ok := netip.AddrFromSlice(rr.A); ok {
			return []netip.Addr{a.Unmap()}
		}
	case *dns.AAAA:
		if a, ok := netip.AddrFromSlice(rr.AAAA); ok {
			return []netip.Addr{a}
		}
	}
	return nil
}
