package suite

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

// preferWait is how long a usable answer of Autodiscover waits for a step that
// Outlook would ask before it: a root domain that never answers must not hold
// up the mailbox, one that answers at its leisure should still be heard.
const preferWait = 300 * time.Millisecond

// Discover is the whole search: every step, with what came of it. It is made
// once, by whoever asks first.
func (e *Env) Discover(ctx context.Context) (*autodiscover.Result, error) {
	return e.discover.Get(ctx, e.run, func(ctx context.Context) (*autodiscover.Result, error) {
		defer e.found.close(nil)
		c := &autodiscover.Client{
			HTTP: e.HTTP, Path: e.Path, Policy: e.HTTP.Policy, ConfirmRedirect: e.ConfirmRedirect,
			GivenURL: e.AutodiscoverURL, Found: e.found.take, Finished: e.found.finished, Check: "discovery.answer",
		}
		if e.AutodiscoverURL != "" {
			c.Steps = []autodiscover.Step{autodiscover.StepGiven}
		}
		r := c.Lookup(ctx, e.Address)
		e.found.close(r.Best)
		return r, nil
	})
}

// ErrNoAnswer says that no step of Autodiscover led to settings.
var ErrNoAnswer = errors.New("no step of Autodiscover led to an answer")

// Answer is the answer of Autodiscover that Outlook would use, as soon as it is
// certain, while slower steps are still under way.
func (e *Env) Answer(ctx context.Context) (*autodiscover.Attempt, error) {
	go e.Discover(e.run)
	select {
	case <-e.found.ready:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if a := e.found.answer(); a != nil {
		return a, nil
	}
	return nil, ErrNoAnswer
}

// found decides which answer to use while the search goes on.
type found struct {
	mu     sync.Mutex
	ready  chan struct{} // closed when best is final
	closed bool
	best   *autodiscover.Attempt
	done   []autodiscover.Step
}

func (f *found) answer() *autodiscover.Attempt {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.best
}

// take hears of a usable answer.
func (f *found) take(a autodiscover.Attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || a.Settings.Offer() != autodiscover.OfferMapiHTTP {
		return // what offers less waits for the end: another step may offer more
	}
	if f.best == nil {
		time.AfterFunc(preferWait, func() { f.close(nil) })
	}
	if f.best == nil || rank(a.Step) < rank(f.best.Step) {
		f.best = &a
	}
	f.settle()
}

// finished hears of a step that is complete.
func (f *found) finished(a autodiscover.Attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.done = append(f.done, a.Step)
	f.settle()
}

// settle closes when every step that Outlook prefers to the best one is through.
func (f *found) settle() {
	if f.best == nil {
		return
	}
	for _, s := range autodiscover.Steps()[:rank(f.best.Step)] {
		own := s == autodiscover.StepGiven || s == autodiscover.StepSCP // not taken unless they answered first
		if !own && !slices.Contains(f.done, s) {
			return
		}
	}
	f.finish(nil)
}

// close ends the decision with what there is, or with best when there is nothing.
func (f *found) close(best *autodiscover.Attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.finish(best)
}

func (f *found) finish(best *autodiscover.Attempt) {
	if f.closed {
		return
	}
	if f.best == nil {
		f.best = best
	}
	f.closed = true
	close(f.ready)
}

func rank(s autodiscover.Step) int { return slices.Index(autodiscover.Steps(), s) }
