//go:build real

package monitor

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netmon/netlab"
)

// world is a client with two uplinks and a mail server, on hosts of their own.
type world struct {
	t              *testing.T
	lab            *netlab.Lab
	server, client *netlab.Child
	skew           string
	perMessage     int // events that one message makes
}

// live builds a world in which the client is connected over the office.
func live(t *testing.T, setup serverSetup, env ...string) *world {
	t.Helper()
	if setup.PendingPeriod == 0 {
		setup.PendingPeriod = time.Second // a wait that is refused beside a dead one comes again after it
	}
	w := &world{t: t, lab: netlab.New(t), skew: filepath.Join(t.TempDir(), "skew")}
	w.lab.Join(netlab.Office, netlab.IPv4)
	w.server = netlab.Start(t, w.lab, "server", "server", setupEnv+"="+asJSON(t, setup), skewEnv+"="+w.skew)
	line, _ := w.server.Next(30 * time.Second)
	var s settings
	if err := json.Unmarshal([]byte(line), &s); err != nil {
		t.Fatalf("the server says %q", line)
	}
	s.History = filepath.Join(t.TempDir(), "outages.json")
	env = append(env, settingsEnv+"="+asJSON(t, s), skewEnv+"="+w.skew)
	if !slices.ContainsFunc(env, func(e string) bool { return strings.HasPrefix(e, "DBUS_SYSTEM_BUS_ADDRESS=") }) {
		env = append(env, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent")
	}
	w.client = netlab.Start(t, w.lab, "client", "client", env...)
	w.until("a connection", connected)
	w.held()
	w.deliver()
	first := w.until("an event", func(s *Snapshot) bool { return connected(s) && s.Session.Events > 0 })
	w.perMessage = first.Snapshot.Session.Events
	return w
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func connected(s *Snapshot) bool {
	return s.State == StateConnected && s.Session != nil && s.Session.Waiting && s.Outage == nil
}

// until reads snapshots up to one that satisfies ok.
func (w *world) until(what string, ok func(*Snapshot) bool) stamped {
	w.t.Helper()
	var last stamped
	for limit := time.Now().Add(60 * time.Second); ; {
		line, came := w.client.Next(time.Until(limit))
		if !came {
			w.t.Fatalf("waited for %s; the last snapshot is %s", what, asJSON(w.t, last))
		}
		last = stamped{}
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			w.t.Fatalf("the client says %q", line)
		}
		if ok(last.Snapshot) {
			return last
		}
	}
}

// requests is what the server saw so far.
func (w *world) requests(command string) (out []exchangetest.Record) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(w.server.Ask(command)), &out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func (w *world) deliver() { w.requests("deliver") }

// held waits until the server holds a NotificationWait; it is asked, because it
// tells nobody.
func (w *world) held() {
	w.t.Helper()
	open := func(r exchangetest.Record) bool {
		return r.RequestType == "NotificationWait" && r.Status == 200 && !r.Done
	}
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); {
		if slices.ContainsFunc(w.requests("requests"), open) {
			return
		}
	}
	w.t.Fatal("the server holds no NotificationWait")
}

// back waits for the end of outage number n.
func (w *world) back(n int) (stamped, report.Outage) {
	w.t.Helper()
	s := w.until("the end of the outage", func(s *Snapshot) bool { return connected(s) && len(s.Outages) >= n })
	return s, s.Snapshot.Outages[0]
}

func (w *world) wantOutage(o report.Outage, cause, outcome string) {
	w.t.Helper()
	if o.Cause != cause || o.Outcome != outcome {
		w.t.Errorf("the outage is %s, want %s, %s", asJSON(w.t, o), cause, outcome)
	}
}

// intact holds the server's record against what a session that was never lost
// looks like: one Connect, no request twice, every answer good, and as many
// events as the messages made.
func (w *world) intact(messages int) {
	w.t.Helper()
	w.until("every event", func(s *Snapshot) bool { return connected(s) && s.Session.Events >= messages*w.perMessage })
	seen := map[string]bool{}
	var connects, waits int
	for _, r := range w.requests("requests") {
		if r.RequestType == "" || r.Status == 401 { // not MAPI; without credentials, so not a request yet
			continue
		}
		if seen[r.RequestID] {
			w.t.Errorf("request %s %s came twice", r.RequestType, r.RequestID)
		}
		seen[r.RequestID] = true
		switch {
		case r.RequestType == "Connect":
			connects++
		case r.RequestType == "NotificationWait":
			waits++
			continue // one that was cut has no code, and may have been refused beside a dead one
		}
		if r.Status != 200 || r.ResponseCode != 0 {
			w.t.Errorf("%s was answered with HTTP %d, X-ResponseCode %d", r.RequestType, r.Status, r.ResponseCode)
		}
	}
	if connects != 1 || waits == 0 {
		w.t.Errorf("the server saw %d Connect and %d NotificationWait, want one Connect", connects, waits)
	}
}

// floorSlack is what a proof may cost beyond its round trips: the quiet time of
// the watcher, and two small machines doing cryptography.
const floorSlack = netmon.QuietTime + 250*time.Millisecond

// TestRealSwitch moves from the office to the Wi-Fi, where names have another
// address and the old one cannot be reached. Nobody says goodbye.
func TestRealSwitch(t *testing.T) {
	for _, rtt := range []time.Duration{0, 50 * time.Millisecond, 200 * time.Millisecond} {
		t.Run(rtt.String(), func(t *testing.T) {
			w := live(t, serverSetup{RTT: rtt})
			w.lab.Nft("wifi", "add rule inet filter forward ip daddr "+netlab.Server4+" drop")
			w.deliver()
			before := w.until("the second message", func(s *Snapshot) bool { return connected(s) && s.Session.Events == 2*w.perMessage })
			w.held()
			w.lab.Leave(netlab.Office)
			w.deliver() // while nobody is there
			w.lab.Join(netlab.WiFi, netlab.IPv4)
			up := time.Now()
			s, o := w.back(1)
			w.wantOutage(o, CauseNetwork, outcomeResumed)
			if s.Snapshot.Session.ContextID != before.Snapshot.Session.ContextID {
				t.Error("the session context is another one")
			}
			w.deliver()
			w.intact(4)
			proven := w.proof(up).Add(rtt / 2).Sub(up) // when the answer was here
			floor := 3*rtt + floorSlack
			t.Logf("the second network is up; proven after %v, floor 3 x %v + %v = %v, ratio %.2f; resumed, with the mailbox asked too, after %v",
				proven.Round(time.Millisecond), rtt, floorSlack, floor, float64(proven)/float64(floor), s.Written.Sub(up).Round(time.Millisecond))
		})
	}
}

// proof is when the server got the PING of the resume. What it costs is counted,
// not timed: PING and one Execute, and no connection but those that mailbox and
// directory opened with their PING. The two share them, so that the Execute may go
// over either.
func (w *world) proof(up time.Time) (at time.Time) {
	w.t.Helper()
	opener := map[int]string{} // request that a connection began with
	var mailbox []exchangetest.Record
	for _, r := range w.requests("requests") {
		if _, known := opener[r.Conn]; !known {
			opener[r.Conn] = r.RequestType
		}
		if r.Time.After(up) && r.Path == "/mapi/emsmdb/" {
			mailbox = append(mailbox, r)
		}
	}
	if len(mailbox) < 2 || mailbox[0].RequestType != "PING" || mailbox[1].RequestType != "Execute" || opener[mailbox[1].Conn] != "PING" {
		w.t.Fatalf("the session was proven by %s", asJSON(w.t, mailbox[:min(2, len(mailbox))]))
	}
	return mailbox[0].Time
}

func TestRealFlap(t *testing.T) {
	w := live(t, serverSetup{})
	for range 10 {
		w.lab.Leave(netlab.Office)
		w.lab.Join(netlab.Office, netlab.IPv4)
	}
	w.lab.Leave(netlab.Office)
	w.until("the outage", func(s *Snapshot) bool { return s.State == StateOffline })
	w.lab.Join(netlab.Office, netlab.IPv4)
	_, o := w.back(1)
	if o.Outcome != outcomeResumed {
		t.Errorf("the outage is %s", asJSON(t, o))
	}
	w.deliver()
	w.intact(2)
}

func TestRealOfflineLongerThanTheContextLives(t *testing.T) {
	w := live(t, serverSetup{PendingPeriod: 500 * time.Millisecond, WaitLimit: 2 * time.Second})
	w.lab.Leave(netlab.Office)
	w.until("the outage", func(s *Snapshot) bool { return s.State == StateOffline })
	w.gone()
	w.setSkew(time.Hour)
	w.lab.Join(netlab.WiFi, netlab.IPv4)
	_, o := w.back(1)
	w.wantOutage(o, CauseNetwork, outcomeReestablished)
	w.deliver()
	w.until("an event in the new session", func(s *Snapshot) bool { return connected(s) && s.Session.Events > w.perMessage })
}

// gone waits until the server holds nothing any more for the client.
func (w *world) gone() {
	w.t.Helper()
	open := func(r exchangetest.Record) bool { return r.RequestType == "NotificationWait" && !r.Done }
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); {
		if !slices.ContainsFunc(w.requests("requests"), open) {
			return
		}
	}
	w.t.Fatal("the server still holds a NotificationWait")
}

func TestRealIPv6AloneOnTheSecondNetwork(t *testing.T) {
	w := live(t, serverSetup{})
	w.lab.Leave(netlab.Office)
	w.lab.Join(netlab.WiFi, netlab.IPv6)
	_, o := w.back(1)
	w.wantOutage(o, CauseNetwork, outcomeResumed)
	w.deliver()
	w.intact(2)
}

// TestRealProxyOnTheSecondNetwork: the Wi-Fi lets nothing out but its proxy, and
// the desktop is told so some time after the switch.
func TestRealProxyOnTheSecondNetwork(t *testing.T) {
	netlab.Need(t, "dbus-daemon")
	dir, bus := t.TempDir(), netlab.Bus(t)
	setting := filepath.Join(dir, "setting")
	write := func(file, content string, mode os.FileMode) {
		if err := os.WriteFile(file, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
	}
	write(setting, "org.gnome.system.proxy mode 'none'\n", 0o600)
	write(filepath.Join(dir, "gsettings"), "#!/bin/sh\ncat "+setting+"\n", 0o700)
	w := live(t, serverSetup{}, "PATH="+dir+":"+os.Getenv("PATH"), "DBUS_SESSION_BUS_ADDRESS="+bus,
		"http_proxy=", "https_proxy=", "HTTP_PROXY=", "HTTPS_PROXY=")
	proxy := netlab.Start(t, w.lab, "wifi", "proxy")
	if line, _ := proxy.Next(20 * time.Second); line != "listening" {
		t.Fatalf("the proxy says %q", line)
	}
	w.lab.Nft("wifi", "add rule inet filter forward tcp dport 443 reject with tcp reset")
	w.lab.Leave(netlab.Office)
	w.lab.Join(netlab.WiFi, netlab.IPv4)
	w.until("trouble", func(s *Snapshot) bool { return s.State == StateTroubled || s.State == StateLost })
	write(setting, "org.gnome.system.proxy mode 'manual'\norg.gnome.system.proxy.https host '198.51.100.1'\n"+
		"org.gnome.system.proxy.https port 3128\n", 0o600)
	if err := netlab.Connect(t, bus).Emit("/ca/desrt/dconf/Writer/user", "ca.desrt.dconf.Writer.Notify", "/system/proxy/", []string{""}, "tag"); err != nil {
		t.Fatal(err)
	}
	_, o := w.back(1)
	w.wantOutage(o, CauseNetwork, outcomeResumed)
	w.deliver()
	w.intact(2)
	if served := proxy.Ask("served"); served == "0" {
		t.Error("nothing went through the proxy")
	}
}

// TestRealSleep stops the process while the wall clock runs on, as sleep does:
// once for less time than the session context lives, once for more.
func TestRealSleep(t *testing.T) {
	logind := netlab.NewLogind(t)
	w := live(t, serverSetup{PendingPeriod: 500 * time.Millisecond, WaitLimit: 2 * time.Second}, "DBUS_SYSTEM_BUS_ADDRESS="+logind.Address)
	for n, night := range []struct {
		skew    time.Duration
		outcome string
	}{{10 * time.Minute, outcomeResumed}, {9 * time.Hour, outcomeReestablished}} {
		released := logind.Lock()
		logind.Announce(true)
		select {
		case <-released:
		case <-time.After(netmon.SleepDelay / 2):
			t.Error("the machine has to wait although the session can be paused at once")
		}
		w.until("the pause", func(s *Snapshot) bool { return s.State == StatePaused })
		w.gone()
		if err := w.client.Cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		w.setSkew(night.skew)
		if err := w.client.Cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		logind.Announce(false)
		s, o := w.back(n + 1)
		w.wantOutage(o, CauseSleep, night.outcome)
		t.Logf("slept %v: %s in %v ms", night.skew, o.Outcome, fmt.Sprint(*o.Resume))
		if got := len(s.Snapshot.Outages); got != n+1 {
			t.Errorf("%d outages for %d sleeps: %s", got, n+1, asJSON(t, s.Snapshot.Outages))
		}
		if n == 0 {
			w.deliver()
			w.intact(2)
		}
	}
}

func (w *world) setSkew(d time.Duration) {
	w.t.Helper()
	if err := os.WriteFile(w.skew+".new", []byte(d.String()), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(w.skew+".new", w.skew); err != nil {
		w.t.Fatal(err)
	}
}
