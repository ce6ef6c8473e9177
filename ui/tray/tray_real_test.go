//go:build real && linux

package tray

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/assets"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/desk"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// bareDesk is a desktop without windows.
func bareDesk(t *testing.T) *desk.Desk { return desk.New(t, desk.Options{NoManager: true}) }

func (i barItem) shows(icon, title string) func() error {
	return func() error {
		b, err := os.ReadFile(i.text("IconName"))
		if got := i.text("Title"); !strings.Contains(got, title) {
			return fmt.Errorf("the title is %q, not %q", got, title)
		}
		if err != nil || !bytes.Equal(b, assets.PNG(icon)) {
			return fmt.Errorf("the icon is not %q (%v)", icon, err)
		}
		return nil
	}
}

func agentPID(t *testing.T, d *desk.Desk) int {
	t.Helper()
	s, err := d.Client.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Agent.PID
}

// TestRealTray goes through the menu as a person does, with a real agent that
// watches a mailbox on the embedded Exchange.
func TestRealTray(t *testing.T) {
	d := bareDesk(t)
	d.Exchange(t, true)
	p := openPlace(t, d.Bus)
	start := time.Now()
	icon := d.Start(t, "tray")
	i := p.wait(t)
	t.Logf("icon after %v", time.Since(start).Round(time.Millisecond))
	connectedTitle := "MAPI/HTTP, mailbox and directory connected · "
	desk.Eventually(t, "the agent is started and connects", i.shows(assets.IconWorking, connectedTitle))
	if got := i.text("XAyatanaLabel"); got != "" {
		t.Errorf("%q would stand beside the icon", got)
	}
	rows := i.rows(t)
	if len(rows) != RowCount || !strings.HasPrefix(rows[RowStatus].Label, connectedTitle) || rows[RowStatus].Enabled {
		t.Errorf("menu: %+v", rows)
	}
	for n, label := range []string{RowCheck: "Check now", RowReport: "Save report…", RowSummary: "Copy summary for helpdesk", RowPause: "Pause",
		RowOpen: "Open Mapiscope", RowBrowser: "Open mailbox URL in browser", RowQuit: "Quit"} {
		if n != RowStatus && rows[n].Row != (Row{label, true}) {
			t.Errorf("row %d is %+v, want %q", n, rows[n], label)
		}
	}

	i.click(t, "Check now")
	desk.Eventually(t, "the checks have run", func() error {
		s, err := d.Client.Snapshot(t.Context())
		if err == nil && (s.LastReport == nil || s.LastReport.Trigger != "user") {
			err = fmt.Errorf("the last report is %+v", s.LastReport)
		}
		return err
	})
	desk.Eventually(t, "checked", func() error { return i.rowIs(t, RowCheck, Row{"Check now", true}) })
	i.click(t, "Copy summary for helpdesk")
	desk.Eventually(t, "copied", func() error { return i.rowIs(t, RowStatus, Row{english.copied, false}) })
	i.click(t, "Save report…")
	desk.Eventually(t, "saved", func() error {
		_, ending := reportForm()
		files, _ := filepath.Glob(filepath.Join(filepath.Dir(d.Socket), "mapiscope-*"+ending))
		if len(files) != 1 {
			return fmt.Errorf("%d files", len(files))
		}
		return nil
	})

	i.click(t, "Pause")
	desk.Eventually(t, "paused", i.shows(assets.IconPaused, "Paused"))
	desk.Eventually(t, "resume is offered", func() error { return i.rowIs(t, RowPause, Row{"Resume", true}) })
	i.click(t, "Resume")
	desk.Eventually(t, "resumed", i.shows(assets.IconWorking, connectedTitle))

	first := agentPID(t, d)
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	desk.Eventually(t, "the agent is noticed to be gone", i.shows(assets.IconUnknown, ""))
	desk.Eventually(t, "the agent is back", i.shows(assets.IconWorking, connectedTitle))
	if again := agentPID(t, d); again == first {
		t.Errorf("process %d was killed and answers", again)
	}
	t.Logf("tray: %s; agent: %s", desk.MemoryOf(t, icon.PID), desk.MemoryOf(t, agentPID(t, d)))

	i.click(t, "Quit")
	icon.Exits(t)
	desk.Eventually(t, "the agent ends too", func() error {
		if _, err := d.Client.Snapshot(t.Context()); !errors.Is(err, localapi.ErrNoAgent) {
			return fmt.Errorf("it answers %v", err)
		}
		return nil
	})
}

func (i barItem) rowIs(t *testing.T, n int, want Row) error {
	t.Helper()
	if got := i.rows(t)[n].Row; got != want {
		return fmt.Errorf("row %d is %+v, not %+v", n, got, want)
	}
	return nil
}

// staged is an agent whose snapshots are those that the test sets.
type staged struct {
	monitor.Unconfigured
	cell *monitor.Cell[*monitor.Snapshot]
}

func (s *staged) Snapshot() (*monitor.Snapshot, <-chan struct{}) { return s.cell.Get() }

// stage serves an agent of the test on the desk's socket.
func stageOn(t *testing.T, d *desk.Desk, first *monitor.Snapshot) *staged {
	t.Helper()
	l, err := localapi.Listen(d.Socket)
	if err != nil {
		t.Fatal(err)
	}
	s := &staged{cell: monitor.NewCell(dressed(first, 1))}
	go func() { _ = localapi.Serve(t.Context(), l, s, func() {}) }()
	return s
}

// dressed is what a snapshot carries besides what the cases set.
func dressed(s *monitor.Snapshot, seq uint64) *monitor.Snapshot {
	s.Schema, s.Seq, s.At = monitor.SnapshotSchema, seq, report.At(time.Now())
	s.Agent.PID, s.Outages = os.Getpid(), append([]report.Outage{}, s.Outages...)
	return s
}

// TestRealChanges: 1,000 changes of icon, title and menu at 50 a second leave the
// process alive, its memory sound and the last state on the screen; mail that
// stops and comes back is told once each.
func TestRealChanges(t *testing.T) {
	d := bareDesk(t)
	p := openPlace(t, d.Bus)
	stage := stageOn(t, d, connected())
	icon := d.Start(t, "tray")
	i := p.wait(t)
	desk.Eventually(t, "connected", i.shows(assets.IconWorking, "mailbox and directory connected"))
	lost := in(monitor.StateLost, report.Fail, "The mail server cannot be reached.")
	kinds := []func() *monitor.Snapshot{
		func() *monitor.Snapshot { return connected(checking("user")) },
		func() *monitor.Snapshot { return connected(in(monitor.StatePaused, report.Warn, "Paused by you.")) },
		func() *monitor.Snapshot { return connected(in(monitor.StateTroubled, report.Warn, "Trouble.")) },
		func() *monitor.Snapshot { return connected() },
	}
	const changes, warm = 1000, 200
	var before, files int
	pace := time.NewTicker(time.Second / 50)
	defer pace.Stop()
	for n := range changes {
		<-pace.C
		stage.cell.Set(dressed(kinds[n%len(kinds)](), uint64(n+2)))
		if n == warm {
			before, files = desk.MemoryOf(t, icon.PID).PSS, desk.OpenFiles(t, icon.PID)
		}
	}
	stage.cell.Set(dressed(connected(lost), changes+2))
	desk.Eventually(t, "the last state is shown", i.shows(assets.IconFailing, "The mail server cannot be reached"))
	after := desk.MemoryOf(t, icon.PID).PSS
	t.Logf("%d KiB after %d changes, %d KiB after %d; %d changes of the icon seen", before, warm, after, changes, len(p.icons))
	if grown := after - before; grown > 8<<10 {
		t.Errorf("memory grew by %d KiB", grown)
	}
	if now := desk.OpenFiles(t, icon.PID); now > files+4 {
		t.Errorf("%d files were open, now %d", files, now)
	}
	if n := len(p.icons); n < changes*8/10 {
		t.Errorf("%d changes of the icon arrived, want about %d", n, changes)
	}
	stage.cell.Set(dressed(connected(), changes+3))
	for _, want := range []Notice{{english.stopped, "The mail server cannot be reached.", true}, {english.back, "", false}} {
		select {
		case got := <-p.told:
			if got.Title != want.Title || got.Bad != want.Bad || !strings.HasPrefix(got.Body, want.Body) {
				t.Errorf("told %+v, want %+v", got, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("not told: %s", want.Title)
		}
	}
	if n := len(p.told); n != 0 {
		t.Errorf("%d notices more", n)
	}
	i.click(t, "Quit")
	icon.Exits(t)
}

// TestRealNoPlace: on a desktop without a place for icons it says so, opens the
// window and keeps running, alone of its kind; a bar that comes up later gets the icon; and when the
// message bus dies, the agent stays.
func TestRealNoPlace(t *testing.T) {
	d := bareDesk(t)
	d.Exchange(t, true)
	icon := d.Start(t, "tray")
	desk.Eventually(t, "it says so", func() error {
		if !strings.Contains(icon.Said(), english.noPlace) {
			return errors.New("it said only: " + icon.Said())
		}
		return nil
	})
	desk.Eventually(t, "the window is started", func() error {
		_, err := os.Stat(filepath.Join(filepath.Dir(d.Socket), "window.log"))
		return err
	})
	icon.Runs(t)
	second := d.Start(t, "tray")
	second.Exits(t) // it opens the window, and leaves the icon to the first
	i := openPlace(t, d.Bus).wait(t)
	desk.Eventually(t, "the icon comes with the bar", i.shows(assets.IconWorking, "connected"))
	pid := agentPID(t, d)
	if err := d.Daemon.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	icon.Exits(t)
	if again := agentPID(t, d); again != pid {
		t.Errorf("the agent was process %d and is %d", pid, again)
	}
	if err := d.Client.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}
