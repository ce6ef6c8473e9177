package autostart

import (
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// entryIn is the entry of goos under folders of the test.
func entryIn(t *testing.T, goos string) fileEntry {
	t.Helper()
	home := t.TempDir()
	e := entryOf(goos, func(string) string { return "" }, home)
	if !strings.HasPrefix(e.path, home) {
		t.Fatalf("%s is not under the home folder", e.path)
	}
	if e.system != "" {
		e.system = filepath.Join(home, "etc", desktopFile)
	}
	return e
}

func wantOn(t *testing.T, e fileEntry, want bool) {
	t.Helper()
	if on, ok := e.enabled(); on != want || !ok {
		t.Errorf("on %v, known %v, want on %v", on, ok, want)
	}
}

func TestOnAndOff(t *testing.T) {
	for _, goos := range []string{"linux", "darwin"} {
		t.Run(goos, func(t *testing.T) {
			e := entryIn(t, goos)
			wantOn(t, e, false)
			if err := e.set(false, "/opt/mapiscope"); err != nil {
				t.Errorf("off while it is off: %v", err)
			}
			for range 2 {
				if err := e.set(true, "/opt/mapiscope"); err != nil {
					t.Fatal(err)
				}
				wantOn(t, e, true)
			}
			if err := e.set(false, "/opt/mapiscope"); err != nil {
				t.Fatal(err)
			}
			wantOn(t, e, false)
			if _, err := os.Stat(e.path); !os.IsNotExist(err) {
				t.Errorf("%s is left behind: %v", e.path, err)
			}
		})
	}
}

// TestOffOverridesThePackage: a file of the whole computer stays, and is hidden
// from this user alone.
func TestOffOverridesThePackage(t *testing.T) {
	e := entryIn(t, "linux")
	if err := os.MkdirAll(filepath.Dir(e.system), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.system, desktopEntry("/usr/bin/mapiscope"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantOn(t, e, true)
	if err := e.set(false, "/usr/bin/mapiscope"); err != nil {
		t.Fatal(err)
	}
	wantOn(t, e, false)
	if err := e.set(true, "/usr/bin/mapiscope"); err != nil {
		t.Fatal(err)
	}
	wantOn(t, e, true)
}

func TestNamesAreQuoted(t *testing.T) {
	for program, want := range map[string]string{
		"/usr/bin/mapiscope": `Exec="/usr/bin/mapiscope" tray`,
		"/home/a b/100%/m":   `Exec="/home/a b/100%%/m" tray`,
		`/home/$a"b/m`:       `Exec="/home/\\$a\\"b/m" tray`,
	} {
		if got := string(desktopEntry(program)); !strings.Contains(got, want+"\n") {
			t.Errorf("no line %s in\n%s", want, got)
		}
	}
	d := xml.NewDecoder(strings.NewReader(string(launchAgent("/Applications/A & B/<m>"))))
	var texts []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok {
			texts = append(texts, string(c))
		}
	}
	if !strings.Contains(strings.Join(texts, "\n"), "/Applications/A & B/<m>\n") {
		t.Errorf("the program is not in %q", texts)
	}
}

// TestDesktopFileIsValid asks the desktop's own tool where it is installed.
func TestDesktopFileIsValid(t *testing.T) {
	tool, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Skip("desktop-file-validate is not installed")
	}
	e := entryIn(t, "linux")
	for _, content := range [][]byte{desktopEntry("/opt/a b/mapiscope"), e.hidden} {
		name := filepath.Join(t.TempDir(), desktopFile)
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(tool, name).CombinedOutput(); err != nil && !strings.Contains(string(content), "Hidden=true") {
			t.Errorf("%v: %s\n%s", err, out, content)
		}
	}
}

// TestTheTwinStarts: on Windows a program with a console does not start at sign-in
// where its twin without one is installed.
func TestTheTwinStarts(t *testing.T) {
	dir := t.TempDir()
	console, twin := filepath.Join(dir, "mapiscope.exe"), filepath.Join(dir, "mapiscopew.exe")
	if got := withoutConsole(console); got != console {
		t.Errorf("%s starts and is not there", got)
	}
	if err := os.WriteFile(twin, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{console, twin} {
		if got := withoutConsole(program); got != twin {
			t.Errorf("%s starts for %s", got, program)
		}
	}
}
