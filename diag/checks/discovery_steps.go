package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// steps are the lookup steps of Autodiscover, one check each. beside are the
// checks that look at the same way by themselves.
var steps = []struct {
	step   autodiscover.Step
	id     string
	title  string
	beside []string
}{
	{autodiscover.StepGiven, "given-url", "Autodiscover at the given URL", []string{"network.autodiscover", "tls.autodiscover"}},
	{autodiscover.StepRoot, "root", "Autodiscover at the mail domain", nil},
	{autodiscover.StepAutodiscover, "autodiscover", "Autodiscover at its usual name", []string{"dns.autodiscover", "network.autodiscover", "tls.autodiscover"}},
	{autodiscover.StepHTTPRedirect, "http-redirect", "Redirect to Autodiscover", []string{"dns.autodiscover"}},
	{autodiscover.StepSRV, "srv", "Autodiscover by SRV record", nil},
	{autodiscover.StepJSON, "json", "Autodiscover version 2", []string{"dns.autodiscover", "network.autodiscover", "tls.autodiscover"}},
}

// discoverySteps adds one check per step to a list.
func discoverySteps(before ...suite.Check) []suite.Check {
	for _, s := range steps {
		before = append(before, suite.Check{
			ID: "discovery." + s.id, Group: "discovery", Title: s.title, Affects: "setup", Beside: s.beside,
			Run: func(ctx context.Context, e *suite.Env) suite.Outcome { return stepOutcome(ctx, e, s.step) },
		})
	}
	return before
}

func stepOutcome(ctx context.Context, e *suite.Env, step autodiscover.Step) suite.Outcome {
	if e.SkipsDiscovery() {
		return suite.Skip("not needed: the mailbox URL was given")
	}
	r, err := e.Discover(ctx)
	if err != nil {
		return suite.Outcome{} // the runner says why: the time was up
	}
	if r.Err != nil && len(r.Attempts) == 0 {
		return suite.Skip(r.Err.Error())
	}
	i := slices.IndexFunc(r.Attempts, func(a autodiscover.Attempt) bool { return a.Step == step })
	if i < 0 {
		if step == autodiscover.StepGiven {
			return suite.Skip("no URL was given")
		}
		return suite.Skip("not needed: the Autodiscover URL was given")
	}
	return judgeStep(&r.Attempts[i], r, e.SignsIn).With("url", r.Attempts[i].URL)
}

// judgeStep judges one step in the light of the whole search. What nobody
// published is no failure, nor is a step that Outlook does not come to.
func judgeStep(a *autodiscover.Attempt, r *autodiscover.Result, signsIn bool) suite.Outcome {
	host := suite.HostOf(a.FinalURL)
	switch {
	case a.Usable():
		return usable(a, host)
	case a.Err == nil && a.Settings != nil:
		return suite.Pass(fmt.Sprintf("%s answers and points to %s", host, a.Settings.RedirectAddr+a.Settings.RedirectURL))
	case !signsIn && wantsSignIn(a.Err):
		return suite.Pass(host + " answers and wants a sign-in").Saw(signal(suite.NoCredential, host))
	case a.Err == nil:
		return suite.Skip("nothing came of it")
	case nothingThere(a):
		return suite.Skip(sentence(a.Err))
	}
	if r.Best == nil {
		return failed(a.Err, host)
	}
	if certificateWarning(a, r.Best) {
		return suite.Warn(sentence(a.Err)).Saw(trouble(a.Err, host)...)
	}
	return suite.Skip("not needed: " + string(r.Best.Step) + " led to the mailbox (" + sentence(a.Err) + ")")
}

func usable(a *autodiscover.Attempt, host string) suite.Outcome {
	what := map[autodiscover.Offer]string{
		autodiscover.OfferMapiHTTP: "MAPI over HTTP", autodiscover.OfferRPC: "RPC alone", autodiscover.OfferNone: "no way to the mailbox",
	}[a.Settings.Offer()]
	out := suite.Pass(host+" answers and offers "+what).Saw(signal(suite.AutodiscoverAnswered, host)).
		With("protocols", protocols(a.Settings)).With("status", a.Status)
	if a.SharedWith != "" {
		out = out.With("same_as", string(a.SharedWith))
	}
	if a.Authn != "" {
		out = out.With("authn", a.Authn).Saw(signal(suite.CredentialWorks, host, "scheme", a.Authn))
	}
	return out
}

func protocols(s *autodiscover.Settings) []string {
	out := []string{}
	for _, p := range s.Protocols {
		out = append(out, p.Type)
	}
	return out
}

func wantsSignIn(err error) bool {
	var e *autodiscover.Error
	return errors.As(err, &e) && e.Cause == autodiscover.CauseAuth
}

// nothingThere says that the step found nothing published, as opposed to
// something broken. The mail domain itself is a website nearly always, and the
// http request goes to a port that few open: there, no answer is none.
func nothingThere(a *autodiscover.Attempt) bool {
	var e *autodiscover.Error
	if !errors.As(a.Err, &e) {
		return false
	}
	switch e.Cause {
	case autodiscover.CauseNoRecord, autodiscover.CauseNoRedirect:
		return true
	case autodiscover.CauseNetwork:
		return netpath.KindOf(e) == netpath.KindNotFound || a.Step == autodiscover.StepHTTPRedirect ||
			a.Step == autodiscover.StepRoot && certKindOf(e) == ""
	case autodiscover.CauseStatus, autodiscover.CauseNotAutodiscover, autodiscover.CauseForbidden:
		return a.Step == autodiscover.StepRoot || a.Step == autodiscover.StepJSON
	case autodiscover.CauseAuth:
		return a.Step == autodiscover.StepRoot
	}
	return false
}

// certKindOf is certKind for an error that may have another reason; "" then.
func certKindOf(err error) string {
	switch netpath.KindOf(err) {
	case netpath.KindCertAuthority, netpath.KindCertHost, netpath.KindCertExpired, netpath.KindCertOther:
		return certKind(err)
	}
	return ""
}

// certificateWarning says that Outlook, on its way to the step that answers,
// comes past a certificate that makes it warn.
func certificateWarning(a, best *autodiscover.Attempt) bool {
	order := autodiscover.Steps()
	return certKindOf(a.Err) != "" && slices.Index(order, a.Step) < slices.Index(order, best.Step)
}
