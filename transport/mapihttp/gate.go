package mapihttp

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrPaused is a request that a Pause cut off. One that can be repeated without
// harm is repeated by itself after Resume; of the others the caller gets this,
// as the cause in a *Failure whose Delivery says what the server may have done.
var ErrPaused = errors.New("the session was paused")

// gate holds the requests of a session context back while it is paused, and knows
// those on the wire.
type gate struct {
	mu     sync.Mutex
	shut   chan struct{} // nil while open; closed when it opens
	pauses int           // how often it was shut
	flying map[*flight]bool
}

// flight is one call on its way: from the moment that it is counted until its
// outcome is, so that a Pause that has returned leaves nothing to come.
type flight struct {
	dog    *watchdog // of the request that is on the wire; nil before the first
	wait   bool
	landed chan struct{}
}

// cut ends the request that is on the wire.
func (f *flight) cut() {
	if f.dog != nil {
		f.dog.cancel(ErrPaused)
	}
}

type resumingKey struct{}

// resuming marks the requests of Resume itself: they pass the gate, and the lanes,
// which whoever was cut off may still hold.
func resuming(ctx context.Context) context.Context {
	return context.WithValue(ctx, resumingKey{}, true)
}

func isResuming(ctx context.Context) bool { return ctx.Value(resumingKey{}) != nil }

// pass waits until the gate is open.
func (g *gate) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		shut := g.shut
		g.mu.Unlock()
		if shut == nil || isResuming(ctx) {
			return nil
		}
		select {
		case <-shut:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut != nil
}

// fly begins a call; false when the gate is shut. land must follow.
func (g *gate) fly(ctx context.Context, wait bool) (*flight, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil && !isResuming(ctx) {
		return nil, false
	}
	f := &flight{wait: wait, landed: make(chan struct{})}
	if g.flying == nil {
		g.flying = map[*flight]bool{}
	}
	g.flying[f] = true
	return f, true
}

// launch puts a request of f on the wire, under dog; false when the gate was shut
// meanwhile.
func (g *gate) launch(ctx context.Context, f *flight, dog *watchdog) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil && !isResuming(ctx) {
		return false
	}
	f.dog = dog
	return true
}

func (g *gate) land(f *flight) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.flying, f)
	close(f.landed)
}

// close shuts the gate and returns when nothing is on the wire any more. Waits
// are cut at once; an ordinary request has until grace is over: one that is cut
// takes the session context with it when the server has done its part, because
// the next sequence cookie goes down with the answer.
func (g *gate) close(grace <-chan time.Time) {
	g.mu.Lock()
	if g.shut == nil {
		g.shut = make(chan struct{})
	}
	g.pauses++
	var flying []*flight
	for f := range g.flying {
		if f.wait {
			f.cut()
		}
		flying = append(flying, f)
	}
	g.mu.Unlock()
	for _, f := range flying {
		select {
		case <-f.landed:
			continue
		case <-grace:
			g.mu.Lock()
			for _, late := range flying { // the grace is one for all
				late.cut()
			}
			g.mu.Unlock()
		}
		<-f.landed
	}
}

// open opens the gate again unless it was shut once more since the count pauses.
func (g *gate) open(pauses int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil || g.pauses != pauses {
		return g.shut == nil
	}
	close(g.shut)
	g.shut = nil
	return true
}

func (g *gate) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pauses
}
