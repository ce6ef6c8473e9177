//go:build real && linux

package window

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/desk"
)

// TestRealProgress: F5 reaches the agent; the run is followed, and what it found is
// shown when it ends. Before that the preview of the report opens and closes.
func TestRealProgress(t *testing.T) {
	d := desk.New(t, desk.Options{})
	agent := stage(t, d, present(t, "healthy", monitor.StateConnected))
	p := d.Start(t, "window", "--tab", "overview", "--theme", "light")
	id := d.Window(t, p)
	d.Front(t, id)
	good := small(d.Picture(t, id))
	d.Keys(t, "ctrl+s") // what will be shared, before it is saved
	changed(t, d, id, good)
	d.Keys(t, "Escape")
	if share := differ(good, small(d.Picture(t, id))); share > tolerance {
		t.Errorf("after Escape %.2f %% of the picture are another", 100*share)
	}
	d.Keys(t, "F5")
	select {
	case <-agent.asked:
	case <-time.After(10 * time.Second):
		t.Fatal("the agent was not told to check")
	}
	running := present(t, "healthy", monitor.StateConnected)
	running.Snapshot.Check = &monitor.CheckRun{Done: 17, Total: 48, Checks: []monitor.CheckRow{
		{ID: "tls.mailbox", Group: "tls", Title: "Certificate of the mailbox server"}}}
	agent.set(running)
	same(t, "progress", changed(t, d, id, good))
	d.Keys(t, "F5") // one run at a time
	agent.set(present(t, "certificate", monitor.StateLost))
	d.Titled(t, id, "Not connected")
	same(t, "progress-over", d.Picture(t, id))
	if n := len(agent.asked); n != 0 {
		t.Errorf("%d more runs were asked for while one went on", n)
	}
}

// TestRealCheckNow drives the real agent by the keyboard.
func TestRealCheckNow(t *testing.T) {
	d := desk.New(t, desk.Options{})
	d.Exchange(t, true)
	p := d.Start(t, "window")
	id := d.Window(t, p)
	d.Titled(t, id, "Connected · alice@contoso.test")
	d.Front(t, id)
	d.Keys(t, "ctrl+r")
	desk.Eventually(t, "the checks that were asked for", func() error {
		s, err := d.Client.Snapshot(t.Context())
		if err == nil && (s.LastReport == nil || s.LastReport.Trigger != "user" || s.LastReport.Verdict.Status != report.Pass) {
			err = fmt.Errorf("the last report is %+v", s.LastReport)
		}
		return err
	})
	p.Runs(t)
}

// TestRealFirstStart sets the mailbox up with the keyboard alone; the password goes
// to the agent and into no file.
func TestRealFirstStart(t *testing.T) {
	d := desk.New(t, desk.Options{})
	account := d.Exchange(t, false)
	p := d.Start(t, "window", "--theme", "light")
	id := d.Window(t, p)
	d.Titled(t, id, "Mapiscope")
	d.Front(t, id)
	same(t, "first-start", d.Picture(t, id))
	d.Type(t, "alice")
	d.Keys(t, "Return")
	broken := small(d.Picture(t, id))
	d.Type(t, strings.TrimPrefix(account.Address, "alice"))
	d.Keys(t, "Return")
	changed(t, d, id, broken) // the second step, in its password
	d.Keys(t, "shift+Tab")
	d.Type(t, account.User)
	d.Keys(t, "Return") // to the password
	d.Type(t, account.Password)
	d.Keys(t, "Return")
	d.Titled(t, id, "Connected · "+account.Address)
	desk.Eventually(t, "the first check", func() error {
		s, err := d.Client.Snapshot(t.Context())
		if err == nil && s.LastReport == nil {
			err = errors.New("has not ended")
		}
		return err
	})
	result := small(d.Picture(t, id))
	d.Keys(t, "Return", "ctrl+2") // away from the assistant, to a page
	changed(t, d, id, result)
	d.Close(t, id)
	p.Exits(t)
	if config, err := os.ReadFile(filepath.Join(d.Dir, "mapiscope", "config.yaml")); err != nil || !strings.Contains(string(config), account.Address) {
		t.Errorf("the configuration is %q, %v", config, err)
	}
	err := filepath.WalkDir(d.Dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(name)
		if bytes.Contains(b, []byte(account.Password)) {
			t.Errorf("the password is in %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// changed waits until the window shows something else than before, and returns it
// at rest.
func changed(t *testing.T, d *desk.Desk, id string, before *image.Gray) *image.RGBA {
	t.Helper()
	var now *image.RGBA
	desk.Eventually(t, "another picture", func() error {
		now = d.Picture(t, id)
		if differ(before, small(now)) < tolerance/4 {
			return errors.New("it is still the same")
		}
		return nil
	})
	return now
}

// TestRealRemembers: size and page come back, however it ended, and a second start raises the first
// window instead of opening another.
func TestRealRemembers(t *testing.T) {
	d := desk.New(t, desk.Options{})
	stage(t, d, present(t, "healthy", monitor.StateConnected))
	p := d.Start(t, "window", "--theme", "light")
	id := d.Window(t, p)
	d.Front(t, id)
	d.Keys(t, "ctrl+f") // keys of the window work in a field too
	d.Type(t, "401")
	d.Keys(t, "ctrl+5")
	d.Resize(t, id, 1000, 640)
	before := d.Picture(t, id)
	d.Close(t, id)
	p.Exits(t)

	p = d.Start(t, "window", "--theme", "light")
	id = d.Window(t, p)
	if now := d.Picture(t, id); now.Rect.Size() != before.Rect.Size() {
		t.Errorf("the window was %v and is %v", before.Rect.Size(), now.Rect.Size())
	} else if share := differ(small(before), small(now)); share > tolerance {
		t.Errorf("%.2f %% of the picture are another", 100*share)
	}
	d.Minimize(t, id)
	desk.Eventually(t, "gone from the front", func() error {
		if d.InFront(id) {
			return errors.New("it is there")
		}
		return nil
	})
	second := d.Start(t, "window")
	second.Exits(t)
	if !strings.Contains(second.Said(), "open already") {
		t.Errorf("the second says %q", second.Said())
	}
	desk.Eventually(t, "the first is raised", func() error {
		if !d.InFront(id) {
			return errors.New("it is not in front")
		}
		return nil
	})
	d.Resize(t, id, 940, 700)
	resized := d.Picture(t, id).Rect.Size()
	if err := syscall.Kill(p.PID, syscall.SIGTERM); err != nil { // as the icon's Quit does
		t.Fatal(err)
	}
	p.Exits(t)
	p = d.Start(t, "window", "--theme", "light")
	if now := d.Picture(t, d.Window(t, p)).Rect.Size(); now != resized {
		t.Errorf("the window was %v when it was ended, and is %v", resized, now)
	}
}

// TestRealMemory: going round the pages and following the agent for long cost
// neither memory nor files. The toolkit keeps what it has drawn for a minute, here
// for two seconds.
func TestRealMemory(t *testing.T) {
	d := desk.New(t, desk.Options{})
	d.Env = append(d.Env, "FYNE_CACHE=2s")
	agent := stage(t, d, present(t, "healthy", monitor.StateConnected))
	p := d.Start(t, "window", "--theme", "light")
	id := d.Window(t, p)
	d.Front(t, id)
	var keys []string
	for i := range Tabs() {
		keys = append(keys, fmt.Sprintf("ctrl+%d", i+1))
	}
	round := func(n int) {
		state, sample := monitor.StateConnected, "healthy"
		if n%2 == 1 {
			state, sample = monitor.StateLost, "certificate"
		}
		s := present(t, sample, state)
		s.Snapshot.LastReport.ID = fmt.Sprint(n)
		agent.set(s)
		d.Keys(t, keys...)
	}
	const warm, rounds = 14, 20
	for n := range warm {
		round(n)
	}
	d.Picture(t, id)
	before, files := desk.MemoryOf(t, p.PID), desk.OpenFiles(t, p.PID)
	for n := range rounds {
		round(n)
	}
	d.Picture(t, id)
	after := desk.MemoryOf(t, p.PID)
	t.Logf("%v; after %d pages more: %v", before, rounds*len(keys), after)
	if grown := after.Anonymous - before.Anonymous; grown > 24<<10 {
		t.Errorf("memory grew by %d KiB", grown)
	}
	if now := desk.OpenFiles(t, p.PID); now > files+4 {
		t.Errorf("%d files were open, now %d", files, now)
	}
}

// contextID is the session context that the agent holds on the server.
func contextID(t *testing.T, d *desk.Desk) (id string, pid int) {
	t.Helper()
	desk.Eventually(t, "a session", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		s, err := d.Client.Snapshot(ctx)
		if err == nil && (s.State != monitor.StateConnected || s.Session == nil || s.Session.ContextID == "") {
			err = fmt.Errorf("%s, %+v", s.State, s.Session)
		}
		if err == nil {
			id, pid = s.Session.ContextID, s.Agent.PID
		}
		return err
	})
	return id, pid
}
