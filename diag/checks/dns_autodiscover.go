package checks

import (
	"context"
	"net/netip"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

var dnsAutodiscover = suite.Check{
	ID: "dns.autodiscover", Group: "dns", Title: "Name for Autodiscover", Affects: "setup",
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		host := e.AutodiscoverHost()
		addrs, err := e.Path.LookupAddrs(ctx, host)
		if err == nil {
			return suite.Pass(host+" has "+count(len(addrs), "address", "addresses")).With("addresses", texts(addrs))
		}
		if e.SkipsDiscovery() || e.AutodiscoverURL != "" {
			return suite.Skip(host + " has no address, and is not needed: the URL was given")
		}
		if netpath.KindOf(err) != netpath.KindNotFound {
			return failed(err, host)
		}
		// Without this name one of the other ways must lead to Autodiscover.
		soon, stop := context.WithTimeout(ctx, otherWays)
		defer stop()
		if a, answerErr := e.Answer(soon); answerErr == nil {
			return suite.Skip(host + " does not exist, and is not needed: " + string(a.Step) + " led to Autodiscover")
		}
		return suite.Fail(host+" does not exist in DNS").Saw(signal(suite.NameMissing, host), signal(suite.NoAutodiscover, e.Domain))
	},
}

// otherWays is how long the missing name waits for another way to Autodiscover:
// an SRV record or a redirect, with sign-in, over a slow path.
const otherWays = 5 * time.Second

func texts(addrs []netip.Addr) []string {
	var out []string
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}
