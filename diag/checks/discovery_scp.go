package checks

import (
	"context"
	"errors"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
)

var discoverySCP = suite.Check{
	ID: "discovery.scp", Group: "discovery", Title: "Autodiscover in Active Directory", Affects: "setup", Limit: stepLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() || e.AutodiscoverURL != "" {
			return suite.Skip("not needed: a URL was given")
		}
		r, err := e.SCP(ctx)
		switch {
		case errors.Is(err, scp.ErrOffDomain):
			return suite.Skip("not asked: " + err.Error())
		case err != nil:
			return suite.Skip("no answer: " + err.Error()).Saw(kerberosTrouble(err, e.Domain)...)
		case len(r.URLs) == 0:
			return suite.Skip("the directory "+r.Server+" names no Autodiscover").With("server", r.Server)
		}
		out := suite.Pass("the directory names " + r.URLs[0])
		if a, err := e.Step(ctx, autodiscover.StepSCP); err == nil && a != nil {
			out = judgeStep(a, bestBeside(ctx, e, a), e.SignsIn)
		}
		return out.With("server", r.Server).With("site", r.Site).With("urls", r.URLs)
	},
}
