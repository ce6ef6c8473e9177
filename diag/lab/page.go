package lab

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/causes"
)

// WritePage writes the measurement as a page of the documentation. It holds
// nothing that a second run of the same source would change.
func (m *Measurement) WritePage(w io.Writer) error {
	p := &page{}
	p.line("# Accuracy")
	p.line("")
	p.line("Written by `make accuracy`, which injects every fault for real, makes a diagnosis of each, and compares. How: `diag/lab`.")
	p.totals(m)
	p.healthy(m)
	p.causes(m)
	p.confusion(m)
	p.pairs(m)
	p.notRight(m)
	_, err := io.WriteString(w, p.b.String())
	return err
}

type page struct{ b strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *page) head(title string) { p.line("\n## %s\n", title) }

// tally counts outcomes.
func tally(list []Result) map[Outcome]int {
	out := map[Outcome]int{}
	for _, r := range list {
		out[r.Outcome]++
	}
	return out
}

// split gives the faults and the healthy situations.
func split(list []Result) (faults, healthy []Result) {
	for _, r := range list {
		if r.Case.Cause == "" {
			healthy = append(healthy, r)
		} else {
			faults = append(faults, r)
		}
	}
	return faults, healthy
}

func (p *page) totals(m *Measurement) {
	faults, healthy := split(m.Single)
	f, h := tally(faults), tally(healthy)
	together, hidden := count(m.Pairs, Together), count(m.Pairs, Hidden)
	p.head("Totals")
	p.line("| what | how many | right | wrong | missed | false alarms |")
	p.line("|---|---|---|---|---|---|")
	p.line("| one fault, the verdict names it | %d | %d | %d | %d | |", len(faults)-f[LeftOut], f[Right], f[Wrong]+f[Incomplete], f[Missed])
	p.line("| nothing wrong, the verdict is silent | %d | %d | %d | | %d |", len(healthy)-h[LeftOut], h[Right], h[Incomplete], h[FalseAlarm])
	p.line("| two faults, both named before all others | %d | %d | %d | | |", together.all, together.right, together.all-together.right)
	p.line("| two faults of which one hides the other, it is named first | %d | %d | %d | | |", hidden.all, hidden.right, hidden.all-hidden.right)
}

func (p *page) healthy(m *Measurement) {
	_, healthy := split(m.Single)
	var names []string
	for _, r := range healthy {
		if r.Outcome == Right {
			names = append(names, r.Case.Name)
		}
	}
	p.head("Nothing wrong")
	p.line("Right in %d of %d situations: %s.", len(names), len(healthy), strings.Join(names, "; "))
}

func (p *page) causes(m *Measurement) {
	type row struct {
		right, all int
		names      []string
	}
	rows := map[string]*row{}
	for _, r := range m.Single {
		for _, code := range append([]string{r.Case.Cause}, r.Case.Also...) {
			if code == "" || r.Outcome == LeftOut {
				continue
			}
			if rows[code] == nil {
				rows[code] = &row{}
			}
			rows[code].all++
			if r.Outcome == Right {
				rows[code].right++
			}
			rows[code].names = append(rows[code].names, r.Case.Name)
		}
	}
	p.head("By cause")
	p.line("| cause | variants | right | which |")
	p.line("|---|---|---|---|")
	for _, code := range slices.Sorted(maps.Keys(rows)) {
		r := rows[code]
		p.line("| %s | %d | %d | %s |", code, r.all, r.right, strings.ReplaceAll(strings.Join(r.names, ", "), code+"/", ""))
	}
	for _, r := range causes.Rules() {
		if why := notInjected[r.Code]; why != "" {
			p.line("| %s | 0 | | not injected: %s |", r.Code, why)
		}
	}
}

// confusion has a row for each cause that was taken for another, and one for all
// that were not.
func (p *page) confusion(m *Measurement) {
	type cell struct{ truth, named string }
	wrong := map[cell]int{}
	all, right := map[string]bool{}, 0
	for _, r := range m.Single {
		truth := cmp.Or(r.Case.Cause, "nothing wrong")
		switch r.Outcome {
		case LeftOut:
			continue
		case Right:
			right++
		default:
			wrong[cell{truth, cmp.Or(r.Named, "nothing")}]++
		}
		all[truth] = true
	}
	p.head("Confusion matrix")
	p.line("| true | named | cases |")
	p.line("|---|---|---|")
	for _, c := range slices.SortedFunc(maps.Keys(wrong), func(x, y cell) int { return cmp.Or(cmp.Compare(x.truth, y.truth), cmp.Compare(x.named, y.named)) }) {
		p.line("| %s | %s | %d |", c.truth, c.named, wrong[c])
	}
	p.line("| each of %d causes, and nothing wrong | the same | %d |", len(all)-1, right)
}

type counted struct{ all, right int }

func count(list []PairResult, kind PairKind) (n counted) {
	for _, r := range list {
		if r.Kind == kind {
			n.all++
			if r.Right {
				n.right++
			}
		}
	}
	return n
}

func (p *page) pairs(m *Measurement) {
	together, hidden, excluded := count(m.Pairs, Together), count(m.Pairs, Hidden), count(m.Pairs, Excluded)
	p.head("Two faults at the same time")
	p.line("Of %d pairs, drawn with seed %d (two causes come together at most once):\n", len(m.Pairs), m.Seed)
	p.line("- **%d together**: a sign of each is seen. The first two findings must be the two: %d right.", together.all, together.right)
	p.line("- **%d hidden**: every check that saw the one when it was alone was skipped or failed because of the other (nothing behind a dead DNS server can be seen). The other must be named first: %d right. They are not counted with the former.", hidden.all, hidden.right)
	p.line("- **%d excluded**, because they cannot be there, or be told, at the same time: both set the same switch of the server, a check that would see the one looked and passed, or all signs of the one are signs of the other too.", excluded.all)
	p.line("\nA cause that says the same of a fault under other circumstances counts as that fault, in pairs alone:")
	for _, code := range slices.Sorted(maps.Keys(kin)) {
		p.line("- %s: %s", code, strings.Join(kin[code], ", "))
	}
	for _, code := range slices.Sorted(maps.Keys(or)) {
		p.line("- %s: %s, also where it is alone", code, strings.Join(or[code], ", "))
	}
}

func (p *page) notRight(m *Measurement) {
	p.head("What is not right, and why")
	n := 0
	for _, r := range m.Single {
		switch r.Outcome {
		case Right:
			continue
		case LeftOut:
			p.line("- %s was left out: %s", r.Case.Name, r.Why)
		default:
			p.line("- %s is %s: named is %q", r.Case.Name, r.Outcome, r.Named)
		}
		n++
	}
	for _, r := range m.Pairs {
		if !r.Right && r.Kind != Excluded {
			p.line("- %s (%s): %s.", r.Pair.Name(), r.Why, cmp.Or(excepted(r.Pair), "nobody knows yet"))
			n++
		}
	}
	if n == 0 {
		p.line("Nothing.")
	}
}
