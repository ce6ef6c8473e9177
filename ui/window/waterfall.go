package window

import (
	"fmt"
	"net/url"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// bar is one request of the waterfall; all times in milliseconds since the run
// started.
type bar struct {
	name   string
	where  string
	status report.Status
	took   string
	phases []phase
}

// phase is one part of a bar.
type phase struct {
	colour   fyne.ThemeColorName
	from, to float64
}

// scale is how milliseconds become a place between 0 and 1.
type scale struct{ from, to float64 }

func (s scale) at(ms float64) float32 {
	if s.to <= s.from {
		return 0
	}
	return float32(min(max((ms-s.from)/(s.to-s.from), 0), 1))
}

// picture is a whole waterfall.
type picture struct {
	bars  []bar
	scale scale
	marks []float64 // milliseconds at which a line is drawn
}

// viewWaterfall lays the requests of a report out.
func viewWaterfall(r *report.Report) picture {
	var p picture
	for _, x := range r.Exchanges {
		b := bar{name: exchangeName(x), where: pathOf(x.URL), status: exchangeStatus(x), took: millis(x.Total)}
		at := float64(x.Started)
		for _, part := range []struct {
			colour fyne.ThemeColorName
			took   *report.Milliseconds
		}{{colorDNS, x.DNS}, {colorConnect, x.Connect}, {colorTLS, x.TLSTime}} {
			if part.took != nil {
				b.phases = append(b.phases, phase{part.colour, at, at + float64(*part.took)})
				at += float64(*part.took)
			}
		}
		if x.Total != nil {
			b.phases = append(b.phases, phase{colorWait, at, at + float64(*x.Total)})
			at += float64(*x.Total)
		}
		p.scale.to = max(p.scale.to, at)
		p.bars = append(p.bars, b)
	}
	p.marks = marks(p.scale.to)
	return p
}

// marks are round numbers, four to eight of them up to end.
func marks(end float64) []float64 {
	if end <= 0 {
		return nil
	}
	step := 1.0
	for _, f := range []float64{1, 2, 5} {
		for s := f; s <= end; s *= 10 {
			if end/s >= 4 {
				step = max(step, s)
			}
		}
	}
	var out []float64
	for at := 0.0; at <= end && len(out) < 20; at += step {
		out = append(out, at)
	}
	return out
}

func pathOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return u.Host + u.Path
}

// waterfall draws a picture: one line per request.
type waterfall struct {
	widget.BaseWidget
	p picture
}

func newWaterfall() *waterfall {
	w := &waterfall{}
	w.ExtendBaseWidget(w)
	return w
}

func (w *waterfall) set(p picture) {
	w.p = p
	w.Refresh()
}

// What the picture measures: the lines are low so that a whole run is seen at once.
const (
	barHeight  = 20
	bandHeight = 9
	nameWidth  = 118
	whereWidth = 210
	tookWidth  = 66
	axisHeight = 20
)

// CreateRenderer draws the picture.
func (w *waterfall) CreateRenderer() fyne.WidgetRenderer {
	r := &waterfallRenderer{w: w}
	r.Refresh()
	return r
}

type waterfallRenderer struct {
	w       *waterfall
	objects []fyne.CanvasObject
	size    fyne.Size
}

func (r *waterfallRenderer) Destroy()                     {}
func (r *waterfallRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *waterfallRenderer) MinSize() fyne.Size {
	return fyne.NewSize(nameWidth+whereWidth+tookWidth+160, float32(len(r.w.p.bars))*barHeight+axisHeight+4)
}

func (r *waterfallRenderer) Layout(s fyne.Size) {
	if s != r.size {
		r.size = s
		r.draw()
	}
}

func (r *waterfallRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.w)
}

// draw makes all objects anew; a picture changes once per run.
func (r *waterfallRenderer) draw() {
	r.objects = nil
	left := float32(nameWidth + whereWidth)
	width := max(r.size.Width-left-tookWidth, 40)
	for _, mark := range r.w.p.marks {
		x := left + r.w.p.scale.at(mark)*width
		l := canvas.NewLine(theme.Color(theme.ColorNameSeparator))
		l.Position1, l.Position2 = fyne.NewPos(x, axisHeight-4), fyne.NewPos(x, axisHeight+float32(len(r.w.p.bars))*barHeight)
		r.objects = append(r.objects, l)
		r.text(spellMark(mark), fyne.NewPos(x+3, 0), 60, colorMuted, fyne.TextAlignLeading)
	}
	for i, b := range r.w.p.bars {
		y := axisHeight + float32(i)*barHeight
		colour := theme.ColorNameForeground
		if b.status == report.Fail {
			colour = theme.ColorNameError
		}
		r.text(b.name, fyne.NewPos(4, y), nameWidth-8, colour, fyne.TextAlignLeading)
		r.text(b.where, fyne.NewPos(nameWidth, y), whereWidth-10, colorMuted, fyne.TextAlignLeading)
		for _, p := range b.phases {
			r.band(left+r.w.p.scale.at(p.from)*width, y+(barHeight-bandHeight)/2, (r.w.p.scale.at(p.to)-r.w.p.scale.at(p.from))*width, b, p)
		}
		r.text(b.took, fyne.NewPos(left+width, y), tookWidth-6, colorMuted, fyne.TextAlignTrailing)
	}
}

// band is one phase; the shortest is still seen.
func (r *waterfallRenderer) band(x, y, width float32, b bar, p phase) {
	rect := canvas.NewRectangle(theme.Color(p.colour))
	if b.status == report.Fail && p.colour == colorWait {
		rect.FillColor = theme.Color(theme.ColorNameError)
	}
	rect.CornerRadius = 1.5
	rect.Move(fyne.NewPos(x, y))
	rect.Resize(fyne.NewSize(max(width, 2), bandHeight))
	r.objects = append(r.objects, rect)
}

func (r *waterfallRenderer) text(s string, at fyne.Position, width float32, colour fyne.ThemeColorName, align fyne.TextAlign) {
	t := canvas.NewText(cut(s, width), theme.Color(colour))
	t.TextSize = theme.CaptionTextSize()
	t.Alignment = align
	t.Move(at)
	t.Resize(fyne.NewSize(width, barHeight))
	r.objects = append(r.objects, t)
}

// cut shortens s in the middle so that it fits into width: both ends of a URL say
// something.
func cut(s string, width float32) string {
	fits := func(s string) bool {
		return fyne.MeasureText(s, theme.CaptionTextSize(), fyne.TextStyle{}).Width <= width
	}
	runes := []rune(s)
	if fits(s) {
		return s
	}
	for n := len(runes) - 1; n > 1; n-- {
		if short := string(runes[:(n+1)/2]) + "…" + string(runes[len(runes)-n/2:]); fits(short) {
			return short
		}
	}
	return "…"
}

func spellMark(ms float64) string {
	if ms >= 1000 {
		return fmt.Sprintf("%g s", ms/1000)
	}
	return fmt.Sprintf("%g ms", ms)
}

// drawLegend names the colours of the phases.
func drawLegend() fyne.CanvasObject {
	box := container.NewHBox()
	for _, p := range []struct {
		colour fyne.ThemeColorName
		name   string
	}{{colorDNS, L("name")}, {colorConnect, L("connect")}, {colorTLS, "TLS"}, {colorWait, L("request and answer")}} {
		swatch := newFill(p.colour)
		swatch.radius, swatch.least = 2, fyne.NewSize(12, 9)
		name := muted(p.name)
		name.SizeName = theme.SizeNameCaptionText
		box.Add(container.NewCenter(swatch))
		box.Add(name)
	}
	return container.NewCenter(tight(box))
}

// day is a strip of the last 24 hours: outages as blocks on a quiet ground.
type day struct {
	widget.BaseWidget
	outages []report.Outage
	now     time.Time
}

func newDay() *day {
	d := &day{}
	d.ExtendBaseWidget(d)
	return d
}

func (d *day) set(outages []report.Outage, now time.Time) {
	d.outages, d.now = outages, now
	d.Refresh()
}

// CreateRenderer draws the strip.
func (d *day) CreateRenderer() fyne.WidgetRenderer {
	r := &dayRenderer{d: d}
	r.Refresh()
	return r
}

type dayRenderer struct {
	d       *day
	objects []fyne.CanvasObject
	size    fyne.Size
}

func (r *dayRenderer) Destroy()                     {}
func (r *dayRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *dayRenderer) MinSize() fyne.Size           { return fyne.NewSize(300, 40) }
func (r *dayRenderer) Layout(s fyne.Size) {
	if s != r.size {
		r.size = s
		r.draw()
	}
}

func (r *dayRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.d)
}

const stripHeight = 16

func (r *dayRenderer) draw() {
	inner := max(r.size.Width-12, 0)
	r.objects = nil
	ground := canvas.NewRectangle(theme.Color(theme.ColorNameSuccess))
	ground.FillColor = blend(theme.Color(theme.ColorNameSuccess), theme.Color(colorSurface), 0.72)
	ground.CornerRadius = 3
	r.put(ground, 6, 2, inner, stripHeight)
	end := r.d.now
	at := func(t time.Time) float32 {
		return 6 + inner*float32(min(max(1-end.Sub(t).Hours()/24, 0), 1))
	}
	for _, o := range r.d.outages {
		from, to := at(o.Started.Time), at(outageEnd(o, r.d.now))
		colour := theme.ColorNameError
		switch outcomeStatus(o) {
		case report.Pass:
			colour = theme.ColorNamePrimary
		case report.Warn:
			colour = theme.ColorNameWarning
		}
		r.put(canvas.NewRectangle(theme.Color(colour)), from, 2, max(to-from, 3), stripHeight)
	}
	for hours := 24; hours >= 0; hours -= 6 {
		label := canvas.NewText(L("now"), theme.Color(colorMuted))
		if hours > 0 {
			label.Text = end.Add(-time.Duration(hours) * time.Hour).Local().Format("15:04")
		}
		label.TextSize = theme.CaptionTextSize()
		width := label.MinSize().Width
		x := 6 + inner*float32(24-hours)/24
		r.put(label, min(max(x-width/2, 4), r.size.Width-width-4), stripHeight+4, width, 16)
	}
}

func (r *dayRenderer) put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	r.objects = append(r.objects, o)
}
