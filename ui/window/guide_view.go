package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
)

// stepTitle is what a step is about, in the language of the window unless the
// guide file has words of its own.
func stepTitle(r *report.Report, cause, title string) string {
	for _, f := range r.Findings {
		if f.Code == cause && f.Title == title {
			return causeTitle(cause, title)
		}
		for _, o := range f.Or {
			if o.Code == cause && o.Title == title {
				return causeTitle(cause, title)
			}
		}
	}
	return title
}

// guideWords is a text of the walk in the language of the window.
func guideWords(word, fallback string) string {
	if word == "" {
		return fallback
	}
	return X("guide", word, fallback)
}

// stepWords is what a step asks or wants. What decides between two causes may be a
// step of the other one.
func stepWords(step guide.Step) string {
	said := causeText(step.Cause, step.Text)
	if said == step.Text {
		said = causeText(step.Rival, step.Text)
	}
	return guideWords(step.Word, said)
}

// choiceWords is an answer; the one for a rival names it.
func choiceWords(step guide.Step, c guide.Choice) string {
	if title, ok := strings.CutPrefix(c.Text, guide.ItIsThis); ok && step.Rival != "" {
		return L("It is this: {{.Cause}}", args{"Cause": causeTitle(step.Rival, title)})
	}
	return guideWords(c.Word, c.Text)
}

func (g *guidePage) drawStep(step guide.Step) fyne.CanvasObject {
	if step.Kind == guide.Done {
		return g.drawEnd(step.Ending)
	}
	name := stepTitle(g.session.Last, step.Cause, step.Title)
	if step.Suspect {
		name = L("Suspected: {{.Cause}}", args{"Cause": name})
	}
	about := text(name)
	about.TextStyle.Bold = true
	objects := []fyne.CanvasObject{about}
	if g.session.Role != guide.User {
		objects = append(objects, note(causeText(step.Cause, step.Why)))
	}
	objects = append(objects, widget.NewSeparator())
	if step.Who != "" {
		objects = append(objects, muted(whoWord(step.Who)))
	}
	words := text(stepWords(step))
	words.SizeName = theme.SizeNameSubHeadingText
	objects = append(objects, words)
	if step.Command != "" {
		objects = append(objects, container.NewBorder(nil, nil, nil, container.NewCenter(copyButton(L("Copy command"), step.Command)), code(step.Command)))
	}
	if step.Kind == guide.Do && !step.Look && newPassword(step.Cause) {
		objects = append(objects, container.NewBorder(nil, nil, nil, widget.NewButtonWithIcon(L("Settings"), theme.SettingsIcon(), func() { g.w.openKey("settings") }),
			note(L("If the password is a new one, save it in the settings before you go on."))))
	}
	return panel(append(objects, g.drawChoices(step))...)
}

// newPassword says that after a step of this cause there may be a new password.
func newPassword(cause string) bool {
	return cause == "bad-credentials" || cause == "password-expired" || cause == "account-locked"
}

// drawChoices has a button for each answer: the long ones of a question under each
// other, the short ones of a thing to do beside each other.
func (g *guidePage) drawChoices(step guide.Step) fyne.CanvasObject {
	box := container.NewVBox()
	row := container.NewHBox(layout.NewSpacer(), g.stopButton())
	var goesOn fyne.CanvasObject // stands last
	for n, c := range step.Choices {
		b := newEnterButton(choiceWords(step, c), nil, func() { g.answer(c.ID) })
		switch {
		case step.Kind == guide.Ask:
			b.Alignment = widget.ButtonAlignLeading
			box.Add(b)
		case n == 0:
			b.Importance = widget.HighImportance
			goesOn = b
		default:
			row.Add(b)
		}
	}
	if goesOn != nil {
		row.Add(goesOn)
	}
	box.Add(row)
	return box
}

func (g *guidePage) drawEnd(e *guide.Ending) fyne.CanvasObject {
	last := g.session.Last
	box := container.NewVBox(panel(
		container.NewBorder(nil, nil, container.NewVBox(sign(last.Verdict.Status)), nil, title(endWords(e))),
		text(standsNow(last)),
		container.NewHBox(layout.NewSpacer(), widget.NewButtonWithIcon(L("From the beginning"), theme.ViewRefreshIcon(), g.again))))
	if e.Changed {
		box.Add(heading(L("Before and after")))
		box.Add(panel(drawChange(g.session.Before, last, e.Deeds)...))
	}
	if last.Verdict.Status == report.Fail {
		box.Add(heading(L("To hand on")))
		box.Add(g.drawHandOver(e, last))
	}
	return box
}

// standsNow is the verdict in the language of the window; that all is well has a
// sentence of its own there.
func standsNow(r *report.Report) string {
	if r.Verdict.Status == report.Pass && guide.Opened(r) {
		return L("Connected: mail can flow.")
	}
	return verdictWords(r)
}

func endWords(e *guide.Ending) string {
	switch {
	case e.Outcome == guide.Working:
		return L("Mail works.")
	case e.Outcome == guide.NotOpened:
		return L("The mailbox itself was not opened.")
	case e.Outcome == guide.Stopped:
		return L("Stopped.")
	case e.Outcome == guide.Unsolved:
		return L("All known steps were taken, and it does not work yet.")
	case e.To == guide.Admin:
		return L("You have done what you can here; the Exchange administrator goes on.")
	}
	return L("You have done what you can here; the helpdesk goes on.")
}

// drawChange is what is not as it was at the beginning: verdict and causes, what
// helped, and how many checks.
func drawChange(before, after *report.Report, deeds []guide.Deed) []fyne.CanvasObject {
	rows := []pair{{L("Verdict before"), standsNow(before)}, {L("Verdict after"), standsNow(after)}}
	checks := 0
	for _, d := range report.Diff(before, after) {
		kind, name, _ := strings.Cut(d.What, " ")
		switch {
		case kind == "check":
			checks++
		case kind == "cause" && d.After == "":
			rows = append(rows, pair{L("No longer"), causeTitle(name, d.Before)})
		case kind == "cause" && d.Before == "":
			rows = append(rows, pair{L("New"), causeTitle(name, d.After)})
		}
	}
	for _, d := range deeds {
		if d.Result == guide.Mended {
			rows = append(rows, pair{L("What helped"), guideWords(d.Word, causeText(d.Cause, d.Text))})
		}
	}
	objects := []fyne.CanvasObject{pairs(rows...)}
	if checks > 0 {
		objects = append(objects, note(N("{{.N}} checks ended in another way", checks)))
	}
	return objects
}

func (g *guidePage) drawHandOver(e *guide.Ending, last *report.Report) fyne.CanvasObject {
	var summary strings.Builder
	summary.WriteString(L("Short code") + " " + report.ShortCode(last).String() + "\n\n")
	if err := guide.WriteSummary(&summary, e); err != nil {
		return text(err.Error()) // cannot be: a builder takes everything
	}
	words := strings.TrimSpace(summary.String())
	objects := []fyne.CanvasObject{code(words)}
	for _, o := range e.Open {
		for _, meanwhile := range o.Meanwhile {
			objects = append(objects, text(causeText(o.Cause, meanwhile)))
		}
	}
	if c := e.Contact; c != nil {
		objects = append(objects, pairs(pair{L("Turn to"), c.Name}, pair{L("Telephone"), c.Phone}, pair{L("E-mail address"), c.Mail}, pair{L("Hours"), c.Hours}, pair{L("Note"), c.Note}))
		if c.URL != "" {
			objects = append(objects, container.NewHBox(widget.NewButton(c.URL, func() { g.w.openURL(c.URL) })))
		}
	}
	save := widget.NewButtonWithIcon(L("Save report …"), theme.DocumentSaveIcon(), g.w.saveReport)
	return panel(append(objects, container.NewHBox(layout.NewSpacer(), copyButton(L("Copy summary"), words), save))...)
}
