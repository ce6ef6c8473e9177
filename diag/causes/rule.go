// Package causes says what the observations of the checks mean: which root cause
// explains them, and who does what about it.
//
// A cause is a row in one of the tables in rules_*.go: the signals it needs, the
// ones that rule it out, how sure they make it, a sentence for the user, an
// explanation for the helpdesk, and actions with exact commands. Where signals alone
// do not tell, the row has a function. Adding one is one row and its case in the
// test; what is easily mistaken for it is a row in rivals.go.
package causes

import (
	"cmp"
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Rule is one root cause.
type Rule struct {
	Code     string
	Severity report.Severity
	// Confidence is Certain where the signals say it outright; "" is Likely. A rival
	// that is not ruled out makes it Possible.
	Confidence report.Confidence
	// CertainWhen makes it Certain where the case tells more than the signals do.
	CertainWhen func(*Case) bool

	Any  []string // at least one of these signals (none named: no demand)
	All  []string // every one of these
	None []string // none of these
	// When demands more than signals say; nil demands nothing.
	When     func(*Case) bool
	WhenSays string // what When demands, in words
	// Covers are further checks whose failure follows from this cause, besides
	// those that saw one of its signals and those skipped because of them.
	Covers []string

	// OrWarn makes a cause of failures a warning while no check has failed of it.
	OrWarn bool

	// Generic causes name a symptom. They stand back behind any other cause that
	// explains the same check.
	Generic bool

	// Each names a value that signals give differently: actions whose command has it
	// are given once for each value.
	Each string

	Title       string // for the user; {names} in it and below are filled in, see vars.go
	Explanation string // for the helpdesk
	Actions     []report.Action
	Source      string // where it is documented
}

// families are the tables of causes, in the order in which a connection comes
// about. Order decides between two causes that explain equally much: the one nearer
// to the root comes first.
var families = []struct {
	name  string
	rules []Rule
}{
	{"Mapiscope itself", ourselves}, {"This computer", machineRules}, {"Outlook on this computer", clientRules}, {"What this computer keeps and which way out it takes", computerRules}, {"Names (DNS)", nameRules},
	{"Encryption and certificates", tlsRules}, {"The way to the server", wayRules}, {"Network", networkRules}, {"In front of the mailbox", frontRules},
	{"Account and user name", accountRules}, {"Kerberos and modern sign-in", kerberosRules},
	{"Sign-in", signInRules}, {"What the server offers", offerRules}, {"Session and mailbox", sessionRules}, {"Services beside it", serviceRules}, {"Remarks", remarks},
}

// Rules are all causes, by family.
func Rules() []Rule {
	var out []Rule
	for _, f := range families {
		for _, r := range f.rules {
			out = append(out, r.forEverybody())
		}
	}
	return out
}

// forEverybody gives those whose mail has stopped a next step of their own, where
// only others can mend it.
func (r Rule) forEverybody() Rule {
	hasStep := func(a report.Action) bool { return a.Who == "user" }
	if r.Severity == report.SeverityFail && !slices.ContainsFunc(r.Actions, hasStep) {
		r.Actions = slices.Insert(slices.Clone(r.Actions), 0, user("Ask your helpdesk: there is nothing for you to change. Give them the short code of this report, or the report itself."))
	}
	return r
}

// best is the most that it can have.
func (r Rule) best() report.Confidence {
	if r.CertainWhen != nil {
		return report.Certain
	}
	return r.confidence()
}

func (r Rule) confidence() report.Confidence { return cmp.Or(r.Confidence, report.Likely) }

// user, helpdesk and admin make an action; a command may follow.
func user(text string, command ...string) report.Action     { return action("user", text, command) }
func helpdesk(text string, command ...string) report.Action { return action("helpdesk", text, command) }
func admin(text string, command ...string) report.Action    { return action("admin", text, command) }

func action(who, text string, command []string) report.Action {
	a := report.Action{Who: who, Text: text}
	if len(command) > 0 {
		a.Command = command[0]
	}
	return a
}
