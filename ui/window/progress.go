package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// progress shows a run of checks that is going on; it hides while there is none.
type progress struct {
	bar  *widget.ProgressBar
	now  *widget.Label
	far  *widget.Label
	box  *fyne.Container
	done string
}

func newProgress() *progress {
	p := &progress{bar: widget.NewProgressBar(), now: line(""), far: text("")}
	p.bar.TextFormatter = func() string { return p.done }
	p.now.Importance = widget.LowImportance
	p.box = container.NewVBox(p.bar, lines(p.now, p.far))
	p.box.Hide()
	return p
}

func (p *progress) show(s State) {
	run := s.checking()
	if run == nil {
		p.box.Hide()
		return
	}
	p.done = L("{{.Done}} of {{.Total}}", args{"Done": run.Done, "Total": run.Total})
	p.bar.Max = float64(max(run.Total, 1))
	p.bar.SetValue(float64(run.Done))
	p.now.SetText(runningWords(run))
	p.far.Hide()
	if run.Verdict != nil && run.Verdict.Status == report.Fail {
		p.far.SetText(L("So far: {{.Verdict}}", args{"Verdict": headlineWords(*run.Verdict)}))
		p.far.Show()
	}
	p.box.Show()
}

// height is what it takes of the page; the page is laid out anew when it changes.
func (p *progress) height() float32 {
	if !p.box.Visible() {
		return 0
	}
	return p.box.MinSize().Height
}

// runningWords names the checks that run just now, three at most.
func runningWords(run *monitor.CheckRun) string {
	var names []string
	for _, c := range run.Checks {
		if c.Status == report.Unknown && len(names) < 3 {
			names = append(names, checkTitle(c.ID, c.Title))
		}
	}
	return joined(names...)
}
