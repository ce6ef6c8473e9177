package checks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/rop"
)

var mapiNotification = suite.Check{
	ID: "mapi.notification", Group: "mapi", Title: "Notification of new mail", Affects: "mailbox",
	After: []string{"mapi.logon"}, Limit: sessionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		m := e.Mailbox()
		ctx = mapihttp.WithCheck(ctx, "mapi.notification")
		host := suite.HostOf(m.Info().URL)
		if err := m.RegisterNotification(ctx, rop.NewMail|rop.ObjectCreated); err != nil {
			return failed(err, host)
		}
		settle(ctx, e)
		out := proveNotification(ctx, e, m, host)
		if out.Status == "pass" {
			e.Note(suite.ServiceMailbox, func(s *suite.Session) { s.Notification = "async" })
		}
		return out
	},
}

// settle ends the Executes under way before the wait begins: the answer of one could
// carry the event off, and the wait holds the connection that they could have used.
func settle(ctx context.Context, e *suite.Env) {
	e.Summary(ctx, "mapi.mailbox") // its outcome is for the checks that report it
}

// proveNotification holds a NotificationWait. Where a message can be made to
// arrive it proves the notification, otherwise the channel alone; the sentence
// says which.
func proveNotification(ctx context.Context, e *suite.Env, m *mapihttp.Mailbox, host string) suite.Outcome {
	limit := channelProof
	if e.Deliver != nil {
		limit = deliveryProof
	}
	wait, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(limit, func() { cancel(errWaitOver) })
	defer timer.Stop()
	if e.Deliver == nil { // nothing can be made to arrive: the first tag is all the proof there is
		wait = mapihttp.WithTags(wait, func(mapihttp.Tag) { cancel(errWaitOver) })
	}
	type result struct {
		res *mapihttp.WaitResult
		err error
	}
	ended := make(chan result, 1)
	go func() {
		res, err := waitForEvent(wait, m)
		ended <- result{res, err}
	}()
	if e.Deliver != nil {
		if err := e.Deliver(ctx); err != nil {
			return suite.Skip("no message could be delivered: " + err.Error())
		}
	}
	got := <-ended
	switch {
	case got.err == nil && got.res.EventPending:
		return arrived(ctx, m, host, got.res)
	case got.err != nil && !errors.Is(context.Cause(wait), errWaitOver):
		return failed(got.err, host)
	}
	return channelOnly(got.res, host, e.Deliver != nil, limit)
}

// waitAgain is how often a wait is repeated that crossed another request: which
// sequence cookie a parallel wait should carry is documented nowhere, and a
// server may refuse the one that was newest when the wait was sent.
const waitAgain = 3

func waitForEvent(ctx context.Context, m *mapihttp.Mailbox) (res *mapihttp.WaitResult, err error) {
	for range waitAgain {
		var f *mapihttp.Failure
		if res, err = m.NotificationWait(ctx); !errors.As(err, &f) {
			break
		}
		if code, came := f.Response(); !came || code != mapihttp.ResponseInvalidSequence {
			break
		}
	}
	return res, err
}

var errWaitOver = errors.New("the wait was long enough")

func arrived(ctx context.Context, m *mapihttp.Mailbox, host string, res *mapihttp.WaitResult) suite.Outcome {
	events, err := m.Poll(ctx)
	if err != nil {
		return failed(err, host)
	}
	if len(events) == 0 {
		return suite.Warn("the server announced an event and had none to give").Saw(signal(suite.NotNotified, host)).With("tags", tags(res))
	}
	return suite.Pass(fmt.Sprintf("a new message was announced after %s", res.Elapsed.Round(time.Millisecond))).
		With("proven", "notification").With("events", len(events)).With("tags", tags(res))
}

// channelOnly judges a wait that no event ended.
func channelOnly(res *mapihttp.WaitResult, host string, delivered bool, limit time.Duration) suite.Outcome {
	switch {
	case res == nil || len(res.Tags) == 0:
		return suite.Warn(fmt.Sprintf("%s does not begin to answer a NotificationWait within %s; new mail will come late", host, limit)).
			Saw(signal(suite.WaitNotOpened, host))
	case delivered:
		return suite.Fail(fmt.Sprintf("a message arrived, and %s did not announce it within %s", host, limit)).Saw(signal(suite.NotNotified, host)).With("tags", tags(res))
	}
	return suite.Pass("the channel for notifications is open (no message arrived meanwhile)").With("proven", "channel").With("tags", tags(res))
}

// tags are the meta-tags of an answer with their time, for the evidence.
func tags(res *mapihttp.WaitResult) []string {
	var out []string
	for _, t := range res.Tags {
		out = append(out, fmt.Sprintf("%s +%d ms", t.Name, t.At.Milliseconds()))
	}
	return out
}
