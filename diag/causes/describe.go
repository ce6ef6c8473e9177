package causes

import (
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// Description is a cause as the list of causes shows it: the rule without a case.
// Names that only a case knows stand in capitals.
type Description struct {
	Code        string            `json:"code"`
	Family      string            `json:"family"`
	Severity    report.Severity   `json:"severity"`
	Confidence  report.Confidence `json:"confidence,omitempty"` // the best it can have
	Title       string            `json:"title"`
	Explanation string            `json:"explanation"`
	Needs       Needs             `json:"needs"`
	RuledOutBy  []Sign            `json:"ruled_out_by,omitempty"`
	StandsBack  bool              `json:"stands_back,omitempty"` // behind any cause that explains the same
	Covers      []string          `json:"covers,omitempty"`      // checks, and groups of them, that fail because of it
	Or          []report.Rival    `json:"or,omitempty"`          // causes that leave the same signs
	Actions     []report.Action   `json:"actions"`
	Source      string            `json:"source,omitempty"`
}

// Needs is the evidence without which the cause is not named: one of Any, all of
// All, and Also.
type Needs struct {
	Any  []Sign `json:"any,omitempty"`
	All  []Sign `json:"all,omitempty"`
	Also string `json:"also,omitempty"`
}

// Sign is a signal of a check, and what it means.
type Sign struct {
	Signal string `json:"signal"`
	Means  string `json:"means"`
}

// Describe lists every cause, by family in the order in which the checks go.
func Describe() []Description {
	var out []Description
	for _, f := range families {
		for _, r := range f.rules {
			r = r.forEverybody()
			out = append(out, describe(f.name, r))
		}
	}
	return append(out, describeUnknown())
}

func describe(family string, r Rule) Description {
	v := inCapitals
	d := Description{
		Code: r.Code, Family: family, Severity: r.Severity, Confidence: r.best(), Title: v.fill(r.Title), Explanation: v.fill(r.Explanation),
		Needs:      Needs{Any: signs(r.Any), All: signs(r.All), Also: r.WhenSays},
		RuledOutBy: signs(r.None), StandsBack: r.Generic, Covers: r.Covers, Source: r.Source,
	}
	for _, other := range rivalries {
		if other.Cause == r.Code {
			d.Or = append(d.Or, report.Rival{Code: other.Rival, Title: v.fill(ruleOf(other.Rival).Title), Decide: v.action(other.Decide)})
		}
	}
	for _, a := range r.Actions {
		d.Actions = append(d.Actions, v.action(a))
	}
	return d
}

// inCapitals fills every name with itself.
var inCapitals = func() vars {
	v := vars{}
	for name := range fallbacks {
		v[name] = strings.ToUpper(name)
	}
	return v
}()

func signs(codes []string) []Sign {
	var out []Sign
	for _, c := range codes {
		out = append(out, Sign{c, suite.SignalWords(c)})
	}
	return out
}

// describeUnknown is the answer when no cause fits.
func describeUnknown() Description {
	f := unknownCause(report.Check{ID: "CHECK", Title: "the first check that failed", Summary: "what it saw"}, 1)
	return Description{Code: f.Code, Family: "When nothing fits", Severity: f.Severity, Title: f.Title, Explanation: "No cause in this list fits what was seen, so none is named. The report gives the first check that failed, and the ids of its requests.",
		Needs: Needs{Also: "a check failed, and no cause that stops mail fits"}, Actions: slices.Clone(f.Actions)}
}
