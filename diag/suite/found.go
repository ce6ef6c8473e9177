package suite

import (
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

// found is what a search has come to so far. It decides which answer to use while
// the search goes on.
type found struct {
	mu       sync.Mutex
	decided  chan struct{} // closed when best is final
	closed   bool
	patience bool // false: loose steps are not waited for any more
	best     *autodiscover.Attempt
	err      error
	steps    map[autodiscover.Step]*stepDone
}

// stepDone is one step: the channel is closed when it is complete.
type stepDone struct {
	ch      chan struct{}
	done    bool
	attempt *autodiscover.Attempt
}

func newFound() *found {
	f := &found{decided: make(chan struct{}), patience: true, steps: map[autodiscover.Step]*stepDone{}}
	for _, s := range autodiscover.Steps() {
		f.steps[s] = &stepDone{ch: make(chan struct{})}
	}
	return f
}

func (f *found) answer() *autodiscover.Attempt {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.best
}

func (f *found) complete(s autodiscover.Step) <-chan struct{} { return f.steps[s].ch }

func (f *found) attempt(s autodiscover.Step) *autodiscover.Attempt {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.steps[s].attempt
}

// take hears of a usable answer. One that offers less than MAPI over HTTP waits
// for the end: another step may offer more.
func (f *found) take(a autodiscover.Attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || a.Settings.Offer() != autodiscover.OfferMapiHTTP {
		return
	}
	if f.best == nil {
		time.AfterFunc(preferWait, func() { f.decide(nil) })
	}
	if f.best == nil || rank(a.Step) < rank(f.best.Step) {
		f.best = &a
	}
	f.settle()
}

// finished hears of a step that is complete. One of a later round is about
// another address and counts only for what it found.
func (f *found) finished(a autodiscover.Attempt) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d := f.steps[a.Step]; d != nil && !d.done {
		d.done, d.attempt = true, &a
		close(d.ch)
	}
	f.settle()
}

// patienceOver stops waiting for the loose steps.
func (f *found) patienceOver() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.patience = false
	f.settle()
}

// settle decides as soon as nothing that is still to come can change the answer:
// every step that Outlook prefers to the best one is through, or, when there is
// none and patience is over, every step but the loose ones.
func (f *found) settle() {
	through := func(s autodiscover.Step) bool {
		own := s == autodiscover.StepGiven || s == autodiscover.StepSCP // not taken unless they answered first
		return own || f.steps[s].done || !f.patience && Loose(s)
	}
	ahead := autodiscover.Steps()
	switch {
	case f.best != nil:
		ahead = ahead[:rank(f.best.Step)]
	case f.patience || f.redirected():
		return
	}
	for _, s := range ahead {
		if !through(s) {
			return
		}
	}
	f.finish(nil)
}

// redirected says that a step led to another address, so that a second round is
// under way.
func (f *found) redirected() bool {
	for _, d := range f.steps {
		if d.attempt != nil && d.attempt.Err == nil && d.attempt.Settings != nil && d.attempt.Settings.RedirectAddr != "" {
			return true
		}
	}
	return false
}

// over ends the search: a step that was not taken is complete as well.
func (f *found) over(best *autodiscover.Attempt, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
	f.finish(best)
	for _, d := range f.steps {
		if !d.done {
			d.done = true
			close(d.ch)
		}
	}
}

// decide ends the decision with what there is, or with best when there is nothing.
func (f *found) decide(best *autodiscover.Attempt) {
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
	close(f.decided)
}
