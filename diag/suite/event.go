package suite

import (
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// EventKind says what an Event tells.
type EventKind string

// The events of a run, in the order in which they come for one check. An
// EventVerdict comes as soon as a failed check lets the causes say something, and
// again when they change their mind; the last word is the report's.
const (
	EventStarted  EventKind = "started"
	EventFinished EventKind = "finished"
	EventVerdict  EventKind = "verdict"
)

// Event is one step of progress. Events of one run come one at a time.
type Event struct {
	Kind    EventKind
	At      time.Duration // since the run started
	Check   *report.Check // of started and finished; read only
	Verdict *report.Verdict
	Done    int // checks that have an outcome
	Total   int
}
