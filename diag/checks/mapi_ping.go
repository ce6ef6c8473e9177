package checks

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var mapiPing = suite.Check{
	ID: "mapi.ping", Group: "mapi", Title: "Mailbox session is alive", Affects: "mailbox",
	After: []string{"mapi.logon"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		m := e.Mailbox()
		start := time.Now()
		err := m.Ping(mapihttp.WithCheck(ctx, "mapi.ping"))
		noteLoss(e, suite.ServiceMailbox, err)
		return judgePing(err, m.Info(), time.Since(start))
	},
}

// noteLoss remembers that a session that was open is no more.
func noteLoss(e *suite.Env, service string, err error) {
	if mapihttp.ContextGone(err) {
		e.Note(service, func(s *suite.Session) { s.Err = err })
	}
}

// judgePing passes a PING that proves the session context: the server says for
// how long it keeps it.
func judgePing(err error, i mapihttp.ContextInfo, took time.Duration) suite.Outcome {
	if err != nil {
		return failed(err, suite.HostOf(i.URL))
	}
	out := suite.Pass("the server still holds it").With("ms", took.Milliseconds())
	if i.Expiration > 0 {
		out.Summary = "the server holds it for another " + i.Expiration.Round(time.Second).String()
	}
	return out
}
