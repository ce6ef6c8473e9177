package window

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// What a person asks for. Each runs beside the window and comes back through
// deliver; what fails is said in the banner.

// ask runs order and shows its error.
func (w *Window) ask(order func(context.Context) error) {
	go func() {
		err := order(w.ctx)
		if w.ctx.Err() == nil {
			w.deliver(func(s *State) { s.Problem = problemWords(err) })
		}
	}()
}

// problem shows err in the banner; nil takes it away. It runs on the toolkit's
// goroutine.
func (w *Window) problem(err error) {
	w.state.Problem = problemWords(err)
	w.banner.show(w.state)
}

// problemWords is the sentence and the next step of an error.
func problemWords(err error) string {
	var refused *localapi.Refusal
	switch {
	case err == nil:
		return ""
	case errors.Is(err, localapi.ErrNoAgent):
		return L("No agent is running, so nobody watches the mailbox.")
	case errors.As(err, &refused) && refused.Hint != "":
		return refused.Sentence + ": " + refused.Hint
	}
	return err.Error()
}

func (w *Window) checkNow() {
	if w.first == nil && w.state.checking() == nil && w.state.Gone == "" && !w.state.needsAccount() {
		w.ask(func(ctx context.Context) error { return w.o.Agent.Check(ctx, localapi.CheckRequest{}) })
	}
}

func (w *Window) pauseOrResume() {
	if w.state.state() == monitor.StatePaused {
		w.ask(w.o.Agent.Resume)
		return
	}
	w.ask(w.o.Agent.Pause)
}

func (w *Window) startAgent() {
	w.ask(func(ctx context.Context) error { return w.o.StartAgent(ctx, "") })
}

// openURL opens u in the person's browser, if it may be opened at all.
func (w *Window) openURL(u string) {
	if u = safeURL(u); u != "" {
		w.ask(func(ctx context.Context) error { return w.o.OpenURL(ctx, u) })
	}
}

// copySummary puts the short form of the report into the clipboard.
func (w *Window) copySummary() {
	w.ask(func(ctx context.Context) error {
		b, err := w.o.Agent.Report(ctx, localapi.ReportRequest{Format: "summary", Redaction: w.redaction()})
		if err != nil {
			return err
		}
		summary := strings.TrimSpace(string(b))
		w.do(func() {
			w.showText(L("Summary"), L("This is in the clipboard now; paste it into a chat or read it out."), summary)
		})
		return nil
	})
}

// showText puts words into the clipboard and shows them.
func (w *Window) showText(name, says, words string) {
	w.app.Clipboard().SetContent(words)
	d := dialog.NewCustom(name, L("Close"), container.NewVBox(note(says), code(words)), w.win)
	d.Resize(fyne.NewSize(620, 320))
	w.openDialog(d)
}

func (w *Window) redaction() string {
	if w.o.Settings != nil {
		if c, err := w.o.Settings.Load(); err == nil && c.Redact != "" {
			return c.Redact
		}
	}
	return "normal"
}

// formats are the forms of a report that can be saved, the best for handing on
// first.
func formats() []string {
	best := []string{"zip", "html", "json", "text"}
	var out []string
	for _, name := range best {
		if _, err := report.FormatNamed(name); err == nil {
			out = append(out, name)
		}
	}
	return out
}

// ending is what the name of a file of that form ends in.
func ending(format string) string {
	if format == "text" {
		return "txt"
	}
	return format
}

// saveReport shows what will be handed on, and saves it where the person says.
func (w *Window) saveReport() {
	if w.first != nil || w.state.Report == nil || w.state.Gone != "" || w.win.Canvas().Overlays().Top() != nil {
		return
	}
	var preview *widget.Label
	form := widget.NewSelect(formats(), nil)
	form.SetSelectedIndex(0)
	level := newChoices([]string{"normal", "strict", "none"}, choiceWord)
	level.set(w.redaction())
	preview = text("")
	preview.TextStyle.Monospace = true
	preview.Wrapping = fyne.TextWrapBreak
	show := func(string) {
		redaction := level.value()
		go func() {
			b, err := w.o.Agent.Report(w.ctx, localapi.ReportRequest{Format: "text", Redaction: redaction})
			words := string(b)
			if err != nil {
				words = problemWords(err)
			}
			w.do(func() { preview.SetText(strings.TrimSpace(words)) })
		}()
	}
	level.OnChanged = show
	show("")
	choices := container.NewHBox(muted(L("Form")), form, muted(L("Redaction")), container.NewGridWrap(fyne.NewSize(320, level.MinSize().Height), level.Select))
	body := container.NewBorder(container.NewVBox(note(L("This is what whoever gets the report will read. Passwords are never in it; “strict” also replaces names and addresses.")), choices),
		nil, nil, nil, panelFilled(container.NewVScroll(tight(preview))))
	d := dialog.NewCustomConfirm(L("Save report"), L("Save …"), L("Close"), body, func(yes bool) {
		if yes {
			w.chooseFile(form.Selected, level.value())
		}
	}, w.win)
	size := w.win.Canvas().Size()
	d.Resize(fyne.NewSize(min(size.Width-60, 860), size.Height-60))
	w.openDialog(d)
}

// chooseFile asks for the file and writes the report into it.
func (w *Window) chooseFile(format, redaction string) {
	save := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			w.problem(err)
			return
		}
		w.ask(func(ctx context.Context) error {
			b, err := w.o.Agent.Report(ctx, localapi.ReportRequest{Format: format, Redaction: redaction})
			if err == nil {
				_, err = to.Write(b)
			}
			return errors.Join(err, to.Close())
		})
	}, w.win)
	name := "mapiscope"
	if w.state.Report != nil {
		name += "-" + w.state.Report.Run.Started.Local().Format("2006-01-02-1504")
	}
	save.SetFileName(name + "." + ending(format))
	w.openDialog(save)
}

// openDialog shows d over the window; Escape closes it.
func (w *Window) openDialog(d dialog.Dialog) {
	w.asking = d
	d.Show()
}

// closeDialog closes the dialog that is open, and says whether one was.
func (w *Window) closeDialog() bool {
	if w.asking == nil || w.win.Canvas().Overlays().Top() == nil {
		return false
	}
	w.asking.Hide()
	return true
}
