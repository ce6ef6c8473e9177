package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

var dnsSRV = suite.Check{
	ID: "dns.srv", Group: "dns", Title: "SRV record for Autodiscover", Affects: "setup",
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		name := "_autodiscover._tcp." + e.Domain
		records, err := e.Path.LookupSRV(ctx, "autodiscover", "tcp", e.Domain)
		if err != nil && netpath.KindOf(err) != netpath.KindNotFound {
			return failed(err, name)
		}
		if len(records) == 0 {
			return suite.Skip("there is none, which is usual where autodiscover." + e.Domain + " exists")
		}
		var targets, broken []string
		for _, r := range records {
			host := strings.TrimSuffix(strings.ToLower(r.Target), ".")
			targets = append(targets, fmt.Sprintf("%s:%d", host, r.Port))
			if _, err := e.Path.LookupAddrs(ctx, host); host != "" && netpath.KindOf(err) == netpath.KindNotFound {
				broken = append(broken, host)
			}
		}
		if len(broken) > 0 {
			return suite.Warn("the SRV record names "+strings.Join(broken, ", ")+", which does not exist in DNS").
				With("targets", targets).Saw(signal(suite.SRVTargetBroken, broken[0]))
		}
		return suite.Pass("leads to "+strings.Join(targets, ", ")).With("targets", targets)
	},
}
