package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/assets"
	"github.com/mapiscope/mapiscope/diag/report"
)

// navigation is the list of pages at the side, and under it how it stands.
type navigation struct {
	list    *widget.List
	sign    *widget.Icon
	state   *widget.Label
	account *widget.Label
	box     fyne.CanvasObject
}

const sideWidth = 196

// navSpace is the air around the picture of a page.
var navSpace = layout.NewCustomPaddedLayout(7, 7, 8, 4)

func newNavigation(pages []page, open func(int)) *navigation {
	n := &navigation{sign: widget.NewIcon(statusResource(report.Unknown)), state: line(""), account: line("")}
	n.list = widget.NewList(func() int { return len(pages) },
		func() fyne.CanvasObject {
			return container.NewBorder(nil, nil, container.New(navSpace, sized(widget.NewIcon(nil), 18)), nil, line(""))
		},
		func(i int, o fyne.CanvasObject) {
			row := o.(*fyne.Container).Objects
			row[0].(*widget.Label).SetText(pages[i].title)
			signIcon(row[1]).SetResource(pages[i].icon)
		})
	n.list.HideSeparators = true
	n.list.OnSelected = open
	n.state.TextStyle.Bold = true
	n.account.Importance = widget.LowImportance
	n.account.SizeName = theme.SizeNameCaptionText

	name := heading("Mapiscope")
	picture := sized(widget.NewIcon(fyne.NewStaticResource("app.svg", assets.SVG(assets.IconApp))), 28)
	top := container.NewBorder(nil, nil, container.NewHBox(container.NewCenter(picture)), nil, name)
	foot := container.NewBorder(nil, nil, container.NewCenter(sized(n.sign, 18)), nil, tight(container.NewVBox(n.state, n.account)))
	width := newFill(colorSide)
	width.least = fyne.NewSize(sideWidth, 0)
	n.box = container.NewStack(width, inset(container.NewBorder(top, foot, nil, nil, n.list), 8))
	return n
}

func (n *navigation) content() fyne.CanvasObject { return n.box }

// selectPage marks the page without opening it again.
func (n *navigation) selectPage(i int) {
	open := n.list.OnSelected
	n.list.OnSelected = nil
	n.list.Select(i)
	n.list.OnSelected = open
}

func (n *navigation) show(s State) {
	n.sign.SetResource(statusResource(s.status()))
	n.state.SetText(stateWord(s.state()))
	address := ""
	if s.Snapshot != nil {
		address = s.Snapshot.Account.Address
	}
	n.account.SetText(address)
}

func (w *Window) openByKey(i int) {
	if w.first == nil {
		w.open(i)
	}
}

// searcher is a page that can be searched.
type searcher interface{ searchEntry() *widget.Entry }

// search puts the keyboard into the search of the page, or of the requests.
func (w *Window) search() {
	if w.first != nil {
		return
	}
	if _, ok := w.pages[w.shown].tab.(searcher); !ok {
		w.openKey("requests")
	}
	w.win.Canvas().Focus(w.pages[w.shown].tab.(searcher).searchEntry())
}
