package suite

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

const (
	// preferWait is how long a usable answer of Autodiscover waits for a step that
	// Outlook would ask before it: a root domain that never answers must not hold
	// up the mailbox, one that answers at its leisure should still be heard.
	preferWait = 300 * time.Millisecond
	// LooseStepLimit is for the steps that ask where there is usually nothing (the
	// mail domain itself, the plain http request): what is silent for that long is
	// not Autodiscover, and nobody waits for it any longer.
	LooseStepLimit = 9 * time.Second
)

// Loose says that a step asks where there is usually nothing.
func Loose(s autodiscover.Step) bool {
	return s == autodiscover.StepRoot || s == autodiscover.StepHTTPRedirect
}

// ErrNoAnswer says that no step of Autodiscover led to settings.
var ErrNoAnswer = errors.New("no step of Autodiscover led to an answer")

// search starts the one search of a run, if nobody has yet. Its results come
// through found, step by step.
func (e *Env) search() {
	e.once.Do(func() {
		time.AfterFunc(LooseStepLimit, e.found.patienceOver)
		go func() {
			defer e.found.over(nil, nil) // also when the lookup panics: nobody may wait forever
			defer func() {
				if p := recover(); p != nil {
					e.found.over(nil, panicError(p))
				}
			}()
			c := &autodiscover.Client{
				HTTP: e.HTTP, Path: e.Path, Policy: e.HTTP.Policy, ConfirmRedirect: e.ConfirmRedirect,
				GivenURL: e.AutodiscoverURL, Found: e.found.take, Finished: e.found.finished, Check: "discovery.answer",
			}
			if e.ActiveDirectory != nil {
				c.FindSCP = e.scpURLs
			}
			if e.AutodiscoverURL != "" {
				c.Steps = []autodiscover.Step{autodiscover.StepGiven}
			}
			r := c.Lookup(e.run, e.Address)
			e.found.over(r.Best, r.Err)
		}()
	})
}

// Answer is the answer of Autodiscover that Outlook would use, as soon as it is
// certain, while slower steps are still under way; ErrNoAnswer when there is none.
func (e *Env) Answer(ctx context.Context) (*autodiscover.Attempt, error) {
	e.search()
	select {
	case <-e.found.decided:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if a := e.found.answer(); a != nil {
		return a, nil
	}
	return nil, ErrNoAnswer
}

// KnownAnswer is Answer as far as it is known by now; nil when it is not.
func (e *Env) KnownAnswer() *autodiscover.Attempt { return e.found.answer() }

// Step is what came of one step for the address asked, as soon as it is complete;
// nil when the search did not take it.
func (e *Env) Step(ctx context.Context, step autodiscover.Step) (*autodiscover.Attempt, error) {
	e.search()
	select {
	case <-e.found.complete(step):
		return e.found.attempt(step), nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Attempts are the steps that are complete by now, in Outlook's order.
func (e *Env) Attempts() []autodiscover.Attempt {
	var out []autodiscover.Attempt
	for _, s := range autodiscover.Steps() {
		if a := e.found.attempt(s); a != nil {
			out = append(out, *a)
		}
	}
	return out
}

// SearchError is why the search as a whole came to nothing (a circle, say); nil
// while it goes on and when it did not.
func (e *Env) SearchError() error {
	e.found.mu.Lock()
	defer e.found.mu.Unlock()
	return e.found.err
}

func rank(s autodiscover.Step) int { return slices.Index(autodiscover.Steps(), s) }
