package causes

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Case is what a judgement rests on.
type Case struct {
	Checks []report.Check // those that have an outcome

	Address string // of the mailbox
	User    string // sign-in name, "" when it is the address
	Domain  string // of the address
	Server  string // name of an Exchange server that answered, "" when none told

	Run Circumstances
}

// Circumstances say how the run went, for the sentence of a verdict in which
// nothing failed.
type Circumstances struct {
	SignsIn    bool   // a password was given
	Incomplete string // why the run ended early
	Summary    string // "mailbox and address book are connected …"
}

// signals are the observations of checks that failed or gave a warning, and of
// those that only saw something, with the check that saw them.
type seen struct {
	report.Signal
	check  string
	status report.Status
}

func (c *Case) signals(codes ...string) []seen {
	var out []seen
	for _, row := range c.Checks {
		for _, s := range row.Signals {
			if slices.Contains(codes, s.Code) {
				out = append(out, seen{s, row.ID, row.Status})
			}
		}
	}
	return out
}

func (c *Case) saw(code string) bool { return len(c.signals(code)) > 0 }

// hosts are the hosts about which a signal was seen, each once.
func (c *Case) hosts(code string) []string {
	var out []string
	for _, s := range c.signals(code) {
		if s.Subject != "" && !slices.Contains(out, s.Subject) {
			out = append(out, s.Subject)
		}
	}
	return out
}

// details are the values that signals with that code give for a key.
func (c *Case) details(code, key string) []any {
	var out []any
	for _, s := range c.signals(code) {
		if v, ok := s.Detail[key]; ok {
			out = append(out, v)
		}
	}
	return out
}

// status is the outcome of a check, Unknown when it has none.
func (c *Case) status(id string) report.Status {
	for _, row := range c.Checks {
		if row.ID == id {
			return row.Status
		}
	}
	return report.Unknown
}

// failures are the checks that failed, in the order of the list.
func (c *Case) failures() []report.Check {
	return slices.DeleteFunc(slices.Clone(c.Checks), func(r report.Check) bool { return r.Status != report.Fail })
}
