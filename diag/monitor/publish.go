package monitor

import (
	"reflect"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// publish puts the state into the cell unless it is the one that is there.
func (m *Monitor) publish() {
	old, _ := m.cell.Get()
	s := m.snapshot()
	s.Seq, s.At = old.Seq, old.At
	if reflect.DeepEqual(s, old) {
		return
	}
	s.Seq, s.At = old.Seq+1, report.At(m.cfg.Now())
	m.cell.Set(s)
}

func (m *Monitor) snapshot() *Snapshot {
	o := m.cfg.Options
	s := &Snapshot{
		Schema: SnapshotSchema, Agent: m.cfg.Agent,
		Account: report.Account{Address: o.Address, User: o.User, Auth: o.Auth},
		State:   m.state, Since: report.At(m.since), Status: statusOf(m.state),
		Connections: []report.Connection{}, Network: m.networkNow(),
		Outages: m.cfg.History.Past(ShownOutages), Notice: m.notice,
		Check: m.checking, LastReport: m.last,
	}
	if m.outage != nil {
		o := *m.outage
		s.Outage = &o
	}
	if m.link != nil {
		s.Session, s.Connections = m.sessionNow(), m.connections()
	}
	s.Headline, s.Next = m.words()
	if m.state == StateLost && m.last != nil && !m.last.Ended.Before(m.since) {
		s.Cause = m.last.Verdict.Cause
	}
	return s
}

func (m *Monitor) sessionNow() *Session {
	i := m.link.mailbox()
	s := &Session{ContextID: i.ContextID, Opened: report.At(i.Opened), PendingPeriod: report.MS(i.PendingPeriod),
		Waiting: m.waiting && m.async && m.state == StateConnected, Proven: timePtr(m.proven), Events: m.events}
	if !s.Waiting {
		s.Expires = timePtr(i.Expires)
	}
	if m.err != nil {
		s.LastError = m.err.Error()
	}
	return s
}

func timePtr(t time.Time) *report.Time {
	if t.IsZero() {
		return nil
	}
	at := report.At(t)
	return &at
}

func (m *Monitor) connections() []report.Connection {
	mailbox := diag.ConnectionRow(1, suite.ServiceMailbox, m.link.mailbox())
	switch {
	case m.state != StateConnected:
		mailbox.Status = report.Unreachable
	case m.waiting && m.async:
		mailbox.Notification = "async"
	default:
		mailbox.Notification = "poll"
	}
	if m.err != nil {
		mailbox.LastError = m.err.Error()
	}
	rows := []report.Connection{steady(mailbox)}
	if i, open, err := m.link.directory(); open {
		directory := diag.ConnectionRow(2, suite.ServiceDirectory, i)
		if err != nil || m.state != StateConnected {
			directory.Status = report.Unreachable
		}
		if err != nil {
			directory.LastError = err.Error()
		}
		rows = append(rows, steady(directory))
	}
	return rows
}

// steady leaves out what changes without an event: it would make every snapshot
// look new. Session.Opened says the age.
func steady(c report.Connection) report.Connection {
	c.ContextAge = nil
	return c
}

func (m *Monitor) networkNow() Network {
	if m.network == nil {
		return Network{Up: true}
	}
	n := Network{Up: m.network.Online()}
	for _, i := range m.network.Interfaces {
		row := report.Interface{Name: i.Name}
		for _, a := range i.Addrs {
			row.Addresses = append(row.Addresses, a.String())
		}
		n.Interfaces = append(n.Interfaces, row)
	}
	for _, r := range append(m.network.Default4[:len(m.network.Default4):len(m.network.Default4)], m.network.Default6...) {
		route := r.Interface
		if r.Gateway.IsValid() {
			route += " via " + r.Gateway.String()
		}
		n.Routes = append(n.Routes, route)
	}
	for _, a := range m.network.DNS {
		n.DNS = append(n.DNS, a.String())
	}
	if c := m.lastChange; c != nil {
		n.Changed = timePtr(c.At)
		for _, r := range c.Reasons {
			n.Reasons = append(n.Reasons, string(r))
		}
	}
	return n
}
