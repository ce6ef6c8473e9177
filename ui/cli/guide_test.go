package cli

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// guideDemoRun lets a scripted user walk through a demo.
func guideDemoRun(t *testing.T, in io.Reader, terminal bool, args ...string) (said, log string, code ExitCode) {
	t.Helper()
	var out, err bytes.Buffer
	s := Streams{In: in, Out: &out, Err: &err, InTerminal: terminal}
	code = run(context.Background(), append([]string{"demo", "--guide"}, args...), s)
	return out.String(), err.String(), code
}

// changing is what differs from run to run.
var changing = []struct{ form, word string }{
	{`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`, "GUID"},
	{`\s+in\s+\d+(\.\d+)?(ms|s|µs)\s+per\s+request`, " in TIME per request"},
	{`short code \S+`, "short code CODE"},
	{`\d{4}-\d\d-\d\d \d\d:\d\d UTC`, "MINUTE"},
	{`_\d{10}-|u_ex\d{6}`, "STAMP"},
	{`and \d+ checks with`, "and N checks with"},
	{`(?m)^  computer .*\n(    .*\n)+`, ""}, // the machine's own networks come and go
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	for _, c := range changing {
		got = regexp.MustCompile(c.form).ReplaceAllString(got, c.word)
	}
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; read it and accept it with -update:\n%s", file, got)
	}
}

// threeCauses are at work at once in the recording of the README; each shows when
// the one before it is mended.
const threeCauses = "client-mapihttp-disabled,bad-credentials,server-mapihttp-disabled"

// TestGuideThroughThreeCauses walks through three causes, as the recording does: a
// wrong password, MAPI over HTTP switched off on the server, and on the computer.
func TestGuideThroughThreeCauses(t *testing.T) {
	keys := "no\nyes\nno\n\n" + // webmail refuses the password too, it was changed, and no lock is the reason: use the new one
		"y\n\n\n\n" + // others have the same trouble: look twice, and switch it on for the organisation
		"n\n\n" // no other computer: delete the value
	said, log, code := guideDemoRun(t, strings.NewReader(keys), false, threeCauses, "--role", "admin")
	if code != ExitOK {
		t.Errorf("exit code %d\n%s", code, log)
	}
	golden(t, "guide-three-causes.golden", said)
	if n := strings.Count(log, "checked: "); n != 7 {
		t.Errorf("%d runs, want one, and two for each cause:\n%s", n, log)
	}
}

// TestGuideHandsOver: a user does what a user can, and gets a summary with the
// administrator's commands in it and nowhere before.
func TestGuideHandsOver(t *testing.T) {
	said, _, code := guideDemoRun(t, strings.NewReader("yes\n"), false, "server-mapihttp-disabled")
	if code != ExitFailed {
		t.Errorf("exit code %d", code)
	}
	golden(t, "guide-handed-over.golden", said)
	if before, _, _ := strings.Cut(said, "To hand on"); strings.Contains(before, "Set-") {
		t.Error("a user is shown an administrator's command as a step")
	}
}

// typed gives one key for each read, as a keyboard does.
type typed struct{ keys []string }

func (k *typed) Read(p []byte) (int, error) {
	if len(k.keys) == 0 {
		return 0, io.EOF
	}
	n := copy(p, k.keys[0])
	k.keys = k.keys[1:]
	return n, nil
}

// TestGuideKeys: single keys, an arrow that means nothing, keys typed ahead, Ctrl-C.
func TestGuideKeys(t *testing.T) {
	said, _, code := guideDemoRun(t, &typed{[]string{"\x1b[A", "x", "\x1b[1;5Cn\r"}}, true, "client-mapihttp-disabled", "--role", "helpdesk")
	if code != ExitOK || !strings.Contains(said, `"x" is none of the answers; type y, n, i, or q to stop`) || strings.Count(said, "none of the answers") != 1 {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	_, log, code := guideDemoRun(t, &typed{[]string{"\x03"}}, true, "bad-credentials")
	if code != ExitInterrupted || !strings.Contains(log, "--output FILE") {
		t.Errorf("Ctrl-C: exit code %d: %s", code, log)
	}
	said, _, code = guideDemoRun(t, &typed{[]string{"q"}}, true, "bad-credentials")
	if code != ExitFailed || !strings.Contains(said, "Stopped.") {
		t.Errorf("q: exit code %d:\n%s", code, said)
	}
}

// TestGuideKeepsBothReports: the one of before stands beside the one of after, and
// the difference between them can be had again.
func TestGuideKeepsBothReports(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mended.json")
	_, log, code := guideDemoRun(t, strings.NewReader("i\n\n"), false, "client-mapihttp-disabled", "--role", "helpdesk", "--output", file)
	if code != ExitOK {
		t.Fatalf("exit code %d: %s", code, log)
	}
	after, err := readReport(file)
	if err != nil || after.Verdict.Status != report.Pass {
		t.Fatal(after, err)
	}
	before, err := readReport(strings.TrimSuffix(file, ".json") + "-before.json")
	if err != nil || before.Verdict.Cause != "client-mapihttp-disabled" {
		t.Fatal(before, err)
	}
	if !slices.ContainsFunc(report.Diff(before, after), func(d report.Difference) bool { return d.What == "cause client-mapihttp-disabled" && d.After == "" }) {
		t.Error("the difference does not show the cause that is gone")
	}
}

// TestGuideMendsNothingUnasked: what is skipped in the demo stays broken.
func TestGuideMendsNothingUnasked(t *testing.T) {
	said, _, code := guideDemoRun(t, strings.NewReader("i\ns\n"), false, "client-mapihttp-disabled", "--role", "helpdesk")
	if code != ExitFailed || !strings.Contains(said, "not done: Delete the value") || strings.Contains(said, "Before and after") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
}

func TestWrapped(t *testing.T) {
	if got := wrapped("one two  three-and-long four", 9); !slices.Equal(got, []string{"one two", "three-and-long", "four"}) {
		t.Errorf("%q", got)
	}
}
