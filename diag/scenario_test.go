package diag_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/embedded"
	"github.com/mapiscope/mapiscope/diag/lab"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/redact"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// fewPairs is how many pairs of faults are made here; make accuracy makes many.
const fewPairs = 8

// alsoFits are the causes that leave the same signs as the one that is named, so
// that the report has to say how to tell.
var alsoFits = map[string]string{
	"autodiscover-dns": "external-blocked", "external-blocked": "vdir-url-wrong", "vdir-url-wrong": "external-blocked",
	"bad-credentials": "account-locked", "unknown-user-dn": "wrong-server", "black-hole": "server-component-down",
	"captive-portal": "web-filter", "pre-auth-proxy": "captive-portal",
	"connection-refused": "vdir-url-wrong", "cert-invalid/untrusted-root": "tls-interception", "unreachable-host": "external-blocked", "unreachable-host/hangs-up": "",
	"endless-pending": "proxy-buffers-long-poll", "notification-lost": "proxy-buffers-long-poll",
	// Of one variant: something tells the two apart there, or something else fits.
	"autodiscover-dns/wrong-address": "autodiscover-dns", "pre-auth-proxy/mapi-only": "", "captive-portal/port-80": "",
	"dns-trouble/servfail": "", "dns-trouble/silent": "", "autodiscover-dns/unreachable": "", "connection-refused/both-hosts": "autodiscover-dns",
	"upn-mismatch": "bad-credentials", "stale-network-state/off-vpn": "unreachable-host",
}

// TestEveryScenarioIsNamed makes every situation of the lab true and diagnoses it:
// the verdict must be right, and the report sound. Then it does so with pairs of
// faults, of which the first two findings must be the two.
func TestEveryScenarioIsNamed(t *testing.T) {
	cases := slices.DeleteFunc(lab.Cases(), func(c lab.Case) bool { return c.Slow && testing.Short() })
	m := &lab.Measurement{Single: lab.RunAll(t.Context(), cases, nil)}
	for _, res := range m.Single {
		t.Run(strings.ReplaceAll(res.Case.Name, "/", " "), func(t *testing.T) { scenario(t, res) })
	}
	m.Pairs = lab.RunPairs(t.Context(), lab.Draw(m.Single, 1), m.Single, fewPairs, nil)
	for _, problem := range m.Problems() {
		t.Error(problem)
	}
}

func scenario(t *testing.T, res lab.Result) {
	if res.Outcome == lab.LeftOut {
		t.Skip("NOT RUN: " + res.Why)
	}
	c := res.Case
	r := res.Report
	if r == nil {
		t.Fatal(res.Why)
	}
	if res.Outcome != lab.Right {
		t.Logf("%s: cause %q, want %q: %s\n%s", res.Outcome, res.Named, c.Cause, res.Why, failures(r)) // m.Problems fails of it
		return
	}
	exit := 0
	if c.Cause != "" && !c.Warns {
		exit = 1
	}
	if r.ExitCode() != exit {
		t.Errorf("exit %d, want %d\n%s", r.ExitCode(), exit, failures(r))
	}
	also := alsoFits[c.Cause]
	if other, ok := alsoFits[c.Name]; ok {
		also = other
	}
	if got := strings.Join(r.Verdict.Or, " "); got != also || len(r.Verdict.Unexplained) > 0 {
		t.Errorf("or %q, want %q; unexplained %v", got, also, r.Verdict.Unexplained)
	}
	reporttest.Valid(t, r)
	strict, err := redact.Apply(r, redact.Strict)
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Valid(t, strict)
	switch {
	case c.Name == "healthy":
		healthy(t, r)
	case c.Cause != "":
		usefulFinding(t, r)
	}
}

// healthy is what a report without a fault must hold.
func healthy(t *testing.T, r *report.Report) {
	t.Helper()
	ran := 0
	for _, c := range r.Checks {
		if c.Status == report.Pass {
			ran++
		}
	}
	if ran <= 15 {
		t.Errorf("only %d checks passed", ran)
	}
	if len(r.Connections) < 4 || r.Connections[2].Protocol != "RPC/HTTP" || r.Connections[3].Protocol != "RPC/HTTP" {
		t.Fatalf("connections %+v, want two over HTTP and two over RPC/HTTP", r.Connections)
	}
	for _, c := range r.Connections[:2] {
		if c.Status != report.Established || c.Protocol != "HTTP" || c.Requests == 0 || c.Failures != 0 || c.Authn == "" || c.Encrypt == "" {
			t.Errorf("connection %+v", c)
		}
	}
	if r.Connections[0].Notification != "async" {
		t.Errorf("notification %q", r.Connections[0].Notification)
	}
	for _, x := range r.Exchanges {
		if strings.Contains(x.URL, "/mapi/e") && x.RequestType != "" && x.Check == "" {
			t.Errorf("exchange %d (%s) names no check", x.Seq, x.RequestType)
		}
	}
	if len(r.Exchanges) < 10 || !strings.HasPrefix(r.Verdict.Headline, "Outlook can reach this mailbox") {
		t.Errorf("%d exchanges, headline %q", len(r.Exchanges), r.Verdict.Headline)
	}
}

// usefulFinding wants the finding behind a failing verdict to say who does what.
func usefulFinding(t *testing.T, r *report.Report) {
	t.Helper()
	if len(r.Findings) == 0 {
		t.Fatal("no finding")
	}
	f := r.Findings[0]
	if f.Code != r.Verdict.Cause || f.Title == "" || f.Explanation == "" || len(f.Actions) == 0 || len(f.Explains) == 0 {
		t.Errorf("finding %+v", f)
	}
	for _, a := range f.Actions {
		if strings.ContainsAny(a.Text+a.Command+f.Title+f.Explanation, "{}") && !strings.Contains(a.Command, "'{") {
			t.Errorf("a placeholder is left in %+v", f)
		}
	}
}

func start(t *testing.T, faults ...exchangetest.Fault) *exchangetest.Server {
	t.Helper()
	s, err := exchangetest.Start(exchangetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, f := range faults {
		if f.Name == "" {
			continue
		}
		if err := s.Set(f); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func options(s *exchangetest.Server) diag.Options {
	o, err := embedded.Options(s)
	if err != nil {
		panic(err) // our own server wrote its registry
	}
	return o
}

func diagnose(t *testing.T, o diag.Options) *report.Report {
	t.Helper()
	r, err := diag.Diagnose(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func failures(r *report.Report) string {
	var out strings.Builder
	for _, c := range r.Checks {
		if c.Status == report.Fail || c.Status == report.Warn {
			fmt.Fprintf(&out, "%s %s: %s %v\n", c.Status, c.ID, c.Summary, c.Signals)
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&out, "finding %s explains %v\n", f.Code, f.Explains)
	}
	return out.String()
}
