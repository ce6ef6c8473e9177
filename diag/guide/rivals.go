package guide

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Suspect is a cause that fits the same failures as one that was found, and that an
// answer speaks for. Its way is gone as that of a finding; the checks tell by the
// name of the finding whether it is gone.
type Suspect struct {
	Finding report.Finding `json:"finding"`
	Shows   string         `json:"shows"` // code of the finding that the checks name
}

// The answers to what decides between two causes.
const (
	rivalYes = "rival"
	rivalNo  = "no"

	// ItIsThis begins the answer for the rival; its title follows.
	ItIsThis = "It is this: "
)

var (
	notIt    = Option{ID: rivalNo, Text: "No, that is not it", Word: "rival.no"}
	whoKnows = Option{ID: unknown.ID, Text: unknown.Text, Word: "rival.unknown"}
)

// asksToo are questions of the table that say the same as what decides between two
// causes, by how that begins.
var asksToo = map[string]string{
	"Check again from another network": "other-network",
	"Check again from inside":          "where",
	"Connect to the company's network": "where",
	"Open any page in a web browser":   "guest",
}

// decisions are the questions that tell a finding from its rivals, and what they
// make needless: questions of the table and actions that look at the same.
func decisions(f report.Finding) (list []Item, instead func(Item) bool) {
	var questions, commands []string
	for _, o := range f.Or {
		list = append(list, Item{ID: "rival-" + o.Code, rival: o.Code, Question: o.Decide.Text, Who: o.Decide.Who, Command: o.Decide.Command, Options: []Option{
			{ID: rivalYes, Text: ItIsThis + o.Title, Rivals: []string{o.Code}},
			notIt,
			whoKnows,
		}})
		for begin, question := range asksToo {
			if begins(o.Decide.Text, []string{begin}) {
				questions = append(questions, question)
			}
		}
		if o.Decide.Command != "" {
			commands = append(commands, o.Decide.Command)
		}
	}
	return list, func(i Item) bool { return slices.Contains(questions, i.ID) || slices.Contains(commands, i.Command) }
}

// suspect notes that an answer speaks for a rival that was not found itself. What
// is known to help against it comes from the rule base.
func (s *Session) suspect(w *way, code string) {
	at := slices.IndexFunc(w.finding.Or, func(o report.Rival) bool { return o.Code == code })
	known := slices.ContainsFunc(s.Suspects, func(o Suspect) bool { return o.Finding.Code == code })
	if at < 0 || known || found(s.Last, code) || len(s.Known[code]) == 0 {
		return
	}
	f := report.Finding{Code: code, Severity: w.finding.Severity, Title: w.finding.Or[at].Title, Checks: w.finding.Checks, Explains: w.finding.Explains, Actions: s.Known[code]}
	s.Suspects = append(s.Suspects, Suspect{Finding: f, Shows: w.shows})
}

// suspects are the ways of those whose finding is still there.
func (s *Session) suspects(plan []*way) (out []*way) {
	for _, o := range s.Suspects {
		if find(plan, o.Shows) != nil && find(plan, o.Finding.Code) == nil {
			w := s.wayOf(o.Finding)
			w.shows = o.Shows
			out = append(out, w)
		}
	}
	return out
}
