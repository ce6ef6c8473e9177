package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteText writes r for a terminal: the verdict, what to do, then what it rests
// on. Nothing that came from the network can move the cursor or set a colour.
func WriteText(w io.Writer, r *Report, v View) error {
	out := bufio.NewWriter(w)
	t := &textWriter{w: out, view: v}
	if t.view.Width <= 0 {
		t.view.Width = 80
	}
	t.head(r)
	t.verdict(r)
	t.actions(r)
	t.checks(r)
	t.connections(r)
	t.protocol(r)
	t.others(r)
	t.outages(r)
	if v.Verbose {
		t.web(r)
		t.certificates(r)
		t.searches(r)
		t.exchanges(r)
	}
	t.foot(r)
	return out.Flush()
}

type textWriter struct {
	w    *bufio.Writer
	view View
}

// The colours that statuses have.
const (
	bold   = "1"
	green  = "32"
	yellow = "33"
	red    = "31"
	grey   = "90"
)

func colorOf(s Status) string {
	return map[Status]string{Pass: green, Warn: yellow, Fail: red}[s]
}

// paint puts s in a colour, if colours are wanted. "" leaves it plain.
func (t *textWriter) paint(color, s string) string {
	if !t.view.Color || color == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func (t *textWriter) line(format string, args ...any) { fmt.Fprintf(t.w, format+"\n", args...) }

func (t *textWriter) title(s string) {
	t.line("")
	t.line("%s", t.paint(bold, s))
}

// block writes text wrapped to the width, indented, the first line after lead.
// lead counts as wide as it is without colours.
func (t *textWriter) block(lead, color, text string, indent int) {
	pad := strings.Repeat(" ", indent)
	first := lead + strings.Repeat(" ", max(indent-width(lead), 0))
	for i, l := range wrap(clean(text), t.view.Width-indent) {
		if i == 0 {
			t.line("%s%s", t.paint(color, first), l)
		} else {
			t.line("%s%s", pad, l)
		}
	}
}

func (t *textWriter) head(r *Report) {
	who := clean(r.Account.Address)
	when := r.Run.Started.UTC().Format("2006-01-02 15:04:05 UTC")
	left := "Mapiscope  " + who
	gap := max(t.view.Width-width(left)-width(when), 2)
	t.line("%s%s%s", t.paint(bold, left), strings.Repeat(" ", gap), t.paint(grey, when))
}

func (t *textWriter) verdict(r *Report) {
	t.line("")
	t.line("%s", t.paint(bold+";"+colorOf(r.Verdict.Status), r.word()))
	t.block("", "", r.Verdict.Headline, 2)
	if r.Run.Incomplete != "" {
		t.block("", "", "Not everything was looked at: "+r.Run.Incomplete+".", 2)
	}
}

// cause is the finding that the verdict names, nil when it names none.
func (r *Report) cause() *Finding {
	for i := range r.Findings {
		if r.Findings[i].Code == r.Verdict.Cause && r.Verdict.Cause != "" {
			return &r.Findings[i]
		}
	}
	return nil
}

func (t *textWriter) actions(r *Report) {
	f := r.cause()
	if f == nil {
		return
	}
	if len(f.Actions) > 0 {
		t.title("What to do")
		t.steps(f.Actions)
	}
	if f.Explanation != "" {
		t.title("Why (" + joined(", ", clean(f.Code), string(f.Confidence)) + ")")
		t.block("", "", f.Explanation, 2)
	}
	t.rivals(f)
	if list := r.Verdict.Unexplained; len(list) > 0 {
		t.line("")
		t.block("", "", "No cause is known for these failed checks: "+strings.Join(list, ", ")+".", 2)
	}
}

// rivals are the causes that fit as well, each with what decides.
func (t *textWriter) rivals(f *Finding) {
	if len(f.Or) == 0 {
		return
	}
	t.title("It may also be")
	for _, o := range f.Or {
		t.block("", "", o.Title+" ("+o.Code+") To tell:", 2)
		t.steps([]Action{o.Decide})
	}
}

// steps writes who does what. A command stands on a line of its own, never
// wrapped, so that it can be copied.
func (t *textWriter) steps(list []Action) {
	for _, a := range list {
		t.block("  "+clean(doer(a.Who)), bold, a.Text, 17)
		if a.Command != "" {
			t.line("%s%s", strings.Repeat(" ", 17), clean(a.Command))
		}
	}
}

// others are the findings that are not the verdict.
func (t *textWriter) others(r *Report) {
	main := r.cause()
	first := true
	for i := range r.Findings {
		f := &r.Findings[i]
		if f == main {
			continue
		}
		if first {
			t.title("Also seen")
			first = false
		}
		t.block("  "+string(f.Severity), colorOf(Status(f.Severity)), f.Title, 8)
		if t.view.Verbose {
			t.block("", "", f.Explanation, 8)
			t.block("", grey, joined(", ", f.Code, string(f.Confidence)), 8)
			t.steps(f.Actions)
		}
	}
}

func (t *textWriter) foot(r *Report) {
	t.line("")
	requests := fmt.Sprintf("%d requests", len(r.Exchanges))
	if len(r.Exchanges) == 1 {
		requests = "1 request"
	}
	t.block("", grey, fmt.Sprintf("%s in %s · %s %s", requests, spell(r.Run.Duration), r.Tool.Name, r.Tool.Version), 0)
	t.block("", grey, "short code "+ShortCode(r).String()+" · run "+r.Run.ID, 0)
}
