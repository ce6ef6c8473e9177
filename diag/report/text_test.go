package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

func text(t *testing.T, r *report.Report, v report.View) string {
	t.Helper()
	var buf bytes.Buffer
	if err := report.WriteText(&buf, r, v); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestTextPutsTheVerdictFirst(t *testing.T) {
	got := text(t, reporttest.Sample(), report.View{})
	last := -1
	for _, want := range []string{
		"alice@contoso.test", "NOT WORKING", "refused the password", "What to do", "Unlock-ADAccount -Identity alice",
		"Why (bad-credentials, possible)", "It may also be", "(account-locked) To tell:", "No cause is known for these failed checks: mapi.ping.", "Checks: 1 failed", "FAIL", "Connections", "established", "1 request in",
	} {
		at := strings.Index(got, want)
		if at <= last {
			t.Errorf("%q is at %d, after %d wanted, in:\n%s", want, at, last, got)
		}
		last = at
	}
}

func TestTextFitsEightyColumns(t *testing.T) {
	r := reporttest.Sample()
	r.Findings[0].Explanation = strings.Repeat("A long explanation of many words. ", 12)
	r.Checks[0].Summary = strings.Repeat("word ", 60)
	for line := range strings.Lines(text(t, r, report.View{})) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestTextNeverWrapsACommand(t *testing.T) {
	r := reporttest.Sample()
	command := "Set-MapiVirtualDirectory -Identity " + strings.Repeat("x", 100) + " -ExternalUrl https://mail.contoso.test/mapi"
	r.Findings[0].Actions[0].Command = command
	if !strings.Contains(text(t, r, report.View{}), command+"\n") {
		t.Error("the command does not stand on one line")
	}
}

func TestTextKeepsHostileBytesHarmless(t *testing.T) {
	r := reporttest.Sample()
	evil := "a\x1b[2Jb\x07\u202Ec\u009bd"
	r.Verdict.Headline, r.Checks[0].Summary, r.Connections[0].Server = evil, evil, evil
	r.Exchanges[0].URL, r.Checks[0].Evidence["x"], r.Findings[0].Actions[0].Command = evil, evil, evil
	for name, v := range map[string]report.View{"plain": {}, "verbose": {Verbose: true}} {
		if got := text(t, r, v); strings.ContainsAny(got, "\x1b\x07\u202E\u009b") {
			t.Errorf("%s: control characters got through", name)
		}
	}
}

func TestTextColourIsOptional(t *testing.T) {
	if strings.Contains(text(t, reporttest.Sample(), report.View{}), "\x1b[") {
		t.Error("colour without being asked for")
	}
	if !strings.Contains(text(t, reporttest.Sample(), report.View{Color: true}), "\x1b[31m") {
		t.Error("no red in a failing report")
	}
}

func TestVerboseShowsEvidenceAndExchanges(t *testing.T) {
	brief, full := text(t, reporttest.Sample(), report.View{}), text(t, reporttest.Sample(), report.View{Verbose: true})
	for _, want := range []string{"saw auth-refused", "status: 401", "X-RequestId={8C0D5A42", "mapi.connect", "CN=Contoso CA"} {
		if !strings.Contains(full, want) {
			t.Errorf("verbose lacks %q", want)
		}
		if strings.Contains(brief, want) {
			t.Errorf("the brief form has %q", want)
		}
	}
}

func TestTextSaysWhatIsMissing(t *testing.T) {
	r := reporttest.Sample()
	r.Checks = append(r.Checks, report.Check{ID: "dns.domain", Group: "dns", Title: "Mail domain", Status: report.Skip, SkippedBecause: "not among --only"})
	got := text(t, r, report.View{})
	if !strings.Contains(got, "interrupted") || !strings.Contains(got, "1 more not among --only") {
		t.Errorf("in:\n%s", got)
	}
}

func TestFormats(t *testing.T) {
	for _, name := range report.FormatNames() {
		f, err := report.FormatNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := f.Write(&buf, reporttest.Sample(), report.View{}); err != nil || !f.Binary && !strings.Contains(buf.String(), "alice@contoso.test") || buf.Len() < 100 {
			t.Errorf("%s: %v, %d bytes", name, err, buf.Len())
		}
	}
	if _, err := report.FormatNamed("pdf"); err == nil || !strings.Contains(err.Error(), "text, json") {
		t.Errorf("got %v", err)
	}
}

func TestExitCode(t *testing.T) {
	r := reporttest.Sample()
	if r.ExitCode() != 1 {
		t.Errorf("a failed check: %d, want 1", r.ExitCode())
	}
	r.Checks[0].Status = report.Warn
	if r.ExitCode() != 0 {
		t.Errorf("a warning: %d, want 0", r.ExitCode())
	}
	r.Findings[0].Code = report.ProgramFault
	if r.ExitCode() != 3 {
		t.Errorf("our own fault: %d, want 3", r.ExitCode())
	}
}
