package mapihttp

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// LimitError is a limit of ours that passed while a server kept us waiting. It
// counts as a timeout (errors.Is context.DeadlineExceeded).
type LimitError struct {
	What  string // what did not come: "the next PENDING", "the whole answer"
	Limit time.Duration
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s did not come within %v", e.What, e.Limit)
}

// Unwrap makes it a timeout.
func (e *LimitError) Unwrap() error { return context.DeadlineExceeded }

// watchdog ends a request that passes one of its limits. Bytes do not calm it,
// only progress does: a server that sends one byte a second is cut off.
type watchdog struct {
	cancel context.CancelCauseFunc
	whole  *time.Timer

	mu    sync.Mutex
	part  *time.Timer
	cause error
}

// watch derives the context of a request that may last for limit.
func watch(ctx context.Context, limit time.Duration) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{cancel: cancel}
	w.whole = time.AfterFunc(limit, func() { cancel(&LimitError{"the whole answer", limit}) })
	return ctx, w
}

// expect restarts the inner limit: what must come within d from now.
func (w *watchdog) expect(what string, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cause = &LimitError{what, d}
	if w.part == nil {
		w.part = time.AfterFunc(d, w.bite)
		return
	}
	w.part.Reset(d)
}

func (w *watchdog) bite() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel(w.cause)
}

func (w *watchdog) stop() {
	w.whole.Stop()
	w.mu.Lock()
	if w.part != nil {
		w.part.Stop()
	}
	w.mu.Unlock()
	w.cancel(nil)
}

// lane lets one request pass at a time. Waiting for it honours the context.
type lane chan struct{}

func newLane() lane { return make(lane, 1) }

func (l lane) enter(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	default:
	}
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l lane) tryEnter() bool {
	select {
	case l <- struct{}{}:
		return true
	default:
		return false
	}
}

func (l lane) leave() { <-l }
