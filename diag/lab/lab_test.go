package lab

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

func TestMain(m *testing.M) {
	Child()
	os.Exit(m.Run())
}

// TestTheLabIsWhole: every cause has its variants, and there are enough situations
// in which nothing is wrong. The diagnoses themselves are made in diag.
func TestTheLabIsWhole(t *testing.T) {
	for _, gap := range Gaps() {
		t.Error(gap)
	}
}

func TestGapsAreFound(t *testing.T) {
	rules := []causes.Rule{{Code: "one"}, {Code: "two"}, {Code: "excused"}, {Code: "excused-in-vain"}}
	cases := []Case{{Name: "a", Cause: "one"}, {Name: "b", Cause: "two"}, {Name: "c", Cause: "two"}, {Name: "c", Cause: "stranger"},
		{Name: "d", Cause: "excused-in-vain"}, {Name: "e", Cause: "excused-in-vain"}}
	got := strings.Join(gaps(cases, rules, map[string]string{"excused": "because", "excused-in-vain": "because"}), "\n")
	for _, want := range []string{"one has 1 of the 2 cases", "stranger is expected by a case, and no rule names it", "c is the name of two cases",
		"excused-in-vain is listed as one that cannot be injected (because), and has 2 cases", "0 situations are healthy"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "two has") || strings.Contains(got, "excused has") {
		t.Errorf("more than that is said:\n%s", got)
	}
}

func TestJudge(t *testing.T) {
	said := func(status report.Status, cause string, findings ...string) *report.Report {
		r := &report.Report{Verdict: report.Verdict{Status: status, Cause: cause}}
		for _, code := range findings {
			r.Findings = append(r.Findings, report.Finding{Code: code})
		}
		return r
	}
	for _, c := range []struct {
		c    Case
		r    *report.Report
		want Outcome
	}{
		{Case{}, said(report.Pass, ""), Right},
		{Case{}, said(report.Warn, "x"), FalseAlarm},
		{Case{Cause: "x"}, said(report.Fail, "x"), Right},
		{Case{Cause: "x"}, said(report.Warn, "x"), Incomplete},
		{Case{Cause: "x", Warns: true}, said(report.Warn, "x"), Right},
		{Case{Cause: "x"}, said(report.Fail, "y"), Wrong},
		{Case{Cause: "x", Or: []string{"y"}}, said(report.Fail, "y"), Right},
		{Case{Cause: "x"}, said(report.Pass, ""), Missed},
		{Case{Cause: "x", Also: []string{"y"}}, said(report.Fail, "x", "x"), Incomplete},
		{Case{Cause: "x", Also: []string{"y"}}, said(report.Fail, "x", "x", "y"), Right},
	} {
		if got, why := judge(c.c, c.r); got != c.want || (why == "") != (got == Right) && got != FalseAlarm && got != Missed && got != Wrong {
			t.Errorf("%+v, %+v: %s (%s), want %s", c.c, c.r.Verdict, got, why, c.want)
		}
	}
}

// Two faults for the judgement on pairs: a clock that is off, and a password that
// is refused.
var (
	clockOff = Case{Name: "clock-skew/ahead", Cause: "clock-skew"}
	refused  = Case{Name: "bad-credentials/wrong", Cause: "bad-credentials"}

	clockAlone   = reportOf(nil, check("machine.clock", report.Fail, suite.ClockOff))
	refusedAlone = reportOf(nil, check("auth.sign-in", report.Fail, suite.CredentialWrong), check("machine.clock", report.Pass))
)

func check(id string, s report.Status, signals ...string) report.Check {
	c := report.Check{ID: id, Status: s}
	for _, code := range signals {
		c.Signals = append(c.Signals, report.Signal{Code: code, Subject: "mail"})
	}
	return c
}

func reportOf(findings []string, rows ...report.Check) *report.Report {
	r := &report.Report{Checks: rows}
	for _, code := range findings {
		r.Findings = append(r.Findings, report.Finding{Code: code, Severity: report.SeverityFail})
	}
	return r
}

func TestJudgePair(t *testing.T) {
	clock, sign := check("machine.clock", report.Fail, suite.ClockOff), check("auth.sign-in", report.Fail, suite.CredentialWrong)
	for name, c := range map[string]struct {
		both  *report.Report
		kind  PairKind
		right bool
	}{
		"both named":                    {reportOf([]string{"clock-skew", "bad-credentials"}, clock, sign), Together, true},
		"both named, the other order":   {reportOf([]string{"bad-credentials", "clock-skew", "name-missing"}, clock, sign), Together, true},
		"another in between":            {reportOf([]string{"clock-skew", "name-missing", "bad-credentials"}, clock, sign), Together, false},
		"one alone":                     {reportOf([]string{"clock-skew"}, clock, sign), Together, false},
		"kin of one":                    {reportOf([]string{"clock-skew", "account-locked"}, clock, sign), Together, true},
		"hidden, the other named":       {reportOf([]string{"clock-skew"}, clock, check("auth.sign-in", report.Skip)), Hidden, true},
		"hidden, and named first":       {reportOf([]string{"bad-credentials"}, clock, check("auth.sign-in", report.Skip)), Hidden, false},
		"seen in passing, both named":   {reportOf([]string{"bad-credentials", "clock-skew"}, clock, check("auth.sign-in", report.Skip), check("discovery.srv", report.Fail, suite.CredentialWrong)), Hidden, true},
		"not there beside the other":    {reportOf([]string{"clock-skew"}, clock, check("auth.sign-in", report.Pass)), Excluded, true},
		"neither is seen, one is named": {reportOf([]string{"clock-skew"}, check("machine.clock", report.Skip), check("auth.sign-in", report.Fail)), Hidden, true},
	} {
		got := judgePair(Pair{clockOff, refused}, clockAlone, refusedAlone, c.both)
		if got.Kind != c.kind || got.Right != c.right {
			t.Errorf("%s: %s, right %v (%s)", name, got.Kind, got.Right, got.Why)
		}
	}
}

// TestDrawIsRepeatable: the seed alone decides, whatever order the cases are in,
// and another case changes nothing about pairs that it is not in.
func TestDrawIsRepeatable(t *testing.T) {
	var single []Result
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		single = append(single, Result{Case: Case{Name: name + "/1", Cause: name}, Outcome: Right}, Result{Case: Case{Name: name + "/2", Cause: name}, Outcome: Right})
	}
	single = append(single, Result{Case: Case{Name: "healthy"}, Outcome: Right}, Result{Case: Case{Name: "x/1", Cause: "x"}, Outcome: Wrong})
	names := func(list []Pair) (out []string) {
		for _, p := range list {
			out = append(out, p.Name())
		}
		return out
	}
	first := names(Draw(single, 1))
	slices.Reverse(single)
	if again := names(Draw(single, 1)); !slices.Equal(first, again) || len(first) != 10 {
		t.Errorf("%d pairs: %v and %v", len(first), first, again)
	}
	if other := names(Draw(single, 2)); slices.Equal(first, other) {
		t.Error("another seed draws the same pairs")
	}
	more := names(Draw(append(single, Result{Case: Case{Name: "f/1", Cause: "f"}, Outcome: Right}), 1))
	more = slices.DeleteFunc(more, func(n string) bool { return strings.Contains(n, "f/") })
	if !slices.Equal(first, more) {
		t.Errorf("a new cause changed the others: %v", more)
	}
}

func TestProblems(t *testing.T) {
	m := &Measurement{
		Single: []Result{{Case: Case{Name: "a/1", Cause: "a"}, Outcome: Wrong, Named: "b"}, {Case: Case{Name: "b/1", Cause: "b"}, Outcome: Right},
			{Case: Case{Name: "c/1", Cause: "c"}, Outcome: LeftOut}},
		Pairs: []PairResult{{Pair: Pair{clockOff, refused}, Kind: Together, Why: "together: named are x"}, {Pair: Pair{refused, Case{Name: "z", Cause: "z"}}, Kind: Excluded, Right: true}},
	}
	if got := m.problems(nil); len(got) != 2 || !strings.Contains(got[0], "a/1 is wrong") || !strings.Contains(got[1], "named are x") {
		t.Errorf("%q", got)
	}
	accepted := []Exception{{A: "a/1", Why: "x"}, {A: "bad-credentials", B: "clock-skew", Why: "y"}, {A: "c/1", Why: "not run here"}, {A: "z", B: "bad-credentials", Why: "excluded"}}
	if got := m.problems(accepted); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if got := m.problems(append(accepted, Exception{A: "b", Why: "of old"})); len(got) != 1 || !strings.Contains(got[0], "b is right now") {
		t.Errorf("an exception that is right: %q", got)
	}
}

// TestPageIsStable: two measurements that found the same are one page, and what is
// wrong is on it.
func TestPageIsStable(t *testing.T) {
	m := &Measurement{Seed: 1, Single: []Result{{Case: Case{Name: "healthy"}, Outcome: Right}, {Case: clockOff, Outcome: Wrong, Named: "name-missing"}, {Case: refused, Outcome: Right}},
		Pairs: []PairResult{{Pair: Pair{clockOff, refused}, Kind: Together, Why: "together: named are name-missing"}}}
	var first, again bytes.Buffer
	if err := m.WritePage(&first); err != nil {
		t.Fatal(err)
	}
	m.WritePage(&again)
	if first.String() != again.String() {
		t.Error("the page changes")
	}
	for _, want := range []string{"| one fault, the verdict names it | 2 | 1 | 1 | 0 | |", "| clock-skew | name-missing | 1 |", "| clock-skew | 1 | 0 | ahead |",
		"clock-skew/ahead + bad-credentials/wrong (together: named are name-missing): nobody knows yet."} {
		if !strings.Contains(first.String(), want) {
			t.Errorf("no %q in\n%s", want, first.String())
		}
	}
}
