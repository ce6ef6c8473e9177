package window

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Settings are those of the configuration file that the window shows. "" is the
// default of each.
type Settings struct {
	Address  string
	User     string
	Auth     string
	Proxy    string
	Redact   string
	Language string
	Theme    string
}

// SettingsStore is where settings and password are kept.
type SettingsStore interface {
	Load() (Settings, error)
	// Save writes what differs from the defaults; its error is a sentence for a person.
	Save(Settings) error
	// SavePassword puts it into the system's keyring; an error says that there is none.
	SavePassword(ctx context.Context, user, password string) error
	// File names the configuration file.
	File() string
	// Schemes are the ways to sign in that work in this version.
	Schemes() []string
	// CurrentUser says that this computer's user can sign in without a password.
	CurrentUser() bool
	// Autostart says whether the program starts with the desktop; ok is false where
	// this system does not know such a thing.
	Autostart() (on, ok bool)
	SetAutostart(on bool) error
}

// choices is a select whose words are translated and whose values are not.
type choices struct {
	*widget.Select
	values []string
}

func newChoices(values []string, words func(string) string) *choices {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = words(v)
	}
	return &choices{widget.NewSelect(names, nil), values}
}

func (c *choices) set(value string) {
	c.SetSelectedIndex(max(slices.Index(c.values, value), 0))
}

func (c *choices) value() string {
	if i := c.SelectedIndex(); i > 0 { // the first one is the default, and stands for ""
		return c.values[i]
	}
	return ""
}

func choiceWord(v string) string {
	switch v {
	case "auto":
		return L("as the system has it")
	case "light":
		return L("light")
	case "dark":
		return L("dark")
	case "en":
		return "English"
	case "de":
		return "Deutsch"
	case "normal":
		return L("normal: nothing secret")
	case "strict":
		return L("strict: no names and addresses either")
	case "none":
		return L("none")
	}
	return v
}

func schemeWord(v string) string {
	switch v {
	case "auto":
		return L("the best that the server offers")
	case "negotiate":
		return "Negotiate (Kerberos, NTLM)"
	case "ntlm":
		return "NTLM"
	case "basic":
		return "Basic"
	case "bearer":
		return "Bearer (OAuth)"
	case "none":
		return L("none: look without signing in")
	}
	return v
}

// settings is the page on which everything is set that works.
type settings struct {
	w         *Window
	address   *widget.Entry
	user      *widget.Entry
	password  *widget.Entry
	proxy     *widget.Entry
	auth      *choices
	redact    *choices
	language  *choices
	theme     *choices
	autostart *widget.Check
	save      *widget.Button
	says      *widget.Label
	loaded    Settings
	box       fyne.CanvasObject
}

func newSettings(w *Window) *settings {
	p := &settings{w: w, address: widget.NewEntry(), user: widget.NewEntry(), password: widget.NewPasswordEntry(), proxy: widget.NewEntry(), says: note("")}
	p.address.SetPlaceHolder("alice@contoso.com")
	p.user.SetPlaceHolder(L("the address"))
	p.password.SetPlaceHolder(L("unchanged"))
	p.proxy.SetPlaceHolder(L("as the system has it"))
	p.auth = newChoices(w.o.Settings.Schemes(), schemeWord)
	p.redact = newChoices([]string{"normal", "strict", "none"}, choiceWord)
	p.language = newChoices(Languages, choiceWord)
	p.theme = newChoices([]string{"auto", "light", "dark"}, choiceWord)
	p.autostart = widget.NewCheck(L("Start Mapiscope when I sign in to this computer"), nil)
	p.save = widget.NewButtonWithIcon(L("Save"), theme.DocumentSaveIcon(), p.store)
	p.save.Importance = widget.HighImportance
	mailbox := group(L("Mailbox"), item(L("E-mail address"), p.address), item(L("Sign-in name"), p.user),
		item(L("Password"), p.password), item(L("Way to sign in"), p.auth.Select))
	network := group(L("Network"), item(L("Proxy"), p.proxy))
	program := group(L("Program"), item(L("Redaction of reports"), p.redact.Select), item(L("Language"), p.language.Select), item(L("Appearance"), p.theme.Select))
	box := container.NewVBox(mailbox, network, program)
	if on, ok := w.o.Settings.Autostart(); ok {
		p.autostart.SetChecked(on)
		box.Add(panel(p.autostart))
	}
	box.Add(note(L("Keys: Ctrl+1 and so on open the pages, Ctrl+R or F5 checks, Ctrl+F searches, Ctrl+S saves the report, Escape closes what is open, Ctrl+W the window.")))
	p.says.SetText(L("Kept in {{.File}}; the password in the system's keyring.", args{"File": w.o.Settings.File()}))
	bottom := container.NewBorder(nil, nil, nil, container.NewCenter(p.save), p.says)
	p.box = container.NewBorder(head(L("Settings")), bottom, nil, nil, container.NewVScroll(box))
	p.load()
	return p
}

func group(name string, items ...fyne.CanvasObject) fyne.CanvasObject {
	return panel(append([]fyne.CanvasObject{heading(name)}, items...)...)
}

// item is a setting with its name before it.
func item(name string, o fyne.CanvasObject) fyne.CanvasObject {
	l := line(name)
	return container.New(columnLayout{columns: []column{{width: 190}, {width: 200, share: 1}}}, l, o)
}

func (p *settings) content() fyne.CanvasObject { return p.box }

// show leaves the page alone: what is being typed must not be overwritten.
func (p *settings) show(State) {}

func (p *settings) load() {
	c, err := p.w.o.Settings.Load()
	if err != nil {
		p.says.SetText(problemWords(err))
		return
	}
	p.loaded = c
	p.address.SetText(c.Address)
	p.user.SetText(c.User)
	p.proxy.SetText(c.Proxy)
	p.auth.set(c.Auth)
	p.redact.set(c.Redact)
	p.language.set(c.Language)
	p.theme.set(c.Theme)
}

// typed are the settings as they stand on the page.
func (p *settings) typed() Settings {
	return Settings{Address: p.address.Text, User: p.user.Text, Proxy: p.proxy.Text, Auth: p.auth.value(),
		Redact: p.redact.value(), Language: p.language.value(), Theme: p.theme.value()}
}

// store saves, and lets a new agent take over where the agent is concerned.
func (p *settings) store() {
	c, password := p.typed(), p.password.Text
	if err := p.w.o.Settings.Save(c); err != nil {
		p.w.problem(err)
		return
	}
	p.w.problem(nil)
	if on, ok := p.w.o.Settings.Autostart(); ok && on != p.autostart.Checked {
		if err := p.w.o.Settings.SetAutostart(p.autostart.Checked); err != nil {
			p.w.problem(err)
		}
	}
	was := p.loaded
	p.loaded = c
	p.password.SetText("")
	p.w.app.Settings().SetTheme(newLook(c.Theme))
	switch {
	case c.Address != was.Address || c.User != was.User || c.Auth != was.Auth || c.Proxy != was.Proxy || password != "":
		p.says.SetText(L("Saved. A new agent takes over."))
		p.w.ask(func(ctx context.Context) error { return p.w.newAgent(ctx, c, password) })
	case c.Language != was.Language:
		p.says.SetText(L("Saved. The language changes when the window is opened again."))
	default:
		p.says.SetText(L("Saved."))
	}
}

// newAgent keeps the password, ends the agent that runs and starts one with the
// settings of now. Without a keyring the new agent alone gets the password.
func (w *Window) newAgent(ctx context.Context, c Settings, password string) error {
	if password != "" {
		user := c.User
		if user == "" {
			user = c.Address
		}
		if w.o.Settings.SavePassword(ctx, user, password) == nil {
			password = ""
		}
	}
	if err := w.endAgent(ctx); err != nil {
		return err
	}
	return w.o.StartAgent(ctx, password)
}
