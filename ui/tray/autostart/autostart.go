// Package autostart lets the tray start with the desktop, or not: an XDG autostart
// file, a LaunchAgent on macOS, the Run key on Windows. It is the user's own
// setting and needs no rights.
package autostart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Enabled says whether the tray starts with the desktop. ok is false where it
// cannot be known.
func Enabled() (on, ok bool) { return enabled() }

// Set switches it. program is the file to start; "" is the one that runs, on Windows
// without its console.
func Set(on bool, program string) error {
	if program == "" {
		self, err := os.Executable()
		if err != nil {
			return fmt.Errorf("this program's own file is not known: %w", err)
		}
		program = self
		if runtime.GOOS == "windows" {
			program = withoutConsole(self)
		}
	}
	return set(on, program)
}

// withoutConsole is the twin of a Windows program that opens no console at sign-in:
// mapiscopew.exe, where it lies beside mapiscope.exe.
func withoutConsole(program string) string {
	twin := strings.TrimSuffix(program, ".exe") + "w.exe"
	if _, err := os.Stat(twin); err != nil {
		return program
	}
	return twin
}

// fileEntry is an autostart that is a file.
type fileEntry struct {
	path    string // the user's own
	system  string // that of the whole computer, which the user's overrides; "" where there is none
	content func(program string) []byte
	hidden  []byte // what overrides system with "not for me"
	isOn    func(content []byte) bool
}

// entryOf is the autostart of a system that uses files.
func entryOf(goos string, env func(string) string, home string) fileEntry {
	if goos == "darwin" {
		return fileEntry{path: filepath.Join(home, "Library", "LaunchAgents", launchLabel+".plist"), content: launchAgent,
			isOn: func([]byte) bool { return true }}
	}
	config := env("XDG_CONFIG_HOME")
	if config == "" {
		config = filepath.Join(home, ".config")
	}
	return fileEntry{path: filepath.Join(config, "autostart", desktopFile), system: filepath.Join("/etc/xdg/autostart", desktopFile),
		content: desktopEntry, hidden: []byte("[Desktop Entry]\nType=Application\nName=Mapiscope\nHidden=true\n"), isOn: desktopOn}
}

func (e fileEntry) enabled() (on, ok bool) {
	for _, name := range []string{e.path, e.system} {
		if name == "" {
			continue
		}
		b, err := os.ReadFile(name)
		switch {
		case err == nil:
			return e.isOn(b), true
		case !errors.Is(err, fs.ErrNotExist):
			return false, false
		}
	}
	return false, true
}

func (e fileEntry) set(on bool, program string) error {
	if on {
		return e.write(e.content(program))
	}
	if e.system != "" {
		if _, err := os.Stat(e.system); err == nil {
			return e.write(e.hidden)
		}
	}
	if err := os.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (e fileEntry) write(b []byte) error {
	if err := os.MkdirAll(filepath.Dir(e.path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(e.path, b, 0o644)
}

const (
	// desktopFile has the name that the packages use, so that one overrides the other.
	desktopFile = "mapiscope.desktop"
	launchLabel = "io.github.mapiscope.mapiscope"
)

// desktopEntry follows the Desktop Entry Specification 1.5; a program's name is
// quoted as its section "The Exec key" says.
func desktopEntry(program string) []byte {
	quoted := `"` + strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", "$", `\\$`, "%", "%%").Replace(program) + `"`
	return []byte(`[Desktop Entry]
Type=Application
Name=Mapiscope
Comment=Watches whether Outlook can reach its mailbox
Comment[de]=Beobachtet, ob Outlook sein Postfach erreicht
Exec=` + quoted + ` tray
Icon=mapiscope
Terminal=false
X-GNOME-Autostart-enabled=true
`)
}

func desktopOn(content []byte) bool {
	for line := range bytes.Lines(content) {
		key, value, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if key == "Hidden" && value == "true" || key == "X-GNOME-Autostart-enabled" && value == "false" {
			return false
		}
	}
	return true
}

// launchAgent is a property list as launchd.plist(5) wants it.
func launchAgent(program string) []byte {
	var name bytes.Buffer
	_ = xml.EscapeText(&name, []byte(program)) // a buffer takes everything
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + launchLabel + `</string>
	<key>ProgramArguments</key>
	<array>
		<string>` + name.String() + `</string>
		<string>tray</string>
	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
</dict>
</plist>
`)
}
