//go:build migrated_fynedo && cgo

package tray

import (
	"os/exec"
	"strings"

	"fyne.io/systray"

	"github.com/mapiscope/mapiscope/assets"
)

// The window library brings this tray library along, and both would define the
// same symbols as the one of the other systems.
type item = systray.MenuItem

var (
	run     = systray.Run
	quit    = systray.Quit
	addItem = systray.AddMenuItem
	setIcon = systray.SetIcon
)

// display: there is always one.
func display() error { return nil }

func picture(name string) []byte { return assets.PNG(name) }

func label(text string) string { return text }

// Title is the hover text: a title would stand in the bar, beside the icon.
func (b *bar) Title(text string) { systray.SetTooltip(text) }

// Place: the bar of macOS always has one.
func (b *bar) Place() bool { return true }

func (b *bar) Copy(text string) error {
	cmd := exec.Command("pbcopy")
	cmd.Stdin = strings.NewReader(text)
	return cmd.Run()
}
