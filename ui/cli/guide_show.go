package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// How a guided run looks: a heading for each cause, a sentence for each step, and
// the keys that answer it.

func say(w io.Writer, format string, args ...any) error {
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (g *guided) say(format string, args ...any) { fmt.Fprintf(g.s.Out, format, args...) }

func (g *guided) heading() {
	g.say("%s  %s\n\n", g.paint.bold("Mapiscope guide"), printable(g.o.Address))
}

// words writes a text in lines that fit: the first behind first, the others as far
// in.
func (g *guided) words(first, text string) {
	width := columns(g.s)
	if width == 0 {
		width = 80
	}
	for _, l := range wrapped(printable(text), max(width-len(first)-1, 30)) {
		g.say("%s%s\n", first, l)
		first = strings.Repeat(" ", len(first))
	}
}

// wrapped breaks at blanks; a word that is longer than a line stays whole.
func wrapped(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// stands is how it stands, in one or two words.
func (g *guided) stands(r *report.Report) string {
	word := "WORKING"
	switch {
	case r.Verdict.Status == report.Fail:
		word = "NOT WORKING"
	case !guide.Opened(r):
		return g.paint.in(report.Warn, "NOT KNOWN")
	case r.Verdict.Status == report.Warn:
		word = "WORKING, with a warning"
	}
	return g.paint.in(r.Verdict.Status, word)
}

func (g *guided) showVerdict(r *report.Report) {
	g.say("%s\n", g.stands(r))
	g.words("  ", r.Verdict.Headline)
}

// showStep writes a question or a thing to do; over the first of a cause stands
// which one it is about, where the verdict has not said it, and the explanation for
// those who know what it speaks of.
func (g *guided) showStep(step guide.Step) {
	if step.Cause != g.cause {
		switch verdict := g.session.Last.Verdict; {
		case step.Suspect:
			g.words("", "Suspected: "+step.Title)
		case step.Cause != verdict.Cause:
			g.words("", "Also found: "+step.Title)
		case !strings.HasPrefix(verdict.Headline, step.Title) && verdict.Status == report.Fail: // else it stands above already
			g.words("  ", step.Title)
		}
		if g.role != guide.User {
			g.words("  ", step.Why)
		}
		g.say("\n")
		g.cause = step.Cause
	}
	if step.Kind == guide.Ask {
		g.words("? ", g.whoSays(step.Who)+step.Text)
	} else {
		g.words("> ", g.whoSays(step.Who)+step.Text)
	}
	if step.Command != "" {
		g.say("\n      %s\n\n", g.paint.bold(printable(step.Command)))
	}
	for n, c := range step.Choices {
		key := c.Key
		if n == 0 && step.Kind == guide.Do {
			key = "Enter"
		}
		g.words(fmt.Sprintf("    %-5s  ", key), c.Text)
	}
	g.say("    %-5s  Stop here\n: ", "q")
}

// whoSays names who does it, where that is not who reads it.
func (g *guided) whoSays(who string) string {
	if who == g.role {
		return ""
	}
	return map[string]string{guide.User: "User: ", guide.Helpdesk: "Helpdesk: ", guide.Admin: "Administrator: "}[who]
}

// showAnswer writes what a key meant; a line that was read from a pipe shows as
// nothing by itself either.
func (g *guided) showAnswer(step guide.Step, id string) {
	said := "Stop here"
	for _, c := range step.Choices {
		if c.ID == id {
			said = c.Text
		}
	}
	g.say("%s\n\n", printable(said))
}

// showGone says whether the checks of a cause still see it.
func (g *guided) showGone(step guide.Step, r *report.Report) {
	for _, d := range g.session.Deeds[max(len(g.session.Deeds)-1, 0):] {
		switch d.Result {
		case guide.NotMended:
			g.say("%s\n", g.paint.in(report.Fail, "Still there."))
			if f := failureOf(r, step.Recheck); f != "" {
				g.words("  ", f)
			}
		case guide.Unchecked:
			if g.session.Step().Kind != guide.Check || r.Run.Incomplete != "" {
				g.say("%s\n", g.paint.in(report.Warn, "That could not be checked to the end."))
				break
			}
			g.say("%s Now everything is checked once more.\n", g.paint.in(report.Pass, "Gone."))
		}
	}
	g.say("\n")
}

// failureOf is what the first of the checks says that failed or warns.
func failureOf(r *report.Report, ids []string) string {
	for _, id := range ids {
		for _, c := range r.Checks {
			if c.ID == id && (c.Status == report.Fail || c.Status == report.Warn) {
				return c.Title + ": " + c.Summary
			}
		}
	}
	return ""
}

// briefly shows a run of checks in one line that is drawn over, on a terminal, and
// by one line at its end elsewhere.
type briefly struct{ s Streams }

func (b briefly) event(e suite.Event) {
	if !b.s.ErrTerminal || e.Check == nil || e.Kind == suite.EventVerdict {
		return
	}
	line := fmt.Sprintf("checking %d of %d: %s", e.Done, e.Total, e.Check.Title)
	fmt.Fprintf(b.s.Err, "\r\x1b[K%s", cut(line, b.s.Width()))
}

func (b briefly) stop(r *report.Report) {
	if b.s.ErrTerminal {
		fmt.Fprint(b.s.Err, "\r\x1b[K")
	}
	if r == nil {
		return
	}
	ran, failed := 0, 0
	for _, c := range r.Checks {
		switch c.Status {
		case report.Fail:
			failed++
			ran++
		case report.Pass, report.Warn:
			ran++
		}
	}
	fmt.Fprintf(b.s.Err, "checked: %s, %d failed (%s)\n", counted(ran, "check"), failed, shortTime(r.Run.Duration.Duration()))
}
