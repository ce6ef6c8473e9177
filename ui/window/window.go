// Package window is what a person looks at: the verdict and what to do about it,
// and everything that it rests on. It is a client of the agent and holds nothing
// that the agent does not have; it may be closed and opened at any time.
//
// Every view shows one State and nothing else. New states come in through one
// door, Window.do, the toolkit's own goroutine; no widget is touched from anywhere
// else. Only app.go, which needs cgo and OpenGL, imports
// the toolkit's driver: all the rest is built and tested without either.
package window

import (
	"context"
	"iter"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// Agent is what the window needs of the agent; *localapi.Client is one.
type Agent interface {
	Snapshots(ctx context.Context) iter.Seq2[*monitor.Snapshot, error]
	Report(ctx context.Context, q localapi.ReportRequest) ([]byte, error)
	Check(ctx context.Context, q localapi.CheckRequest) error
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	Quit(ctx context.Context) error
}

// Options is what the window is given by the command that opens it. Everything
// outside the screen is a function here, so that the window imports none of it.
type Options struct {
	Agent    Agent
	Settings SettingsStore

	// StartAgent starts an agent in the background; password, where it is not "",
	// is for this agent alone. It returns when the agent answers.
	StartAgent func(ctx context.Context, password string) error
	// OpenURL opens an https URL in the person's own browser.
	OpenURL func(ctx context.Context, url string) error
	// House is the guide file of the house, nil where none is set.
	House func() (*guide.File, error)
	// Raise brings the window to the front each time something is received.
	Raise <-chan struct{}

	// StateFile keeps page and size from one window to the next; "" keeps nothing.
	StateFile string

	Tab      string // key of the tab to open; "" is the one of last time
	Language string // "auto", "en" or "de"
	Theme    string // "auto", "light" or "dark"
}

// tab is one page of the window.
type tab interface {
	content() fyne.CanvasObject
	// show brings the page in line with s; it runs on the toolkit's goroutine.
	show(s State)
}

// page is a tab and how the navigation names it.
type page struct {
	key   string // stable: it is what is remembered
	title string
	icon  fyne.Resource
	tab   tab
}

// Window is the content of the one window of the program.
type Window struct {
	app    fyne.App
	win    fyne.Window
	o      Options
	ctx    context.Context
	state  State
	pages  []page
	shown  int
	kept   remembered // of the last window
	nav    *navigation
	body   *fyne.Container
	banner *banner
	main   *fyne.Container // banner and page
	first  *assistant      // nil unless it is open
	asking dialog.Dialog   // the last one that was opened, nil before
	do     func(func())    // runs a function on the toolkit's goroutine
}

// New fills win. Nothing is asked of the agent before Follow; ctx ends what the
// window has started.
func New(ctx context.Context, app fyne.App, win fyne.Window, o Options) *Window {
	w := &Window{app: app, win: win, o: o, ctx: ctx, do: fyne.Do, kept: readRemembered(o.StateFile)}
	w.pages = w.newPages()
	w.nav = newNavigation(w.pages, w.open)
	w.banner = newBanner(w)
	w.body = container.NewStack()
	w.layOut()
	w.addMenu()
	w.addKeys()
	w.open(w.startPage())
	return w
}

func (w *Window) newPages() []page {
	return []page{
		{"overview", L("Overview"), icon("overview"), newOverview(w)},
		{"guide", L("Guide"), icon("guide"), newGuide(w)},
		{"connections", L("Connections"), icon("connections"), newConnections()},
		{"checks", L("Checks"), icon("checks"), newChecks(w)},
		{"timeline", L("Timeline"), icon("timeline"), newTimeline()},
		{"certificates", L("Certificates"), icon("certificates"), newCertificates()},
		{"web", L("Web check"), icon("web"), newWebCheck(w)},
		{"requests", L("Requests"), icon("requests"), newRequests(w)},
		{"settings", L("Settings"), icon("settings"), newSettings(w)},
	}
}

// layOut puts navigation, banner and page into the window.
func (w *Window) layOut() {
	side := container.NewStack(newFill(colorSide), w.nav.content())
	w.main = container.NewBorder(w.banner.content(), nil, nil, nil, w.body)
	w.win.SetContent(container.NewBorder(nil, nil, side, nil,
		w.main))
}

// open shows the page with that place in the list.
func (w *Window) open(i int) {
	if i < 0 || i >= len(w.pages) {
		return
	}
	w.shown = i
	p := w.pages[i]
	p.tab.show(w.state)
	w.body.Objects = []fyne.CanvasObject{container.NewPadded(container.NewPadded(p.tab.content()))}
	w.body.Refresh()
	w.nav.selectPage(i)
}

// openKey is open by the key of the page.
func (w *Window) openKey(key string) {
	for i, p := range w.pages {
		if p.key == key {
			w.open(i)
		}
	}
}

// Show brings the window in line with s. It runs on the toolkit's goroutine.
func (w *Window) Show(s State) {
	w.state = s
	w.win.SetTitle(windowTitle(s))
	w.nav.show(s)
	w.banner.show(s)
	if w.first != nil {
		w.first.show(s)
		return
	}
	if s.needsAccount() {
		w.openAssistant()
		return
	}
	w.pages[w.shown].tab.show(s)
}
