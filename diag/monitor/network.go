package monitor

import (
	"net/netip"

	"github.com/mapiscope/mapiscope/transport/netmon"
)

// changed is something that the operating system told.
func (m *Monitor) changed(c netmon.Change) {
	m.network, m.lastChange = &c.State, &c
	switch {
	case c.Has(netmon.ReasonSlept):
		m.hold(CauseSleep, c.Done)
		return
	case c.Has(netmon.ReasonWoke):
		if m.release(CauseSleep) {
			m.prove()
		}
	case c.Has(netmon.ReasonClockJump):
		m.slept(c)
	case len(m.held) > 0:
	case m.state == StateConnected || m.state == StateResuming:
		m.moved(c)
	default: // trouble: this may be the end of it
		m.blameNetwork()
		if !m.givenUp {
			m.prove()
		}
	}
	switch m.state {
	case StateConnected, StatePaused, StateOffline: // nothing to look for
	default:
		m.checkUnasked("network-change", networkGroups, sessionChecks)
	}
}

// slept is a time that this process did not see.
func (m *Monitor) slept(c netmon.Change) {
	if len(m.held) > 0 || m.link == nil {
		return
	}
	if c.Away > 0 {
		m.beginOutage(CauseSleep, c.At.Add(-c.Away))
	}
	m.prove()
}

// moved proves a session whose way may be another now. An address that came
// beside ours, or other DNS servers, leave it alone: a connection that stands
// needs neither.
func (m *Monitor) moved(c netmon.Change) {
	ours := c.State.HasAddr(m.local())
	if ours && !c.Has(netmon.ReasonDefaultRoute) && !c.Has(netmon.ReasonProxy) {
		return
	}
	if m.link != nil {
		m.beginOutage(CauseNetwork, c.At)
	}
	if !ours && !c.State.Online() {
		m.goOffline()
		return
	}
	m.prove()
}

// goOffline waits for a network.
func (m *Monitor) goOffline() {
	m.stop()
	m.enter(StateOffline)
	m.pause(nil)
}

// local is the address that our connection comes from.
func (m *Monitor) local() netip.Addr {
	if m.link == nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddrPort(m.link.mailbox().LocalAddr)
	return a.Addr()
}
