package monitor

import (
	"context"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
)

// networkGroups are the checks that listen to a change of the network: those that
// look at the way to the server and need no password.
var networkGroups = []string{"machine", "dns", "network", "tls"}

// sessionChecks sign in or open a session. What only runs behind them, where they
// run, does not bring them along after a change of the network.
var sessionChecks = []string{"auth.sign-in", "mapi", "directory", "rpc", "resume"}

// UnaskedPause is the least time between two runs of checks that nobody asked
// for: a train goes through many networks, and every run asks many servers.
const UnaskedPause = 5 * time.Minute

// checkUnasked runs checks because of something that happened.
func (m *Monitor) checkUnasked(trigger string, only, skip []string) {
	now := m.cfg.Now()
	if m.checking != nil || trigger != "lost" && now.Sub(m.lastAuto) < UnaskedPause {
		return
	}
	m.lastAuto = now
	_ = m.startChecks(trigger, only, skip) // the one error is that some are running
}

func (m *Monitor) startChecks(trigger string, only, skip []string) error {
	if m.checking != nil {
		return ErrChecking
	}
	o := m.cfg.Options
	o.Trigger, o.Only, o.Skip = trigger, only, skip
	o.Gaps = slices.Clone(m.gaps)
	if m.givenUp && trigger != "user" {
		o.Password = auth.Secret{} // it was refused, and each attempt counts towards a lockout
	}
	m.checking = &CheckRun{Started: report.At(m.cfg.Now()), Trigger: trigger}
	o.Progress = func(e suite.Event) { m.tell(func() { m.progressed(e) }) }
	m.jobs.Go(func() {
		r, err := m.check(m.ctx, o)
		m.tell(func() { m.checked(r, err) })
	})
	return nil
}

// progressed notes one event. Snapshots share nothing with what is written here.
func (m *Monitor) progressed(e suite.Event) {
	run := *m.checking
	run.Done, run.Total, run.Checks = e.Done, e.Total, slices.Clone(run.Checks)
	if e.Verdict != nil {
		v := *e.Verdict
		run.Verdict = &v
	}
	if e.Check != nil {
		row := rowOf(*e.Check)
		if i := slices.IndexFunc(run.Checks, func(c CheckRow) bool { return c.ID == row.ID }); i >= 0 {
			run.Checks[i] = row
		} else {
			run.Checks = append(run.Checks, row)
		}
	}
	m.checking = &run
}

func (m *Monitor) checked(r *report.Report, err error) {
	trigger := m.checking.Trigger
	m.checking = nil
	if err != nil {
		m.notice = "The checks could not be run: " + err.Error()
		return
	}
	if context.Cause(m.ctx) != nil {
		return
	}
	m.report = r
	m.last = &LastReport{ID: r.Run.ID, Ended: report.At(m.cfg.Now()), Trigger: trigger, Verdict: r.Verdict}
	for _, c := range r.Checks {
		m.last.Checks = append(m.last.Checks, rowOf(c))
	}
}

func rowOf(c report.Check) CheckRow {
	row := CheckRow{ID: c.ID, Group: c.Group, Title: c.Title, Status: c.Status, Summary: c.Summary}
	if c.SkippedBecause != "" {
		row.Summary = c.SkippedBecause
	}
	return row
}
