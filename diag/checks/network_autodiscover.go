package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/suite"
)

var networkAutodiscover = suite.Check{
	ID: "network.autodiscover", Group: "network", Title: "Way to Autodiscover", Affects: "setup",
	Beside: []string{"dns.autodiscover"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		host, port := autodiscoverEndpoint(e)
		out := connectAll(ctx, e, host, port)
		return unlessAnswered(ctx, e, host, out)
	},
}
