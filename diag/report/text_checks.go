package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var words = map[Status]string{Pass: "ok", Warn: "warn", Fail: "FAIL", Skip: "skip"}

func (t *textWriter) checks(r *Report) {
	t.title("Checks: " + tally(r.Checks))
	group := ""
	hidden := map[string]int{} // checks that the caller left out, by reason
	for _, c := range r.Checks {
		if c.leftOut() && !t.view.Verbose {
			hidden[c.SkippedBecause]++
			continue
		}
		if c.Group != group {
			group = c.Group
			t.line("  %s", t.paint(bold, clean(group)))
		}
		t.check(c)
	}
	for _, reason := range slices.Sorted(maps.Keys(hidden)) {
		t.block("", grey, fmt.Sprintf("%d more %s.", hidden[reason], reason), 2)
	}
}

// leftOut says that a person chose not to run it; such rows would only be noise.
func (c *Check) leftOut() bool {
	return c.Status == Skip && (strings.HasPrefix(c.SkippedBecause, "left out") || strings.HasPrefix(c.SkippedBecause, "not among"))
}

func (t *textWriter) check(c Check) {
	text := c.Summary
	if c.Status == Skip {
		text = c.SkippedBecause
	}
	color := colorOf(c.Status)
	if c.Status == Skip {
		color = grey
	}
	t.block(fmt.Sprintf("    %-4s", words[c.Status]), color, c.Title+": "+text, 9)
	if !t.view.Verbose {
		return
	}
	note := c.ID
	if c.Duration != nil {
		note += " · " + spell(*c.Duration)
	}
	t.line("         %s", t.paint(grey, clean(note)))
	for _, key := range slices.Sorted(maps.Keys(c.Evidence)) {
		t.block("", "", key+": "+plain(c.Evidence[key]), 11)
	}
	for _, s := range c.Signals {
		t.block("", "", "saw "+s.Code+" "+s.Subject, 11)
	}
}

// plain is a value of evidence in one line.
func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// tally counts the outcomes, the ones that matter first.
func tally(checks []Check) string {
	n := map[Status]int{}
	for _, c := range checks {
		n[c.Status]++
	}
	var parts []string
	for _, s := range []struct {
		status Status
		word   string
	}{{Fail, "failed"}, {Warn, "to look at"}, {Pass, "passed"}, {Skip, "skipped"}} {
		if n[s.status] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s.status], s.word))
		}
	}
	return strings.Join(parts, ", ")
}
