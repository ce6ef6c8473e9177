package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/webcheck"
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
			Limit: stepLimit, Run: func(ctx context.Context, e *suite.Env) suite.Outcome { return stepOutcome(ctx, e, s.step) },
		})
	}
	return before
}

// stepLimit is for one step: several requests, each of which may meet a server
// that has just started.
const stepLimit = 20 * time.Second

func stepOutcome(ctx context.Context, e *suite.Env, step autodiscover.Step) suite.Outcome {
	switch {
	case e.SkipsDiscovery():
		return suite.Skip("not needed: the mailbox URL was given")
	case e.AutodiscoverURL != "" && step != autodiscover.StepGiven:
		return suite.Skip("not needed: the Autodiscover URL was given")
	case e.AutodiscoverURL == "" && step == autodiscover.StepGiven:
		return suite.Skip("no URL was given")
	}
	wait, stop := context.WithTimeout(ctx, stepLimit)
	if suite.Loose(step) {
		wait, stop = context.WithTimeout(ctx, suite.LooseStepLimit)
	}
	defer stop()
	a, err := e.Step(wait, step)
	switch {
	case err != nil && suite.Loose(step) && ctx.Err() == nil:
		return suite.Skip("no answer within " + suite.LooseStepLimit.String())
	case err != nil:
		return suite.Outcome{} // the runner says why
	case a == nil:
		return suite.Skip("the search ended before it")
	}
	if step != autodiscover.StepAutodiscover && sameAsUsual(a, e.AutodiscoverHost()) {
		return suite.Skip("leads to the same answer as "+string(autodiscover.StepAutodiscover)).With("url", a.URL)
	}
	out := judgeStep(a, bestBeside(ctx, e, a), e.SignsIn).With("url", a.URL)
	if out.Status == "fail" && isPage(a.Err) {
		return withLoginForm(ctx, e, a, out)
	}
	return out
}

// sameAsUsual says that a step failed at the host where Autodiscover usually is,
// which has a row of its own. A redirect that was refused is this step's alone.
func sameAsUsual(a *autodiscover.Attempt, usual string) bool {
	var e *autodiscover.Error
	return errors.As(a.Err, &e) && e.Cause != autodiscover.CauseRedirectRefused && e.Host == usual
}

func isPage(err error) bool {
	var e *autodiscover.Error
	return errors.As(err, &e) && e.Cause == autodiscover.CauseNotAutodiscover
}

// withLoginForm looks at the page that stands where Autodiscover should be: one
// that asks for a password is a proxy's, not just a website.
func withLoginForm(ctx context.Context, e *suite.Env, a *autodiscover.Attempt, out suite.Outcome) suite.Outcome {
	status, body, err := get(ctx, e, a.FinalURL, "discovery."+string(a.Step))
	if err != nil {
		return out
	}
	if s := webcheck.Recognise(webcheck.Answer{URL: a.FinalURL, Status: status, Body: []byte(body)}); s.InFront() && s.Kind != webcheck.PlainIIS {
		s.Leads = a.FinalURL
		out.Signals = sightTrouble(s, suite.HostOf(a.FinalURL), status)
	}
	return out
}

// bestBeside is the answer that was found elsewhere; a step that led to one itself
// needs to know no other.
func bestBeside(ctx context.Context, e *suite.Env, a *autodiscover.Attempt) *autodiscover.Attempt {
	if a.Usable() {
		return a
	}
	best, err := e.Answer(ctx)
	if err != nil {
		return nil
	}
	return best
}

// judgeStep judges one step, given the answer that Outlook uses (nil: none). What
// nobody published is no failure, nor is a step that Outlook does not come to.
func judgeStep(a, best *autodiscover.Attempt, signsIn bool) suite.Outcome {
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
	case best == nil && !signsIn && a.Step == autodiscover.StepRoot && certKindOf(a.Err) != "": // what would be there is not known
		return atWebsite(a, suite.Warn(sentence(a.Err)).Saw(trouble(a.Err, host)...))
	case best == nil:
		return atWebsite(a, failed(a.Err, host))
	case certificateWarning(a, best):
		return atWebsite(a, suite.Warn(sentence(a.Err)).Saw(trouble(a.Err, host)...))
	}
	return suite.Skip("not needed: " + string(best.Step) + " led to the mailbox (" + sentence(a.Err) + ")")
}

// atWebsite tells a certificate of the website at the mail domain from those of
// mail hosts: Outlook only comes past it.
func atWebsite(a *autodiscover.Attempt, out suite.Outcome) suite.Outcome {
	for i := range out.Signals {
		if s := &out.Signals[i]; a.Step == autodiscover.StepRoot && s.Code == suite.CertInvalid {
			s.Code = suite.RootCert
			if by := certs.InspectorOf(presented(a.Err)); by != "" {
				return out.Saw(signal(suite.Intercepted, s.Subject, "by", by, "issuer", s.Detail["issuer"]))
			}
		}
	}
	return out
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
	case autodiscover.CauseStatus, autodiscover.CauseNotAutodiscover, autodiscover.CauseForbidden, autodiscover.CauseRedirectRefused:
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
