package lab

import (
	"fmt"
	"maps"
	"slices"

	"github.com/mapiscope/mapiscope/diag/causes"
)

const (
	// minVariants is how many cases every cause of the rule base needs.
	minVariants = 2
	// minHealthy is how many situations there must be in which nothing is wrong.
	minHealthy = 30
)

// notInjected are the causes that the lab cannot make, with the reason.
var notInjected = map[string]string{
	"program-fault": "a mistake of Mapiscope itself; tests of diag/suite make a check panic",
}

// variants counts the cases of each cause, those that it must be found beside
// another included.
func variants(cases []Case) map[string]int {
	out := map[string]int{}
	for _, c := range cases {
		if c.Cause != "" {
			out[c.Cause]++
		}
		for _, code := range c.Also {
			out[code]++
		}
	}
	return out
}

// Gaps says what the lab lacks, one sentence each.
func Gaps() []string { return gaps(Cases(), causes.Rules(), notInjected) }

func gaps(cases []Case, rules []causes.Rule, reasons map[string]string) []string {
	var out []string
	n := variants(cases)
	known := map[string]bool{causes.NoKnownCause: true}
	for _, r := range rules {
		known[r.Code] = true
		switch why, excused := reasons[r.Code]; {
		case excused && n[r.Code] >= minVariants:
			out = append(out, fmt.Sprintf("%s is listed as one that cannot be injected (%s), and has %d cases", r.Code, why, n[r.Code]))
		case !excused && n[r.Code] < minVariants:
			out = append(out, fmt.Sprintf("%s has %d of the %d cases that every cause needs: add a fault to transport/exchangetest, or a case to diag/lab", r.Code, n[r.Code], minVariants))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(n)) {
		if !known[code] {
			out = append(out, fmt.Sprintf("%s is expected by a case, and no rule names it", code))
		}
	}
	healthy := 0
	names := map[string]bool{}
	for _, c := range cases {
		if c.Cause == "" {
			healthy++
		}
		if names[c.Name] {
			out = append(out, c.Name+" is the name of two cases")
		}
		names[c.Name] = true
	}
	if healthy < minHealthy {
		out = append(out, fmt.Sprintf("%d situations are healthy, fewer than %d", healthy, minHealthy))
	}
	return out
}
