package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// column is one column of a table: width is its least width, and share how much of
// the room that is left it takes.
type column struct {
	title  string
	width  float32
	share  float32
	number bool // aligned at the end
}

// row is one line of a table.
type row struct {
	status report.Status // drawn as a sign before the first cell where signs is set
	cells  []string
}

// table shows rows under a heading. A whole row is selected, by mouse or keyboard.
type table struct {
	columns  []column
	signs    bool
	rows     []row
	list     *widget.List
	box      fyne.CanvasObject
	selected func(int)
}

// newTable makes an empty table; selected, where it is not nil, is told of a row
// that a person chose.
func newTable(signs bool, selected func(int), columns ...column) *table {
	t := &table{columns: columns, signs: signs, selected: selected}
	t.list = widget.NewList(func() int { return len(t.rows) }, t.newRow, t.fillRow)
	t.list.OnSelected = func(i int) {
		if t.selected != nil {
			t.selected(i)
		}
	}
	t.box = container.NewBorder(container.NewVBox(t.header(), widget.NewSeparator()), nil, nil, nil, t.list)
	return t
}

func (t *table) header() fyne.CanvasObject {
	cells := make([]fyne.CanvasObject, 0, len(t.columns)+1)
	if t.signs {
		cells = append(cells, container.NewGridWrap(fyne.NewSize(signWidth, 1)))
	}
	for _, c := range t.columns {
		l := muted(c.title)
		l.Truncation = fyne.TextTruncateEllipsis
		l.TextStyle.Bold = true
		if c.number {
			l.Alignment = fyne.TextAlignTrailing
		}
		cells = append(cells, l)
	}
	return container.New(t.layout(), cells...)
}

func (t *table) newRow() fyne.CanvasObject {
	cells := make([]fyne.CanvasObject, 0, len(t.columns)+1)
	if t.signs {
		cells = append(cells, container.NewCenter(sized(widget.NewIcon(statusResource(report.Unknown)), 18)))
	}
	for _, c := range t.columns {
		l := line("")
		if c.number {
			l.Alignment = fyne.TextAlignTrailing
		}
		cells = append(cells, l)
	}
	return container.New(t.layout(), cells...)
}

func (t *table) fillRow(i int, o fyne.CanvasObject) {
	cells := o.(*fyne.Container).Objects
	if i >= len(t.rows) {
		return // the list asks for a row that has just gone
	}
	if t.signs {
		signIcon(cells[0]).SetResource(statusResource(t.rows[i].status))
		cells = cells[1:]
	}
	for n, cell := range cells {
		cell.(*widget.Label).SetText(t.rows[i].cells[n])
	}
}

// signIcon is the icon inside what newRow made for a sign.
func signIcon(o fyne.CanvasObject) *widget.Icon {
	return o.(*fyne.Container).Objects[0].(*fyne.Container).Objects[0].(*widget.Icon)
}

// set shows rows and keeps the selection where it still is one.
func (t *table) set(rows []row) {
	t.rows = rows
	t.list.Refresh()
}

// choose marks a row without telling anybody.
func (t *table) choose(i int) {
	told := t.selected
	t.selected = nil
	t.list.Select(i)
	t.selected = told
}

const signWidth = 26

func (t *table) layout() fyne.Layout { return columnLayout{t.columns, t.signs} }

// columnLayout gives each column its width and its share of what is left.
type columnLayout struct {
	columns []column
	signs   bool
}

func (l columnLayout) widths(total float32) []float32 {
	var least, shares float32
	var out []float32
	if l.signs {
		least, out = signWidth, append(out, signWidth)
	}
	for _, c := range l.columns {
		least, shares = least+c.width, shares+c.share
	}
	left := max(total-least, 0)
	for _, c := range l.columns {
		w := c.width
		if shares > 0 {
			w += left * c.share / shares
		}
		out = append(out, w)
	}
	return out
}

// Layout puts the cells beside one another.
func (l columnLayout) Layout(cells []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, w := range l.widths(size.Width) {
		cells[i].Resize(fyne.NewSize(w, size.Height))
		cells[i].Move(fyne.NewPos(x, 0))
		x += w
	}
}

// MinSize is the least widths together, and the height of the highest cell.
func (l columnLayout) MinSize(cells []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, w := range l.widths(0) {
		size.Width += w
	}
	for _, c := range cells {
		size.Height = max(size.Height, c.MinSize().Height)
	}
	return size
}
