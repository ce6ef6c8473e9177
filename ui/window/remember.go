package window

import "fyne.io/fyne/v2"

// What is remembered from one window to the next, in the toolkit's own store of
// this program. Everything that can be configured is in the configuration file
// instead.
const (
	prefTab    = "tab"
	prefWidth  = "width"
	prefHeight = "height"
)

// The size of the first window, and the least that is sensible.
const (
	firstWidth, firstHeight = 1080, 720
	leastWidth, leastHeight = 760, 480
)

func (w *Window) startPage() int {
	key := w.o.Tab
	if key == "" {
		key = w.app.Preferences().String(prefTab)
	}
	for i, p := range w.pages {
		if p.key == key {
			return i
		}
	}
	return 0
}

// StartSize is the size of last time.
func (w *Window) StartSize() fyne.Size {
	p := w.app.Preferences()
	return fyne.NewSize(
		max(float32(p.FloatWithFallback(prefWidth, firstWidth)), leastWidth),
		max(float32(p.FloatWithFallback(prefHeight, firstHeight)), leastHeight))
}

// Remember keeps the size for the next time; the tab is kept whenever it changes.
func (w *Window) Remember() {
	size := w.win.Canvas().Size()
	if size.Width < 100 || size.Height < 100 {
		return // never shown
	}
	w.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(size.Height))
}

// Tabs are the keys of the pages, in their order.
func Tabs() []string {
	return []string{"overview", "guide", "connections", "checks", "timeline", "certificates", "web", "requests", "settings"}
}
