package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
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

// promised are the scenarios whose names documents and helpdesks use; each is
// named after the cause that it leads to. diag tests every other one as well.
var promised = []string{"server-mapihttp-disabled", "bad-credentials", "cert-invalid", "autodiscover-dns",
	"vdir-url-wrong", "server-component-down", "session-context-lost", "mailbox-mapi-disabled",
	"idle-timeout", "proxy-buffers-long-poll"}

func TestDemoNamesTheCause(t *testing.T) {
	for _, name := range promised {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, code := runDemoJSON(t, name)
			if code != ExitFailed || r.Verdict.Status != report.Fail || r.Verdict.Cause != name {
				t.Errorf("exit code %d, verdict %+v", code, r.Verdict)
			}
		})
	}
}
