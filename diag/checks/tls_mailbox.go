package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var tlsMailbox = suite.Check{
	ID: "tls.mailbox", Group: "tls", Title: "Certificate of the mailbox server", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		var out suite.Outcome
		for _, host := range t.Hosts() {
			if out = inspect(ctx, e, host, suite.PortOf(t.URLOf(host))); out.Status != report.Pass {
				return out
			}
		}
		return out
	},
}
