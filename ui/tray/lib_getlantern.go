//go:build migrated_fynedo && (windows || (linux && cgo))

package tray

import "github.com/getlantern/systray"

type item = systray.MenuItem

var (
	run     = systray.Run
	quit    = systray.Quit
	addItem = systray.AddMenuItem
	setIcon = systray.SetIcon
)
