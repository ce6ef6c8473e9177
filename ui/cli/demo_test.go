package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// runDemoJSON runs "mapiscope demo … --headless --format json" and reads what
// it wrote, which must be valid against the schema.
func runDemoJSON(t *testing.T, args ...string) (*report.Report, ExitCode) {
	t.Helper()
	var out, log bytes.Buffer
	args = append([]string{"demo", "--headless", "--format", "json"}, args...)
	code := run(context.Background(), args, Streams{In: strings.NewReader(""), Out: &out, Err: &log})
	if err := reporttest.ValidateJSON(out.Bytes()); err != nil {
		t.Errorf("%v\n%s", err, log.String())
	}
	r, err := report.ReadJSON(&out)
	if err != nil {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return r, code
}

func TestDemoHealthy(t *testing.T) {
	r, code := runDemoJSON(t)
	if code != ExitOK || r.Verdict.Status != report.Pass || r.Verdict.Cause != "" {
		t.Errorf("exit code %d, verdict %+v", code, r.Verdict)
	}
	if len(r.Checks) <= 15 {
		t.Errorf("%d checks, want more than 15", len(r.Checks))
	}
	for _, service := range []string{"mailbox", "directory"} {
		if !established(r, service) {
			t.Errorf("%s is not established over HTTP: %+v", service, r.Connections)
		}
	}
	logged := 0
	for _, e := range r.Exchanges {
		if e.ResponseCode == nil { // no answer of the MAPI/HTTP layer: its logs do not have it
			continue
		}
		logged++
		if e.RequestID == "" || e.ClientInfo == "" || e.ServerRequestID == "" {
			t.Errorf("exchange %d (%s) cannot be found in the server's logs: %+v", e.Seq, e.RequestType, e)
		}
	}
	if logged < 10 {
		t.Errorf("%d MAPI/HTTP exchanges are listed, want all of both sessions", logged)
	}
}

func established(r *report.Report, service string) bool {
	for _, c := range r.Connections {
		if c.Service == service && c.Protocol == "HTTP" && c.Status == report.Established {
			return true
		}
	}
	return false
}

// TestDemoNamesTheCause runs every scenario that the embedded Exchange offers:
// a fault must be named, and a server that is merely different must not be
// blamed for anything.
func TestDemoNamesTheCause(t *testing.T) {
	for _, scenario := range exchangetest.Scenarios() {
		healthy := strings.HasPrefix(scenario.Title, "Healthy:")
		if scenario.Cause == "" && !healthy {
			continue
		}
		t.Run(scenario.Name, func(t *testing.T) {
			t.Parallel()
			r, code := runDemoJSON(t, scenario.Name)
			wantCode, wantStatus := ExitFailed, report.Fail
			if healthy {
				wantCode, wantStatus = ExitOK, report.Pass
			}
			if code != wantCode || r.Verdict.Status != wantStatus || r.Verdict.Cause != scenario.Cause {
				t.Errorf("exit code %d, verdict %+v, want %s with the cause %q", code, r.Verdict, wantStatus, scenario.Cause)
			}
		})
	}
}

// TestPromisedScenarios holds the names that documents and helpdesks use.
func TestPromisedScenarios(t *testing.T) {
	causes := map[string]string{}
	for _, s := range exchangetest.Scenarios() {
		causes[s.Name] = s.Cause
	}
	for _, name := range []string{"server-mapihttp-disabled", "bad-credentials", "cert-invalid", "autodiscover-dns",
		"vdir-url-wrong", "server-component-down", "session-context-lost", "mailbox-mapi-disabled"} {
		if causes[name] != name {
			t.Errorf("the scenario %s has the cause %q", name, causes[name])
		}
	}
}
