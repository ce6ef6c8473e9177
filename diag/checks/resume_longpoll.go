package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var resumeLongPoll = suite.Check{
	ID: "resume.long-poll", Group: "resume", Title: "Answers arrive piece by piece", Affects: "mailbox",
	After: []string{"mapi.logon"}, Behind: afterSession, Limit: restLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.Hold <= 0 {
			return noHold()
		}
		h, err := rest(ctx, e)
		if err != nil {
			return suite.Skip(err.Error())
		}
		return judgeLongPoll(h, suite.HostOf(e.Mailbox().Info().URL))
	},
}

// judgeLongPoll compares the rhythm of a wait with the one that was promised:
// the first meta-tag at once, a PENDING each X-PendingPeriod (MS-OXCMAPIHTTP
// 2.2.7, 3.1.5.6).
func judgeLongPoll(h held, host string) suite.Outcome {
	if h.err != nil && !broken(h.err) {
		return suite.Skip("the wait ended with: " + h.err.Error())
	}
	if h.res == nil || len(h.res.Tags) == 0 {
		return suite.Fail(fmt.Sprintf("no piece of the answer of %s arrived within %s: something holds answers back until they are complete", host, h.limit)).
			Saw(signal(suite.WaitNotOpened, host))
	}
	if late, ok := batched(h.res); ok {
		return suite.Fail(fmt.Sprintf("signs of life that %s sends every %s arrive together, the first of them %s late", host, h.res.PendingPeriod, late.Round(time.Second))).
			Saw(signal(suite.WaitNotOpened, host)).With("tags", tags(h.res))
	}
	return suite.Pass("the first piece arrived after "+h.res.Tags[0].At.Round(time.Millisecond).String()).With("tags", tags(h.res)).
		With("pending_period_ms", h.res.PendingPeriod.Milliseconds())
}

// batched says that meta-tags which the server sends one per period came several
// at a time, or that the last period passed without any; late is by how much the
// first was held back.
func batched(res *mapihttp.WaitResult) (late time.Duration, found bool) {
	period := res.PendingPeriod
	if period <= 0 {
		return 0, false
	}
	before := res.Tags[0].At
	for i, t := range res.Tags[1:] {
		if t.Name != mapihttp.TagPending {
			break // what ends the wait comes when it likes
		}
		together := i+2 < len(res.Tags) && res.Tags[i+2].Name == mapihttp.TagPending && res.Tags[i+2].At-t.At < period/2
		if gap := t.At - before; together && gap > period*3/2 {
			return gap - period, true
		}
		before = t.At
	}
	if silent := res.Elapsed - before; silent > 2*period+mapihttp.GapSlack {
		return silent - period, true
	}
	return 0, false
}
