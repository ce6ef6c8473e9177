package monitor

import (
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
)

// beginOutage notes the first cause; what comes on top of it is part of the same.
func (m *Monitor) beginOutage(cause string, at time.Time) {
	if m.outage != nil {
		return
	}
	if at.Before(m.lastEnd) { // told late: it was over already
		at = m.lastEnd
	}
	m.outage = &report.Outage{Cause: cause, Started: started(at)}
	m.kept(m.cfg.History.Begin(*m.outage))
}

// started is rounded to what the file keeps.
func started(t time.Time) report.Time { return report.At(t.Round(0).Truncate(time.Millisecond)) }

// blameNetwork corrects the cause of an outage that was taken for the server's:
// its first sign comes before the system has told of the change.
func (m *Monitor) blameNetwork() {
	if o := m.outage; o != nil && o.Cause == CauseServer && m.cfg.Now().Sub(o.Started.Time) < NewsTime {
		o.Cause = CauseNetwork
		m.kept(m.cfg.History.Update(*o))
	}
}

func (m *Monitor) endOutage(outcome string, took time.Duration) {
	o := m.outage
	if o == nil {
		return
	}
	ended := started(m.cfg.Now())
	o.Ended, o.Outcome = &ended, outcome
	d := report.MS(max(ended.Sub(o.Started.Time), 0))
	o.Duration, o.Resume = &d, report.MSPtr(took)
	if outcome == outcomeResumed {
		o.Phase = ""
	}
	m.kept(m.cfg.History.Update(*o))
	m.outage, m.lastEnd = nil, ended.Time
}

// kept tells of a disk that is full, say: that must not end the session.
func (m *Monitor) kept(err error) {
	if err != nil {
		m.notice = "The history of outages cannot be written: " + err.Error()
	}
}

// outages is the one that is going on, and the past ones, newest first.
func (m *Monitor) outages(n int) []report.Outage {
	out := []report.Outage{}
	if m.outage != nil {
		out = append(out, *m.outage)
	}
	return append(out, m.cfg.History.Past(n)...)
}
