package report

import (
	"fmt"
	"io"
	"strings"
)

// WriteSummary writes six lines that fit into a chat or can be read out: verdict
// and code, the sentence, what to do, the connections, the checks, when and where.
func WriteSummary(w io.Writer, r *Report) error {
	for _, line := range r.summary() {
		if _, err := fmt.Fprintln(w, clean(line)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) summary() [6]string {
	next := "Nothing to do."
	if f := r.cause(); f != nil && len(f.Actions) > 0 {
		next = "To do (" + doer(f.Actions[0].Who) + "): " + f.Actions[0].Text
	} else if r.Verdict.Status != Pass {
		next = "To do: send the report to the helpdesk."
	}
	if f := r.cause(); f != nil && len(f.Or) > 0 {
		next += " Or it is " + f.Or[0].Code + "; to tell (" + doer(f.Or[0].Decide.Who) + "): " + f.Or[0].Decide.Text
	}
	var links []string
	for _, c := range r.Connections {
		links = append(links, fmt.Sprintf("%s %s %s", c.Service, c.Protocol, c.Status))
	}
	connections := "Connections: none"
	if len(links) > 0 {
		connections = "Connections: " + strings.Join(links, ", ")
	}
	checks := "Checks: " + tally(r.Checks)
	for _, c := range r.Checks {
		if c.Status == Fail {
			checks += "; first " + c.ID
			break
		}
	}
	return [6]string{
		"Mapiscope: " + r.word() + " · " + r.Account.Address + " · code " + ShortCode(r).String(),
		r.Verdict.Headline,
		next,
		connections,
		checks,
		joined(" · ", r.Run.Started.UTC().Format("2006-01-02 15:04 UTC"), r.Machine.Hostname, r.Tool.Name+" "+r.Tool.Version),
	}
}

// word is the verdict in capitals.
func (r *Report) word() string {
	switch r.Verdict.Status {
	case Pass:
		return "WORKING"
	case Warn:
		return "WORKING, with a warning"
	case Fail:
		return "NOT WORKING"
	}
	return "NOT KNOWN"
}

// doer is who takes a step, as the reader is spoken to.
func doer(who string) string {
	switch who {
	case "user":
		return "you"
	case "admin":
		return "administrator"
	}
	return who
}
