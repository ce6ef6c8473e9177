package netmon

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// fakeSystem is an operating system that a test plays.
type fakeSystem struct {
	mu             sync.Mutex
	state          State
	err            error
	reads          int
	tell           func(event)
	network, sleep bool
	awake          chan struct{}
}

func (f *fakeSystem) read() (State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	return f.state, f.err
}

func (f *fakeSystem) listen(_ context.Context, tell func(event), _ func(error)) (network, sleep bool) {
	f.tell = tell
	return f.network, f.sleep
}

func (f *fakeSystem) set(edit func(*State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := office()
	edit(&s)
	f.state = s
}

func (f *fakeSystem) readCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reads
}

func onWifi(s *State) {
	s.Interfaces = s.Interfaces[1:]
	s.Default4, s.Default6 = s.Default4[1:], nil
	s.DNS = []netip.Addr{addr("198.51.100.53")}
}

// watched runs f with a watched fake system, in a bubble whose clock only moves
// when everything waits.
func watched(t *testing.T, sys *fakeSystem, o Options, f func(t *testing.T, changes <-chan Change)) {
	synctest.Test(t, func(t *testing.T) {
		sys.state = office()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		o.source, sys.awake = sys, make(chan struct{})
		o.Awake = sys.awake
		changes, err := Watch(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		f(t, changes)
		cancel()
		if c, open := <-changes; open {
			t.Errorf("a change nobody asked for: %v", c.Reasons)
		}
	})
}

func all() *fakeSystem { return &fakeSystem{network: true, sleep: true} }

func want(t *testing.T, c Change, reasons ...Reason) {
	t.Helper()
	if !slices.Equal(c.Reasons, reasons) {
		t.Fatalf("reasons %q, want %q", c.Reasons, reasons)
	}
}

// none fails when a change comes within d.
func none(t *testing.T, changes <-chan Change, d time.Duration) {
	t.Helper()
	select {
	case c := <-changes:
		t.Fatalf("a change without a reason to: %v", c.Reasons)
	case <-time.After(d):
	}
}

func TestSwitchIsOneChangeAfterQuiet(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		begin := time.Now()
		for range 5 { // the burst in which a network comes up
			sys.tell(event{kind: networkEvent})
			time.Sleep(100 * time.Millisecond)
		}
		sys.set(onWifi)
		sys.tell(event{kind: networkEvent})
		c := <-changes
		want(t, c, ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink)
		if took := time.Since(begin); took != 500*time.Millisecond+QuietTime {
			t.Errorf("told after %v", took)
		}
		if len(c.State.Interfaces) != 1 || sys.readCount() != 2 {
			t.Errorf("state %+v after %d reads", c.State, sys.readCount())
		}
	})
}

func TestEventsAloneDoNotCount(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		sys.set(func(s *State) { s.Default4[0].Metric = 20100 })
		for range 50 {
			sys.tell(event{kind: networkEvent})
			none(t, changes, time.Second)
		}
	})
}

func TestAFlappingLinkIsNotWaitedForEndlessly(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		begin := time.Now()
		sys.set(onWifi)
		go func() {
			for range 100 {
				sys.tell(event{kind: networkEvent})
				time.Sleep(QuietTime / 2)
			}
		}()
		want(t, <-changes, ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink)
		if took := time.Since(begin); took > maxQuiet {
			t.Errorf("told after %v, want at most %v", took, maxQuiet)
		}
		none(t, changes, time.Minute)
	})
}

func TestASlowReaderLosesNoReason(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		sys.set(func(s *State) { s.DNS = nil })
		sys.tell(event{kind: networkEvent})
		time.Sleep(time.Second)
		sys.set(func(s *State) { s.Proxy.HTTPS = "proxy.test:3128" })
		sys.tell(event{kind: networkEvent})
		time.Sleep(time.Second)
		c := <-changes
		want(t, c, ReasonDNS, ReasonProxy)
		if c.State.Proxy.HTTPS == "" || len(c.State.DNS) != 1 {
			t.Errorf("not the newest state: %+v", c.State)
		}
	})
}

func TestSleepIsToldAtOnceAndWaitsForDone(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		begin := time.Now()
		released := 0
		sys.tell(event{kind: sleeping, ready: func() { released++ }})
		c := <-changes
		want(t, c, ReasonSlept)
		if time.Since(begin) != 0 || released != 0 {
			t.Errorf("told after %v, released %d times", time.Since(begin), released)
		}
		if c.Done(); released != 1 {
			t.Error("Done does not let the machine sleep")
		}
		none(t, changes, time.Hour) // asleep until somebody says otherwise
		sys.tell(event{kind: waking})
		want(t, <-changes, ReasonWoke)
	})
}

// machine is a wall clock that runs on while the process does not.
type machine struct{ ahead, looks atomic.Int64 }

func (m *machine) now() time.Time {
	m.looks.Add(1)
	return time.Now().Add(time.Duration(m.ahead.Load()))
}

func (m *machine) sleep(d time.Duration) { m.ahead.Add(int64(d)) }

func TestWakeTellsHowLong(t *testing.T) {
	sys, m := all(), &machine{}
	watched(t, sys, Options{Wall: m.now}, func(t *testing.T, changes <-chan Change) {
		sys.tell(event{kind: sleeping})
		want(t, <-changes, ReasonSlept)
		m.sleep(8 * time.Hour) // before any timer of the process
		sys.set(onWifi)
		sys.tell(event{kind: waking})
		c := <-changes
		want(t, c, ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink, ReasonWoke)
		if c.Away != 8*time.Hour || len(c.State.Interfaces) != 1 {
			t.Errorf("away %v in state %+v", c.Away, c.State)
		}
		c.Done() // means nothing here
		none(t, changes, time.Hour)
	})
}

func TestClockSeesASleepThatNobodyAnnounced(t *testing.T) {
	for _, announced := range []bool{false, true} {
		sys, m := &fakeSystem{network: true, sleep: announced}, &machine{}
		watched(t, sys, Options{Wall: m.now}, func(t *testing.T, changes <-chan Change) {
			none(t, changes, time.Hour) // healthy: a clock that merely runs
			m.sleep(20 * time.Minute)
			begin := time.Now()
			c := <-changes
			want(t, c, ReasonClockJump)
			limit := clockEvery
			if announced {
				limit = clockEveryTold
			}
			if took := time.Since(begin); took > limit || c.Away != 20*time.Minute {
				t.Errorf("told after %v, away %v", took, c.Away)
			}
			none(t, changes, time.Hour)
		})
	}
}

func TestClockIsLookedAtWhenAwakeAnyway(t *testing.T) {
	sys, m := all(), &machine{}
	watched(t, sys, Options{Wall: m.now}, func(t *testing.T, changes <-chan Change) {
		before := m.looks.Load()
		for range 100 {
			none(t, changes, clockEveryTold/2)
			sys.awake <- struct{}{}
		}
		synctest.Wait()
		if looks := m.looks.Load() - before; looks != 100 {
			t.Errorf("%d looks, want one for each time the process was awake and none of the timer's", looks)
		}
		m.sleep(20 * time.Minute)
		begin := time.Now()
		sys.awake <- struct{}{}
		c := <-changes
		want(t, c, ReasonClockJump)
		if took := time.Since(begin); took != 0 || c.Away != 20*time.Minute {
			t.Errorf("told after %v, away %v", took, c.Away)
		}
	})
}

func TestClockSetBackAndCorrected(t *testing.T) {
	sys, m := all(), &machine{}
	watched(t, sys, Options{Wall: m.now}, func(t *testing.T, changes <-chan Change) {
		m.sleep(-time.Hour)
		c := <-changes
		want(t, c, ReasonClockJump)
		if c.Away != -time.Hour {
			t.Errorf("away %v", c.Away)
		}
		for range 100 { // a time server pulls
			m.sleep(clockSlack / 2)
			none(t, changes, clockEveryTold)
		}
	})
}

func TestNewerOfSleepAndWakeStands(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		sys.tell(event{kind: sleeping})
		sys.tell(event{kind: waking})
		synctest.Wait()
		want(t, <-changes, ReasonWoke)
		sys.tell(event{kind: sleeping})
		sys.tell(event{kind: waking})
		sys.tell(event{kind: sleeping})
		synctest.Wait()
		want(t, <-changes, ReasonSlept)
		sys.tell(event{kind: waking})
		want(t, <-changes, ReasonWoke)
	})
}

func TestWithoutEventsTheClockLooks(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		sys.set(onWifi)
		none(t, changes, time.Hour) // nothing is polled while events are promised
		if sys.readCount() != 1 {
			t.Errorf("%d reads", sys.readCount())
		}
		sys.tell(event{kind: networkDeaf})
		want(t, <-changes, ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink)
	})
}

func TestAStateThatCannotBeRead(t *testing.T) {
	sys := all()
	watched(t, sys, Options{}, func(t *testing.T, changes <-chan Change) {
		sys.mu.Lock()
		sys.state, sys.err = State{}, errors.New("busy")
		sys.mu.Unlock()
		sys.tell(event{kind: networkEvent})
		none(t, changes, time.Minute)
		sys.mu.Lock()
		sys.err = nil
		sys.mu.Unlock()
		sys.tell(event{kind: networkEvent})
		want(t, <-changes, ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink)
	})
	if _, err := Watch(t.Context(), Options{source: &fakeSystem{err: errors.New("no netlink")}}); err == nil {
		t.Error("a state that can never be read is no error")
	}
}

func TestWakeSeenOnTheClockIsToldOnce(t *testing.T) {
	sys, m := all(), &machine{}
	watched(t, sys, Options{Wall: m.now}, func(t *testing.T, changes <-chan Change) {
		sys.tell(event{kind: sleeping})
		want(t, <-changes, ReasonSlept)
		m.sleep(time.Hour)
		c := <-changes // the timer was faster than the bus
		want(t, c, ReasonWoke)
		if c.Away < time.Hour {
			t.Errorf("away %v", c.Away)
		}
		sys.tell(event{kind: waking})
		none(t, changes, time.Hour)
	})
}
