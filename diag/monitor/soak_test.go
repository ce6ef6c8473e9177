package monitor

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/rop"
)

var (
	soakEvents = flag.Int("events", 1000, "how many things happen in the soak")
	soakSeed   = flag.Uint64("seed", 1, "seed of the soak: the same events in the same order")
)

// soak is a monitor to which things happen.
type soak struct {
	*watched
	rand   *rand.Rand
	source atomic.Pointer[net.TCPAddr] // address that our connections come from

	mu       sync.Mutex
	contexts []string // contexts of the connected snapshots, each once, in order
	stop     chan struct{}
}

// happenings are what can happen, by how often.
var happenings = []struct {
	name   string
	weight int
	do     func(s *soak)
}{
	{"switch", 30, func(s *soak) { s.server.Vanish(); s.move(); s.change(netmon.ReasonAddress, netmon.ReasonDefaultRoute) }},
	{"flap", 8, func(s *soak) {
		for range 3 {
			s.move()
			s.change(netmon.ReasonDefaultRoute)
		}
	}},
	{"sleep", 20, func(s *soak) {
		s.change(netmon.ReasonSlept)
		if s.rand.IntN(2) == 0 {
			s.server.DropConnections()
		}
		s.change(netmon.ReasonWoke)
	}},
	{"cut", 20, func(s *soak) { s.server.DropConnections() }},
	{"silence", 4, func(s *soak) { s.server.Vanish() }}, // noticed by the rhythm of PENDING alone
	{"delay", 6, func(s *soak) {
		s.fault("black-hole")
		s.change(netmon.ReasonDefaultRoute)
		s.server.Clear("")
		s.change(netmon.ReasonAddress, netmon.ReasonDefaultRoute)
	}},
	{"refused", 4, func(s *soak) {
		s.fault("connection-refused")
		s.change(netmon.ReasonDefaultRoute)
		s.server.Clear("")
		s.change(netmon.ReasonDefaultRoute)
	}},
	{"expired", 6, func(s *soak) { s.server.ExpireContexts() }},
	{"pause", 4, func(s *soak) { s.Pause(); s.change(netmon.ReasonDNS); s.Resume() }},
	{"mail", 10, func(s *soak) { s.server.Deliver(s.server.User(0).Address, "soak") }},
}

func (s *soak) fault(name string) {
	if err := s.server.Set(exchangetest.Fault{Name: name}); err != nil {
		s.t.Fatal(err)
	}
}

// move goes to another network: connections come from another address.
func (s *soak) move() {
	last := byte(1)
	if runtime.GOOS == "linux" { // where all of 127.0.0.0/8 is ours
		last += byte(s.rand.IntN(20))
	}
	s.source.Store(&net.TCPAddr{IP: net.IPv4(127, 0, 0, last)})
}

func (s *soak) next() string {
	total := 0
	for _, h := range happenings {
		total += h.weight
	}
	n := s.rand.IntN(total)
	for _, h := range happenings {
		if n -= h.weight; n < 0 {
			h.do(s)
			return h.name
		}
	}
	return ""
}

// collect notes the contexts that were connected.
func (s *soak) collect() {
	for {
		now, newer := s.Snapshot()
		if now.State == StateConnected {
			s.mu.Lock()
			if !slices.Contains(s.contexts, now.Session.ContextID) {
				s.contexts = append(s.contexts, now.Session.ContextID)
			}
			s.mu.Unlock()
		}
		select {
		case <-newer:
		case <-s.stop:
			return
		}
	}
}

// TestSoak lets many things happen to one session. At the end it is alive, the
// history says about it what the server's log says, and nothing is left over.
func TestSoak(t *testing.T) {
	warm, err := net.Listen("tcp", "127.0.0.1:0") // the runtime opens files of its own for the first one
	if err != nil {
		t.Fatal(err)
	}
	warm.Close()
	files := openFiles(t)
	if testing.Short() {
		*soakEvents = min(*soakEvents, 100)
	}
	s := &soak{rand: rand.New(rand.NewPCG(*soakSeed, 0)), stop: make(chan struct{})}
	s.source.Store(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	s.watched = watch(t, exchangetest.Options{PendingPeriod: 100 * time.Millisecond, WaitLimit: 2 * time.Second}, func(c *Config) {
		c.Limits = mapihttp.Limits{Gap: 500 * time.Millisecond, Grace: 200 * time.Millisecond}
		c.Options.Path.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			return (&net.Dialer{LocalAddr: s.source.Load()}).DialContext(ctx, network, addr)
		}
	})
	done := make(chan struct{})
	go func() { defer close(done); s.collect() }()
	s.connected()
	begun, counts := time.Now(), map[string]int{}
	for i := range *soakEvents {
		counts[s.next()]++
		if s.rand.IntN(3) > 0 { // otherwise the next comes before this one is over
			s.until(fmt.Sprintf("the end of event %d", i), func(now *Snapshot) bool { return now.State == StateConnected && now.Outage == nil })
		}
		s.server.GiveUp()
	}
	last := s.until("a live session", func(now *Snapshot) bool { return now.State == StateConnected && now.Outage == nil })
	s.until("a notification", func(now *Snapshot) bool {
		s.server.Deliver(s.server.User(0).Address, "after all that")
		return now.State == StateConnected && now.Session.Events > last.Session.Events
	})
	s.watched.stop()
	close(s.stop)
	<-done
	s.agree()
	t.Logf("%d events in %v: %v; %d session contexts", *soakEvents, time.Since(begun).Round(time.Millisecond), counts, len(s.contexts))
	s.server.Close()
	noGoroutines(t)
	if now := openFiles(t); now > files {
		t.Errorf("%d files are open, %d were before", now, files)
	}
}

// agree holds the history against the server's log.
func (s *soak) agree() {
	past := s.cfg.History.Past(KeptOutages)
	reestablished := 0
	for _, o := range past {
		switch o.Outcome {
		case outcomeReestablished:
			reestablished++
		case outcomeResumed:
		default:
			s.t.Errorf("an outage that did not end well: %+v", o)
		}
		if o.Ended == nil || o.Ended.Before(o.Started.Time) {
			s.t.Errorf("%+v", o)
		}
	}
	opened, changes := map[string]int{}, map[string]int{}
	for _, r := range s.server.Requests() {
		if r.ResponseCode != 0 || r.VDir != "mapi" {
			continue
		}
		guid, _, _ := strings.Cut(strings.Trim(r.RequestID, "{"), "}")
		if r.RequestType == "Connect" {
			opened[strings.ToUpper(guid)]++
		}
		if slices.Contains(r.ROPs, rop.RopLogon) || slices.Contains(r.ROPs, rop.RopRegisterNotification) {
			changes[r.RequestID]++
		}
	}
	// A context may come and go while nobody looks, for a slow reader of snapshots
	// misses those between; the server misses none.
	if last := 1 + reestablished; len(past) < KeptOutages && (len(s.contexts) > last || last > len(opened)) {
		s.t.Errorf("%d session contexts were connected and the server opened %d, while %d outages ended with a new one", len(s.contexts), len(opened), reestablished)
	}
	for _, id := range s.contexts {
		if opened[strings.ToUpper(id)] != 1 {
			s.t.Errorf("the server opened the context %s %d times", id, opened[strings.ToUpper(id)])
		}
	}
	for id, n := range changes {
		if n != 1 {
			s.t.Errorf("request %s was carried out %d times, and it is not safe to repeat", id, n)
		}
	}
	s.t.Logf("%d outages, %d of them with a new session context", len(past), reestablished)
}

// openFiles is the number of open files, where the system tells.
func openFiles(t *testing.T) int {
	t.Helper()
	runtime.GC()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}

// noGoroutines waits until none of ours is left.
func noGoroutines(t *testing.T) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	buf := make([]byte, 4<<20)
	for {
		stacks := string(buf[:runtime.Stack(buf, true)])
		if !strings.Contains(stacks, "mapihttp.(*") && !strings.Contains(stacks, "httpc.(*") && !strings.Contains(stacks, "monitor.(*Monitor)") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines are left:\n%s", stacks)
		}
		runtime.Gosched()
	}
}
