package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/guide"
	"github.com/mapiscope/mapiscope/diag/report"
)

// end shows how it stands, what changed, and what whoever goes on needs.
func (g *guided) end(ctx context.Context, e *guide.Ending) error {
	last := g.session.Last
	switch e.Outcome {
	case guide.Working, guide.NotOpened:
		g.say("%s\n", g.stands(last))
		g.words("  ", e.Headline)
	case guide.Stopped:
		g.say("Stopped. As it was checked last: %s\n", g.stands(last))
		g.words("  ", e.Headline)
	case guide.Unsolved:
		g.say("%s\n", g.paint.in(report.Fail, "All known steps were taken, and it does not work yet."))
	default:
		g.say("%s\n", g.paint.in(report.Fail, "You have done what you can here; "+goesOn[e.To]+" goes on."))
	}
	g.say("\n")
	g.showMended(e.Deeds)
	if e.Changed {
		g.showDiff(g.session.Before, last)
	}
	if last.Verdict.Status == report.Fail {
		g.handOver(e, last)
	}
	if err := g.keep(ctx, last); err != nil {
		return err
	}
	return ended(ctx, last)
}

// showMended lists what helped, in the order in which it was done.
func (g *guided) showMended(deeds []guide.Deed) {
	helped := slices.DeleteFunc(slices.Clone(deeds), func(d guide.Deed) bool { return d.Result != guide.Mended })
	if len(helped) == 0 {
		return
	}
	g.say("%s\n", g.paint.bold("What helped"))
	for _, d := range helped {
		g.words("  ", d.Cause+": "+d.Text)
	}
	g.say("\n")
}

var goesOn = map[string]string{guide.Helpdesk: "the helpdesk", guide.Admin: "the Exchange administrator"}

// handOver writes what the next one needs: the summary, whom to call, the code,
// and what to search for in the server's logs.
func (g *guided) handOver(e *guide.Ending, last *report.Report) {
	for _, o := range e.Open {
		for _, note := range o.Meanwhile {
			g.words("  ", "Meanwhile: "+note)
			g.say("\n")
		}
	}
	g.say("%s\n", g.paint.bold("To hand on"))
	g.say("  short code %s\n", report.ShortCode(last))
	var summary strings.Builder
	if guide.WriteSummary(&summary, e) == nil {
		g.indented(summary.String())
	}
	if g.role != guide.User {
		for _, search := range report.LogSearches(last) {
			g.say("\n")
			g.words("  ", "In the server's logs: "+search.Title)
			for _, p := range search.Pairs {
				g.say("    %s: %s\n", p[0], printable(p[1]))
			}
		}
	}
	if c := e.Contact; c != nil {
		g.say("\n")
		g.words("  ", "Turn to: "+strings.Join(present(c.Name, c.Phone, c.Mail, c.URL, c.Hours), ", "))
		if c.Note != "" {
			g.words("  ", c.Note)
		}
	}
	g.say("\n")
}

// indented writes a summary two columns further in. Its commands stand four columns
// in, and stay whole.
func (g *guided) indented(text string) {
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		words := strings.TrimLeft(l, " ")
		switch margin := l[:len(l)-len(words)] + "  "; {
		case words == "":
			g.say("\n")
		case len(margin) > 5:
			g.say("%s%s\n", margin, words)
		default:
			g.words(margin, words)
		}
	}
}

func present(words ...string) (out []string) {
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// showDiff writes what changed; of the checks how many, unless --verbose wants each.
func (g *guided) showDiff(before, after *report.Report) {
	g.say("%s\n", g.paint.bold("Before and after"))
	shown, checks := 0, 0
	for _, d := range report.Diff(before, after) {
		if !g.out.verbose && strings.HasPrefix(d.What, "check ") {
			checks++
			continue
		}
		if strings.HasPrefix(d.What, "certificate ") && (d.Before == "" || d.After == "") {
			continue // seen by one of the two runs alone: nothing has changed
		}
		shown++
		g.say("  %s\n", printable(d.What))
		g.words("    before  ", orDash(d.Before))
		g.words("    after   ", orDash(d.After))
	}
	if checks > 0 {
		g.say("  and %s with another outcome\n", counted(checks, "check"))
	}
	if shown+checks == 0 {
		g.say("  Nothing is different.\n")
	}
	g.say("\n")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// keep writes the report where --output says; on a terminal it offers to.
func (g *guided) keep(ctx context.Context, last *report.Report) error {
	if g.out.output == "" {
		if !g.s.InTerminal || last.Verdict.Status != report.Fail || g.mend != nil {
			return nil
		}
		g.say("Save the report for whoever goes on? It holds no password.\n    y      Yes, as %s\n    n      No\n: ", g.fileName(last))
		id, err := g.keys.answer(ctx, []guide.Choice{{ID: "yes", Key: "y"}, {ID: "no", Key: "n"}}, "yes")
		if err != nil || id != "yes" {
			g.say("No\n")
			return err
		}
		g.say("Yes\n")
		g.out.output, g.out.format = g.fileName(last), "zip"
	}
	return g.save(last)
}

func (g *guided) fileName(r *report.Report) string {
	return "mapiscope-" + r.Run.Started.Local().Format("2006-01-02-1504") + ".zip"
}

// save writes the newest report, and beside it the one from before.
func (g *guided) save(last *report.Report) error {
	if err := g.out.write(g.s, last, g.o.Password.Reveal()); err != nil {
		return err
	}
	fmt.Fprintf(g.s.Err, "saved: %s\n", g.out.output)
	if g.first == nil || g.first.Run.ID == last.Run.ID {
		return nil
	}
	before := g.out
	end := filepath.Ext(before.output)
	before.output = strings.TrimSuffix(before.output, end) + "-before" + end
	if err := before.write(g.s, g.first, g.o.Password.Reveal()); err != nil {
		return err
	}
	fmt.Fprintf(g.s.Err, "saved: %s\n", before.output)
	return nil
}
