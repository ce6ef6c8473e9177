package suite

import "context"

// Rest is what became of a connection at rest: watching one takes time, so it is
// done once, by whoever asks first.
func (e *Env) Rest(ctx context.Context, watch func(context.Context) (any, error)) (any, error) {
	return e.rest.Get(ctx, e.run, watch)
}
