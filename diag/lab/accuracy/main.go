// Command accuracy measures how often the diagnosis is right, and writes what it
// found as a page: make accuracy. It ends with 1 when something is wrong that is
// not excepted.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/mapiscope/mapiscope/diag/lab"
)

func main() {
	lab.Child()
	pairs := flag.Int("pairs", 200, "how many pairs of faults to make that can be seen together")
	seed := flag.Uint64("seed", 1, "which pairs: the same seed draws the same ones")
	out := flag.String("out", "", "file for the page; none writes it to standard output")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *pairs, *seed, *out); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, pairs int, seed uint64, out string) error {
	problems := lab.Gaps()
	cases := lab.Cases()
	started := time.Now()
	p := &progress{of: len(cases), started: started}
	m := &lab.Measurement{Seed: seed}
	m.Single = lab.RunAll(ctx, cases, func(r lab.Result) { p.step(r.Case.Name, string(r.Outcome), r.Outcome == lab.Right) })
	p.begin(pairs)
	m.Pairs = lab.RunPairs(ctx, lab.Draw(m.Single, seed), m.Single, pairs, func(r lab.PairResult) {
		p.seen(r.Kind == lab.Together)
		p.step(r.Pair.Name(), r.Why, r.Right)
	})
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted, nothing was written")
	}
	var page bytes.Buffer
	if err := m.WritePage(&page); err != nil {
		return err
	}
	if err := write(out, page.Bytes()); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "took %s\n", time.Since(started).Round(time.Second))
	problems = append(problems, m.Problems()...)
	for _, line := range problems {
		fmt.Fprintln(os.Stderr, line)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d things are not as they should be", len(problems))
	}
	return nil
}

func write(name string, page []byte) error {
	if name == "" {
		_, err := os.Stdout.Write(page)
		return err
	}
	return os.WriteFile(name, page, 0o644)
}

// progress shows how far a run is: what is not right at once, the rest in steps.
type progress struct {
	of, done int
	together int
	pairs    bool
	started  time.Time
}

func (p *progress) begin(pairs int) { *p = progress{of: pairs, pairs: true, started: p.started} }

func (p *progress) seen(together bool) {
	if together {
		p.together++
	}
}

func (p *progress) step(name, what string, right bool) {
	p.done++
	n, unit := p.done, "situations"
	if p.pairs {
		n, unit = p.together, "pairs that are seen together"
	}
	switch {
	case !right:
		fmt.Fprintf(os.Stderr, "%s: %s\n", name, what)
	case p.done%25 == 0 || n == p.of:
		fmt.Fprintf(os.Stderr, "%d of %d %s, %s\n", n, p.of, unit, time.Since(p.started).Round(time.Second))
	}
}
