package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/suite"
)

var tlsAutodiscover = suite.Check{
	ID: "tls.autodiscover", Group: "tls", Title: "Certificate for Autodiscover", Affects: "setup",
	Beside: []string{"dns.autodiscover", "network.autodiscover"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		host, port := autodiscoverEndpoint(e)
		return unlessAnswered(ctx, e, host, inspect(ctx, e, host, port))
	},
}
