package checks

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

var discoveryAnswer = suite.Check{
	ID: "discovery.answer", Group: "discovery", Title: "Autodiscover answers", Affects: "everything",
	Beside: []string{"dns.autodiscover", "network.autodiscover", "tls.autodiscover",
		"discovery.given-url", "discovery.autodiscover", "discovery.http-redirect", "discovery.srv", "discovery.json", "discovery.root"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() {
			return suite.Pass("not asked: the mailbox URL was given")
		}
		a, err := e.Answer(ctx)
		if errors.Is(err, suite.ErrNoAnswer) {
			return noAnswer(e)
		}
		if err != nil {
			return suite.Outcome{}
		}
		return answered(a)
	},
}

func answered(a *autodiscover.Attempt) suite.Outcome {
	s := a.Settings
	out := suite.Pass(suite.HostOf(a.FinalURL)+" answered for "+a.Address).
		With("step", string(a.Step)).With("url", a.FinalURL).With("display_name", s.DisplayName).With("legacy_dn", s.LegacyDN)
	if strings.HasSuffix(s.LegacyDN, " ") {
		out.Status, out.Summary = "warn", "the LegacyDN in the answer ends with a blank"
		out = out.Saw(signal(suite.LegacyDNTrailing, a.Address))
	}
	if strings.EqualFold(s.MicrosoftOnline, "true") {
		out = out.Saw(signal(suite.HostedOnline, a.Address))
	}
	return out
}

// noAnswer is a search that found nothing.
func noAnswer(e *suite.Env) suite.Outcome {
	err := e.SearchError()
	switch {
	case err != nil:
		return failed(err, e.Domain)
	case !e.SignsIn && slices.ContainsFunc(e.Attempts(), func(a autodiscover.Attempt) bool { return wantsSignIn(a.Err) }):
		return suite.Skip("Autodiscover wants a sign-in, and no password was given").Saw(signal(suite.NoCredential, e.Domain))
	}
	return suite.Fail("no step leads to Autodiscover for " + e.Domain).Saw(signal(suite.NoAutodiscover, e.Domain))
}
