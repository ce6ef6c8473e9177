//go:build cgo && migrated_fynedo

package window

import (
	"context"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"github.com/mapiscope/mapiscope/assets"
)

// ID is the program's name to the desktop, as in FyneApp.toml.
const ID = "io.github.mapiscope.mapiscope"

// Run opens the window and returns when it is closed or ctx ends. It must be
// called on the main goroutine, and only where Probe has found OpenGL.
func Run(ctx context.Context, o Options) error {
	if err := setLanguage(o.Language); err != nil {
		return err
	}
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700) // in a home that is new the toolkit would complain
	}
	app.SetMetadata(fyne.AppMetadata{ID: ID, Name: "Mapiscope", Icon: fyne.NewStaticResource("mapiscope.png", assets.PNG(assets.IconApp))})
	a := app.NewWithID(ID)
	a.SetIcon(fyne.NewStaticResource("mapiscope.png", assets.PNG(assets.IconApp)))
	a.Settings().SetTheme(newLook(o.Theme))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	win := a.NewWindow("Mapiscope")
	win.SetPadded(false)
	w := New(ctx, a, win, o)
	win.Resize(w.StartSize())
	win.SetMaster()
	a.Lifecycle().SetOnStarted(func() {
		go w.Follow(ctx)
		context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	})
	go raise(ctx, win, o.Raise)
	win.ShowAndRun()
	w.Remember() // however it was closed
	return nil
}

// raise brings the window to the front each time it is asked to.
func raise(ctx context.Context, win fyne.Window, asked <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-asked:
			fyne.Do(win.RequestFocus)
		}
	}
}
