package suite

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// attempt runs the check within its limit.
func (r *runner) attempt(ctx context.Context, c Check) Outcome {
	limit := c.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errCheckLimit)
	defer cancel()
	ctx, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	r.watchBeside(ctx, c, giveUp)
	result := make(chan Outcome, 1)
	go func() { result <- guarded(ctx, r.env, c) }()

	select {
	case out := <-result:
		return settle(ctx, c, out)
	case <-ctx.Done():
	}
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case out := <-result:
		return settle(ctx, c, out)
	case <-grace.C:
		return settle(ctx, c, Outcome{})
	}
}

// watchBeside gives c up when one of the checks that it runs beside has failed.
func (r *runner) watchBeside(ctx context.Context, c Check, giveUp context.CancelCauseFunc) {
	for _, i := range r.resolve(c.Beside) {
		go func() {
			select {
			case <-r.ends[i]:
			case <-ctx.Done():
				return
			}
			if r.because([]string{r.checks[i].ID}, report.Fail) == "" {
				return
			}
			select {
			case <-time.After(besideGrace):
				giveUp(errBeside)
			case <-ctx.Done():
			}
		}()
	}
}

// settle gives an outcome its final form: one that the end of its time cut off
// says so, and one without a status is our own fault.
func settle(ctx context.Context, c Check, out Outcome) Outcome {
	err := context.Cause(ctx)
	switch {
	case errors.Is(err, errBeside) && out.Status != report.Pass:
		return Fail(errBeside.Error()).keep(out) // consequence names the one that failed
	case errors.Is(err, errCheckLimit) && out.Status == report.Unknown:
		limit := c.Limit
		if limit <= 0 {
			limit = DefaultLimit
		}
		return Fail(fmt.Sprintf("no result within %s", limit)).Saw(Signal{Code: CheckLimit, Subject: c.ID})
	case err != nil && !errors.Is(err, errCheckLimit) && out.Status != report.Pass:
		return Skip(why(err)).keep(out) // what looks like a failure may be the cut itself
	case out.Status == report.Unknown:
		return Skip("the program's own fault: this check gave no outcome").Saw(Signal{Code: ProgramFault, Subject: c.ID})
	}
	return out
}

// keep takes over the evidence of an outcome whose judgement cannot be used.
func (o Outcome) keep(from Outcome) Outcome {
	o.Evidence = from.Evidence
	if from.Summary != "" {
		o = o.With("so_far", from.Summary)
	}
	return o
}

// guarded turns a panic into an outcome that names the check and the place.
func guarded(ctx context.Context, e *Env, c Check) (out Outcome) {
	defer func() {
		if p := recover(); p != nil {
			out = Skip("the program's own fault: this check stopped unexpectedly").
				Saw(Signal{Code: ProgramFault, Subject: c.ID, Detail: map[string]any{"panic": panicError(p).Error()}})
		}
	}()
	return c.Run(ctx, e)
}

// panicError keeps the value and the stack of a panic; the stack is ours alone
// and holds addresses, never data.
func panicError(p any) error { return fmt.Errorf("panic: %v\n%s", p, debug.Stack()) }
