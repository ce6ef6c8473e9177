package cli

import (
	"testing"
)

// What happens to an open session is in the report. The diagnosis that follows
// finds nothing wrong, or what keeps happening to connections.
func TestDemoOfEvents(t *testing.T) {
	for _, want := range []struct{ scenario, cause, outcome, verdict string }{
		{"network-switch", "network-change", "resumed", ""},
		{"sleep", "sleep", "resumed", ""},
		{"context-expired", "sleep", "reestablished", ""},
		{"idle-timeout", "server", "resumed", "idle-timeout"},
		{"proxy-buffers-long-poll", "network-change", "resumed", "proxy-buffers-long-poll"},
	} {
		t.Run(want.scenario, func(t *testing.T) {
			t.Parallel()
			r, code := runDemoJSON(t, want.scenario)
			if r.Verdict.Cause != want.verdict || (code == ExitOK) != (want.verdict == "") {
				t.Errorf("exit code %d, %+v", code, r.Verdict)
			}
			if len(r.Outages) == 0 {
				t.Fatalf("outages: %+v", r.Outages)
			}
			o := r.Outages[0]
			if o.Cause != want.cause || o.Outcome != want.outcome || o.Ended == nil || o.Resume == nil {
				t.Errorf("%+v", o)
			}
			if slept := o.Duration.Duration(); want.cause == "sleep" && slept < napTime {
				t.Errorf("asleep for %v", slept)
			}
		})
	}
}
