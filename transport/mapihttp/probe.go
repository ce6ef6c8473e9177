package mapihttp

import (
	"context"
	"errors"
)

// ProbeResult is what an endpoint tells without a session context.
type ProbeResult struct {
	ContextInfo        // server, dialect, sign-in and timing; no session context
	Refusal     error  // a refusal that proves life all the same; nil where PING was answered
	RequestID   string // X-RequestId of the probe
}

// Probe asks whether an endpoint is alive and accepts the sign-in: a PING without
// a session context, which Exchange answers. gromox refuses it for the missing
// cookie, from behind the sign-in, which proves the same. It leaves nothing at the
// server.
func Probe(ctx context.Context, cfg Config) (*ProbeResult, error) {
	e := newEndpoint(cfg)
	a, err := e.ping(ctx)
	var f *Failure
	if errors.As(err, &f) {
		if code, ok := f.Response(); !ok || code != ResponseMissingCookie && code != ResponseInvalidContextCookie {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	return &ProbeResult{ContextInfo: e.info(), Refusal: err, RequestID: a.RequestID}, nil
}
