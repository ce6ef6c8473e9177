package monitor

import (
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// SnapshotSchema names the form of a Snapshot; adding a field does not change it.
const SnapshotSchema = "mapiscope.snapshot/v1"

// State says in one word how it stands with the mailbox.
type State string

// The states. The zero value is "not known yet".
const (
	StateUnknown    State = ""
	StateConnecting State = "connecting" // the first session is being opened
	StateConnected  State = "connected"  // the server holds our session and answers
	StateTroubled   State = "troubled"   // something failed just now; patience has not run out
	StateResuming   State = "resuming"   // proving the old session after a pause
	StatePaused     State = "paused"     // the user asked for it, or the machine sleeps
	StateOffline    State = "offline"    // this machine has no network
	StateLost       State = "lost"       // no session, and patience has run out
	StateNoAccount  State = "no-account" // nothing is configured
)

// Snapshot is the whole state of the agent at one moment. It is immutable: who
// holds one may keep it, and nobody may change it. A later one has a greater Seq.
type Snapshot struct {
	Schema  string         `json:"schema"`
	Seq     uint64         `json:"seq"`
	At      report.Time    `json:"at"`
	Agent   Agent          `json:"agent"`
	Account report.Account `json:"account"`

	State    State         `json:"state"`
	Since    report.Time   `json:"since"`           // when State began
	Status   report.Status `json:"status"`          // pass, warn or fail: the colour
	Headline string        `json:"headline"`        // one sentence for a person
	Next     string        `json:"next,omitempty"`  // what to do about it, one sentence
	Cause    string        `json:"cause,omitempty"` // code of a finding of LastReport

	Session     *Session            `json:"session,omitempty"`
	Connections []report.Connection `json:"connections"`
	Network     Network             `json:"network"`

	Outage  *report.Outage  `json:"outage,omitempty"` // the one that is going on
	Outages []report.Outage `json:"outages"`          // the past ones, newest first, at most ShownOutages
	Notice  string          `json:"notice,omitempty"` // something odd about the agent itself, for a person

	Check      *CheckRun   `json:"check,omitempty"`       // the run of checks that is going on
	LastReport *LastReport `json:"last_report,omitempty"` // the last one that ended; POST /v1/report gives it whole
}

// ShownOutages is how many past outages a Snapshot holds; the file keeps more.
const ShownOutages = 50

// Agent is the process that watches.
type Agent struct {
	Version string      `json:"version"`
	Commit  string      `json:"commit,omitempty"`
	PID     int         `json:"pid"`
	Started report.Time `json:"started"`
}

// Session is the session context in the mailbox.
type Session struct {
	ContextID     string              `json:"context_id"` // GUID of X-RequestId: the same GUID means the same context
	Opened        report.Time         `json:"opened"`
	Expires       *report.Time        `json:"expires,omitempty"` // absent while a request holds it
	PendingPeriod report.Milliseconds `json:"pending_period_ms"`
	Waiting       bool                `json:"waiting"`              // a NotificationWait is open
	Proven        *report.Time        `json:"proven,omitempty"`     // last sign of life from the server
	Events        int                 `json:"events"`               // notifications that arrived
	LastError     string              `json:"last_error,omitempty"` // of the last request that failed
}

// Network is what the machine's network looks like.
type Network struct {
	Up         bool               `json:"up"`
	Interfaces []report.Interface `json:"interfaces,omitempty"`
	Routes     []string           `json:"default_routes,omitempty"`
	DNS        []string           `json:"dns,omitempty"`
	Proxy      string             `json:"proxy,omitempty"`
	Changed    *report.Time       `json:"changed,omitempty"` // the last change that counted
	Reasons    []string           `json:"reasons,omitempty"` // of that change: "address", "default-route", …
}

// CheckRun is a run of checks that is going on.
type CheckRun struct {
	Started report.Time     `json:"started"`
	Trigger string          `json:"trigger"` // "user", "network-change", "lost", "start"
	Done    int             `json:"done"`
	Total   int             `json:"total"`
	Checks  []CheckRow      `json:"checks"`
	Verdict *report.Verdict `json:"verdict,omitempty"` // as far as it is known
}

// CheckRow is one check of a run; Status is "" while it runs.
type CheckRow struct {
	ID      string        `json:"id"`
	Group   string        `json:"group"`
	Title   string        `json:"title"`
	Status  report.Status `json:"status"`
	Summary string        `json:"summary,omitempty"`
}

// LastReport is what the last run of checks came to.
type LastReport struct {
	ID      string         `json:"id"` // report.Run.ID: fetch the report again when it changes
	Ended   report.Time    `json:"ended"`
	Trigger string         `json:"trigger"`
	Verdict report.Verdict `json:"verdict"`
	Checks  []CheckRow     `json:"checks"`
}

// Age is how long State has lasted at now.
func (s *Snapshot) Age(now time.Time) time.Duration { return now.Sub(s.Since.Time) }
