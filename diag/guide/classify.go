package guide

import (
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// class is what an action of the rule base is to a guide.
type class string

const (
	mends class = "mends" // something is different afterwards: check again
	looks class = "looks" // tells whoever does it something: nothing to check
	notes class = "notes" // helps meanwhile, or is nothing to do: no step of its own
	asks  class = "asks"  // a user asks those who can; they themselves have better steps
)

// The beginnings of sentences that say it. A look that goes on with what to change
// mends; so does "See that", which is to be made so.
var (
	lookWords = []string{"See ", "Look ", "Compare ", "Test ", "Find ", "Repeat ", "If other computers ", "If there is no such page", "Ask whether "}
	butMends  = []string{"See that ", "Compare the address "}
	thenMends = []string{", and exempt ", ", and allow ", ", and take the line out", " install "}
	noteWords = []string{"Outlook works all the same", "Use webmail meanwhile", "Use the VPN meanwhile", "Nothing:", "Save the report", "Report this to the makers", "Do not confirm "}
	askWords  = []string{"Ask your helpdesk", "Ask the helpdesk"}
)

func classify(a report.Action) class {
	switch {
	case a.Who == User && begins(a.Text, askWords):
		return asks
	case begins(a.Text, noteWords):
		return notes
	case strings.HasPrefix(a.Command, "mapiscope "):
		return looks // our own commands change nothing
	case begins(a.Text, lookWords) && !begins(a.Text, butMends) && !slices.ContainsFunc(thenMends, func(w string) bool { return strings.Contains(a.Text, w) }):
		return looks
	}
	return mends
}

func begins(s string, with []string) bool {
	for _, w := range with {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}
