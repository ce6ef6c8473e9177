package window

import (
	"embed"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

//go:embed icons/*.svg
var drawings embed.FS

// icon is one of our drawings in the colour of text. A name that does not exist is
// a mistake in the program and panics.
func icon(name string) fyne.Resource {
	b, err := drawings.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic("window: " + err.Error())
	}
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg", b))
}

// statusResource is the sign of a status: told apart by shape, and coloured.
func statusResource(s report.Status) fyne.Resource {
	name, colour := "unknown", colorMuted
	switch s {
	case report.Pass:
		name, colour = "pass", theme.ColorNameSuccess
	case report.Warn:
		name, colour = "warn", theme.ColorNameWarning
	case report.Fail:
		name, colour = "fail", theme.ColorNameError
	case report.Skip:
		name = "skip"
	}
	b, err := drawings.ReadFile("icons/status-" + name + ".svg")
	if err != nil {
		panic("window: " + err.Error())
	}
	return theme.NewColoredResource(fyne.NewStaticResource("status-"+name+".svg", b), colour)
}

// sized gives o a fixed size.
func sized(o fyne.CanvasObject, side float32) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSquareSize(side), o)
}

// sign is the icon of a status in a line of text.
func sign(s report.Status) fyne.CanvasObject {
	return container.NewCenter(sized(widget.NewIcon(statusResource(s)), 18))
}

// fill is a rectangle in a colour of the theme; it follows the theme.
type fill struct {
	widget.BaseWidget
	name   fyne.ThemeColorName
	radius float32
	stroke bool
	least  fyne.Size
}

func newFill(name fyne.ThemeColorName) *fill {
	f := &fill{name: name}
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer draws the rectangle.
func (f *fill) CreateRenderer() fyne.WidgetRenderer {
	r := &fillRenderer{f: f, rect: canvas.NewRectangle(nil)}
	r.Refresh()
	return r
}

type fillRenderer struct {
	f    *fill
	rect *canvas.Rectangle
}

func (r *fillRenderer) Layout(s fyne.Size)           { r.rect.Resize(s) }
func (r *fillRenderer) MinSize() fyne.Size           { return r.f.least }
func (r *fillRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *fillRenderer) Destroy()                     {}
func (r *fillRenderer) Refresh() {
	r.rect.FillColor = theme.Color(r.f.name)
	r.rect.CornerRadius = r.f.radius
	if r.f.stroke {
		r.rect.StrokeColor, r.rect.StrokeWidth = theme.Color(theme.ColorNameSeparator), 1
	}
	r.rect.Refresh()
}

// panel is a quiet surface with what belongs together on it.
func panel(objects ...fyne.CanvasObject) fyne.CanvasObject {
	back := newFill(colorSurface)
	back.radius, back.stroke = 8, true
	return container.NewStack(back, inset(container.NewVBox(objects...), 8))
}

// panelFilled is a panel whose one object takes all the room there is.
func panelFilled(o fyne.CanvasObject) fyne.CanvasObject {
	back := newFill(colorSurface)
	back.radius, back.stroke = 8, true
	return container.NewStack(back, inset(o, 6))
}

func inset(o fyne.CanvasObject, by float32) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(by, by, by+2, by+2), o)
}

// tight takes the air out between lines that belong together. It moves the labels
// closer instead of overriding the theme: the toolkit loads its fonts once more for
// every override, and keeps them for as long as the program runs.
func tight(o fyne.CanvasObject) fyne.CanvasObject {
	switch o := o.(type) {
	case *widget.Label:
		return container.New(snug{}, o)
	case *fyne.Container:
		if _, done := o.Layout.(snug); !done {
			for i, inside := range o.Objects {
				o.Objects[i] = tight(inside)
			}
		}
	}
	return o
}

// snug lets a label stand over the edge by most of the air that the theme puts
// around its text.
type snug struct{}

const snugBy = 6

// Layout gives the label its air beyond the edge.
func (snug) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(-snugBy, -snugBy))
		o.Resize(size.AddWidthHeight(2*snugBy, 2*snugBy))
	}
}

// MinSize is the text's own, with a little air.
func (snug) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize().SubtractWidthHeight(2*snugBy, 2*snugBy))
		}
	}
	return size
}

// lines is a column of lines that belong together.
func lines(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return tight(container.NewVBox(objects...))
}

// text is a wrapped paragraph.
func text(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// value is a wrapped text that can be marked and copied: ids, addresses, evidence.
// Each is a stop for the Tab key, so paragraphs are none.
func value(s string) *widget.Label {
	l := text(s)
	l.Selectable = true
	return l
}

// line is one line of text that is cut off where there is no room.
func line(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// word is a text of one or two words, never cut.
func word(s string) *widget.Label { return widget.NewLabel(s) }

// muted is a word that stands back.
func muted(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Importance = widget.LowImportance
	return l
}

// note is a wrapped paragraph that stands back.
func note(s string) *widget.Label {
	l := text(s)
	l.Importance = widget.LowImportance
	l.SizeName = theme.SizeNameCaptionText
	return l
}

// heading is the title over a group.
func heading(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.TextStyle.Bold = true
	l.SizeName = theme.SizeNameSubHeadingText
	return l
}

// title is the headline of a page.
func title(s string) *widget.Label {
	l := text(s)
	l.TextStyle.Bold = true
	l.SizeName = theme.SizeNameHeadingText
	return l
}

// head is the title of a page with what can be done there on the right.
func head(name string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	l := title(name)
	l.Wrapping = fyne.TextWrapOff
	if len(actions) == 0 {
		return l
	}
	return container.NewBorder(nil, nil, l, container.NewCenter(container.NewHBox(actions...)))
}

// pair is one row of a list of names and values.
type pair struct{ name, value string }

// pairs is a list of names and values, without those that have no value.
func pairs(rows ...pair) fyne.CanvasObject {
	form := container.New(layout.NewFormLayout())
	for _, r := range rows {
		if r.value == "" {
			continue
		}
		name := muted(r.name)
		form.Add(name)
		form.Add(value(r.value))
	}
	return tight(form)
}

// code is a command or an id in type of one width, on a ground of its own.
func code(s string) fyne.CanvasObject {
	l := value(s)
	l.TextStyle.Monospace = true
	l.Wrapping = fyne.TextWrapBreak
	back := newFill(colorCode)
	back.radius = 5
	return container.NewStack(back, inset(tight(l), 3))
}

// copiedTime is for how long a button says that it has copied.
const copiedTime = 2 * time.Second

// copyButton puts what into the clipboard and says so for a moment.
func copyButton(label, what string) *widget.Button {
	b := widget.NewButtonWithIcon(label, theme.ContentCopyIcon(), nil)
	b.OnTapped = func() {
		fyne.CurrentApp().Clipboard().SetContent(what)
		b.SetIcon(theme.ConfirmIcon())
		b.SetText(L("Copied"))
		time.AfterFunc(copiedTime, func() {
			fyne.Do(func() {
				b.SetIcon(theme.ContentCopyIcon())
				b.SetText(label)
			})
		})
	}
	return b
}

// empty is what a page shows that has nothing to show yet, and how that changes.
func empty(sentence string) fyne.CanvasObject {
	l := widget.NewLabel(sentence)
	l.Alignment = fyne.TextAlignCenter
	l.Importance = widget.LowImportance
	l.Wrapping = fyne.TextWrapWord
	return container.NewVBox(layout.NewSpacer(), l, layout.NewSpacer())
}

// noReport is the empty of all pages that show the last report.
func noReport() fyne.CanvasObject {
	return empty(L("Nothing has been checked yet. “Check now” on the Overview page takes a few seconds."))
}

// swap is a place whose content is exchanged as a whole.
type swap struct{ *fyne.Container }

func newSwap() swap { return swap{container.NewStack()} }

func (s swap) set(o fyne.CanvasObject) {
	s.Objects = []fyne.CanvasObject{o}
	s.Refresh()
}

// enterButton is a button that the Enter key presses too, as people expect of the
// one that goes on.
type enterButton struct{ widget.Button }

func newEnterButton(label string, icon fyne.Resource, tapped func()) *enterButton {
	b := &enterButton{}
	b.Text, b.Icon, b.OnTapped = label, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// TypedKey presses the button on Enter.
func (b *enterButton) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
		k = &fyne.KeyEvent{Name: fyne.KeySpace}
	}
	b.Button.TypedKey(k)
}
