package checks

import (
	"context"
	"errors"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

// afterSession are the checks that use the mailbox session: those of this group
// do something to it, so they come behind.
var afterSession = []string{"mapi.mailbox", "mapi.inbox", "mapi.ping", "mapi.notification"}

// held is a NotificationWait in which nothing happened: a connection at rest.
type held struct {
	res   *mapihttp.WaitResult
	err   error         // what ended it before its time; nil: we did
	limit time.Duration // how long it was to last
}

// quiet is how long the connection had been silent at its end.
func (h held) quiet() time.Duration {
	if h.res == nil {
		return 0
	}
	if n := len(h.res.Tags); n > 0 {
		return h.res.Elapsed - h.res.Tags[n-1].At
	}
	return h.res.Elapsed
}

// hold watches a connection at rest for as long as the run wants. An event that
// comes in between ends the rest without saying anything about the way: it is
// fetched, and the rest goes on.
func hold(ctx context.Context, e *suite.Env) held {
	m := e.Mailbox()
	ctx, stop := context.WithTimeoutCause(mapihttp.WithCheck(ctx, "resume.idle-timeout"), e.Hold, errWaitOver)
	defer stop()
	for {
		res, err := waitForEvent(ctx, m)
		if errors.Is(context.Cause(ctx), errWaitOver) {
			err = nil
		}
		if err != nil || res == nil || !res.EventPending {
			return held{res, err, e.Hold}
		}
		if _, err := m.Poll(ctx); err != nil {
			return held{res, err, e.Hold}
		}
	}
}

// rest is the one wait that two checks judge.
func rest(ctx context.Context, e *suite.Env) (held, error) {
	v, err := e.Rest(ctx, func(ctx context.Context) (any, error) { return hold(ctx, e), nil })
	if err != nil {
		return held{}, err
	}
	return v.(held), nil
}

// noHold is the outcome of a run that does not watch a connection at rest.
func noHold() suite.Outcome {
	return suite.Skip("no connection was watched at rest: --hold 6m watches one, and the agent does all day")
}
