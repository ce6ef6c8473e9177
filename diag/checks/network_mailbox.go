package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var networkMailbox = suite.Check{
	ID: "network.mailbox", Group: "network", Title: "Way to the mailbox server", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		var last suite.Outcome
		for _, host := range t.Hosts() {
			if last = connectAll(ctx, e, host, suite.PortOf(t.URLOf(host))); last.Status != report.Pass {
				return last
			}
		}
		return last
	},
}
