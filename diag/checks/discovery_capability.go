package checks

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

// The first server that speaks MAPI over HTTP is Exchange 2013 SP1, 15.0.847.32
// (MS-OXDSCLI 3.1.4, MS-OXCMAPIHTTP 1.7).
const firstMajor, firstMinor, firstBuild = 15, 0, 847

var discoveryCapability = suite.Check{
	ID: "discovery.capability", Group: "discovery", Title: "MAPI over HTTP is offered", Affects: "mailbox",
	After: []string{"discovery.answer"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() {
			return suite.Pass("not asked: the mailbox URL was given")
		}
		a, err := e.Answer(ctx)
		if err != nil {
			return suite.Outcome{}
		}
		return judgeOffer(a, e.Address)
	},
}

func judgeOffer(a *autodiscover.Attempt, address string) suite.Outcome {
	s := a.Settings
	host := suite.HostOf(a.FinalURL)
	version, old := tooOld(s)
	switch s.Offer() {
	case autodiscover.OfferMapiHTTP:
		return suite.Pass(host+" offers MAPI over HTTP for "+address).With("protocols", protocols(s))
	case autodiscover.OfferRPC:
		out := suite.Fail(fmt.Sprintf("%s offers %s only RPC, not MAPI over HTTP", host, address)).Saw(signal(suite.OnlyRPC, host)).With("protocols", protocols(s))
		if old {
			out.Summary = fmt.Sprintf("the server is Exchange %s, which does not know MAPI over HTTP", version)
			out = out.Saw(signal(suite.ServerTooOld, host, "version", version))
		}
		return out
	}
	if s.MapiHTTP != nil {
		return suite.Fail(host + " offers MAPI over HTTP without any URL").Saw(signal(suite.NoMailboxURL, host))
	}
	return suite.Fail(fmt.Sprintf("%s knows %s and offers no way to its mailbox", host, address)).
		Saw(signal(suite.NoProtocol, host)).With("protocols", protocols(s))
}

// tooOld reads the version of an EXCH protocol, the only one that tells it.
func tooOld(s *autodiscover.Settings) (version string, old bool) {
	p := s.Protocol("EXCH")
	if p == nil {
		return "", false
	}
	v, err := autodiscover.ParseServerVersion(p.Value("ServerVersion"))
	if err != nil {
		return "", false
	}
	older := v.Major < firstMajor || v.Major == firstMajor && v.Minor == firstMinor && v.Build < firstBuild
	return v.String(), older
}
