//go:build real

package netmon

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/netmon/netlab"
)

// The real parts: namespaces, a real kernel, a real message bus. Run by
// "make test-real".

func TestMain(m *testing.M) { netlab.Main(m, map[string]func(){"watch": watchRole}) }

// counted is the system, with what it told counted.
type counted struct {
	source
	events atomic.Int64
}

func (c *counted) listen(ctx context.Context, tell func(event), missing func(error)) (network, sleep bool) {
	return c.source.listen(ctx, func(e event) {
		c.events.Add(1)
		tell(e)
	}, missing)
}

// skewEnv names a file with how far the wall clock is ahead.
const skewEnv = "NETMON_SKEW"

func skewed() time.Time {
	b, _ := os.ReadFile(os.Getenv(skewEnv))
	ahead, _ := time.ParseDuration(string(b))
	return time.Now().Add(ahead)
}

// watchRole writes every change as a line of JSON, and answers commands: "probe"
// makes traffic of every kind that fails, "done" lets the machine sleep.
func watchRole() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sys := &counted{source: system()}
	changes, err := Watch(ctx, Options{Wall: skewed, source: sys, Missing: func(err error) { fmt.Println("missing", err) }})
	if err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("watching")
	commands := make(chan string)
	go func() {
		defer close(commands)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			commands <- in.Text()
		}
	}()
	var last Change
	for {
		select {
		case last = <-changes:
			b, _ := json.Marshal(last)
			fmt.Println(string(b))
		case command, open := <-commands:
			switch {
			case !open:
				return
			case command == "probe":
				probe()
			case command == "done":
				last.Done()
			}
			fmt.Println(command, sys.events.Load())
		}
	}
}

// probe opens connections as a diagnosis does: refused, without a route, to an
// address that answers nobody, over both protocols, TCP and UDP.
func probe() {
	for _, target := range []string{"203.0.113.10:9", "203.0.113.99:443", "192.0.2.77:80", "[2001:db8:10::10]:9", "[2001:db8:99::1]:443", "[fe80::99%office0]:443"} {
		for _, network := range []string{"tcp", "udp"} {
			if c, err := net.DialTimeout(network, target, 300*time.Millisecond); err == nil {
				c.Write([]byte("probe"))
				c.Close()
			}
		}
	}
}

// changed reads changes until one leads to a state that ok accepts, and gives all
// reasons on the way.
func changed(t *testing.T, c *netlab.Child, what string, ok func(State) bool) (reasons []Reason, n int) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); {
		line, came := c.Next(time.Until(limit))
		if !came {
			break
		}
		var got Change
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		n++
		reasons = append(reasons, got.Reasons...)
		if ok(got.State) {
			slices.Sort(reasons)
			return slices.Compact(reasons), n
		}
	}
	t.Fatalf("no change in which %s; so far %v", what, reasons)
	return nil, 0
}

// still fails when a change comes although nothing is different.
func still(t *testing.T, c *netlab.Child, after string) {
	t.Helper()
	if line, came := c.Next(2 * maxQuiet); came {
		t.Errorf("after %s: %s", after, line)
	}
}

func watching(t *testing.T, l *netlab.Lab, env ...string) *netlab.Child {
	t.Helper()
	host := "client"
	if l == nil {
		host = ""
	}
	c := netlab.Start(t, l, host, "watch", env...)
	if line, _ := c.Next(20 * time.Second); line != "watching" {
		t.Fatalf("the watcher says %q", line)
	}
	return c
}

func has4(a string) func(State) bool {
	return func(s State) bool { return s.HasAddr(addr(a)) && len(s.Default4) == 1 }
}

func TestRealNetworkChanges(t *testing.T) {
	l := netlab.New(t)
	l.Join(netlab.Office, netlab.IPv4)
	c := watching(t, l)

	t.Run("switch", func(t *testing.T) {
		l.Leave(netlab.Office)
		l.Join(netlab.WiFi, netlab.IPv4)
		got, n := changed(t, c, "wifi is used", has4(netlab.WiFi.Client4))
		if want := []Reason{ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink}; !slices.Equal(got, want) {
			t.Errorf("reasons %v, want %v", got, want)
		}
		t.Logf("%d changes for a switch", n)
		still(t, c, "a switch")
	})
	t.Run("flap", func(t *testing.T) {
		for range 10 {
			l.Leave(netlab.WiFi)
			l.Join(netlab.WiFi, netlab.IPv4)
		}
		if line, came := c.Next(2 * maxQuiet); came { // quiet fell into a moment in which it was down
			t.Logf("told: %s", line)
			changed(t, c, "wifi is back", has4(netlab.WiFi.Client4))
		}
		still(t, c, "a flap")
	})
	t.Run("dns", func(t *testing.T) {
		l.Resolver(netlab.OfficeDNS)
		got, _ := changed(t, c, "the DNS server is another", func(s State) bool { return slices.Contains(s.DNS, addr(netlab.OfficeDNS)) })
		if !slices.Equal(got, []Reason{ReasonDNS}) {
			t.Errorf("reasons %v", got)
		}
	})
	t.Run("probes", func(t *testing.T) {
		before := strings.TrimPrefix(c.Ask("count"), "count ")
		after := strings.TrimPrefix(c.Ask("probe"), "probe ")
		if before != after {
			t.Errorf("our own traffic made events: %s before, %s after", before, after)
		}
		still(t, c, "traffic of our own")
	})
	t.Run("offline", func(t *testing.T) {
		l.Leave(netlab.WiFi)
		changed(t, c, "nothing is left", func(s State) bool { return !s.Online() })
	})
	t.Run("ipv6 alone", func(t *testing.T) {
		l.Join(netlab.Office, netlab.IPv6)
		changed(t, c, "IPv6 is used", func(s State) bool {
			return s.Online() && len(s.Default6) == 1 && s.HasAddr(addr(netlab.Office.Client6)) && slices.Contains(s.DNS, addr(netlab.DNS6))
		})
	})
}

func TestRealClockJump(t *testing.T) {
	skew := t.TempDir() + "/skew"
	c := watching(t, nil, skewEnv+"="+skew, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent")
	if err := c.Cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	setSkew(t, skew, 8*time.Hour)
	if err := c.Cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	line, _ := c.Next(clockEvery + 5*time.Second)
	var got Change
	if json.Unmarshal([]byte(line), &got); !got.Has(ReasonClockJump) || got.Away < 8*time.Hour-time.Minute {
		t.Errorf("after a stop: %q", line)
	}
}

func setSkew(t *testing.T, file string, d time.Duration) {
	t.Helper()
	if err := os.WriteFile(file+".new", []byte(d.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}
