package causes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Judgement is what the observations come to.
type Judgement struct {
	Verdict  report.Verdict
	Findings []report.Finding // the verdict's cause first, then by how much they explain
}

// Judge finds the causes that fit and names the one that explains the most. Where
// another fits as well it says so, with what decides. When checks failed and no
// cause fits it says that, and never guesses.
func Judge(c *Case) Judgement {
	found := c.match()
	var j Judgement
	for _, m := range found {
		j.Findings = append(j.Findings, m.finding(c, found))
	}
	if failed := c.failures(); len(failed) > 0 && (len(found) == 0 || found[0].rule.Severity != report.SeverityFail) {
		j.Findings = slices.Insert(j.Findings, 0, unknownCause(failed[0], len(failed)))
	}
	j.Verdict = verdict(c, j.Findings)
	j.Verdict.Unexplained = c.unexplained(j.Findings)
	return j
}

// match is one cause that fits.
type match struct {
	rule     Rule
	order    int      // in the list of rules
	checks   []string // saw its signals
	explains []string // failed, warned or were skipped because of it
	weight   int      // failed checks among them
}

// match finds the causes that fit, the one that explains the most first.
func (c *Case) match() []match {
	var found []match
	for i, r := range Rules() {
		if m, ok := c.fits(r); ok {
			m.order = i
			found = append(found, m)
		}
	}
	found = slices.DeleteFunc(found, func(m match) bool { return m.rule.Generic && c.betterExplained(m, found) })
	slices.SortStableFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.weight, a.weight), cmp.Compare(len(b.explains), len(a.explains)), cmp.Compare(a.order, b.order))
	})
	return found
}

// rank puts what stops mail before what only should be looked at.
func rank(m match) int {
	return slices.Index([]report.Severity{report.SeverityFail, report.SeverityWarn, report.SeverityInfo}, m.rule.Severity)
}

// fits says whether a rule's demands are met, and what it then explains.
func (c *Case) fits(r Rule) (match, bool) {
	for _, code := range r.All {
		if !c.saw(code) {
			return match{}, false
		}
	}
	for _, code := range r.None {
		if c.saw(code) {
			return match{}, false
		}
	}
	if len(r.Any) > 0 && len(c.signals(r.Any...)) == 0 || r.When != nil && !r.When(c) {
		return match{}, false
	}
	m := match{rule: r}
	for _, s := range c.signals(slices.Concat(r.Any, r.All)...) {
		if !slices.Contains(m.checks, s.check) {
			m.checks = append(m.checks, s.check)
		}
	}
	m.explains, m.weight = c.explained(m.checks, r.Covers)
	if r.OrWarn && m.weight == 0 {
		m.rule.Severity = report.SeverityWarn
		return m, len(m.explains) > 0
	}
	// A cause of failures needs one: what a check saw and did not mind is no fault.
	return m, r.Severity != report.SeverityFail || m.weight > 0
}

// explained are the checks that did not pass because of the ones that saw the
// cause: those themselves, the covered ones, and what was skipped behind them.
// The list is in order of dependency often but not always, hence the rounds.
func (c *Case) explained(saw, covers []string) (ids []string, failed int) {
	for {
		before := len(ids)
		for _, row := range c.Checks {
			if !slices.Contains(ids, row.ID) && explains(row, saw, covers, ids) {
				ids = append(ids, row.ID)
				if row.Status == report.Fail {
					failed++
				}
			}
		}
		if len(ids) == before {
			return ids, failed
		}
	}
}

func explains(row report.Check, saw, covers, ids []string) bool {
	behind := slices.ContainsFunc(row.After, func(id string) bool { return slices.Contains(ids, id) })
	switch row.Status {
	case report.Fail, report.Warn:
		return slices.Contains(saw, row.ID) || slices.Contains(covers, row.ID) || slices.Contains(covers, row.Group)
	case report.Skip:
		return behind || slices.Contains(saw, row.ID)
	}
	return false
}

// betterExplained says that every failure a generic cause explains has a cause of
// its own.
func (c *Case) betterExplained(m match, all []match) bool {
	for _, row := range c.failures() {
		if !slices.Contains(m.explains, row.ID) {
			continue
		}
		other := func(o match) bool {
			return !o.rule.Generic && o.rule.Severity == report.SeverityFail && slices.Contains(o.explains, row.ID)
		}
		if !slices.ContainsFunc(all, other) {
			return false
		}
	}
	return true
}

// confidence is how sure the cause is in this case.
func (m match) confidence(c *Case) report.Confidence {
	if m.rule.CertainWhen != nil && m.rule.CertainWhen(c) {
		return report.Certain
	}
	return m.rule.confidence()
}

// finding fills the rule's texts in.
func (m match) finding(c *Case, all []match) report.Finding {
	v := c.vars(m)
	f := report.Finding{
		Code: m.rule.Code, Severity: m.rule.Severity, Confidence: m.confidence(c), Or: c.rivals(m, all), Title: v.fill(m.rule.Title), Explanation: v.fill(m.rule.Explanation),
		Checks: m.checks, Explains: m.explains, Evidence: m.evidence(c), Source: m.rule.Source,
	}
	if len(f.Or) > 0 {
		f.Confidence = report.Possible
	}
	for _, a := range m.rule.Actions {
		for _, v := range m.repeated(c, v, a.Command) {
			f.Actions = append(f.Actions, v.action(a))
		}
	}
	return f
}

// maxRepeated bounds how often an action is given.
const maxRepeated = 10

// repeated are the values for an action: v, or, for each signal that has Rule.Each,
// v with what that signal says.
func (m match) repeated(c *Case, v vars, command string) []vars {
	name := m.rule.Each
	if name == "" || !strings.Contains(command, "{"+name+"}") {
		return []vars{v}
	}
	var out []vars
	for _, s := range c.signals(slices.Concat(m.rule.Any, m.rule.All)...) {
		if _, has := s.Detail[name]; !has || len(out) == maxRepeated {
			continue
		}
		one := maps.Clone(v)
		for k, value := range s.Detail {
			one[k] = text(value)
		}
		out = append(out, one)
	}
	return out
}

// evidence is what the signals of the cause said, by signal.
func (m match) evidence(c *Case) map[string]any {
	out := map[string]any{}
	for _, s := range c.signals(slices.Concat(m.rule.Any, m.rule.All)...) {
		for k, v := range s.Detail {
			if _, have := out[k]; !have {
				out[k] = v
			}
		}
		if _, have := out["subject"]; !have && s.Subject != "" {
			out["subject"] = s.Subject
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
