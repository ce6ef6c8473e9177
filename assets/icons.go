// Package assets holds what the program shows: the icons. It imports nothing of
// the project, so that everyone may import it.
package assets

import "embed"

// The icons are drawn as SVG and rendered by packaging/icons. Each state has a
// badge of its own shape, so that nobody needs colour to tell them apart, and the
// envelope has a light face and a dark edge, so that it stands out in light and
// in dark bars.

//go:embed icons/*.svg icons/*.png icons/*.ico
var icons embed.FS

// The names of the icons: one for each state of the tray, and the program's own.
const (
	IconWorking  = "working"
	IconWarning  = "warning"
	IconFailing  = "failing"
	IconPaused   = "paused"
	IconChecking = "checking"
	IconUnknown  = "unknown"
	IconApp      = "app"
)

// PNG is the picture with that name: 64 pixels square, 256 for IconApp. A name
// that does not exist is a mistake in the program and panics.
func PNG(name string) []byte { return read(name + ".png") }

// ICO is the icon with that name as Windows wants it, in five sizes.
func ICO(name string) []byte { return read(name + ".ico") }

// SVG is the drawing with that name.
func SVG(name string) []byte { return read(name + ".svg") }

func read(file string) []byte {
	b, err := icons.ReadFile("icons/" + file)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return b
}
