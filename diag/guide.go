package diag

import (
	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/checks"
	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// GuideVocabulary is what a guide file may speak of: every cause, check and group.
func GuideVocabulary() guide.Vocabulary {
	v := guide.Vocabulary{Causes: []string{causes.NoKnownCause}, Checks: append([]string{}, suite.Groups...), Nearest: suite.Nearest}
	for _, r := range causes.Rules() {
		v.Causes = append(v.Causes, r.Code)
	}
	for _, c := range checks.All() {
		v.Checks = append(v.Checks, c.ID)
	}
	return v
}

// KnownActions are the actions of every cause as the rule base lists them: names
// that only a case knows stand in capitals.
func KnownActions() map[string][]report.Action {
	out := map[string][]report.Action{}
	for _, d := range causes.Describe() {
		out[d.Code] = d.Actions
	}
	return out
}
