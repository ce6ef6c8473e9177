package cli

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

func finished(id string, status report.Status, said string) suite.Event {
	ms := report.MS(12 * time.Millisecond)
	return suite.Event{Kind: suite.EventFinished, Done: 3, Total: 17,
		Check: &report.Check{ID: id, Status: status, Summary: said, SkippedBecause: said, Duration: &ms}}
}

func TestPlainProgress(t *testing.T) {
	var b strings.Builder
	p := newProgress(Streams{Err: &b}, false)
	p.event(suite.Event{Kind: suite.EventStarted, Check: &report.Check{ID: "dns.records"}})
	p.event(finished("dns.records", report.Pass, "found\x1b[2J it"))
	p.event(suite.Event{Kind: suite.EventVerdict, Verdict: &report.Verdict{Headline: "The name does not exist."}})
	p.stop()
	want := "[ 3/17] pass  dns.records              found\uFFFD[2J it (12 ms)\nso far: The name does not exist.\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

// TestLiveProgress plays the terminal: what stands on the screen at the end is
// the finished checks alone, and the running ones were shown before with the
// seconds they took.
func TestLiveProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b strings.Builder
		l := newLive(&b, func() int { return 40 }, false)
		l.event(suite.Event{Kind: suite.EventStarted, Check: &report.Check{ID: "dns.records", Title: "Names in DNS"}})
		l.event(suite.Event{Kind: suite.EventStarted, Check: &report.Check{ID: "tls.chain", Title: "Certificates"}})
		l.event(finished("dns.records", report.Pass, "found"))
		time.Sleep(2*liveTick + liveTick/2) // synctest: the clock of the bubble
		synctest.Wait()
		l.event(finished("tls.chain", report.Fail, "expired"))
		l.stop()

		drawn := b.String()
		for _, want := range []string{"… Names in DNS (0 ms)", "… Certificates (2.0 s)"} {
			if !strings.Contains(drawn, want) {
				t.Errorf("%q was never drawn in %q", want, drawn)
			}
		}
		left := screen(drawn)
		if len(left) != 2 || !strings.Contains(left[0], "dns.records") || !strings.Contains(left[1], "tls.chain") {
			t.Errorf("on the screen: %q", left)
		}
	})
}

// screen replays what live writes: lines, "up n lines", "clear from here".
func screen(out string) []string {
	var lines []string
	for _, part := range strings.SplitAfter(out, "\n") {
		for {
			i := strings.Index(part, "\x1b[")
			if i < 0 {
				break
			}
			rest := part[i+2:]
			end := strings.IndexAny(rest, "AJ")
			if rest[end] == 'A' {
				up := 0
				for _, c := range rest[:end] {
					up = up*10 + int(c-'0')
				}
				lines = lines[:len(lines)-up]
			}
			part = rest[end+1:]
		}
		if line := strings.Trim(part, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		width int
		want  string
	}{{0, "äbcdef"}, {7, "äbcdef"}, {6, "äbcd…"}, {3, "ä…"}} {
		if got := cut("äbcdef", c.width); got != c.want {
			t.Errorf("cut to %d: %q, want %q", c.width, got, c.want)
		}
	}
}

func TestPainter(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	if got := newPainter(true, false).status(report.Fail); got != "\x1b[31mfail\x1b[0m" {
		t.Errorf("on a terminal: %q", got)
	}
	for name, p := range map[string]painter{"a pipe": newPainter(false, false), "--no-color": newPainter(true, true)} {
		if got := p.status(report.Fail); got != "fail" {
			t.Errorf("%s: %q", name, got)
		}
	}
	t.Setenv("NO_COLOR", "1")
	if got := newPainter(true, false).status(report.Unknown); got != "????" {
		t.Errorf("NO_COLOR: %q", got)
	}
}
