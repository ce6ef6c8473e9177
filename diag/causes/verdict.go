package causes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// NoKnownCause is the code of the verdict when checks failed and no cause fits.
const NoKnownCause = "no-known-cause"

// The texts where no cause is known, and those of verdicts.
const (
	unknownTitle       = "Something is wrong at “{check}”, and its cause is not one that is known: {summary}."
	unknownExplanation = "The first of {failed} failed checks is {id}. No cause in the rule base fits what was seen, so none is named. The evidence of that check and the request ids in this report are the place to start."
	unknownStep        = "Save the report (--output report.json) and give it to the Exchange administrator: it carries the ids of every request for the server's logs."

	works      = "Outlook can reach this mailbox: {connected}."
	oneThing   = "Outlook can reach this mailbox, but one thing should be looked at: " // and a title, see lowerFirst
	notReached = "Nothing failed so far, but the mailbox was not reached yet: {incomplete}."
	inOrder    = "What was checked is in order; the mailbox itself was not opened."
)

// unknownCause names the first rung that failed, and nothing beyond it.
func unknownCause(first report.Check, failed int) report.Finding {
	v := vars{"check": first.Title, "summary": strings.TrimSuffix(first.Summary, "."), "failed": fmt.Sprint(failed), "id": first.ID}
	f := report.Finding{
		Code: NoKnownCause, Severity: report.SeverityFail, Checks: []string{first.ID}, Explains: []string{first.ID},
		Title:       v.fill(unknownTitle),
		Explanation: v.fill(unknownExplanation),
		Actions:     []report.Action{helpdesk(unknownStep)},
	}
	if phase, ok := first.Evidence["phase"]; ok {
		f.Evidence = map[string]any{"phase": phase}
	}
	return f
}

// verdict is one sentence for the whole.
func verdict(c *Case, findings []report.Finding) report.Verdict {
	if len(findings) > 0 && findings[0].Severity == report.SeverityFail {
		return report.Verdict{Status: report.Fail, Headline: findings[0].Title + allTheSame(findings), Cause: findings[0].Code, Or: codesOf(findings[0].Or)}
	}
	v := report.Verdict{Status: report.Pass, Headline: vars{"connected": c.Run.Summary}.fill(works)}
	switch {
	case c.status("mapi.logon") == report.Pass:
	case c.Run.Incomplete != "":
		v = report.Verdict{Status: report.Warn, Headline: vars{"incomplete": c.Run.Incomplete}.fill(notReached)}
	default:
		v = report.Verdict{Status: report.Pass, Headline: inOrder}
	}
	if len(findings) > 0 && findings[0].Severity == report.SeverityWarn {
		v.Status, v.Cause, v.Or = report.Warn, findings[0].Code, codesOf(findings[0].Or)
		if c.status("mapi.logon") == report.Pass {
			v.Headline = oneThing + lowerFirst(findings[0].Title)
		} else if c.Run.Incomplete == "" {
			v.Headline = findings[0].Title
		}
	}
	return v
}

// allTheSame is the sentence that comforts: what failed stops the newer protocol,
// and Outlook has another.
func allTheSame(findings []report.Finding) string {
	for _, f := range findings {
		if f.Code == healthyLegacy {
			return " " + f.Title
		}
	}
	return ""
}

const healthyLegacy = "healthy-legacy"

func legacyTitle() string { return ruleOf(healthyLegacy).Title }

func codesOf(rivals []report.Rival) []string {
	var out []string
	for _, r := range rivals {
		out = append(out, r.Code)
	}
	return out
}

// unexplained are the failed checks that no finding accounts for. Where no cause is
// known at all the finding says so itself.
func (c *Case) unexplained(findings []report.Finding) []string {
	var out []string
	for _, row := range c.failures() {
		accounts := func(f report.Finding) bool { return f.Code == NoKnownCause || slices.Contains(f.Explains, row.ID) }
		if !slices.ContainsFunc(findings, accounts) {
			out = append(out, row.ID)
		}
	}
	return out
}

// lowerFirst fits a sentence behind a colon, unless it starts with a name.
func lowerFirst(s string) string {
	for _, article := range []string{"The ", "This ", "No ", "A ", "An ", "One "} {
		if strings.HasPrefix(s, article) {
			return strings.ToLower(s[:1]) + s[1:]
		}
	}
	return s
}

// upperFirst undoes lowerFirst.
func upperFirst(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
