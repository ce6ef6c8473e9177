package window

import (
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/report"
)

// timeline shows when what happened: the requests of the last run as a waterfall,
// and the outages of the last day.
type timeline struct {
	run       string
	waterfall *waterfall
	legend    fyne.CanvasObject
	chart     swap
	span      *widget.Label
	day       *day
	outages   *table
	low       swap
	box       fyne.CanvasObject
}

func newTimeline() *timeline {
	t := &timeline{waterfall: newWaterfall(), chart: newSwap(), span: muted(""), day: newDay(), low: newSwap()}
	t.outages = newTable(true, nil, column{title: L("Began"), width: 130}, column{title: L("Why"), width: 150, share: 2},
		column{title: L("Lasted"), width: 90, number: true}, column{title: L("Ended"), width: 140, share: 2}, column{title: L("Resumed in"), width: 124, number: true})
	t.legend = drawLegend()
	top := container.NewBorder(container.NewBorder(nil, nil, heading(L("Requests of the last run")), t.span, t.legend), nil, nil, nil, t.chart.Container)
	low := container.NewBorder(container.NewVBox(heading(L("Outages of the last 24 hours")), t.day), nil, nil, nil, t.low.Container)
	split := container.NewVSplit(panelFilled(top), panelFilled(low))
	split.SetOffset(0.62)
	t.box = container.NewBorder(head(L("Timeline")), nil, nil, nil, split)
	return t
}

func (t *timeline) content() fyne.CanvasObject { return t.box }

func (t *timeline) show(s State) {
	switch {
	case s.Report == nil:
		t.run = ""
		t.span.SetText("")
		t.chart.set(noReport())
	case s.Report.Run.ID != t.run:
		t.run = s.Report.Run.ID
		t.span.SetText(L("{{.N}} requests in {{.Time}}", args{"N": len(s.Report.Exchanges), "Time": spell(s.Report.Run.Duration.Duration())}))
		t.waterfall.set(viewWaterfall(s.Report))
		t.chart.set(container.NewVScroll(t.waterfall))
	}
	outages := lastDay(s.outages(), s.Now)
	t.day.set(outages, s.Now)
	rows := make([]row, len(outages))
	for i, o := range outages {
		rows[i] = outageRow(o, s.Now)
	}
	t.outages.set(rows)
	if len(rows) == 0 {
		t.low.set(empty(L("No outage in the last 24 hours.")))
	} else {
		t.low.set(t.outages.box)
	}
}

// lastDay are the outages that touched the last 24 hours.
func lastDay(all []report.Outage, now time.Time) []report.Outage {
	from := now.Add(-24 * time.Hour)
	var out []report.Outage
	for _, o := range all {
		if outageEnd(o, now).After(from) {
			out = append(out, o)
		}
	}
	return out
}

// outageEnd is when it ended; now while it goes on.
func outageEnd(o report.Outage, now time.Time) time.Time {
	switch {
	case o.Ended != nil:
		return o.Ended.Time
	case o.Duration != nil:
		return o.Started.Add(o.Duration.Duration())
	case o.Outcome == "":
		return now
	}
	return o.Started.Time
}

func outageRow(o report.Outage, now time.Time) row {
	end := outcomeWord(o)
	if o.Phase != "" {
		end = fmt.Sprintf("%s (%s)", end, o.Phase)
	}
	return row{status: outcomeStatus(o), cells: []string{o.Started.Local().Format("02.01. 15:04:05"), outageCauseWord(o.Cause),
		spell(outageEnd(o, now).Sub(o.Started.Time)), end, millis(o.Resume)}}
}
