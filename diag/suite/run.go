package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// stopGrace is how long a check may take to notice that its context is over.
// After that the run goes on without it: a report that never comes is worse than
// a goroutine that is left behind.
const stopGrace = 250 * time.Millisecond

// Reasons for which a run ends early; they are the cause of the context that
// the checks see.
var (
	ErrRunLimit    = errors.New("the time limit of the whole run was reached")
	ErrInterrupted = errors.New("the run was interrupted")
	errCheckLimit  = fmt.Errorf("the time limit of this check was reached: %w", context.DeadlineExceeded)
	errBeside      = errors.New("given up: the way there does not work")
)

// besideGrace is how long a check goes on after one that it runs beside has
// failed: it may be about to say the same itself, and better.
const besideGrace = time.Second

// Options of one run.
type Options struct {
	Selection Selection
	Timeout   time.Duration // of the whole run; 0 is none
	Progress  func(Event)   // may be nil; called by one goroutine at a time
	Started   time.Time     // what started_ms counts from; zero is now
	// Judge is asked for a verdict each time a check failed; nil is never.
	Judge func([]report.Check) *report.Verdict
}

// Result is what a run found: an entry for every check, in the order of the list.
type Result struct {
	Checks     []report.Check
	TimedOut   bool
	Incomplete string // why the run ended early, "" when it did not
}

// Run runs checks on e and returns when each has an outcome. It never fails: a
// cancelled ctx, a check that panics or one that never returns is an outcome.
// The list must be sound (see Sound); what an id in After does not name is ignored.
func Run(ctx context.Context, e *Env, checks []Check, o Options) *Result {
	ctx, cancel := bounded(ctx, o.Timeout)
	defer cancel()
	r := &runner{env: e, opts: o, checks: checks, excluded: o.Selection.excluded(checks)}
	if r.opts.Started.IsZero() {
		r.opts.Started = time.Now()
	}
	return r.run(ctx)
}

func bounded(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, limit, ErrRunLimit)
}

type runner struct {
	env      *Env
	opts     Options
	checks   []Check
	excluded map[string]string

	mu   sync.Mutex // guards results and serialises events
	done int
	last report.Verdict
	rows []report.Check
	ends []chan struct{} // closed when the row of the same index has its outcome
}

func (r *runner) run(ctx context.Context) *Result {
	r.rows = make([]report.Check, len(r.checks))
	r.ends = make([]chan struct{}, len(r.checks))
	for i, c := range r.checks {
		r.rows[i] = report.Check{ID: c.ID, Group: c.Group, Title: c.Title, After: slices.Concat(c.After, c.Beside)}
		r.ends[i] = make(chan struct{})
	}
	var wg sync.WaitGroup
	for i := range r.checks {
		wg.Go(func() { r.one(ctx, i) })
	}
	wg.Wait()

	// A copy: a watcher of a check that is through may still look at its rows.
	res := &Result{Checks: slices.Clone(r.rows)}
	if err := context.Cause(ctx); err != nil {
		res.TimedOut = errors.Is(err, ErrRunLimit)
		res.Incomplete = why(err)
	}
	return res
}

// one waits for what check i depends on, runs it and files its outcome.
func (r *runner) one(ctx context.Context, i int) {
	defer close(r.ends[i])
	c := r.checks[i]
	if reason, out := r.excluded[c.ID]; out {
		r.finish(i, Skip(reason))
		return
	}
	if err := r.wait(ctx, slices.Concat(c.After, c.Behind)); err != nil {
		r.finish(i, Skip(why(err)))
		return
	}
	if reason := r.because(c.After, report.Fail, report.Skip); reason != "" {
		r.finish(i, Skip(reason))
		return
	}
	start := r.begin(i)
	out := r.attempt(ctx, c)
	took := time.Since(start)
	r.finishAfter(i, r.consequence(ctx, c, out), took)
}

// consequence turns the failure of a check into a skip when one of those that
// it ran beside failed as well: it only saw the same thing from further away.
func (r *runner) consequence(ctx context.Context, c Check, out Outcome) Outcome {
	if out.Status != report.Fail || len(c.Beside) == 0 {
		return out
	}
	for _, i := range r.resolve(c.Beside) {
		if r.because(c.Beside, report.Fail) != "" || r.wait(ctx, []string{r.checks[i].ID}) != nil {
			break // the first one that failed is reason enough
		}
	}
	if reason := r.because(c.Beside, report.Fail); reason != "" {
		return Skip(reason).keep(out)
	}
	return out
}

// wait returns when every one of the checks ids has an outcome.
func (r *runner) wait(ctx context.Context, ids []string) error {
	for _, i := range r.resolve(ids) {
		select {
		case <-r.ends[i]:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return context.Cause(ctx)
}

// because names the first of the checks ids with one of these outcomes; "" when
// there is none.
func (r *runner) because(ids []string, outcomes ...report.Status) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, i := range r.resolve(ids) {
		if row := r.rows[i]; slices.Contains(outcomes, row.Status) {
			how := map[report.Status]string{report.Fail: "failed", report.Skip: "was skipped"}[row.Status]
			return "needs “" + row.Title + "” (" + row.ID + "), which " + how
		}
	}
	return ""
}

// resolve finds the rows of ids. One that the caller left out stands for what it
// stands on itself: leaving a check out must not stop those behind it.
func (r *runner) resolve(ids []string) (rows []int) {
	for _, id := range ids {
		i := r.index(id)
		if i < 0 {
			continue
		}
		if _, out := r.excluded[id]; out {
			rows = append(rows, r.resolve(slices.Concat(r.checks[i].After, r.checks[i].Beside))...)
		} else {
			rows = append(rows, i)
		}
	}
	return rows
}

// why is the reason for which nothing more was run.
func why(err error) string {
	if errors.Is(err, ErrRunLimit) {
		return ErrRunLimit.Error()
	}
	return ErrInterrupted.Error()
}

func (r *runner) index(id string) int {
	return slices.IndexFunc(r.checks, func(c Check) bool { return c.ID == id })
}
