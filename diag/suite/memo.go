package suite

import (
	"context"
	"sync"
)

// Memo is a result that several checks need and that is worked out once, by
// whoever asks first. The work belongs to the run, not to the check that asked:
// it goes on when that check's own limit is over.
type Memo[T any] struct {
	mu   sync.Mutex
	done chan struct{} // nil until somebody asked
	v    T
	err  error
}

// Get answers the result of work, which runs at most once, under run. A caller
// that cannot wait any longer gets its own ctx's cause.
func (m *Memo[T]) Get(ctx, run context.Context, work func(context.Context) (T, error)) (T, error) {
	m.mu.Lock()
	if m.done == nil {
		m.done = make(chan struct{})
		go func() {
			defer close(m.done)
			defer func() {
				if p := recover(); p != nil {
					m.err = panicError(p)
				}
			}()
			m.v, m.err = work(run)
		}()
	}
	done := m.done
	m.mu.Unlock()

	select {
	case <-done:
		return m.v, m.err
	case <-ctx.Done():
		var zero T
		return zero, context.Cause(ctx)
	}
}

// Peek is the result if it is there already; it asks nobody and does not wait.
func (m *Memo[T]) Peek() (v T, ok bool) {
	m.mu.Lock()
	done := m.done
	m.mu.Unlock()
	if done == nil {
		return v, false
	}
	select {
	case <-done:
		return m.v, m.err == nil
	default:
		return v, false
	}
}
