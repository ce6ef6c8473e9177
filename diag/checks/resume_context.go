package checks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var resumeContext = suite.Check{
	ID: "resume.context", Group: "resume", Title: "The session survives a new connection", Affects: "mailbox",
	After: []string{"mapi.logon"}, Behind: append(slices.Clone(afterSession), "resume.idle-timeout", "resume.long-poll"),
	Limit: sessionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		m := e.Mailbox()
		m.Pause()
		r := m.Resume(mapihttp.WithCheck(ctx, "resume.context"))
		return judgeResumption(r, suite.HostOf(m.Info().URL)).With("cost", cost(e.Exchanges(), "resume.context"))
	},
}

// judgeResumption passes the same session context, proven by the server.
func judgeResumption(r *mapihttp.Resumption, host string) suite.Outcome {
	switch r.Outcome {
	case mapihttp.OutcomeResumed:
		return suite.Pass(fmt.Sprintf("%s still held the session after %s on a new connection", host, r.Took.Round(time.Millisecond))).
			With("context_id", r.To).With("ms", r.Took.Milliseconds())
	case mapihttp.OutcomeReestablished:
		return suite.Fail(fmt.Sprintf("%s did not know the session any more on a new connection (%s); a new one had to be opened", host, r.Why)).
			Saw(signal(suite.ContextNotKept, host)).With("why", string(r.Why)).With("server_says", r.Refusal.Error())
	}
	return failed(r.Err, host)
}

// cost is what these checks took on the wire. Coming back takes MAPI over HTTP one
// connection and its sign-in. RPC over HTTP builds up everything that it took to
// open the session: two connections, each with its sign-in, and the calls in them
// (rpc.mailbox has that figure).
func cost(all []*httpc.Exchange, checks ...string) map[string]int {
	out := map[string]int{"connections": 0, "http_requests": 0}
	for _, x := range all {
		if !slices.Contains(checks, x.Check) {
			continue
		}
		out["http_requests"]++
		if x.Connect > 0 {
			out["connections"]++
		}
	}
	return out
}
