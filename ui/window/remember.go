package window

import (
	"encoding/json"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
)

// remembered is what one window leaves to the next, in a file of its own. The
// toolkit's own store is not used: it writes a moment later, which a window that is
// ended does not have. Everything that can be configured is in the configuration.
type remembered struct {
	Tab    string  `json:"tab"`
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
}

// The size of the first window, and what is sensible.
const (
	firstWidth, firstHeight = 1080, 720
	leastWidth, leastHeight = 760, 480
	mostWidth, mostHeight   = 8000, 5000
)

// readRemembered is what the last window left; nothing is as good as something that
// cannot be read.
func readRemembered(file string) remembered {
	m := remembered{Width: firstWidth, Height: firstHeight}
	if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &m) != nil {
		return remembered{Width: firstWidth, Height: firstHeight}
	}
	m.Width = min(max(m.Width, leastWidth), mostWidth)
	m.Height = min(max(m.Height, leastHeight), mostHeight)
	return m
}

// write puts it into the file as a whole; a window is not worth an error when that
// cannot be done.
func (m remembered) write(file string) {
	if file == "" {
		return
	}
	b, err := json.Marshal(m)
	if err != nil || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	if os.WriteFile(file+".new", b, 0o600) == nil {
		_ = os.Rename(file+".new", file)
	}
}

func (w *Window) startPage() int {
	key := w.o.Tab
	if key == "" {
		key = w.kept.Tab
	}
	for i, p := range w.pages {
		if p.key == key {
			return i
		}
	}
	return 0
}

// StartSize is the size of last time.
func (w *Window) StartSize() fyne.Size { return fyne.NewSize(w.kept.Width, w.kept.Height) }

// Remember keeps page and size for the next time.
func (w *Window) Remember() {
	w.kept.Tab = w.pages[w.shown].key
	if size := w.win.Canvas().Size(); size.Width >= 100 && size.Height >= 100 { // else it was never shown
		w.kept.Width, w.kept.Height = size.Width, size.Height
	}
	w.kept.write(w.o.StateFile)
}

// Tabs are the keys of the pages, in their order.
func Tabs() []string {
	return []string{"overview", "guide", "connections", "checks", "timeline", "certificates", "web", "requests", "settings"}
}
