package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

var discoveryComparison = suite.Check{
	ID: "discovery.comparison", Group: "discovery", Title: "Answers compared", Affects: "setup",
	After: []string{"discovery.answer"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		best, err := e.Answer(ctx)
		if err != nil {
			return suite.Outcome{}
		}
		whole, err := e.Step(ctx, best.Step) // with the second question answered
		if err != nil || whole == nil {
			return suite.Outcome{}
		}
		patience, stop := context.WithTimeout(ctx, otherWays)
		defer stop()
		for _, s := range autodiscover.Steps() {
			e.Step(patience, s) // the steps that are slower than that are not compared
		}
		return remarks(judgeComparison(whole.Difference, autodiscover.Disagreements(e.Attempts())), whole)
	},
}

// remarks adds what an answer says that works and leads to trouble later.
func remarks(out suite.Outcome, a *autodiscover.Attempt) suite.Outcome {
	host := suite.HostOf(a.FinalURL)
	if smtp, server := domainOf(a.Settings.SMTPAddress), serverDomain(a); smtp != "" && server != "" && !strings.EqualFold(smtp, server) {
		out.Status = "warn"
		out.Summary = fmt.Sprintf("the answer is about %s, and its server is one of %s", a.Settings.SMTPAddress, server)
		out = out.Saw(signal(suite.ForeignServer, host, "smtp", a.Settings.SMTPAddress, "server_domain", server))
	}
	if section := basicSection(a); section != "" {
		out.Status = "warn"
		out.Summary = section + " demands Basic for Outlook Anywhere"
		out = out.Saw(signal(suite.AnywhereBasic, host, "section", section))
	}
	return out
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// serverDomain is the domain of the mailbox server as Autodiscover names it, which
// is GUID@domain from Exchange 2013 on.
func serverDomain(a *autodiscover.Attempt) string {
	for _, s := range []*autodiscover.Settings{a.Legacy, a.Settings} {
		if s == nil {
			continue
		}
		if p := s.Protocol("EXCH"); p != nil && domainOf(p.Value("Server")) != "" {
			return domainOf(p.Value("Server"))
		}
	}
	return ""
}

// basicSection is the part of the answer that demands Basic for RPC over HTTP; ""
// when none does.
func basicSection(a *autodiscover.Attempt) string {
	for _, s := range []*autodiscover.Settings{a.Settings, a.Legacy} {
		for _, kind := range []string{"EXPR", "EXHTTP"} {
			if s == nil {
				continue
			}
			if p := s.Protocol(kind); p != nil && strings.EqualFold(p.Value("AuthPackage"), "Basic") {
				return kind
			}
		}
	}
	return ""
}

// judgeComparison looks at the two answers of the step that Outlook uses, with
// and without X-MapiHttpCapability, and at what the steps say among each other.
func judgeComparison(d *autodiscover.Difference, disagreements []autodiscover.Disagreement) suite.Outcome {
	if len(disagreements) > 0 {
		return disagree(disagreements)
	}
	if d == nil {
		return suite.Skip("the second question, without X-MapiHttpCapability, got no answer")
	}
	var notes []string
	if d.RPCBesideCapability {
		notes = append(notes, "the server lists RPC beside MAPI over HTTP")
	}
	if d.IgnoresCapability {
		notes = append(notes, "the server gives the same answer with and without X-MapiHttpCapability")
	}
	out := suite.Pass(fmt.Sprintf("with X-MapiHttpCapability: %s; without: %s", words(d.Types), words(d.LegacyTypes))).
		With("with", d.Types).With("without", d.LegacyTypes)
	if len(notes) > 0 {
		out = out.With("notes", notes)
	}
	return out
}

func disagree(list []autodiscover.Disagreement) suite.Outcome {
	d := list[0]
	var says []string
	for _, v := range d.Values {
		says = append(says, fmt.Sprintf("%s: %q", v.Step, v.Value))
	}
	return suite.Warn("the steps of Autodiscover contradict each other about "+d.Fact+": "+strings.Join(says, ", ")).
		Saw(signal(suite.StepsDisagree, d.Fact)).With("disagreements", list)
}

func words(types []string) string {
	if len(types) == 0 {
		return "nothing"
	}
	return strings.Join(types, ", ")
}
