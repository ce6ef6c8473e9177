package checks

import (
	"context"
	"fmt"
	"sync"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

var dnsDomain = suite.Check{
	ID: "dns.domain", Group: "dns", Title: "Mail domain", Affects: "everything",
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.Path.DNS != "" {
			e.Machine(func(m *report.Machine) { m.DNS = []string{e.Path.DNS} })
		}
		var wg sync.WaitGroup
		var mx, addrs int
		var mxErr, addrErr error
		wg.Go(func() {
			list, err := e.Path.LookupMX(ctx, e.Domain)
			mx, mxErr = len(list), err
		})
		wg.Go(func() {
			list, err := e.Path.LookupAddrs(ctx, e.Domain)
			addrs, addrErr = len(list), err
		})
		wg.Wait()
		return judgeDomain(e.Domain, mx, addrs, mxErr, addrErr)
	},
}

// judgeDomain passes a domain that has mail exchangers or addresses. Having
// neither is no fault by itself (a domain may have Autodiscover alone), so only a
// DNS server that cannot answer is a failure here.
func judgeDomain(domain string, mx, addrs int, mxErr, addrErr error) suite.Outcome {
	if mx > 0 || addrs > 0 {
		return suite.Pass(fmt.Sprintf("%s exists in DNS: %s, %s", domain, count(mx, "mail exchanger", "mail exchangers"), count(addrs, "address", "addresses"))).
			With("mx", mx).With("addresses", addrs)
	}
	for _, err := range []error{mxErr, addrErr} {
		if err != nil && netpath.KindOf(err) != netpath.KindNotFound {
			return suite.Fail("the DNS server does not answer questions about " + domain).Saw(signal(suite.DNSFailure, domain, "kind", string(netpath.KindOf(err))))
		}
	}
	return suite.Warn(domain + " has neither mail exchanger nor address in DNS; is the address spelled right?").Saw(signal(suite.DomainMissing, domain))
}
