package window

import (
	"context"
	"errors"
	"io"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// assistant takes a person through the first start in three steps: the address,
// the sign-in, the first check. Enter goes on and Escape goes back, so that no
// mouse is needed.
type assistant struct {
	w        *Window
	step     int
	address  *widget.Entry
	user     *widget.Entry
	password *widget.Entry
	tickets  *widget.Check // sign in as this computer's user, without a password
	says     *widget.Label
	back     *widget.Button
	next     *enterButton
	progress *progress
	verdict  swap
	asked    string // id of the report before the first check, to see the new one
	begun    bool   // the agent has been told to check
	page     swap
	steps    *widget.Label
	box      fyne.CanvasObject
}

// openAssistant covers the pages until an account is set up.
func (w *Window) openAssistant() {
	if w.first != nil || w.o.Settings == nil {
		return
	}
	w.first = newAssistant(w)
	w.nav.box.Hide()
	w.body.Objects = []fyne.CanvasObject{container.NewCenter(w.first.box)}
	w.body.Refresh()
	w.first.open(0)
}

// closeAssistant goes back to the pages.
func (w *Window) closeAssistant() {
	if w.first == nil {
		return
	}
	if w.first.step == 1 {
		w.first.open(0)
		return
	}
	if w.first.step != 2 {
		return
	}
	w.first = nil
	w.nav.box.Show()
	w.openKey("overview")
}

func newAssistant(w *Window) *assistant {
	a := &assistant{w: w, address: widget.NewEntry(), user: widget.NewEntry(), password: widget.NewPasswordEntry(),
		says: text(""), progress: newProgress(), verdict: newSwap(), page: newSwap(), steps: muted("")}
	if c, err := w.o.Settings.Load(); err == nil {
		a.address.SetText(c.Address)
		a.user.SetText(c.User)
	}
	a.tickets = widget.NewCheck(L("Sign in as the user of this computer (Kerberos), without a password"), a.withTickets)
	a.tickets.SetChecked(w.o.Settings.CurrentUser())
	a.address.SetPlaceHolder("alice@contoso.com")
	a.user.SetPlaceHolder(L("the address"))
	goOn := func(string) { a.goOn() }
	a.address.OnSubmitted, a.password.OnSubmitted = goOn, goOn
	a.user.OnSubmitted = func(string) { w.win.Canvas().Focus(a.password) }
	a.says.Importance = widget.DangerImportance
	a.back = widget.NewButtonWithIcon(L("Back"), theme.NavigateBackIcon(), func() { a.open(a.step - 1) })
	a.next = newEnterButton(L("Next"), theme.NavigateNextIcon(), a.goOn)
	a.next.IconPlacement = widget.ButtonIconTrailingText
	a.next.Importance = widget.HighImportance
	buttons := container.NewHBox(a.steps, layout.NewSpacer(), a.back, a.next)
	width := newFill(colorSurface)
	width.least = fyne.NewSize(520, 0)
	a.box = container.NewStack(width, panel(a.page.Container, a.says, buttons))
	return a
}

// open shows a step and puts the keyboard into its first field.
func (a *assistant) open(step int) {
	a.step = step
	a.say("")
	a.steps.SetText(L("Step {{.Step}} of 3", args{"Step": step + 1}))
	a.back.Hide()
	a.next.Show()
	a.next.SetText(L("Next"))
	focus := fyne.Focusable(a.next)
	switch step {
	case 0:
		a.page.set(container.NewVBox(title(L("Which mailbox?")),
			text(L("Mapiscope opens the same session to your mailbox that Outlook opens, and says what is wrong when that does not work.")),
			item(L("E-mail address"), a.address)))
		focus = a.address
	case 1:
		a.back.Show()
		a.page.set(container.NewVBox(title(L("How do you sign in?")),
			text(L("With the name and password that Outlook uses. The password goes into the system's keyring, and to your own mail server alone, over a verified connection.")),
			item(L("Sign-in name"), a.user), item(L("Password"), a.password)))
		focus = a.password
		if a.w.o.Settings.CurrentUser() {
			a.page.set(container.NewVBox(a.page.Objects[0], a.tickets))
		}
		if a.tickets.Checked {
			focus = a.tickets
		}
	case 2:
		a.next.SetText(L("Show the result"))
		a.next.Hide()
		a.page.set(container.NewVBox(title(L("The first check")), a.progress.box, a.verdict.Container))
		a.verdict.set(text(L("Starting the agent …")))
	}
	a.w.win.Canvas().Focus(focus)
}

func (a *assistant) say(what string) {
	a.says.SetText(what)
	if what == "" {
		a.says.Hide()
	} else {
		a.says.Show()
	}
}

// withTickets lets name and password be typed only where they are used.
func (a *assistant) withTickets(on bool) {
	for _, e := range []*widget.Entry{a.user, a.password} {
		if on {
			e.Disable()
		} else {
			e.Enable()
		}
	}
}

// goOn leaves the step when it is complete.
func (a *assistant) goOn() {
	switch a.step {
	case 0:
		if err := a.save(); err != nil {
			a.say(problemWords(err))
			return
		}
		a.open(1)
	case 1:
		if a.password.Text == "" && !a.tickets.Checked {
			a.say(L("Without a password no session can be opened. Type the one that Outlook uses."))
			return
		}
		if err := a.save(); err != nil {
			a.say(problemWords(err))
			return
		}
		a.start()
	case 2:
		a.w.closeAssistant()
	}
}

func (a *assistant) settings() Settings {
	c := a.w.settingsNow()
	c.Address, c.User = strings.TrimSpace(a.address.Text), strings.TrimSpace(a.user.Text)
	if a.tickets.Checked {
		c.User, c.Auth = "", "kerberos"
	} else if c.Auth == "kerberos" {
		c.Auth = ""
	}
	return c
}

func (a *assistant) save() error {
	c := a.settings()
	if c.Address == "" {
		return errors.New(L("Type the address of the mailbox."))
	}
	return a.w.o.Settings.Save(c)
}

func (w *Window) settingsNow() Settings {
	c, err := w.o.Settings.Load()
	if err != nil {
		return Settings{}
	}
	return c
}

// start lets an agent with the new account take over; show goes on from there.
func (a *assistant) start() {
	c, password := a.settings(), a.password.Text
	a.password.SetText("")
	a.asked = ""
	if last := a.w.state.Snapshot; last != nil && last.LastReport != nil {
		a.asked = last.LastReport.ID
	}
	a.begun = false
	a.open(2)
	go func() {
		err := a.w.newAgent(a.w.ctx, c, password)
		if err == nil || a.w.ctx.Err() != nil {
			return
		}
		a.w.deliver(func(*State) { a.open(1); a.say(problemWords(err)) })
	}()
}

// show follows the first check.
func (a *assistant) show(s State) {
	if a.step != 2 || s.Gone != "" || s.needsAccount() || s.Snapshot == nil {
		return
	}
	a.progress.show(s)
	a.page.Refresh()
	run, last := s.checking(), s.Snapshot.LastReport
	switch {
	case run == nil && last != nil && last.ID != a.asked:
		a.finish(s)
	case run == nil && !a.begun && s.Snapshot.State != monitor.StateConnecting:
		a.begun = true
		a.w.ask(func(ctx context.Context) error { return a.w.o.Agent.Check(ctx, localapi.CheckRequest{}) })
	case run == nil:
		a.verdict.set(text(headline(s)))
	default:
		a.verdict.set(text(""))
	}
}

func (a *assistant) finish(s State) {
	if a.next.Visible() {
		return
	}
	v := viewOverview(s)
	a.verdict.set(drawVerdict(v))
	a.next.Show()
	a.w.win.Canvas().Focus(a.next)
}

// endAgent asks the agent to quit and waits until it has: its stream ends.
func (w *Window) endAgent(ctx context.Context) error {
	gone := make(chan error, 1)
	go func() {
		for _, err := range w.o.Agent.Snapshots(ctx) {
			if err != nil {
				gone <- err
				return
			}
		}
		gone <- io.EOF
	}()
	if err := w.o.Agent.Quit(ctx); err != nil && !errors.Is(err, localapi.ErrNoAgent) {
		return err
	}
	select {
	case err := <-gone:
		if errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
