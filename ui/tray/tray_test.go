package tray

import (
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// paper is a host that notes what is drawn on it.
type paper struct {
	mu     sync.Mutex
	drawn  []string
	copied string
	quit   chan struct{}
}

func newPaper() *paper { return &paper{quit: make(chan struct{})} }

func (p *paper) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn = append(p.drawn, what)
}

func (p *paper) Run(_ State, ready func(), _ func(int)) { ready(); <-p.quit }
func (p *paper) Icon(name string)                       { p.note("icon " + name) }
func (p *paper) Title(text string)                      { p.note("title " + text) }
func (p *paper) Row(i int, r Row) {
	p.note("row " + strconv.Itoa(i) + " " + r.Label + " " + strconv.FormatBool(r.Enabled))
}
func (p *paper) Quit()                  { close(p.quit) }
func (p *paper) Copy(text string) error { p.copied = text; return nil }
func (p *paper) Place() bool            { return true }

// orders is an agent that notes what it is told. Its snapshots are those of each
// stream in turn; then there is no agent.
type orders struct {
	mu      sync.Mutex
	told    []string
	streams [][]*monitor.Snapshot
}

func (o *orders) tell(what string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, what)
	return nil
}

func (o *orders) Snapshots(context.Context) iter.Seq2[*monitor.Snapshot, error] {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.streams) == 0 {
		return func(yield func(*monitor.Snapshot, error) bool) { yield(nil, localapi.ErrNoAgent) }
	}
	these := o.streams[0]
	o.streams = o.streams[1:]
	return func(yield func(*monitor.Snapshot, error) bool) {
		for _, s := range these {
			if !yield(s, nil) {
				return
			}
		}
		yield(nil, io.EOF)
	}
}

func (o *orders) Check(context.Context, localapi.CheckRequest) error { return o.tell("check") }
func (o *orders) Pause(context.Context) error                        { return o.tell("pause") }
func (o *orders) Resume(context.Context) error                       { return o.tell("resume") }
func (o *orders) Quit(context.Context) error                         { return o.tell("quit") }
func (o *orders) Report(_ context.Context, q localapi.ReportRequest) ([]byte, error) {
	return []byte("report as " + q.Format), o.tell("report " + q.Format)
}

func TestOnlyWhatChangedIsDrawn(t *testing.T) {
	p := newPaper()
	s := screen{host: p}
	first := View(Seen{Snapshot: connected()}, noon, English)
	s.last = first
	s.show(first)
	if len(p.drawn) != 0 {
		t.Errorf("nothing changed, and this was drawn: %q", p.drawn)
	}
	s.show(View(Seen{Snapshot: connected()}, noon.Add(time.Minute), English))
	title := "MAPI/HTTP, mailbox and directory connected · 38 ms · 3 min ago"
	if want := []string{"title " + title, "row 0 " + title + " false"}; !reflect.DeepEqual(p.drawn, want) {
		t.Errorf("drawn %q, want %q", p.drawn, want)
	}
	p.drawn = nil
	s.show(View(Seen{Snapshot: connected(checking("user"))}, noon.Add(time.Minute), English))
	title = "Checking: 12 of 53 · Connected: mail can flow"
	if want := []string{"icon checking", "title " + title, "row 0 " + title + " false", "row 1 Check now false"}; !reflect.DeepEqual(p.drawn, want) {
		t.Errorf("drawn %q, want %q", p.drawn, want)
	}
}

// TestFollow: an agent that is not there is started, followed, and started again
// when it dies; in between the tray says that there is none.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		agent := &orders{}
		starts := 0
		start := func() {
			if starts++; starts <= 2 {
				agent.streams = append(agent.streams, []*monitor.Snapshot{connected()})
			}
		}
		var shown []string
		follow(ctx, agent, start, func(s *monitor.Snapshot, err error) {
			if s != nil {
				shown = append(shown, string(s.State))
				return
			}
			shown = append(shown, err.Error())
			if starts == 3 {
				cancel()
			}
		})
		none := localapi.ErrNoAgent.Error()
		if want := []string{none, "connected", "EOF", "connected", "EOF"}; !reflect.DeepEqual(shown, want) {
			t.Errorf("shown %q, want %q", shown, want)
		}
	})
}

// testTray is a tray on paper that follows nobody.
func testTray(t *testing.T, agent Agent) (*tray, *paper) {
	t.Helper()
	p := newPaper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("USERPROFILE", dir)
	tr := newTray(t.Context(), Options{Program: filepath.Join(dir, "none"), Socket: filepath.Join(dir, "s"), Language: "en", Log: io.Discard}, p, agent)
	t.Cleanup(tr.cancel)
	return tr, p
}

func TestClicks(t *testing.T) {
	agent := &orders{}
	tr, p := testTray(t, agent)
	var opened string
	tr.o.OpenURL = func(_ context.Context, url string) error { opened = url; return nil }
	tr.show(connected(checked(time.Minute, report.Pass, "Nothing is wrong.")), nil)
	for _, row := range []int{RowCheck, RowPause, RowBrowser, RowSummary, RowReport} {
		tr.click(row)
	}
	tr.show(connected(in(monitor.StatePaused, report.Warn, "Paused by you.")), nil)
	tr.click(RowPause)
	form, ending := reportForm()
	told := strings.Join(agent.told, ", ")
	if want := "check, pause, "; !strings.HasPrefix(told, want) || !strings.HasSuffix(told, "report "+form+", resume") {
		t.Errorf("told %q", told)
	}
	if opened != "https://mail.contoso.com/mapi/emsmdb/?MailboxId=a@contoso.com" {
		t.Errorf("opened %q", opened)
	}
	if p.copied == "" {
		t.Error("nothing is in the clipboard")
	}
	files, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), "mapiscope-*"+ending))
	if err != nil || len(files) != 1 {
		t.Fatalf("saved %q, %v", files, err)
	}
	if b, err := os.ReadFile(files[0]); err != nil || string(b) != "report as "+form {
		t.Errorf("saved %q, %v", b, err)
	}
	if note := tr.seen.Note; !strings.Contains(note, files[0]) {
		t.Errorf("the file is not named: %q", note)
	}
}

func TestQuitEndsTheAgent(t *testing.T) {
	agent := &orders{}
	tr, _ := testTray(t, agent)
	tr.click(RowQuit)
	if !reflect.DeepEqual(agent.told, []string{"quit"}) {
		t.Errorf("told %q", agent.told)
	}
	if tr.ctx.Err() == nil {
		t.Error("the tray goes on")
	}
}

// TestWindowThatFails: what the window said at its end reaches the person.
func TestWindowThatFails(t *testing.T) {
	tr, _ := testTray(t, &orders{})
	tr.click(RowOpen)
	if !strings.HasPrefix(tr.seen.Note, "The window could not be opened: ") {
		t.Errorf("said %q", tr.seen.Note)
	}
}

func TestLastWords(t *testing.T) {
	ended := errors.New("exit status 2")
	for said, want := range map[string]string{
		"mapiscope agent: watching a\nmapiscope: no password was found\nhint: store it\n": "no password was found",
		"": "exit status 2", "panic: x\n": "exit status 2",
	} {
		log := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(log, []byte(said), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := lastWords(log, ended); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestSummaryIsShort(t *testing.T) {
	s := connected(checked(time.Minute, report.Fail, "The certificate has ended."))
	text := Summary(s, noon)
	if n := strings.Count(text, "\n"); n > 6 {
		t.Errorf("%d lines", n)
	}
	for _, want := range []string{"alice@contoso.com", "Connected: mail can flow", "The certificate has ended", "{C0}", "2026-03-01 12:00 UTC"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
