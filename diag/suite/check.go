// Package suite is what a check is and how a set of them is run: by their
// dependencies, at the same time where they are independent, each within its
// limit, and with an outcome for every one of them whatever happens.
//
// It judges nothing: the checks are in diag/checks, the causes in diag/causes.
package suite

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Check is a value: adding one is one file in diag/checks and one row in its list.
type Check struct {
	ID    string // "tls.mailbox": group, dot, name in kebab case
	Group string // one of Groups
	Title string // what it looks at, as a person would say it

	// After are the checks that this one stands on: when one of them failed or
	// was skipped, this one is skipped and says why.
	After []string
	// Beside are checks that run at the same time and look at a part of the way
	// that this one goes itself. When this one fails and one of them failed or was
	// skipped, this one is reported as skipped because of it: waiting for them
	// first would cost every healthy run round trips, and only for the wording.
	Beside []string
	// Behind are checks that must have finished, whatever their outcome, because
	// this one judges what they left in Env.
	Behind []string

	Limit   time.Duration // 0 is DefaultLimit
	Affects string        // who notices when it fails: "mailbox", "directory", "setup", "everything"

	// Run looks and answers. It must obey ctx; it reaches the world only through Env.
	Run func(ctx context.Context, e *Env) Outcome
}

// Groups are the groups of checks, in the order in which they are shown: from
// the machine outwards, then up the ladder.
var Groups = []string{"machine", "dns", "discovery", "network", "tls", "web", "auth", "mapi", "directory", "rpc", "resume"}

// DefaultLimit is for a check that names none: longer than any single phase of
// one request, shorter than a person waits.
const DefaultLimit = 15 * time.Second

// Outcome is what a check answers. The zero Outcome is not a pass: the Runner
// reports a check that set no status as our own fault.
type Outcome struct {
	Status   report.Status
	Summary  string // one sentence that names the thing; for Skip, the reason
	Evidence map[string]any
	Signals  []Signal // what was seen, for the causes to match on
}

// Signal is one observation. Codes are in signals.go.
type Signal = report.Signal

// Pass, Warn, Fail and Skip make the usual outcomes.
func Pass(summary string) Outcome { return Outcome{Status: report.Pass, Summary: summary} }

// Warn is an outcome that works and should be looked at.
func Warn(summary string) Outcome { return Outcome{Status: report.Warn, Summary: summary} }

// Fail is an outcome that stops mail or a part of it.
func Fail(summary string) Outcome { return Outcome{Status: report.Fail, Summary: summary} }

// Skip is the outcome of a check that had nothing to look at; why is the reason.
func Skip(why string) Outcome { return Outcome{Status: report.Skip, Summary: why} }

// With adds evidence and gives the outcome back.
func (o Outcome) With(key string, value any) Outcome {
	if o.Evidence == nil {
		o.Evidence = map[string]any{}
	}
	o.Evidence[key] = value
	return o
}

// Saw adds signals and gives the outcome back.
func (o Outcome) Saw(s ...Signal) Outcome {
	o.Signals = append(o.Signals, s...)
	return o
}
