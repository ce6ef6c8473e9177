package monitor

import (
	"errors"

	"github.com/mapiscope/mapiscope/diag/report"
)

// ErrNoAccount is an order to an agent that has nothing to watch.
var ErrNoAccount = errors.New("no account is configured: set one up, then start the agent again")

// Unconfigured answers in place of a Monitor until there is an account, so that a
// face has somebody to ask.
type Unconfigured struct{ cell *Cell[*Snapshot] }

// NoAccount is the agent without an account.
func NoAccount(a Agent) *Unconfigured {
	return &Unconfigured{NewCell(&Snapshot{
		Schema: SnapshotSchema, Seq: 1, At: a.Started, Agent: a, State: StateNoAccount, Since: a.Started,
		Headline: "No account is configured yet.", Next: "Tell your e-mail address: in the window, or in the configuration file.",
		Connections: []report.Connection{}, Network: Network{Up: true}, Outages: []report.Outage{},
	})}
}

// Snapshot is the one state that there is.
func (u *Unconfigured) Snapshot() (*Snapshot, <-chan struct{}) { return u.cell.Get() }

// Check is ErrNoAccount.
func (u *Unconfigured) Check(_, _ []string) error { return ErrNoAccount }

// Pause is ErrNoAccount.
func (u *Unconfigured) Pause() error { return ErrNoAccount }

// Resume is ErrNoAccount.
func (u *Unconfigured) Resume() error { return ErrNoAccount }

// Report is ErrNoAccount.
func (u *Unconfigured) Report() (*report.Report, error) { return nil, ErrNoAccount }
