package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// click does what a row is for; it may take as long as that takes.
func (t *tray) click(row int) {
	var err error
	switch row {
	case RowCheck:
		err = t.ask.Check(t.ctx, localapi.CheckRequest{})
	case RowReport:
		err = t.saveReport()
	case RowSummary:
		err = t.copySummary()
	case RowPause:
		if s := t.snapshot(); s != nil && s.State == monitor.StatePaused {
			err = t.ask.Resume(t.ctx)
		} else {
			err = t.ask.Pause(t.ctx)
		}
	case RowOpen:
		t.open()
	case RowBrowser:
		if url := MailboxURL(t.snapshot()); url != "" && t.o.OpenURL != nil {
			err = t.o.OpenURL(t.ctx, url)
		}
	case RowQuit:
		t.quit()
	}
	if err != nil && t.ctx.Err() == nil {
		t.say(err.Error())
	}
}

// open opens the window in a process of its own.
func (t *tray) open() {
	failed := func(why string) { t.say(fmt.Sprintf(t.lang.words().windowFailed, why)) }
	if err := t.window.open(failed); err != nil {
		failed(err.Error())
	}
}

// quitTime is what the agent gets to say that it will end; it closes its session
// after that.
const quitTime = 3 * time.Second

// quit ends the window, the agent and us.
func (t *tray) quit() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), quitTime)
	defer cancel()
	t.cancelFollowing()
	_ = t.ask.Quit(ctx) // one that is gone has ended too
	t.window.end()
	t.cancel()
}

// cancelFollowing keeps us from starting the agent again that we are ending.
func (t *tray) cancelFollowing() {
	t.agent.mu.Lock()
	defer t.agent.mu.Unlock()
	t.agent.next = time.Now().Add(24 * time.Hour)
}

// reportTime is what checks get to end before a report is asked for: a run of them
// is bounded, and nobody waits longer for a file.
const reportTime = 20 * time.Second

// saveReport writes the report of the last checks into a file of the person's;
// without any it runs them first.
func (t *tray) saveReport() error {
	s := t.snapshot()
	if s == nil {
		return localapi.ErrNoAgent
	}
	if s.LastReport == nil {
		if err := t.checkFirst(); err != nil {
			return err
		}
	}
	form, ending := reportForm()
	b, err := t.ask.Report(t.ctx, localapi.ReportRequest{Format: form})
	if err != nil {
		return err
	}
	name, err := writeNew(reportFolder(), "mapiscope-"+time.Now().Format("2006-01-02-150405"), ending, b)
	if err != nil {
		return err
	}
	t.say(fmt.Sprintf(t.lang.words().savedAs, name))
	return nil
}

// checkFirst runs the checks and waits for their end.
func (t *tray) checkFirst() error {
	ctx, cancel := context.WithTimeout(t.ctx, reportTime)
	defer cancel()
	var refused *localapi.Refusal
	if err := t.ask.Check(ctx, localapi.CheckRequest{}); err != nil && !errors.As(err, &refused) {
		return err
	}
	for s, err := range t.ask.Snapshots(ctx) {
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			return err
		}
		if s.LastReport != nil {
			return nil
		}
	}
	return errors.New(t.lang.words().nothingYet)
}

// reportForm is the best form that this program writes a report in, and the ending
// of its file.
func reportForm() (form, ending string) {
	known := report.FormatNames()
	for _, f := range [][2]string{{"zip", ".zip"}, {"html", ".html"}, {"text", ".txt"}} {
		if slices.Contains(known, f[0]) {
			return f[0], f[1]
		}
	}
	return "json", ".json"
}

// reportFolder is where a person looks for what a program has saved.
func reportFolder() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return os.TempDir()
	}
	if dir := filepath.Join(home, "Downloads"); isFolder(dir) {
		return dir
	}
	return home
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// writeNew writes a file that is not there yet, for its owner alone.
func writeNew(dir, base, ending string, b []byte) (string, error) {
	name := filepath.Join(dir, base+ending)
	for n := 2; ; n++ {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) && n < 100 {
			name = filepath.Join(dir, fmt.Sprintf("%s-%d%s", base, n, ending))
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(b)
		return name, errors.Join(err, f.Close())
	}
}

// copySummary puts a few lines for the helpdesk into the clipboard: those of the
// last report where this program has that form, else those of the snapshot.
func (t *tray) copySummary() error {
	s := t.snapshot()
	if s == nil {
		return localapi.ErrNoAgent
	}
	text := Summary(s, time.Now())
	if s.LastReport != nil && slices.Contains(report.FormatNames(), "summary") {
		if b, err := t.ask.Report(t.ctx, localapi.ReportRequest{Format: "summary"}); err == nil {
			text = string(b)
		}
	}
	if err := t.host.Copy(text); err != nil {
		return err
	}
	t.say(t.lang.words().copied)
	return nil
}

// Summary is how it stands in at most six lines, in English, the helpdesk's
// language in reports too.
func Summary(s *monitor.Snapshot, now time.Time) string {
	w := &english
	lines := []string{
		"Mapiscope " + s.Agent.Version + ", " + now.UTC().Format("2006-01-02 15:04 UTC"),
		"Mailbox: " + s.Account.Address,
		"State: " + oneLine(joined(w.headline(s), w.since(now.Sub(s.Since.Time)))),
	}
	if c := connection(s, "mailbox"); c != nil {
		lines = append(lines, "Server: "+oneLine(joined(c.Server, c.ServerVersion, protocolName(c.Protocol), c.Authn)))
	}
	if r := s.LastReport; r != nil {
		said := joined(clause(r.Verdict.Headline), r.Verdict.Cause, w.ago(now.Sub(r.Ended.Time)))
		lines = append(lines, "Checks: "+oneLine(said))
	}
	if s.Session != nil {
		lines = append(lines, "Session: "+oneLine(s.Session.ContextID))
	}
	return strings.Join(lines, "\n") + "\n"
}
