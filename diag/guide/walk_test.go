package guide_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ruled is a report in which the rules named by codes were found, in that order.
func ruled(run string, codes ...string) *report.Report {
	r := &report.Report{Schema: report.Schema, Run: report.Run{ID: run}, Verdict: report.Verdict{Status: report.Pass, Headline: "Outlook can reach this mailbox."},
		Checks: []report.Check{{ID: "mapi.logon", Status: report.Pass}}}
	for _, code := range codes {
		var known causes.Description
		for _, d := range causes.Describe() {
			if d.Code == code {
				known = d
			}
		}
		for _, rule := range causes.Rules() {
			if rule.Code != code {
				continue
			}
			r.Findings = append(r.Findings, report.Finding{Code: code, Severity: rule.Severity, Title: rule.Title, Explanation: rule.Explanation, Or: known.Or,
				Actions: known.Actions, Checks: []string{"mapi.connect"}, Explains: []string{"mapi.connect", "mapi.logon", "auth.sign-in"}})
			status := map[report.Severity]report.Status{report.SeverityFail: report.Fail, report.SeverityWarn: report.Warn, report.SeverityInfo: report.Pass}[rule.Severity]
			if r.Verdict.Cause == "" && status != report.Pass {
				r.Verdict = report.Verdict{Status: status, Headline: rule.Title, Cause: code}
				r.Checks = []report.Check{{ID: "mapi.connect", Status: status}, {ID: "auth.sign-in", Status: status}, {ID: "mapi.logon", Status: map[report.Status]report.Status{report.Fail: report.Skip, report.Warn: report.Pass}[status]}}
			}
		}
	}
	return r
}

func start(t *testing.T, role string, r *report.Report, house *guide.File) *guide.Session {
	t.Helper()
	s, err := guide.Start(r, guide.Options{Role: role, House: house, Known: diag.KnownActions()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// branch is a session that goes its own way from here.
func branch(s *guide.Session) *guide.Session {
	c := *s
	c.Visited, c.Exhausted, c.Facts, c.Deeds, c.Suspects = slices.Clone(s.Visited), slices.Clone(s.Exhausted), slices.Clone(s.Facts), slices.Clone(s.Deeds), slices.Clone(s.Suspects)
	c.Answers = maps.Clone(s.Answers)
	return &c
}

// explorer goes every way through a session.
type explorer struct {
	t      *testing.T
	broken *report.Report // what checks see while nothing is mended
	well   *report.Report
	ends   map[guide.Outcome]int
	been   map[string]bool // states that were explored: what follows depends on them alone
}

func (e *explorer) explore(s *guide.Session, path []string) {
	state := fmt.Sprint(s.Phase, s.Cause, s.Item, s.Last.Run.ID, s.Stale, s.Answers, slices.Sorted(slices.Values(s.Visited)), s.Exhausted)
	if e.been[state] {
		return
	}
	e.been[state] = true
	step := s.Step()
	name := strings.Join(path, " ")
	if len(path) > 60 {
		e.t.Fatalf("%s: no end", name)
	}
	if !reflect.DeepEqual(step, s.Step()) {
		e.t.Fatalf("%s: asked twice, another step", name)
	}
	switch step.Kind {
	case guide.Done:
		e.end(s, step, name)
	case guide.Check:
		for _, r := range []*report.Report{e.broken, e.well} {
			next := branch(s)
			if err := next.Checked(r); err != nil {
				e.t.Fatal(name, err)
			}
			e.explore(next, append(path, "checked:"+string(r.Verdict.Status)))
		}
	default:
		e.question(s, step, path)
	}
}

func (e *explorer) question(s *guide.Session, step guide.Step, path []string) {
	if slices.Contains(s.Visited, step.ID) {
		e.t.Fatalf("%v: %s comes twice", path, step.ID)
	}
	if step.Text == "" || step.Title == "" || len(step.Choices) == 0 {
		e.t.Fatalf("%v: an empty step %+v", path, step)
	}
	if step.Kind == guide.Do && slices.Index(guide.Roles, step.Who) > slices.Index(guide.Roles, s.Role) {
		e.t.Fatalf("%v: %s is told what %s does: %s", path, s.Role, step.Who, step.Text)
	}
	for _, c := range step.Choices {
		next := branch(s)
		if err := next.Answer(c.ID); err != nil {
			e.t.Fatal(path, err)
		}
		after := next.Step()
		if c.ID == guide.ChoiceDone && (after.Kind != guide.Check || len(after.Recheck) == 0) {
			e.t.Fatalf("%v: %s is done and not checked: %+v", path, step.ID, after)
		}
		e.explore(next, append(path, step.ID, "="+c.ID))
	}
}

func (e *explorer) end(s *guide.Session, step guide.Step, path string) {
	end := step.Ending
	e.ends[end.Outcome]++
	failing := s.Last.Verdict.Status == report.Fail
	switch {
	case s.Stale:
		e.t.Errorf("%s: it ends with something done and not checked", path)
	case failing != (end.Outcome == guide.HandedOver || end.Outcome == guide.Unsolved):
		e.t.Errorf("%s: %s, and the checks say %s", path, end.Outcome, s.Last.Verdict.Status)
	case end.Outcome == guide.HandedOver && (end.To == "" || len(end.Open) == 0):
		e.t.Errorf("%s: handed over to nobody, or nothing: %+v", path, end)
	case end.Headline == "":
		e.t.Errorf("%s: it ends without a word", path)
	}
}

// TestEveryCauseEnds goes every way through every cause of the rule base, for
// every role: it ends, no step comes twice, each thing done is checked.
func TestEveryCauseEnds(t *testing.T) {
	for _, rule := range causes.Rules() {
		for _, role := range guide.Roles {
			e := &explorer{t: t, broken: ruled("broken", rule.Code), well: ruled("well"), ends: map[guide.Outcome]int{}, been: map[string]bool{}}
			e.explore(start(t, role, e.broken, nil), nil)
			if rule.Severity == report.SeverityFail && e.ends[guide.HandedOver]+e.ends[guide.Unsolved] == 0 {
				t.Errorf("%s for %s: it cannot end without success: %v", rule.Code, role, e.ends)
			}
			if rule.Severity == report.SeverityInfo && e.ends[guide.Working] != 1 {
				t.Errorf("%s for %s: a walk, though nothing is wrong: %v", rule.Code, role, e.ends)
			}
		}
	}
}

// TestNoCauseIsKnown: what the rule base does not know is handed over.
func TestNoCauseIsKnown(t *testing.T) {
	r := ruled("1")
	r.Verdict = report.Verdict{Status: report.Fail, Headline: "Something is wrong.", Cause: causes.NoKnownCause}
	r.Findings = causes.Judge(&causes.Case{Checks: []report.Check{{ID: "mapi.ping", Title: "Ping", Status: report.Fail, Summary: "no"}}}).Findings
	if step := start(t, guide.User, r, nil).Step(); step.Kind != guide.Done || step.Ending.Outcome != guide.HandedOver || step.Ending.To != guide.Helpdesk {
		t.Errorf("%+v", step)
	}
}

// TestKept writes a session as JSON between any two steps, and goes on with what
// is read back.
func TestKept(t *testing.T) {
	s := start(t, guide.Admin, ruled("1", "bad-credentials", "server-mapihttp-disabled"), nil)
	for n := 0; s.Step().Kind != guide.Done; n++ {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		back := &guide.Session{}
		if err := json.Unmarshal(b, back); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back.Step(), s.Step()) {
			t.Fatalf("%+v, before it was kept %+v", back.Step(), s.Step())
		}
		s = back
		if step := s.Step(); step.Kind == guide.Check {
			err = s.Checked(ruled(fmt.Sprint(n), "bad-credentials", "server-mapihttp-disabled"))
		} else {
			err = s.Answer(step.Choices[0].ID)
		}
		if err != nil || n > 40 {
			t.Fatal(n, err)
		}
	}
	if len(s.Deeds) < 5 || len(s.Facts) < 3 {
		t.Errorf("%+v %+v", s.Deeds, s.Facts)
	}
}

// TestActions shows what each action of the rule base is to a guide. Look at it
// when a cause is added: what mends is checked after it, a look is not.
func TestActions(t *testing.T) {
	var out strings.Builder
	for _, rule := range causes.Rules() {
		for _, a := range rule.Actions {
			fmt.Fprintf(&out, "%-5s %-28s %-8s %s\n", guide.Class(a), rule.Code, a.Who, a.Text)
		}
	}
	const file = "testdata/actions.txt"
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != string(want) {
		t.Errorf("%s differs; look at it and accept it with -update:\n%s", file, got)
	}
}
