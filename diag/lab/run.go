package lab

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Outcome is how a verdict compares with what is true.
type Outcome string

// The outcomes.
const (
	Right      Outcome = "right"
	Wrong      Outcome = "wrong"       // another cause is named
	Missed     Outcome = "missed"      // no cause is named
	FalseAlarm Outcome = "false alarm" // a cause is named, and nothing is wrong
	Incomplete Outcome = "incomplete"  // the right cause, but something that belongs to it is missing; why says what
	LeftOut    Outcome = "left out"    // it cannot be injected here
)

// Result is what became of one case.
type Result struct {
	Case    Case
	Outcome Outcome
	Named   string // the verdict's cause
	Why     string // in a clause, when the outcome is not Right
	Report  *report.Report
}

// Run injects a case and judges the diagnosis of it.
func Run(ctx context.Context, c Case) Result {
	r, err := diagnose(ctx, c)
	var out *leftOutError
	switch {
	case asLeftOut(err, &out):
		return Result{Case: c, Outcome: LeftOut, Why: out.why}
	case err != nil:
		return Result{Case: c, Outcome: Wrong, Why: err.Error()}
	}
	res := Result{Case: c, Named: r.Verdict.Cause, Report: r}
	res.Outcome, res.Why = judge(c, r)
	return res
}

func diagnose(ctx context.Context, cases ...Case) (*report.Report, error) {
	for _, c := range cases {
		if c.Namespace != nil {
			return inNamespace(ctx, c)
		}
	}
	b, err := Inject(cases...)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return b.Diagnose(ctx)
}

// judge compares a report with the truth.
func judge(c Case, r *report.Report) (Outcome, string) {
	v := r.Verdict
	switch {
	case c.Cause == "" && v.Cause != "":
		return FalseAlarm, v.Headline
	case c.Cause != "" && v.Cause == "":
		return Missed, v.Headline
	case v.Cause != c.Cause && !slices.Contains(c.Or, v.Cause):
		return Wrong, v.Headline
	}
	if want := c.status(); v.Status != want {
		return Incomplete, fmt.Sprintf("the status is %s instead of %s", v.Status, want)
	}
	for _, code := range c.Also {
		if !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Code == code }) {
			return Incomplete, code + " is not among the findings"
		}
	}
	return Right, ""
}

// status is that of a right verdict.
func (c Case) status() report.Status {
	switch {
	case c.Cause == "":
		return report.Pass
	case c.Warns:
		return report.Warn
	}
	return report.Fail
}

// RunAll runs cases at the same time, a few at once, and gives the results in
// their order. done is told of each as it ends, one at a time; it may be nil.
func RunAll(ctx context.Context, cases []Case, done func(Result)) []Result {
	out := make([]Result, len(cases))
	var mu sync.Mutex
	order := make([]int, len(cases))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(patience(cases[a]), patience(cases[b])) })
	each(len(cases), func(n int) {
		i := order[n]
		r := Run(ctx, cases[i])
		mu.Lock()
		defer mu.Unlock()
		out[i] = r
		if done != nil {
			done(r)
		}
	})
	return out
}

// patience puts the cases that last long before the others.
func patience(c Case) int {
	if c.Slow {
		return 0
	}
	return 1
}

// perCPU is how many diagnoses share a processor: they wait most of the time.
const perCPU = 2

// each calls f for every number below n, a few at the same time.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	room := make(chan struct{}, perCPU*runtime.GOMAXPROCS(0))
	for i := range n {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			f(i)
		})
	}
	wg.Wait()
}
