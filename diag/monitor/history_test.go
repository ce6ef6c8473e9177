package monitor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

func outageAt(second int64, outcome string) report.Outage {
	return report.Outage{Cause: CauseSleep, Started: report.At(time.Unix(second, 0)), Outcome: outcome}
}

func TestHistoryOnDisk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "outages.json")
	h, notice, err := OpenHistory(file, time.Unix(0, 0))
	if err != nil || notice != "" {
		t.Fatal(notice, err)
	}
	for i := range int64(KeptOutages + 10) {
		if err := h.Begin(outageAt(i, "")); err != nil {
			t.Fatal(err)
		}
		if i%100 == 0 && len(h.Past(1)) != 0 && h.Past(1)[0].Outcome == "" {
			t.Error("one that goes on counts as past")
		}
		if err := h.Update(outageAt(i, outcomeResumed)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Begin(outageAt(9999, "")); err != nil { // and then the process dies
		t.Fatal(err)
	}
	again, notice, err := OpenHistory(file, time.Unix(0, 0))
	past := again.Past(KeptOutages + 100)
	if err != nil || notice != "" || len(past) != KeptOutages {
		t.Fatalf("%d, %s, %v", len(past), notice, err)
	}
	if first := past[0]; first.Started.Unix() != 9999 || first.Outcome != outcomeLost || first.Ended != nil {
		t.Errorf("the one that was going on: %+v", first)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".outages-*")); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

func TestBrokenHistoryIsSetAside(t *testing.T) {
	for _, content := range []string{"", `{"schema":"mapiscope.outages/v1","outages":[{"cau`, `{"schema":"else"}`, "\x00\x00", `[]`} {
		file := filepath.Join(t.TempDir(), "outages.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		h, notice, err := OpenHistory(file, time.Unix(1, 0))
		if err != nil || !strings.Contains(notice, "set aside") || len(h.Past(9)) != 0 {
			t.Errorf("%q: %s, %v", content, notice, err)
		}
		kept, err := os.ReadFile(file + ".broken-19700101T000001Z")
		if err != nil || string(kept) != content {
			t.Errorf("%q is lost: %v", content, err)
		}
		if err := h.Begin(outageAt(1, "")); err != nil {
			t.Error(err)
		}
	}
}

func TestHistoryThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h := &History{file: filepath.Join(blocked, "outages.json")}
	if err := h.Begin(outageAt(1, "")); err == nil {
		t.Error("no error")
	}
}

func TestHistoryFileTellsNothing(t *testing.T) {
	a, b := HistoryFile("/s", "Alice@contoso.test"), HistoryFile("/s", "alice@contoso.test")
	if a != b || strings.Contains(strings.ToLower(a), "alice") || a == HistoryFile("/s", "bob@contoso.test") {
		t.Errorf("%s, %s", a, b)
	}
}

func FuzzHistory(f *testing.F) {
	f.Add([]byte(`{"schema":"mapiscope.outages/v1","outages":[{"cause":"sleep","started":"2026-01-02T03:04:05Z"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(t.TempDir(), "h.json")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		h, _, err := OpenHistory(file, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range h.Past(KeptOutages) {
			if o.Outcome == "" {
				t.Errorf("%+v", o)
			}
		}
	})
}
