//go:build real && linux

package window

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mapiscope/mapiscope/ui/desk"
)

// TestRealKilled takes one part of the product after the other away. What is left
// goes on, the session stands until the agent itself is killed, and then the window
// says so and starts another by the Enter key.
func TestRealKilled(t *testing.T) {
	d := desk.New(t, desk.Options{})
	d.Exchange(t, true)
	icon := d.Start(t, "tray")
	session, agent := contextID(t, d)
	stands := func(after string) {
		t.Helper()
		if now, pid := contextID(t, d); now != session || pid != agent {
			t.Errorf("%s was killed: process %d held the session %s, and %d holds %s", after, agent, session, pid, now)
		}
	}
	window := d.Start(t, "window")
	d.Window(t, window)
	window.Kill()
	_ = window.End(t)
	stands("the window")
	icon.Runs(t)

	window = d.Start(t, "window")
	id := d.Window(t, window)
	icon.Kill()
	_ = icon.End(t)
	stands("the icon")

	if err := d.Daemon.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	d.Titled(t, id, "Connected")
	d.Front(t, id)
	d.Keys(t, "F5") // it still does what it is asked
	checkedByUser(t, d)
	window.Runs(t)
	stands("the message bus")

	if err := syscall.Kill(agent, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	d.Titled(t, id, "Not known")
	d.Picture(t, id)
	d.Keys(t, "Return")
	d.Titled(t, id, "Connected")
	session, agent = contextID(t, d)

	if err := d.X.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := window.End(t); err == nil {
		t.Error("the window ends as if nothing was wrong, though its screen has gone")
	}
	stands("the X server")
}

func checkedByUser(t *testing.T, d *desk.Desk) {
	t.Helper()
	desk.Eventually(t, "the checks", func() error {
		s, err := d.Client.Snapshot(t.Context())
		if err == nil && (s.LastReport == nil || s.LastReport.Trigger != "user") {
			err = fmt.Errorf("the last report is %+v", s.LastReport)
		}
		return err
	})
}

// TestRealNoOpenGL: on a screen without a graphics driver no window opens; it says
// why, and the report opens in the browser instead.
func TestRealNoOpenGL(t *testing.T) {
	d := desk.New(t, desk.Options{NoOpenGL: true})
	d.Exchange(t, true)
	opened := filepath.Join(d.Dir, "opened")
	browser := "#!/bin/sh\nprintf %s \"$1\" >'" + opened + ".part' && mv '" + opened + ".part' '" + opened + "'\n"
	if err := os.WriteFile(filepath.Join(d.Dir, "xdg-open"), []byte(browser), 0o755); err != nil {
		t.Fatal(err)
	}
	d.Env = append(d.Env, "PATH="+d.Dir+":"+os.Getenv("PATH"))
	icon := d.Start(t, "tray") // an icon needs no OpenGL
	session, _ := contextID(t, d)
	p := d.Start(t, "window")
	p.Exits(t)
	for _, words := range []string{"no window can be opened", "OpenGL", "opened in your browser instead"} {
		if !strings.Contains(p.Said(), words) {
			t.Errorf("%q is not said:\n%s", words, p.Said())
		}
	}
	target, err := os.ReadFile(opened)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(strings.TrimPrefix(string(target), "file://"))
	if err != nil || !strings.Contains(string(page), "Outlook can reach this mailbox") {
		t.Errorf("%s is not the report (%v)", target, err)
	}
	icon.Runs(t)
	if now, _ := contextID(t, d); now != session {
		t.Errorf("the session was %s and is %s", session, now)
	}
}

// TestRealNoScreen: without any display the window command says so and opens
// nothing; the agent that it needed goes on.
func TestRealNoScreen(t *testing.T) {
	d := desk.New(t, desk.Options{NoManager: true})
	d.Exchange(t, true)
	d.Env = append(d.Env, "DISPLAY=", "BROWSER=")
	p := d.Start(t, "window")
	if err := p.End(t); err == nil {
		t.Error("it ends as if a window had been opened")
	}
	for _, words := range []string{"there is no screen", "the report is in", "mapiscope status"} {
		if !strings.Contains(p.Said(), words) {
			t.Errorf("%q is not said:\n%s", words, p.Said())
		}
	}
	contextID(t, d) // the agent watches
}
