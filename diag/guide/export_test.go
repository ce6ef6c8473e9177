package guide

import "github.com/mapiscope/mapiscope/diag/report"

// Class is what an action is to a guide, for the tests.
func Class(a report.Action) string { return string(classify(a)) }

// Named are the causes that the tables of this package speak of.
func Named() (codes []string) {
	for _, q := range append(questions, extras...) {
		codes = append(codes, q.causes...)
		for _, o := range q.Options {
			codes = append(codes, o.Rivals...)
		}
	}
	for code := range superseded {
		codes = append(codes, code)
	}
	return codes
}
