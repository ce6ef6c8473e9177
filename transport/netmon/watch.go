package netmon

import (
	"context"
	"errors"
	"time"
)

// Options of Watch; the zero value watches this computer.
type Options struct {
	// Wall is the wall clock, for tests; nil: the system's.
	Wall func() time.Time
	// Missing is called, possibly from another goroutine, for a source of events
	// that cannot be heard here. What has no event is then compared with the
	// clock. A bus that is not there is no such case.
	Missing func(error)
}

// Watch tells every change until ctx ends, then closes the channel. A reader
// that is slow loses no reason: what happened meanwhile comes as one Change with
// the newest state. The error says that the state of the network cannot be read.
func Watch(ctx context.Context, o Options) (<-chan Change, error) {
	return nil, errors.ErrUnsupported
}

// Read is the state as it is now.
func Read() (State, error) { return State{}, errors.ErrUnsupported }
