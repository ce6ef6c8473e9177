package cli

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
)

// What happens to an open session is in the report, and the diagnosis that
// follows finds nothing wrong.
func TestDemoOfEvents(t *testing.T) {
	for _, want := range []struct{ scenario, cause, outcome string }{
		{"network-switch", "network-change", "resumed"},
		{"sleep", "sleep", "resumed"},
		{"context-expired", "sleep", "reestablished"},
	} {
		t.Run(want.scenario, func(t *testing.T) {
			t.Parallel()
			r, code := runDemoJSON(t, want.scenario)
			if code != ExitOK || r.Verdict.Status != report.Pass {
				t.Errorf("exit code %d, %+v", code, r.Verdict)
			}
			if len(r.Outages) != 1 {
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
