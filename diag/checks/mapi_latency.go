package checks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

// What people report of Outlook in online mode: uncomfortable from 150 ms more than
// in the office on, connection lost from 2.7 s on.
const (
	slowFrom = 150 * time.Millisecond
	lostFrom = 2700 * time.Millisecond
	// fewest is how many answers it takes: one may have been slow by accident.
	fewest = 3
)

var mapiLatency = suite.Check{
	ID: "mapi.latency", Group: "mapi", Title: "Time to the mailbox server and back", Affects: "mailbox",
	After: []string{"mapi.logon"}, Behind: []string{"mapi.ping", "mapi.mailbox", "mapi.inbox", "directory.ping"},
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		return judgeLatency(roundTrips(e.Exchanges()), suite.HostOf(e.Mailbox().Info().URL))
	},
}

// roundTrips are the times to the first byte of answers over connections that
// stood already: the way there and back, and what the server thought meanwhile. A
// NotificationWait is answered at once as well, but may be held back on purpose.
func roundTrips(all []*httpc.Exchange) (out []time.Duration) {
	for _, x := range all {
		if x.Reused && x.Status == 200 && x.RequestType != "" && x.RequestType != "NotificationWait" && x.FirstByte > 0 {
			out = append(out, x.FirstByte)
		}
	}
	slices.Sort(out)
	return out
}

// judgeLatency goes by the fastest: a server that is slow now and then is not far
// away.
func judgeLatency(times []time.Duration, host string) suite.Outcome {
	if len(times) < fewest {
		return suite.Skip("too few answers came over connections that stood already")
	}
	best, median := times[0], times[len(times)/2]
	says := fmt.Sprintf("the fastest answer of %s took %s, half of them at most %s", host, inMS(best), inMS(median))
	out := suite.Pass(says)
	if best >= slowFrom {
		feels := "Outlook in online mode is uncomfortable from " + slowFrom.String() + " on"
		out = suite.Warn(says + "; " + feels)
		if best >= lostFrom {
			feels = "Outlook loses its connection from " + lostFrom.String() + " on"
			out = suite.Fail(says + "; " + feels)
		}
		out = out.Saw(signal(suite.FarAway, host, "took", best.Round(time.Millisecond).String(), "what", feels))
	}
	return out.With("fastest_ms", report.MS(best)).With("median_ms", report.MS(median)).With("answers", len(times))
}

// inMS writes a time in milliseconds; a network around the corner has none.
func inMS(d time.Duration) string {
	if d < time.Millisecond {
		return "less than 1 ms"
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}
