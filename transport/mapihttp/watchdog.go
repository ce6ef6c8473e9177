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
	whole  LimitError
	end    time.Time // when the whole limit passes
	timer  *time.Timer

	mu   sync.Mutex
	next LimitError // the limit that passes first
}

// watch derives the context of a request that may last for limit.
func watch(ctx context.Context, limit time.Duration) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watchdog{cancel: cancel, whole: LimitError{"the whole answer", limit}, end: time.Now().Add(limit)}
	w.next = w.whole
	w.timer = time.AfterFunc(limit, w.bite)
	return ctx, w
}

// expect sets the inner limit: what must come within d from now.
func (w *watchdog) expect(what string, d time.Duration) {
	next, left := LimitError{what, d}, time.Until(w.end)
	if left < d {
		next, d = w.whole, left
	}
	w.mu.Lock()
	w.next = next
	w.mu.Unlock()
	w.timer.Reset(d)
}

func (w *watchdog) bite() {
	w.mu.Lock()
	cause := w.next
	w.mu.Unlock()
	w.cancel(&cause)
}

func (w *watchdog) stop() {
	w.timer.Stop()
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
