//go:build real

package netmon

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/netmon/netlab"
)

// next is the next change, which must come within 20 s.
func next(t *testing.T, c *netlab.Child) (got Change) {
	t.Helper()
	line, _ := c.Next(20 * time.Second)
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	return got
}

func gone(released <-chan struct{}, within time.Duration) bool {
	select {
	case <-released:
		return true
	case <-time.After(within):
		return false
	}
}

func TestRealSleep(t *testing.T) {
	logind := netlab.NewLogind(t)
	skew := filepath.Join(t.TempDir(), "skew")
	c := watching(t, nil, skewEnv+"="+skew, "DBUS_SYSTEM_BUS_ADDRESS="+logind.Address)
	released := logind.Lock()

	logind.Announce(true)
	if got := next(t, c); !slices.Equal(got.Reasons, []Reason{ReasonSlept}) {
		t.Fatalf("reasons %v", got.Reasons)
	}
	if gone(released, 300*time.Millisecond) {
		t.Error("the machine may sleep before anybody said that it may")
	}
	c.Ask("done")
	if !gone(released, 2*time.Second) {
		t.Fatal("the lock is held although all is done")
	}
	if err := c.Cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	setSkew(t, skew, 90*time.Minute)
	if err := c.Cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	logind.Announce(false)
	if got := next(t, c); !slices.Equal(got.Reasons, []Reason{ReasonWoke}) || got.Away < 90*time.Minute {
		t.Errorf("reasons %v, away %v", got.Reasons, got.Away)
	}

	t.Run("nobody is done", func(t *testing.T) {
		released := logind.Lock() // taken again
		begin := time.Now()
		logind.Announce(true)
		if !gone(released, 2*SleepDelay) || time.Since(begin) < SleepDelay/2 {
			t.Errorf("the lock was held for %v, want %v", time.Since(begin), SleepDelay)
		}
	})
}

// TestRealDesktopProxy plays GNOME: a program that tells the setting, and a bus on
// which writes are announced.
func TestRealDesktopProxy(t *testing.T) {
	netlab.Need(t, "dbus-daemon")
	dir := t.TempDir()
	setting := filepath.Join(dir, "setting")
	write := func(mode string) {
		if err := os.WriteFile(setting, []byte(strings.Replace(gsettings, "MODE", mode, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("none")
	program := "#!/bin/sh\necho called >>" + dir + "/calls\ncat " + setting + "\n"
	if err := os.WriteFile(filepath.Join(dir, "gsettings"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	bus := netlab.Bus(t)
	c := watching(t, nil, "PATH="+dir+":"+os.Getenv("PATH"), "DBUS_SESSION_BUS_ADDRESS="+bus,
		"http_proxy=", "https_proxy=", "HTTP_PROXY=", "HTTPS_PROXY=")
	announce := func(prefix string) {
		if err := netlab.Connect(t, bus).Emit("/ca/desrt/dconf/Writer/user", dconfWriter+".Notify", prefix, []string{""}, "tag"); err != nil {
			t.Fatal(err)
		}
	}
	announce("/org/gnome/desktop/background/")
	write("manual")
	announce("/system/proxy/mode")
	got := next(t, c)
	if !slices.Equal(got.Reasons, []Reason{ReasonProxy}) || got.State.Proxy.HTTPS != "proxy.corp.test:3129" {
		t.Errorf("reasons %v, proxy %+v", got.Reasons, got.State.Proxy)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if n := strings.Count(string(calls), "called"); err != nil || n != 2 {
		t.Errorf("the program ran %d times (%v), want once at the start and once for the change", n, err)
	}
}
