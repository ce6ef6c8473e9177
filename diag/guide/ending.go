package guide

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Outcome is how a walk ended.
type Outcome string

// The outcomes of a walk.
const (
	Working    Outcome = "working"     // no check fails
	NotOpened  Outcome = "not-opened"  // nothing fails, and the mailbox was not opened: without a password, say
	HandedOver Outcome = "handed-over" // To has to go on
	Unsolved   Outcome = "unsolved"    // an administrator is at the end of what is known
	Stopped    Outcome = "stopped"     // by whoever walked
)

// Ending is the last step: how it stands now, and what whoever goes on needs.
type Ending struct {
	Outcome  Outcome  `json:"outcome"`
	To       string   `json:"to,omitempty"` // "helpdesk" or "admin"
	Headline string   `json:"headline"`     // of the newest report
	Changed  bool     `json:"changed"`      // there is a newer report than the first
	Open     []Open   `json:"open,omitempty"`
	Facts    []Fact   `json:"facts,omitempty"`
	Deeds    []Deed   `json:"deeds,omitempty"`
	Contact  *Contact `json:"contact,omitempty"`
}

// Open is a cause that is still there.
type Open struct {
	Cause     string          `json:"cause"`
	Title     string          `json:"title"`
	Meanwhile []string        `json:"meanwhile,omitempty"` // what helps until it is mended
	Todo      []report.Action `json:"todo,omitempty"`      // for those who go on
}

func (s *Session) ending() *Ending {
	e := &Ending{Headline: s.Last.Verdict.Headline, Changed: s.Before.Run.ID != s.Last.Run.ID, Facts: s.Facts, Deeds: s.Deeds}
	plan := s.plan()
	for _, w := range plan {
		e.Open = append(e.Open, s.open(w))
	}
	failing := s.Last.Verdict.Status == report.Fail
	switch {
	case s.Stopped:
		e.Outcome = Stopped
	case !failing && !Opened(s.Last):
		e.Outcome = NotOpened
	case !failing:
		e.Outcome = Working
	case s.Role == Admin:
		e.Outcome = Unsolved
	default:
		e.Outcome = HandedOver
	}
	if failing {
		e.To, e.Contact = s.to(plan)
	}
	return e
}

// Opened says that a report is of a mailbox that was really opened.
func Opened(r *report.Report) bool {
	return slices.ContainsFunc(r.Checks, func(c report.Check) bool { return c.ID == "mapi.logon" && c.Status == report.Pass })
}

func (s *Session) open(w *way) Open {
	o := Open{Cause: w.finding.Code, Title: w.title(), Meanwhile: w.notes}
	for i := range w.items {
		item := &w.items[i]
		// What an answer made needless is needless for the next one too.
		if item.Question == "" && rank(item.Who) > rank(s.Role) && s.holds(item) && !s.needless(w, item) {
			o.Todo = append(o.Todo, report.Action{Who: item.Who, Text: item.Do, Command: item.Command})
		}
	}
	return o
}

// to is who goes on: the one whom the guide file names for the first open cause,
// else the nearest above this role with something to do there; a user goes to the
// helpdesk in any case.
func (s *Session) to(plan []*way) (string, *Contact) {
	var contact *Contact
	if s.House != nil {
		contact = s.House.Contact
	}
	to := map[string]string{User: Helpdesk, Helpdesk: Admin}[s.Role]
	for _, w := range plan {
		if w.house == nil {
			continue
		}
		if w.house.Contact != nil {
			contact = w.house.Contact
		}
		if rank(w.house.Who) > rank(s.Role) {
			to = w.house.Who
		}
		break
	}
	return to, contact
}

// WriteSummary writes what whoever goes on needs to know, for a ticket or a mail:
// the open causes and what is to be done, what was answered and what was tried.
func WriteSummary(w io.Writer, e *Ending) error {
	out := bufio.NewWriter(w)
	if len(e.Open) == 0 {
		fmt.Fprintln(out, report.Clean(e.Headline))
	}
	for n, o := range e.Open {
		if n > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "Still there: %s (%s)\n", report.Clean(o.Title), o.Cause)
		for _, a := range o.Todo {
			fmt.Fprintf(out, "  %s: %s\n", doer[a.Who], report.Clean(a.Text))
			if a.Command != "" {
				fmt.Fprintf(out, "    %s\n", report.Clean(a.Command))
			}
		}
	}
	if len(e.Facts) > 0 {
		fmt.Fprintln(out, "\nAnswered")
	}
	for _, f := range e.Facts {
		fmt.Fprintf(out, "  %s %s\n", report.Clean(f.Question), report.Clean(f.Answer))
	}
	if slices.ContainsFunc(e.Deeds, Deed.told) {
		fmt.Fprintln(out, "\nTried")
	}
	for _, d := range e.Deeds {
		if d.told() {
			fmt.Fprintf(out, "  %s: %s (%s)\n", results[d.Result], report.Clean(d.Text), d.Cause)
		}
	}
	return out.Flush()
}

func (d Deed) told() bool { return d.Result != Looked }

var doer = map[string]string{User: "user", Helpdesk: "helpdesk", Admin: "administrator"}

var results = map[Result]string{Mended: "mended", NotMended: "did not help", Skipped: "not done", Looked: "looked at", Unchecked: "done, not checked"}
