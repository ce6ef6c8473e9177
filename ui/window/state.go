package window

import (
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// State is all that a view may show. It is immutable.
type State struct {
	Now      time.Time
	Snapshot *monitor.Snapshot // nil until the agent has answered once
	Report   *report.Report    // of the last run of checks, nil before the first
	Gone     string            // why the agent does not answer, "" while it does
	Problem  string            // what could not be done on a person's word, "" when nothing
}

// checking is the run of checks that is going on, or nil.
func (s State) checking() *monitor.CheckRun {
	if s.Snapshot == nil || s.Gone != "" {
		return nil
	}
	return s.Snapshot.Check
}

// needsAccount says that the agent runs and has nothing to watch.
func (s State) needsAccount() bool {
	return s.Gone == "" && s.Snapshot != nil && s.Snapshot.State == monitor.StateNoAccount
}

// state is the word of the agent for how it stands; unknown without an agent.
func (s State) state() monitor.State {
	if s.Snapshot == nil || s.Gone != "" {
		return monitor.StateUnknown
	}
	return s.Snapshot.State
}

// checksFailed says that the last checks found what keeps mail from flowing. While a
// lost session is tried again and again, that is what a person wants to read.
func (s State) checksFailed() bool {
	return s.Report != nil && s.Report.Verdict.Status == report.Fail
}

// connections are the live ones, and of the last report those that the agent does
// not hold open itself: the older transport, and what was refused.
func (s State) connections() []report.Connection {
	var rows []report.Connection
	live := map[[2]string]bool{}
	if s.Snapshot != nil {
		for _, c := range s.Snapshot.Connections {
			live[[2]string{c.Service, c.Protocol}] = true
			rows = append(rows, c)
		}
	}
	if s.Report != nil {
		for _, c := range s.Report.Connections {
			if !live[[2]string{c.Service, c.Protocol}] {
				rows = append(rows, c)
			}
		}
	}
	return rows
}

// outages of the agent, the one that goes on first; of the report without one.
func (s State) outages() []report.Outage {
	switch {
	case s.Snapshot != nil && s.Snapshot.Outage != nil:
		return append([]report.Outage{*s.Snapshot.Outage}, s.Snapshot.Outages...)
	case s.Snapshot != nil:
		return s.Snapshot.Outages
	case s.Report != nil:
		return s.Report.Outages
	}
	return nil
}
