package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// Pair is two faults at the same time.
type Pair struct{ A, B Case }

// Name of the pair.
func (p Pair) Name() string { return p.A.Name + " + " + p.B.Name }

// PairKind says what two faults do to each other.
type PairKind string

// The kinds.
const (
	// Together: of both a sign is seen, so both must be named before all others.
	Together PairKind = "together"
	// Hidden: of one no sign is seen, or only in passing, because every check that
	// saw it when it was alone was skipped, or failed, with the other there. The
	// other must be named first, or both before all others.
	Hidden PairKind = "hidden"
	// Excluded: one of them is not there beside the other, as a check says that
	// looked and passed; or both set the same switch of the server; or the signs of
	// the one are all signs of the other too. Two such faults cannot exist, or be
	// told, together; nothing is counted.
	Excluded PairKind = "excluded"
)

// PairResult is what became of a pair.
type PairResult struct {
	Pair   Pair
	Kind   PairKind
	Right  bool
	Named  []string // failing and warning findings, in order
	Why    string
	Report *report.Report
}

// Draw puts the pairs of faults into an order that depends on seed alone: two
// causes come together at most once, with a variant of each. Left out are cases
// that last long, and those whose signs depend on chance (Or).
func Draw(single []Result, seed uint64) []Pair {
	by := map[string][]Case{}
	for _, r := range single {
		if c := r.Case; r.Outcome == Right && c.Cause != "" && !c.Slow && c.Namespace == nil && len(c.Or) == 0 {
			by[c.Cause] = append(by[c.Cause], c)
		}
	}
	type drawn struct {
		pair Pair
		rank uint64
	}
	var out []drawn
	for a, as := range by {
		for b, bs := range by {
			if a >= b {
				continue
			}
			pick := func(list []Case) Case {
				return slices.MinFunc(list, func(x, y Case) int { return cmp.Compare(number(seed, a, b, x.Name), number(seed, a, b, y.Name)) })
			}
			p := Pair{pick(as), pick(bs)}
			out = append(out, drawn{p, number(seed, p.Name())})
		}
	}
	slices.SortFunc(out, func(a, b drawn) int { return cmp.Compare(a.rank, b.rank) })
	pairs := make([]Pair, len(out))
	for i, d := range out {
		pairs[i] = d.pair
	}
	return pairs
}

// number is a random number that depends on its arguments alone.
func number(seed uint64, words ...string) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, seed, words)
	x := h.Sum64() // the last letters have touched the lower half alone
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// RunPairs runs pairs in their order until n of them were together, or there are
// none left.
func RunPairs(ctx context.Context, pairs []Pair, single []Result, n int, done func(PairResult)) []PairResult {
	alone := map[string]*report.Report{}
	for _, r := range single {
		alone[r.Case.Name] = r.Report
	}
	var out []PairResult
	for together := 0; together < n && len(pairs) > 0; {
		batch := pairs[:min(len(pairs), max(2*(n-together), 12))]
		pairs = pairs[len(batch):]
		results := make([]PairResult, len(batch))
		each(len(batch), func(i int) {
			p := batch[i]
			results[i] = RunPair(ctx, p, alone[p.A.Name], alone[p.B.Name])
		})
		for _, r := range results {
			if together == n {
				break
			}
			if r.Kind == Together {
				together++
			}
			out = append(out, r)
			if done != nil {
				done(r)
			}
		}
	}
	return out
}

// RunPair injects two faults. a and b are the reports on each alone.
func RunPair(ctx context.Context, p Pair, a, b *report.Report) PairResult {
	bench, err := Inject(p.A, p.B)
	if err != nil {
		return PairResult{Pair: p, Why: err.Error()}
	}
	defer bench.Close()
	if bench.clash(p) || bench.behind(p.A, p.B) || bench.behind(p.B, p.A) {
		return PairResult{Pair: p, Kind: Excluded, Right: true, Why: "both set the same switch of the server"}
	}
	r, err := bench.Diagnose(ctx)
	var unusable *diag.UsageError
	switch {
	case errors.As(err, &unusable):
		return PairResult{Pair: p, Kind: Excluded, Right: true, Why: err.Error()}
	case err != nil:
		return PairResult{Pair: p, Why: err.Error()}
	}
	return judgePair(p, a, b, r)
}

// behind says that a fault is in the TLS of the server, which an inspecting proxy
// sees in the client's place.
func (b *Bench) behind(proxy, server Case) bool {
	return proxy.Inspects && slices.ContainsFunc(server.Faults, func(f exchangetest.Fault) bool { return b.Server.ChangesTLS(f) })
}

// clash says that faults of the server undo each other.
func (b *Bench) clash(p Pair) bool {
	for _, x := range p.A.Faults {
		for _, y := range p.B.Faults {
			if x.Name == y.Name || b.Server.Clash(x, y) {
				return true
			}
		}
	}
	return false
}

func judgePair(p Pair, a, b, both *report.Report) PairResult {
	res := PairResult{Pair: p, Named: p.named(both), Report: both}
	seenA, seenB := look(signsOf(p.A, a), signsOf(p.B, b), both), look(signsOf(p.B, b), signsOf(p.A, a), both)
	bothNamed := res.has(0, p.A, p.B) && res.has(1, p.A, p.B)
	res.Kind = Hidden
	switch {
	case seenA == absent || seenB == absent:
		res.Kind, res.Right, res.Why = Excluded, true, "one of them is not there beside the other"
		return res
	case seenA == visible && seenB == visible:
		res.Kind, res.Right = Together, bothNamed
	case seenA == visible:
		res.Right = bothNamed || res.has(0, p.A)
	case seenB == visible:
		res.Right = bothNamed || res.has(0, p.B)
	default: // each stands in the other's way
		res.Right = res.has(0, p.A, p.B)
	}
	if !res.Right {
		res.Why = fmt.Sprintf("%s: named are %s", res.Kind, strings.Join(res.Named, ", "))
	}
	return res
}

// has says that the finding at place i names one of the faults.
func (r PairResult) has(i int, faults ...Case) bool {
	return i < len(r.Named) && slices.ContainsFunc(faults, func(c Case) bool { return r.Named[i] == c.Cause })
}

// kin are causes that say the same of a fault under other circumstances.
var kin = map[string][]string{
	// Nothing stands in for what fails any more.
	"kerberos-fallback": {"kerberos-spn"},
	"modern-auth-mixed": {"modern-auth-half-set"},
	// What a proxy, or a firewall, makes of a server that does not answer.
	"connection-refused": {"unreachable-host", "proxy-unreachable"},
	"black-hole":         {"unreachable-host", "proxy-unreachable"},
	// The same name, in the protocol that is offered.
	"vdir-url-wrong":   {"outlook-anywhere-host"},
	"external-blocked": {"outlook-anywhere-host"},
	"name-missing":     {"outlook-anywhere-host"},
	// Where a domain controller can be asked, it tells more.
	"bad-credentials": {"account-locked"},
	// A connection that ends before does not tell whether the server insists.
	"client-cert-requested": {"client-cert-optional"},
}

// named are the causes that something should be done about, in order. One that
// belongs to a fault of the pair stands for that fault, and each is listed once.
func (p Pair) named(r *report.Report) []string {
	var out []string
	for _, f := range r.Findings {
		code := f.Code
		for _, c := range []Case{p.A, p.B} {
			other := code == p.A.Cause || code == p.B.Cause
			if !other && (slices.Contains(c.Also, code) || slices.Contains(c.Or, code) || slices.Contains(kin[c.Cause], code)) {
				code = c.Cause
			}
		}
		if f.Severity != report.SeverityInfo && !slices.Contains(out, code) {
			out = append(out, code)
		}
	}
	return out
}

// sign is a signal in a report on one fault alone.
type sign struct {
	check, code, subject string
	rests                bool // the fault's finding rests on it
}

func signsOf(c Case, r *report.Report) []sign {
	var codes []string
	for _, rule := range causes.Rules() {
		if rule.Code == c.Cause {
			codes = slices.Concat(rule.Any, rule.All)
		}
	}
	var out []sign
	for _, row := range r.Checks {
		for _, s := range row.Signals {
			out = append(out, sign{row.ID, s.Code, s.Subject, slices.Contains(codes, s.Code)})
		}
	}
	return out
}

type sight int

const (
	absent  sight = iota // the checks that saw it looked, and passed
	hidden               // they failed or were skipped
	glimpse              // they were, and a check that looks for something else saw it
	visible
)

// look says what became of a fault's signs when another fault came to it. Signs
// that the other gives as well prove nothing.
func look(own, others []sign, r *report.Report) (best sight) {
	for _, s := range own {
		same := func(o sign) bool { return o.code == s.code && o.subject == s.subject }
		if !s.rests || slices.ContainsFunc(others, same) {
			continue
		}
		shared := slices.ContainsFunc(others, func(o sign) bool { return o.code == s.code })
		for _, row := range r.Checks {
			best = max(best, s.at(row, shared))
		}
	}
	return best
}

// at looks for a sign at one check. shared says that the other fault gives the
// same signal about another subject.
func (s sign) at(row report.Check, shared bool) sight {
	seen := slices.ContainsFunc(row.Signals, func(now report.Signal) bool {
		return now.Code == s.code && (now.Subject == s.subject || !shared)
	})
	switch {
	case seen && row.ID == s.check:
		return visible
	case seen:
		return glimpse
	case row.ID == s.check && (row.Status == report.Fail || row.Status == report.Skip):
		return hidden
	}
	return absent
}
