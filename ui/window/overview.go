package window

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// overviewView is what the first page says: a pure function of the state.
type overviewView struct {
	status   report.Status
	headline string
	next     string
	facts    string // small, under the headline
	checking bool
	paused   bool
	hasRun   bool
	causes   []causeView
	groups   []groupView
	checked  string
	notice   string
	outages  []report.Outage // of the last day
	now      time.Time       // of the state, for the strip of that day
}

// causeView is one cause with who does what about it.
type causeView struct {
	severity    report.Severity
	title       string
	explanation string
	confidence  report.Confidence
	steps       []stepView
	rivals      []rivalView
}

// rivalView is a cause that fits as well, with the step that decides.
type rivalView struct {
	title  string
	decide stepView
}

type stepView struct{ who, text, command string }

// groupView is how one group of checks ended.
type groupView struct {
	name   string
	status report.Status
	counts string
}

func viewOverview(s State) overviewView {
	v := overviewView{status: s.status(), headline: headline(s), checking: s.checking() != nil,
		paused: s.state() == monitor.StatePaused, hasRun: s.Report != nil}
	if s.Snapshot != nil {
		v.facts = facts(s)
		v.notice = s.Snapshot.Notice
	}
	v.outages, v.now = lastDay(s.outages(), s.Now), s.Now
	if v.status == report.Fail || v.status == report.Unknown {
		if s.Snapshot != nil && s.Gone == "" {
			v.next = s.Snapshot.Next
		}
	}
	if s.Report == nil {
		return v
	}
	r := s.Report
	v.causes = viewCauses(r)
	if len(v.causes) > 0 {
		v.next = "" // the steps say it better
		if strings.HasPrefix(v.headline, v.causes[0].title) {
			v.causes[0].title = "" // it stands above them already
		}
	}
	v.groups = viewGroups(r.Checks)
	v.checked = joined(ago(s.Now, r.Run.Started.Add(r.Run.Duration.Duration())), triggerWord(r.Run.Trigger),
		N("{{.N}} checks", len(r.Checks)), L("in {{.Time}}", args{"Time": spell(r.Run.Duration.Duration())}))
	if r.Verdict.Status == report.Fail && v.status == report.Pass {
		v.status = report.Warn // the session holds, and the last checks found something
	}
	return v
}

// headline is the verdict. While the session is good it is that of the last
// checks, which says more; otherwise the agent's, which is newer.
func headline(s State) string {
	switch {
	case s.Gone != "":
		return L("How it stands with the mailbox is not known.")
	case s.Snapshot == nil:
		return L("Asking the agent …")
	}
	switch s.Snapshot.State {
	case monitor.StateConnected:
		if s.Report != nil && s.Report.Verdict.Status != report.Pass {
			return verdictWords(s.Report)
		}
		return L("Connected: mail can flow.")
	case monitor.StateOffline:
		return L("This computer has no network.")
	case monitor.StatePaused:
		return L("Paused. The server keeps the session for a while.")
	case monitor.StateResuming:
		return L("Back on a network: asking the mail server for the session of before.")
	case monitor.StateTroubled:
		return L("The mail server does not answer just now; trying again.")
	case monitor.StateConnecting:
		if s.checksFailed() {
			return verdictWords(s.Report)
		}
		return L("Connecting to the mailbox of {{.Address}}.", args{"Address": s.Snapshot.Account.Address})
	case monitor.StateLost:
		if s.checksFailed() {
			return verdictWords(s.Report)
		}
	}
	return headlineWords(report.Verdict{Headline: s.Snapshot.Headline, Cause: s.Snapshot.Cause})
}

// verdictWords is the verdict of the report in the language of the window.
func verdictWords(r *report.Report) string {
	return withCheckNames(r, r.Verdict.Cause, headlineWords(r.Verdict))
}

// withCheckNames names the checks in the language of the window, where no cause is
// known and the text names the check instead.
func withCheckNames(r *report.Report, code, text string) string {
	if code != causes.NoKnownCause {
		return text
	}
	for _, c := range r.Checks {
		text = strings.Replace(text, "„"+c.Title+"“", "„"+checkTitle(c.ID, c.Title)+"“", 1)
	}
	return text
}

// facts is one line: how, how fast, since when.
func facts(s State) string {
	var how, fast, where string
	for _, c := range s.Snapshot.Connections {
		if c.Service == "mailbox" && c.Status == report.Established {
			how = joined("MAPI/"+c.Protocol, c.Authn, c.Encrypt)
			where = c.Server
			if c.AvgResponse != nil {
				fast = L("{{.Time}} per request", args{"Time": millis(c.AvgResponse)})
			}
		}
	}
	state := ""
	if s.Gone == "" && s.Snapshot.State != monitor.StateNoAccount {
		state = stateWord(s.Snapshot.State) + " " + since(s.Now, s.Snapshot.Since.Time)
	}
	return joined(state, how, where, fast)
}

// viewCauses are the findings that have something to say, that of the verdict first.
func viewCauses(r *report.Report) []causeView {
	var out []causeView
	for _, f := range r.Findings {
		said := causes.In(spoken(), f)
		v := causeView{severity: f.Severity, title: withCheckNames(r, f.Code, causeTitle(f.Code, f.Title)), explanation: said.Explanation, confidence: f.Confidence}
		if said.Title == f.Title && v.title != f.Title { // short words: the engine's own carry the names
			v.explanation = f.Title + " " + said.Explanation
		}
		for _, a := range said.Actions {
			v.steps = append(v.steps, viewStep(a))
		}
		for i, o := range f.Or {
			v.rivals = append(v.rivals, rivalView{causeTitle(o.Code, o.Title), viewStep(said.Or[i].Decide)})
		}
		if f.Code == r.Verdict.Cause {
			out = append([]causeView{v}, out...)
			continue
		}
		out = append(out, v)
	}
	return out
}

func viewStep(a report.Action) stepView { return stepView{whoWord(a.Who), a.Text, a.Command} }

func viewGroups(checks []report.Check) []groupView {
	var out []groupView
	at := map[string]int{}
	counts := map[string]map[report.Status]int{}
	for _, c := range checks {
		i, ok := at[c.Group]
		if !ok {
			i = len(out)
			at[c.Group], counts[c.Group] = i, map[report.Status]int{}
			out = append(out, groupView{name: groupWord(c.Group), status: c.Status})
		}
		counts[c.Group][c.Status]++
		out[i].status = worse(out[i].status, c.Status)
	}
	for group, i := range at {
		out[i].counts = countWords(counts[group])
	}
	return out
}

// countWords says how many ended how: only what is not zero.
func countWords(n map[report.Status]int) string {
	var parts []string
	for _, s := range []report.Status{report.Fail, report.Warn, report.Pass, report.Skip, report.Unknown} {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], statusWord(s)))
		}
	}
	return joined(parts...)
}

var badness = map[report.Status]int{report.Fail: 4, report.Warn: 3, report.Unknown: 2, report.Pass: 1, report.Skip: 0}

func worse(a, b report.Status) report.Status {
	if badness[b] > badness[a] {
		return b
	}
	return a
}

// overview is the first page.
type overview struct {
	w        *Window
	view     overviewView
	drawn    bool
	check    *widget.Button
	pause    *widget.Button
	save     *widget.Button
	copy     *widget.Button
	progress *progress
	verdict  swap
	rest     swap
	day      *day
	today    *widget.Label // what the strip says in words
	last     *fyne.Container
	scroll   *container.Scroll
}

func newOverview(w *Window) *overview {
	o := &overview{w: w, verdict: newSwap(), rest: newSwap(), progress: newProgress(), day: newDay(), today: caption("")}
	o.check = widget.NewButtonWithIcon(L("Check now"), theme.ViewRefreshIcon(), w.checkNow)
	o.check.Importance = widget.HighImportance
	o.pause = widget.NewButtonWithIcon(L("Pause"), theme.MediaPauseIcon(), w.pauseOrResume)
	o.save = widget.NewButtonWithIcon(L("Save report …"), theme.DocumentSaveIcon(), w.saveReport)
	o.copy = widget.NewButtonWithIcon(L("Copy summary"), theme.ContentCopyIcon(), w.copySummary)
	buttons := container.New(layout.NewRowWrapLayout(), o.check, o.save, o.copy, o.pause)
	o.today.Truncation = fyne.TextTruncateOff
	o.last = container.NewVBox(container.NewHBox(heading(L("Outages of the last 24 hours")), container.NewCenter(o.today)), panel(o.day))
	o.scroll = container.NewVScroll(container.NewVBox(
		panel(o.verdict.Container, buttons, o.progress.box), o.rest.Container, o.last))
	return o
}

func (o *overview) content() fyne.CanvasObject { return o.scroll }

func (o *overview) show(s State) {
	v := viewOverview(s)
	was := o.progress.height()
	o.progress.show(s)
	if o.progress.height() != was {
		defer o.scroll.Content.Refresh() // what is below moves
	}
	setEnabled(o.check, !v.checking && s.Gone == "" && !s.needsAccount())
	setEnabled(o.pause, s.Gone == "" && !s.needsAccount())
	setEnabled(o.save, v.hasRun && s.Gone == "")
	setEnabled(o.copy, v.hasRun && s.Gone == "")
	if v.paused {
		o.pause.SetIcon(theme.MediaPlayIcon())
		o.pause.SetText(L("Resume"))
	} else {
		o.pause.SetIcon(theme.MediaPauseIcon())
		o.pause.SetText(L("Pause"))
	}
	o.day.set(v.outages, v.now)
	o.today.SetText(dayWords(v.outages))
	if v.hasRun {
		o.last.Show()
	} else {
		o.last.Hide()
	}
	same := v
	same.now = o.view.now
	if o.drawn && reflect.DeepEqual(same, o.view) {
		return
	}
	old := o.view
	o.view, o.drawn = v, true
	o.verdict.set(drawVerdict(v))
	if !reflect.DeepEqual(old.causes, v.causes) || !reflect.DeepEqual(old.groups, v.groups) || old.checked != v.checked || old.hasRun != v.hasRun || len(o.rest.Objects) == 0 {
		o.rest.set(drawRest(v, func() { o.w.openKey("guide") }))
	}
}

// dayWords is the strip of the last day in words.
func dayWords(outages []report.Outage) string {
	if len(outages) == 0 {
		return L("none")
	}
	last := outages[0]
	return joined(N("{{.N}} outages", len(outages)), L("the last at {{.Time}}", args{"Time": last.Started.Local().Format("15:04")}),
		outageCauseWord(last.Cause), outcomeWord(last))
}

func setEnabled(b *widget.Button, on bool) {
	if on == !b.Disabled() {
		return
	}
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

func drawVerdict(v overviewView) fyne.CanvasObject {
	words := []fyne.CanvasObject{title(v.headline)}
	if v.next != "" {
		words = append(words, text(v.next))
	}
	for _, small := range []string{v.facts, v.notice} {
		if small != "" {
			words = append(words, note(small))
		}
	}
	mark := container.NewVBox(inset(sized(widget.NewIcon(statusResource(v.status)), 44), 4))
	return container.NewBorder(nil, nil, mark, nil, tight(container.NewVBox(words...)))
}

func drawRest(v overviewView, guide func()) fyne.CanvasObject {
	box := container.NewVBox()
	for i, c := range v.causes {
		if i == 0 {
			lead := widget.NewButtonWithIcon(L("Guide me"), theme.NavigateNextIcon(), guide)
			box.Add(container.NewBorder(nil, nil, heading(L("What to do")), lead))
		}
		if i == 1 {
			box.Add(heading(L("Also found")))
		}
		box.Add(drawCause(c))
	}
	if !v.hasRun {
		box.Add(noReport())
		return box
	}
	checked := caption(v.checked)
	checked.Truncation = fyne.TextTruncateOff
	box.Add(container.NewHBox(heading(L("What was checked")), container.NewCenter(checked)))
	groups := container.NewGridWithColumns(3)
	for _, g := range v.groups {
		groups.Add(panelFilled(container.NewBorder(nil, nil, sign(g.status), nil, tight(container.NewVBox(line(g.name), caption(g.counts))))))
	}
	box.Add(groups)
	return box
}

func caption(s string) *widget.Label {
	l := line(s)
	l.Importance = widget.LowImportance
	l.SizeName = theme.SizeNameCaptionText
	return l
}

func drawCause(c causeView) fyne.CanvasObject {
	status := map[report.Severity]report.Status{report.SeverityFail: report.Fail, report.SeverityWarn: report.Warn}[c.severity]
	name := text(c.title)
	name.TextStyle.Bold = true
	var words []fyne.CanvasObject
	switch {
	case c.title == "":
		words = append(words, text(c.explanation))
	case c.explanation == "":
		words = append(words, name)
	default:
		words = append(words, name, note(c.explanation))
	}
	if c.confidence != "" {
		words = append(words, caption(confidenceWord(c.confidence)))
	}
	objects := []fyne.CanvasObject{container.NewBorder(nil, nil, container.NewVBox(sign(status)), nil, tight(container.NewVBox(words...)))}
	for i, step := range c.steps {
		objects = append(objects, widget.NewSeparator(), drawStep(fmt.Sprint(i+1), step))
	}
	for _, r := range c.rivals {
		objects = append(objects, widget.NewSeparator(), text(L("It may also be this: {{.Cause}} To tell which:", args{"Cause": r.title})), drawStep("?", r.decide))
	}
	return panel(objects...)
}

func drawStep(mark string, s stepView) fyne.CanvasObject {
	who := caption(s.who)
	who.Truncation = fyne.TextTruncateOff
	words := []fyne.CanvasObject{who, text(s.text)}
	step := container.NewVBox(tight(container.NewVBox(words...)))
	if s.command != "" {
		step.Add(container.NewBorder(nil, nil, nil, container.NewCenter(copyButton(L("Copy command"), s.command)), code(s.command)))
	}
	number := word(mark)
	number.TextStyle.Bold = true
	return container.NewBorder(nil, nil, container.NewVBox(inset(tight(number), 2)), nil, step)
}
