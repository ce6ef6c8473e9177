package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// restLimit is the longest that a run watches a connection at rest, with what a
// session needs around it: longer than a server holds one NotificationWait.
const restLimit = mapihttp.WaitTime + 2*time.Minute

var resumeIdle = suite.Check{
	ID: "resume.idle-timeout", Group: "resume", Title: "Connections at rest are left alone", Affects: "mailbox",
	After: []string{"mapi.logon"}, Behind: afterSession, Limit: restLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		host := suite.HostOf(e.Mailbox().Info().URL)
		seen := judgeGaps(e.Gaps, host)
		if e.Hold <= 0 {
			return seen
		}
		h, err := rest(ctx, e)
		if err != nil {
			return suite.Skip(err.Error())
		}
		if now := judgeRest(h, host); now.Status != "pass" || seen.Status == "skip" {
			return now
		}
		return seen
	},
}

// judgeRest judges one connection at rest.
func judgeRest(h held, host string) suite.Outcome {
	switch {
	case h.err == nil:
		return suite.Pass(fmt.Sprintf("a connection at rest lasted the %s that it was watched", h.limit)).With("watched_ms", h.limit.Milliseconds())
	case broken(h.err):
		q := h.quiet()
		return suite.Fail(fmt.Sprintf("the connection to %s was cut after %s of rest", host, q.Round(100*time.Millisecond))).
			Saw(restCut(host, q)).With("quiet_ms", q.Milliseconds())
	}
	return failed(h.err, host)
}

// broken is a connection that ended in the middle of an answer, and not because
// we gave up on it.
func broken(err error) bool {
	var f *mapihttp.Failure
	return errors.As(err, &f) && f.Delivery == mapihttp.AnswerLost && !netpath.Timeout(f.Err)
}

const (
	// regular is how many cuts after the same time make a rule of something.
	regular = 3
	// sameTime is how far apart, of the shorter one, two gaps may be to count as
	// the same: an idle timer of a firewall ticks once in some seconds.
	sameTime = 0.1
)

// judgeGaps judges what an agent saw: for how long connections had been silent
// that were cut. Chance cuts at any time, an idle limit at the same time always.
func judgeGaps(gaps []time.Duration, host string) suite.Outcome {
	limit, n := mostCommon(gaps)
	switch {
	case len(gaps) == 0:
		return noHold()
	case n < regular:
		return suite.Pass("connections were cut, but after no regular time").With("gaps", histogram(gaps))
	}
	return suite.Warn(fmt.Sprintf("%d of %d connections to %s that were cut had been at rest for about %s", n, len(gaps), host, limit.Round(time.Second))).
		Saw(restCut(host, limit)).With("gaps", histogram(gaps))
}

func restCut(host string, after time.Duration) suite.Signal {
	return signal(suite.RestCut, host, "rest", after.Round(100*time.Millisecond).String())
}

// mostCommon is the shortest gap of the largest group of like ones, and its size.
func mostCommon(gaps []time.Duration) (gap time.Duration, n int) {
	sorted := slices.Sorted(slices.Values(gaps))
	for i, g := range sorted {
		same := 0
		for _, other := range sorted[i:] {
			if float64(other-g) <= sameTime*float64(g) {
				same++
			}
		}
		if same > n {
			gap, n = g, same
		}
	}
	return gap, n
}

// bounds are those of the histogram: the idle limits that devices come with.
var bounds = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// histogram counts gaps by the bound that they stay below.
func histogram(gaps []time.Duration) map[string]int {
	out := map[string]int{}
	for _, g := range gaps {
		name := "longer"
		if i := slices.IndexFunc(bounds, func(b time.Duration) bool { return g < b }); i >= 0 {
			name = "below " + bounds[i].String()
		}
		out[name]++
	}
	return out
}
