//go:build real && linux

package window

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/ui/desk"
)

// TestRealDemo: on a desktop the demo shows its window, with the mailbox of its own
// Exchange connected, and ends with it; nothing is left behind.
func TestRealDemo(t *testing.T) {
	d := desk.New(t, desk.Options{})
	p := d.Start(t, "demo")
	id := d.WindowTitled(t, "Connected · alice@contoso.test")
	p.Runs(t)
	d.Keys(t, "F5")
	d.Picture(t, id)
	d.Close(t, id)
	p.Exits(t)
	if !strings.Contains(p.Said(), "the demo is on your desktop") {
		t.Errorf("it says %q", p.Said())
	}
	if left, err := filepath.Glob(filepath.Join(d.Dir, "mapiscope-demo-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if faces := d.Processes(); len(faces) > 0 {
		t.Errorf("still running: processes %v", faces)
	}
}
