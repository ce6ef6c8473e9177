// Package netmon tells when the network under a session changed and when the
// machine slept. It hears the operating system's events, waits until they are
// over, reads the whole state, compares it with the one before and says what is
// different. An event never counts by itself, and nothing is polled where the
// system has an event for it.
//
// os_linux.go, os_windows.go and os_darwin.go fetch bytes and events; everything
// that judges them is in files that run, and are tested, on every system.
package netmon

import (
	"slices"
	"time"
)

// Reason names what a Change is about.
type Reason string

// The reasons. Those of the network come from two states compared; slept, woke
// and clock-jump are told by the system or by its clock.
const (
	ReasonLink         Reason = "link"          // an interface with an address came, went, or changed between up and down
	ReasonAddress      Reason = "address"       // an address came or went
	ReasonDefaultRoute Reason = "default-route" // the way out, of IPv4 or IPv6, is another one
	ReasonDNS          Reason = "dns"           // other DNS servers or search domains
	ReasonProxy        Reason = "proxy"         // the proxy settings changed
	ReasonSlept        Reason = "slept"         // the machine is about to sleep: call Change.Done when ready
	ReasonWoke         Reason = "woke"          // the machine is awake again
	ReasonClockJump    Reason = "clock-jump"    // time passed that this process did not see: slept or stopped unannounced, or the clock was set
)

// Change is one difference, after the events about it came to rest.
type Change struct {
	Reasons []Reason      // sorted, at least one
	At      time.Time     // when it was told
	State   State         // the state from now on
	Away    time.Duration // with woke and clock-jump: how long, by the wall clock; negative when the clock was set back

	ready func()
}

// Has reports whether r is among the reasons.
func (c Change) Has(r Reason) bool { return slices.Contains(c.Reasons, r) }

// Done tells the system that, as far as we are concerned, it may sleep now. It
// means something for a Change with ReasonSlept, where sleep waits for it up to
// SleepDelay; otherwise, and a second time, it does nothing.
func (c Change) Done() {
	if c.ready != nil {
		c.ready()
	}
}
