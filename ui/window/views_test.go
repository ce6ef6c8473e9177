package window

import (
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

func TestAWarningIsSeenBehindAGoodSession(t *testing.T) {
	s := sampleState(readSample(t, "healthy"), monitor.StateConnected)
	if v := viewOverview(s); v.status != report.Pass || len(v.causes) != 0 {
		t.Errorf("healthy: %+v", v)
	}
	bad := sampleState(readSample(t, "certificate"), monitor.StateConnected)
	v := viewOverview(bad)
	if v.status != report.Warn || len(v.causes) == 0 || v.causes[0].severity != report.SeverityFail || v.causes[0].steps[2].command == "" {
		t.Errorf("the session holds and the checks fail: %+v", v)
	}
	if lost := viewOverview(sampleState(readSample(t, "certificate"), monitor.StateLost)); lost.status != report.Fail {
		t.Errorf("lost: %+v", lost)
	}
}

func TestNothingKnownIsNeverGood(t *testing.T) {
	for name, s := range map[string]State{"nothing yet": {}, "gone": {Gone: "gone", Snapshot: &monitor.Snapshot{Status: report.Pass}},
		"no report": {Snapshot: &monitor.Snapshot{State: monitor.StateConnecting}}} {
		if v := viewOverview(s); v.status != report.Unknown || v.hasRun || len(v.groups) != 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestWaterfall(t *testing.T) {
	ms := func(f float64) *report.Milliseconds { m := report.Milliseconds(f); return &m }
	p := viewWaterfall(&report.Report{Exchanges: []report.Exchange{
		{Method: "POST", RequestType: "Connect", URL: "https://mail.contoso.test/mapi/emsmdb/?MailboxId=1", Started: 100, DNS: ms(5), Connect: ms(10), TLSTime: ms(20), Total: ms(65), Status: 200},
		{Method: "GET", Started: 10, Error: "refused"},
	}})
	b := p.bars[0]
	if b.name != "Connect" || b.where != "mail.contoso.test/mapi/emsmdb/" || len(b.phases) != 4 || p.scale.to != 200 {
		t.Fatalf("%+v", p)
	}
	at := 100.0
	for i, want := range []float64{105, 115, 135, 200} {
		if b.phases[i].from != at || b.phases[i].to != want {
			t.Errorf("phase %d: %+v, want %v to %v", i, b.phases[i], at, want)
		}
		at = want
	}
	if p.bars[1].status != report.Fail || len(p.bars[1].phases) != 0 {
		t.Errorf("%+v", p.bars[1])
	}
	if p.scale.at(50) != 0.25 || p.scale.at(-1) != 0 || p.scale.at(1e9) != 1 || (scale{}).at(3) != 0 {
		t.Error("places")
	}
	for end, n := range map[float64]int{0: 0, 0.5: 1, 7: 8, 104: 6, 12000: 7} {
		if got := marks(end); len(got) != n {
			t.Errorf("up to %v there are the marks %v", end, got)
		}
	}
}

func TestOutagesOfTheLastDay(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	at := func(before time.Duration) report.Time { return report.At(now.Add(-before)) }
	ended, long := at(30*time.Hour), at(23*time.Hour)
	all := []report.Outage{{Cause: "server", Started: at(time.Minute)}, {Cause: "sleep", Started: at(26 * time.Hour), Ended: &long, Outcome: "resumed"},
		{Cause: "sleep", Started: at(31 * time.Hour), Ended: &ended, Outcome: "lost"}}
	got := lastDay(all, now)
	if len(got) != 2 || got[0].Cause != "server" || got[1].Outcome != "resumed" {
		t.Fatalf("%+v", got)
	}
	if r := outageRow(got[0], now); r.status != report.Fail || r.cells[2] != "1 min 0 s" || r.cells[3] != "goes on" {
		t.Errorf("%+v", r)
	}
}

func TestChecksAreFiltered(t *testing.T) {
	all := readSample(t, "certificate").Checks
	if got := filterChecks(all, "", report.Fail, report.Warn); len(got) != 1 || got[0].ID != "tls.mailbox" {
		t.Errorf("%+v", got)
	}
	if got := filterChecks(all, " INBOX "); len(got) != 1 || got[0].ID != "mapi.inbox" {
		t.Errorf("%+v", got)
	}
	if got := len(filterChecks(all, "")); got != len(all) {
		t.Errorf("%d of %d", got, len(all))
	}
	tree := checkTree(filterChecks(all, "dns."))
	if len(tree[""]) == 0 || len(tree[groupNode("dns")]) != 4 {
		t.Errorf("%v", tree)
	}
}

func TestCertificates(t *testing.T) {
	for _, c := range readSample(t, "healthy").Certificates {
		if got := certificateStatus(c); got != report.Pass {
			t.Errorf("%s: %s", c.Host, got)
		}
	}
	bad := readSample(t, "certificate").Certificates[1]
	names := viewNames(bad)
	if certificateStatus(bad) != report.Fail || !names[0].missing || names[0].name != "mail.contoso.test" || names[1].missing || !names[1].wanted || names[2].wanted {
		t.Errorf("%+v", names)
	}
	no := false
	for name, c := range map[string]report.Certificate{"untrusted": {Trusted: &no}, "warns": {Details: []report.CertDetail{{Severity: "warn"}}}, "nothing": {}} {
		if certificateStatus(c) == report.Pass {
			t.Errorf("%s is a pass", name)
		}
	}
}

func TestSignsOfRequests(t *testing.T) {
	code := func(n int64) *int64 { return &n }
	for want, all := range map[report.Status][]report.Exchange{
		report.Pass: {{Status: 200}, {Status: 200, ResponseCode: code(0), ErrorCode: code(0)}},
		report.Skip: {{Status: 401}, {Status: 302}, {Status: 404}},
		report.Fail: {{Error: "refused"}, {Status: 503}, {Status: 200, ResponseCode: code(10)}, {Status: 200, ErrorCode: code(0x80040111)}},
	} {
		for _, x := range all {
			if got := exchangeStatus(x); got != want {
				t.Errorf("%+v: %s, want %s", x, got, want)
			}
		}
	}
	if got := exchangeAnswer(report.Exchange{Status: 200, ErrorCode: code(-2147221231)}); got != "200 · 0x80040111" {
		t.Error(got)
	}
}
