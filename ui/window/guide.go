package window

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// guidePage takes a person through what is wrong, one step at a time. The walk is a
// guide.Session in this process; the agent runs the checks that it wants.
type guidePage struct {
	w       *Window
	session *guide.Session
	role    *choices
	waits   bool   // for a run of checks
	after   string // ID of the report before it
	failed  bool   // the run could not be begun
	shown   string // what is drawn, so that a person's place is not lost

	progress *progress
	body     swap
	box      fyne.CanvasObject
}

func newGuide(w *Window) *guidePage {
	g := &guidePage{w: w, body: newSwap(), progress: newProgress()}
	g.role = newChoices(guide.Roles, whoWord)
	g.role.set(guide.User)
	g.box = container.NewVScroll(container.NewVBox(head(L("Guide")), g.body.Container, g.progress.box))
	return g
}

func (g *guidePage) content() fyne.CanvasObject { return g.box }

// show takes what a run of checks found, and draws the step that comes next.
func (g *guidePage) show(s State) {
	if g.session != nil && s.Report != nil && g.session.Before.Account.Address != s.Report.Account.Address {
		g.session, g.waits = nil, false // the walk was about another mailbox
	}
	g.progress.show(s)
	if g.waits && s.checking() == nil && s.Report != nil && s.Report.Run.ID != g.after && s.Report.Run.Trigger == "user" {
		g.waits = false
		g.take(s.Report)
	}
	switch {
	case s.Report == nil:
		g.draw("nothing", noReport)
	case g.session == nil:
		g.draw("begin", func() fyne.CanvasObject { return g.drawBegin(s) })
	default:
		g.showStep(s)
	}
}

// draw exchanges what is shown when it is another thing.
func (g *guidePage) draw(name string, what func() fyne.CanvasObject) {
	if g.shown != name {
		g.shown = name
		g.body.set(what())
	}
}

func (g *guidePage) showStep(s State) {
	step := g.session.Step()
	if step.Kind != guide.Check {
		g.draw(step.ID, func() fyne.CanvasObject { return g.drawStep(step) })
		return
	}
	if !g.waits && !g.failed {
		g.check(s, step.Recheck)
	}
	if g.failed {
		g.draw("failed", g.drawFailed)
		return
	}
	g.draw("wait "+step.ID, func() fyne.CanvasObject { return drawWaiting(step) })
}

// begin starts the walk from the last report, after a run of all checks where that
// one is of a few alone.
func (g *guidePage) begin() {
	s := g.w.state
	if s.Report == nil || g.waits {
		return
	}
	if !whole(s.Report) {
		g.check(s, nil)
		g.draw("wait", func() fyne.CanvasObject { return drawWaiting(guide.Step{}) })
		return
	}
	g.take(s.Report)
	g.show(s)
}

// take hands a report to the walk, which begins with it where there is none.
func (g *guidePage) take(r *report.Report) {
	if g.session != nil {
		_ = g.session.Checked(r) // it waits for one
		return
	}
	var house *guide.File
	if g.w.o.House != nil {
		var err error
		if house, err = g.w.o.House(); err != nil {
			g.w.problem(err) // the walk goes on without
		}
	}
	// The role is one of three, and there is a report.
	g.session, _ = guide.Start(r, guide.Options{Role: g.role.value(), House: house, Known: diag.KnownActions()})
}

// check lets the agent run checks; show takes what comes of it.
func (g *guidePage) check(s State, only []string) {
	g.waits, g.failed = true, false
	g.after = ""
	if s.Report != nil {
		g.after = s.Report.Run.ID
	}
	go func() {
		err := g.w.o.Agent.Check(g.w.ctx, localapi.CheckRequest{Only: only})
		if err == nil || g.w.ctx.Err() != nil {
			return
		}
		g.w.deliver(func(s *State) {
			g.waits, g.failed = false, true
			s.Problem = problemWords(err)
		})
	}()
}

// whole says that all checks were run.
func whole(r *report.Report) bool {
	return r.Run.Incomplete == "" && !slices.ContainsFunc(r.Checks, func(c report.Check) bool {
		return c.Status == report.Skip && c.SkippedBecause == "not among --only"
	})
}

func (g *guidePage) answer(id string) {
	if g.session == nil {
		return
	}
	if id == "" {
		g.session.Stop()
	} else if g.session.Answer(id) != nil {
		return // a second press of a button that is on its way out
	}
	g.show(g.w.state)
}

// again goes back to the beginning.
func (g *guidePage) again() {
	g.session, g.failed = nil, false
	g.show(g.w.state)
}

func (g *guidePage) drawBegin(s State) fyne.CanvasObject {
	begin := newEnterButton(L("Begin"), theme.NavigateNextIcon(), g.begin)
	begin.Importance = widget.HighImportance
	says := text(standsNow(s.Report))
	says.TextStyle.Bold = true
	return panel(container.NewBorder(nil, nil, container.NewVBox(sign(s.Report.Verdict.Status)), nil, says),
		text(L("One question or one thing to do at a time; what you have done is checked again. It ends when mail works, or with all that whoever goes on needs to know.")),
		item(L("Whose steps"), g.role.Select),
		container.NewHBox(layout.NewSpacer(), begin))
}

func (g *guidePage) drawFailed() fyne.CanvasObject {
	retry := widget.NewButtonWithIcon(L("Check again"), theme.ViewRefreshIcon(), func() { g.failed = false; g.show(g.w.state) })
	retry.Importance = widget.HighImportance
	return panel(text(L("The checks could not be run.")), container.NewHBox(layout.NewSpacer(), g.stopButton(), retry))
}

func drawWaiting(step guide.Step) fyne.CanvasObject {
	if step.Recheck != nil {
		return panel(text(L("Checking whether that has helped …")))
	}
	return panel(text(L("Checking everything once more …")))
}

func (g *guidePage) stopButton() *widget.Button {
	return widget.NewButtonWithIcon(L("Stop here"), theme.CancelIcon(), func() { g.answer("") })
}
