package monitor

import "sync"

// Cell holds the newest value of something. A writer never blocks, and a reader
// that is slow skips to the newest: there is no queue to fill.
type Cell[T any] struct {
	mu      sync.Mutex
	value   T
	changed chan struct{} // closed by the next Set
}

// NewCell is a Cell that holds v.
func NewCell[T any](v T) *Cell[T] {
	return &Cell[T]{value: v, changed: make(chan struct{})}
}

// Set puts a new value in and wakes every reader.
func (c *Cell[T]) Set(v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value = v
	close(c.changed)
	c.changed = make(chan struct{})
}

// Get is the newest value, and a channel that is closed when there is a newer one.
func (c *Cell[T]) Get() (T, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value, c.changed
}
