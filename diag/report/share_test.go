package report_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

func TestZipHoldsEveryForm(t *testing.T) {
	b := written(t, report.WriteZip, reporttest.Sample())
	z, err := zip.NewReader(strings.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"README.txt": "Redaction: none", "report.html": "<!DOCTYPE html>", "report.json": `"schema": "mapiscope.report/v1"`, "trace.txt": "#seq\tutc"}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil || !strings.Contains(string(text), want[f.Name]) || want[f.Name] == "" {
			t.Errorf("%s: %v, %.80q", f.Name, err, text)
		}
		if f.Name == "README.txt" {
			for name := range want {
				if name != f.Name && !strings.Contains(string(text), name) {
					t.Errorf("the README does not say what %s is", name)
				}
			}
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if b != written(t, report.WriteZip, reporttest.Sample()) {
		t.Error("the same report gives two different files")
	}
}

// TestZipIsSmall: a normal run has some 60 requests and checks.
func TestZipIsSmall(t *testing.T) {
	r := reporttest.Sample()
	for i := range 100 {
		x, c := r.Exchanges[0], r.Checks[0]
		x.Seq, x.Started, x.ServerRequestID = i, report.Milliseconds(i*7), fmt.Sprintf("%x", sha256.Sum256([]byte{byte(i)}))
		r.Exchanges, r.Checks = append(r.Exchanges, x), append(r.Checks, c)
	}
	if n := len(written(t, report.WriteZip, r)); n > 256<<10 {
		t.Errorf("%d KiB", n>>10)
	}
}

// FuzzRead: a file that somebody was sent is read or refused, and what is read
// can be written in every form.
func FuzzRead(f *testing.F) {
	for _, write := range []func(io.Writer, *report.Report) error{report.WriteZip, report.WriteJSON} {
		var b bytes.Buffer
		if err := write(&b, reporttest.Sample()); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"schema":"mapiscope.report/v1","exchanges":[{"dns_ms":-1e308,"total_ms":1e308,"url":"%"}],"certificates":[{"chain":[{}]}],"run":{"started":"0000-01-01T00:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := report.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, name := range report.FormatNames() {
			format, _ := report.FormatNamed(name)
			if err := format.Write(io.Discard, r, report.View{Verbose: true}); err != nil && name != "json" && name != "zip" {
				t.Errorf("%s: %v", name, err) // JSON refuses years beyond 9999
			}
		}
	})
}

func TestReadAZipAgain(t *testing.T) {
	r, err := report.Read(strings.NewReader(written(t, report.WriteZip, reporttest.Sample())))
	if err != nil || !reflect.DeepEqual(r.Findings, reporttest.Sample().Findings) {
		t.Errorf("read back %+v, %v", r, err)
	}
	var other bytes.Buffer
	z := zip.NewWriter(&other)
	if _, err := z.Create("photo.jpg"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := written(t, report.WriteZip, reporttest.Sample())
	for name, file := range map[string]string{"another zip": other.String(), "half a zip": whole[:len(whole)/2], "text": "hello", "nothing": ""} {
		if _, err := report.Read(strings.NewReader(file)); !errors.Is(err, report.ErrNotAReport) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTraceHasALineForEachRequest(t *testing.T) {
	r := reporttest.Sample()
	r.Exchanges = append(r.Exchanges, report.Exchange{Seq: 2, Method: "GET", URL: "https://x.test/a\tb\nc", Error: "line\r\none"})
	lines := strings.Split(strings.TrimSuffix(written(t, report.WriteTrace, r), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines for two requests", len(lines))
	}
	columns := len(strings.Split(lines[0], "\t"))
	for _, l := range lines {
		if n := len(strings.Split(l, "\t")); n != columns || columns < 20 {
			t.Errorf("%d columns, want %d: %q", n, columns, l)
		}
	}
	for _, want := range []string{"2026-03-01T11:00:00.214Z", "9f6b6f80-1111-4c3c-9d0e-aaaaaaaaaaaa", "{8C0D5A42-57CF-4B8A-9A35-0D2FD3BA2BD1}:1", "EX01", "401"} {
		if !strings.Contains(lines[1], want) {
			t.Errorf("%q is not in %q", want, lines[1])
		}
	}
}

func TestSummaryIsSixLines(t *testing.T) {
	r := reporttest.Sample()
	r.Verdict.Headline += "\nand more"
	lines := strings.Split(strings.TrimSuffix(written(t, report.WriteSummary, r), "\n"), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []string{"NOT WORKING", "refused the password", "administrator): Unlock the account or set a new password. Or it is account-locked; to tell (helpdesk): See whether", "mailbox HTTP established", "first mapi.connect", "laptop-17"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d is %q, without %q", i+1, lines[i], want)
		}
	}
	if !strings.Contains(lines[0], report.ShortCode(r).String()) {
		t.Error("the code is not in the first line")
	}
}

func TestLogSearchNamesIDsAndFolders(t *testing.T) {
	list := report.LogSearches(reporttest.Sample())
	if len(list) != 1 {
		t.Fatalf("%d searches, want 1", len(list))
	}
	pairs := map[string]string{}
	for _, p := range list[0].Pairs {
		pairs[p[0]] += p[1] + "\n"
	}
	for name, want := range map[string]string{
		"When":            "2026-03-01 11:00 UTC",
		"RequestId":       "9f6b6f80-1111-4c3c-9d0e-aaaaaaaaaaaa",
		"ClientRequestId": "R:8C0D5A42-57CF-4B8A-9A35-0D2FD3BA2BD1:1 and CI:2EF33C39-49C8-421C-B876-CDF7F2AC3AA0:1",
		"Front end":       `Logging\HttpProxy\Mapi\HttpProxy_2026030111-*.LOG`,
		"Back end":        `Logging\MAPI Client Access`,
		"Server":          "EX01, back end EX02",
		"IIS":             "u_ex260301.log; 401.1",
	} {
		if !strings.Contains(pairs[name], want) {
			t.Errorf("%s is %q, without %q", name, pairs[name], want)
		}
	}
	if !strings.Contains(list[0].Test, `-RunFromServerId EX02 -ProbeIdentity OutlookMapiHttp.Protocol\OutlookMapiHttpSelfTestProbe`) ||
		!strings.Contains(list[0].Command, "'9f6b6f80-1111-4c3c-9d0e-aaaaaaaaaaaa'") {
		t.Errorf("commands: %q, %q", list[0].Command, list[0].Test)
	}
}

// TestLogSearchUsesTheServersClock: our clock is five hours ahead.
func TestLogSearchUsesTheServersClock(t *testing.T) {
	r := reporttest.Sample()
	ahead := report.Milliseconds(5 * 3600 * 1000)
	r.Machine.ClockOffset = &ahead
	if got := report.LogSearches(r)[0].Pairs[0][1]; got != "2026-03-01 06:00 UTC" {
		t.Errorf("got %s", got)
	}
}

func TestLogSearchIsSilentWhenNothingFailed(t *testing.T) {
	r := reporttest.Sample()
	r.Verdict = report.Verdict{Status: report.Pass, Headline: "Outlook can reach this mailbox."}
	asked := r.Exchanges[0]
	answered := asked
	answered.Status, answered.Seq = 200, 2
	r.Exchanges = append(r.Exchanges, answered)
	elsewhere := report.Exchange{Seq: 3, URL: "https://contoso.test/autodiscover/autodiscover.xml", Status: 404} // a website, not Exchange
	anonymous := report.Exchange{Seq: 4, URL: "https://mail.contoso.test/mapi/nspi/", Status: 401, FEServer: "EX01"}
	r.Exchanges = append(r.Exchanges, elsewhere, anonymous)
	if got := report.LogSearches(r); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

// TestLogSearchTrustsNoServer: what a server says never gets into a command.
func TestLogSearchTrustsNoServer(t *testing.T) {
	r := reporttest.Sample()
	r.Exchanges[0].ServerRequestID, r.Exchanges[0].BEServer = `x'; Remove-Item C:\ -Recurse #`, "EX01; calc"
	s := report.LogSearches(r)[0]
	if s.Command != "" || !strings.Contains(s.Test, "-RunFromServerId SERVER ") {
		t.Errorf("commands: %q, %q", s.Command, s.Test)
	}
}

func TestDiff(t *testing.T) {
	before, after := reporttest.Sample(), reporttest.Sample()
	if got := report.Diff(before, after); len(got) != 0 {
		t.Errorf("the same report twice: %+v", got)
	}
	if !strings.Contains(diff(t, before, after), "Nothing is different") {
		t.Error("nothing is not said")
	}
	after.Verdict = report.Verdict{Status: report.Pass, Headline: "Outlook can reach this mailbox."}
	after.Checks[0].Status, after.Checks[0].Summary, after.Findings = report.Pass, "a session is open", nil
	after.Certificates[0].Chain[0].SHA256 = "bb11"
	text := diff(t, before, after)
	last := -1
	for _, want := range []string{"verdict", "NOT WORKING", "WORKING: Outlook can reach", "cause bad-credentials", "after   -", "check mapi.connect", "FAIL, mail.contoso.test", "ok, a session is open", "certificate mail.contoso.test"} {
		at := strings.Index(text, want)
		if at <= last {
			t.Errorf("%q is at %d, after %d wanted, in:\n%s", want, at, last, text)
		}
		last = at
	}
}

func diff(t *testing.T, before, after *report.Report) string {
	t.Helper()
	return written(t, func(w io.Writer, r *report.Report) error { return report.WriteDiff(w, r, after) }, before)
}
