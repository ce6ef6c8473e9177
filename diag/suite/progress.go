package suite

import (
	"reflect"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// begin notes that check i runs now, and tells.
func (r *runner) begin(i int) time.Time {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	at := report.MS(now.Sub(r.opts.Started))
	r.rows[i].Started = &at
	r.tell(EventStarted, i)
	return now
}

// finishAfter is finish for a check that ran, and took that long.
func (r *runner) finishAfter(i int, out Outcome, took time.Duration) {
	r.mu.Lock()
	ms := report.MS(took)
	r.rows[i].Duration = &ms
	r.mu.Unlock()
	r.finish(i, out)
}

// finish files the outcome of check i, and tells. The verdict is asked for again
// when the check failed: a person who waits wants the first word now.
func (r *runner) finish(i int, out Outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	row := &r.rows[i]
	row.Status, row.Summary = out.Status, out.Summary
	row.Evidence, row.Signals = out.Evidence, out.Signals
	if out.Status == report.Skip {
		row.Summary, row.SkippedBecause = "", out.Summary
	}
	r.done++
	r.tell(EventFinished, i)
	if out.Status == report.Fail {
		r.judge()
	}
}

func (r *runner) tell(kind EventKind, i int) {
	if r.opts.Progress == nil {
		return
	}
	row := r.rows[i]
	r.opts.Progress(Event{Kind: kind, At: time.Since(r.opts.Started), Check: &row, Done: r.done, Total: len(r.rows)})
}

func (r *runner) judge() {
	if r.opts.Judge == nil || r.opts.Progress == nil {
		return
	}
	finished := slices.DeleteFunc(slices.Clone(r.rows), func(c report.Check) bool { return c.Status == report.Unknown })
	v := r.opts.Judge(finished)
	if v == nil || reflect.DeepEqual(*v, r.last) {
		return
	}
	r.last = *v
	r.opts.Progress(Event{Kind: EventVerdict, At: time.Since(r.opts.Started), Verdict: v, Done: r.done, Total: len(r.rows)})
}
