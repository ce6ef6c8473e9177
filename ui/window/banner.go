package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// banner says over every page that the agent is gone, and offers to start it; and
// what went wrong with something that was asked for.
type banner struct {
	w     *Window
	sign  *widget.Icon
	words *widget.Label
	start *enterButton
	close *widget.Button
	box   *fyne.Container
}

func newBanner(w *Window) *banner {
	b := &banner{w: w, sign: widget.NewIcon(nil), words: text("")}
	b.start = newEnterButton(L("Start the agent"), theme.MediaPlayIcon(), w.startAgent)
	b.start.Importance = widget.HighImportance
	b.close = widget.NewButtonWithIcon("", theme.CancelIcon(), func() { w.problem(nil) })
	buttons := container.NewCenter(container.NewHBox(b.start, b.close))
	b.box = container.NewStack(newFill(colorCode),
		inset(container.NewBorder(nil, nil, container.NewCenter(sized(b.sign, 20)), buttons, b.words), 6))
	b.box.Hide()
	return b
}

func (b *banner) content() fyne.CanvasObject { return b.box }

func (b *banner) show(s State) {
	b.start.Hide()
	b.close.Hide()
	was := b.box.Visible()
	defer func() {
		if b.box.Visible() != was {
			b.w.main.Refresh() // the page makes room
		}
	}()
	switch {
	case s.Problem != "":
		b.sign.SetResource(statusResource(report.Fail))
		b.words.SetText(s.Problem)
		b.close.Show()
	case s.Gone != "":
		b.sign.SetResource(statusResource(report.Warn))
		b.words.SetText(s.Gone)
		b.start.Show()
	default:
		b.box.Hide()
		return
	}
	b.box.Show()
	if c := b.w.win.Canvas(); b.start.Visible() && c.Focused() == nil {
		c.Focus(b.start) // Enter starts it, without a way through all that is focusable
	}
}
