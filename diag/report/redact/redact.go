// Package redact makes a report fit to be handed on.
//
// No level ever lets a password, ticket, token, cookie value or Authorization
// header out: such values are not put into a report in the first place, and
// Scrub looks for them again at the exit. Strict also replaces who and where
// (addresses, hosts, user names, ids) by stand-ins: within one report the same
// value always becomes the same stand-in, so the report can still be followed.
package redact

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Level is how much is taken out.
type Level string

// The levels.
const (
	None   Level = "none"   // nothing but secrets
	Normal Level = "normal" // the same; the default of anything that is written to a file
	Strict Level = "strict" // names become stand-ins
)

// ParseLevel reads a --redact value. An empty or unknown one is an error: to
// guess a level would be to guess what may be seen.
func ParseLevel(s string) (Level, error) {
	if l := Level(strings.ToLower(s)); slices.Contains([]Level{None, Normal, Strict}, l) {
		return l, nil
	}
	return Strict, fmt.Errorf("no redaction level is named %q; there is none, normal and strict", s)
}

// Apply gives a copy of r at that level; r stays as it is. What was redacted
// strictly before keeps saying so. secrets are the values that the run was
// given (passwords); they are removed wherever they stand.
func Apply(r *report.Report, level Level, secrets ...string) (*report.Report, error) {
	out, err := clone(r)
	if err != nil {
		return nil, err
	}
	scrub := scrubber{secrets: secrets}
	each(out, func(_ Class, s string) string { return scrub.text(s) })
	switch {
	case level == Strict:
		anonymise(out, nil)
		out.Run.Redaction = string(Strict)
	case out.Run.Redaction != string(Strict):
		out.Run.Redaction = string(level)
	}
	return out, nil
}

// anonymise replaces names; note, if there is one, is told of each change.
func anonymise(r *report.Report, note func(c Class, from, to string)) {
	v := newVault()
	each(r, func(c Class, s string) string { v.learn(c, s); return s })
	v.settle()
	each(r, func(c Class, s string) string {
		out := v.replace(c, s)
		if note != nil && out != s {
			note(c, s, out)
		}
		return out
	})
}

// clone copies through JSON: what is not in the JSON is not in the report.
func clone(r *report.Report) (*report.Report, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var out report.Report
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, err
	}
	return &out, nil
}
