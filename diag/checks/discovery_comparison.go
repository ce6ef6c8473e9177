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
		return judgeComparison(whole.Difference, autodiscover.Disagreements(e.Attempts()))
	},
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
