package checks

import (
	"context"
	"errors"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
	"github.com/mapiscope/mapiscope/transport/netpath"
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
			out = judgeSCP(judgeStep(a, bestBeside(ctx, e, a), e.SignsIn), a)
		}
		return out.With("server", r.Server).With("site", r.Site).With("urls", r.URLs)
	},
}

// judgeSCP makes a warning of a URL that leads nowhere: a computer in the domain
// asks it before anything else, and shows a warning or loses time, whatever else
// leads to the mailbox.
func judgeSCP(out suite.Outcome, a *autodiscover.Attempt) suite.Outcome {
	what := ""
	switch certificate := certKindOf(a.Err); {
	case a.Err == nil:
		return out
	case certificate == "name-mismatch":
		what = "it is not on the certificate shown there"
	case certificate != "":
		what = "the certificate shown there is not valid (" + certificate + ")"
	case netpath.KindOf(a.Err) == netpath.KindNotFound:
		what = "it does not exist in DNS"
	case netpath.KindOf(a.Err) == netpath.KindRefused, netpath.KindOf(a.Err) == netpath.KindTimeout, netpath.KindOf(a.Err) == netpath.KindUnreachable:
		what = "it does not answer"
	default:
		return out
	}
	host := suite.HostOf(a.URL)
	if out.Status == report.Skip || out.Status == report.Warn {
		out = suite.Warn("Active Directory leads Outlook to " + host + ", and " + what)
	}
	return out.Saw(signal(suite.SCPUseless, host, "url", a.URL, "what", what))
}
