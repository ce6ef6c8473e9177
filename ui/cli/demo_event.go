package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/netmon"
)

// What the demo's computer goes through.
const (
	// napTime is a sleep that the server bears with, longSleep one that it does not:
	// it forgets a session that it has not heard of for a quarter of an hour.
	napTime   = 5 * time.Minute
	longSleep = time.Hour
	// eventLimit is for the session to come about, and to come back.
	eventLimit = 20 * time.Second
)

// journey is a computer on loopback with a clock and a network of its own, which
// an event happens to while a session is open.
type journey struct {
	server *exchangetest.Server
	past   atomic.Int64 // by how much its clock is behind, in ns
	source atomic.Pointer[net.TCPAddr]
	told   chan netmon.Change
	m      *monitor.Monitor
}

// Now is the clock of computer and server: it begins in the past, so that it is
// right when the sleep is over.
func (j *journey) Now() time.Time { return time.Now().Add(-time.Duration(j.past.Load())) }

func newJourney(event string) *journey {
	j := &journey{told: make(chan netmon.Change)}
	j.past.Store(int64(map[string]time.Duration{"sleep": napTime, "context-expired": longSleep}[event]))
	j.source.Store(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	return j
}

// live keeps a session open while the scenario's event happens to it, or what is
// wrong with long-lived connections shows by itself, and gives the outages that
// came of it.
func (j *journey) live(ctx context.Context, s Streams, o diag.Options, scenario exchangetest.Scenario) ([]report.Outage, error) {
	way := *o.Path
	way.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return (&net.Dialer{LocalAddr: j.source.Load()}).DialContext(ctx, network, addr)
	}
	way.Limits.FirstByte = 2 * scenario.Hold // answers that are held back are given up this early; 0 is as always
	o.Path = &way
	var err error
	if j.m, err = monitor.New(monitor.Config{Options: o, Changes: j.told, Now: j.Now}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, eventLimit, fmt.Errorf("the session did not come back within %v", eventLimit))
	defer cancel()
	go j.m.Run(ctx)
	defer func() { cancel(); <-j.m.Done() }()
	if _, err := j.until(ctx, func(s *monitor.Snapshot) bool { return s.State == monitor.StateConnected && s.Session.Waiting }); err != nil {
		return nil, err
	}
	if scenario.Event != "" {
		if err := j.happen(ctx, scenario.Event); err != nil {
			return nil, err
		}
	}
	last, err := j.until(ctx, func(s *monitor.Snapshot) bool { return s.State == monitor.StateConnected && len(s.Outages) > 0 })
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.Err, "%s: the session was %s\n", scenario.Name, outageEnd(last.Outages[0]))
	return last.Outages, nil
}

// happen does to the session what the scenario says.
func (j *journey) happen(ctx context.Context, event string) error {
	switch event {
	case "network-switch":
		j.server.Vanish()
		if runtime.GOOS != "darwin" { // which has one loopback address
			j.source.Store(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)})
		}
		return j.tell(ctx, netmon.ReasonAddress, netmon.ReasonDefaultRoute)
	case "sleep":
		j.server.Vanish()
	}
	return j.sleep(ctx, event)
}

// sleep lets time pass while the session is paused. Of a client that went away with
// a goodbye the server must have taken note before, or it would count from the end
// of the sleep.
func (j *journey) sleep(ctx context.Context, event string) error {
	if err := j.tell(ctx, netmon.ReasonSlept); err != nil {
		return err
	}
	if _, err := j.until(ctx, func(s *monitor.Snapshot) bool { return s.State == monitor.StatePaused }); err != nil {
		return err
	}
	if event == "context-expired" {
		if err := j.server.Quiet(ctx); err != nil {
			return err
		}
	}
	j.past.Store(0)
	return j.tell(ctx, netmon.ReasonWoke)
}

func (j *journey) tell(ctx context.Context, reasons ...netmon.Reason) error {
	addr := netip.PrefixFrom(j.source.Load().AddrPort().Addr().Unmap(), 8)
	c := netmon.Change{Reasons: reasons, At: j.Now(), State: netmon.State{
		Interfaces: []netmon.Interface{{Name: "lo", Up: true, Addrs: []netip.Prefix{addr}}},
		Default4:   []netmon.Route{{Interface: "lo"}},
	}}
	select {
	case j.told <- c:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (j *journey) until(ctx context.Context, ok func(*monitor.Snapshot) bool) (*monitor.Snapshot, error) {
	for {
		s, newer := j.m.Snapshot()
		if ok(s) {
			return s, nil
		}
		select {
		case <-newer:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
