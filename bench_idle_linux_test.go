package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/netmon/netlab"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// BenchmarkIdleAgent leaves an agent alone with the embedded Exchange for
// BENCH_IDLE (10m) and says what it cost: memory, CPU time and wake-ups. The
// program is BENCH_IDLE_PROGRAM, or built static for this. Aims: 16 MB PSS for the
// static build, 28 MB for the desktop's, and two wake-ups a minute beyond those
// that the server's signs of life cause.
func BenchmarkIdleAgent(b *testing.B) {
	idle, err := time.ParseDuration(orElse(os.Getenv("BENCH_IDLE"), "10m"))
	if err != nil {
		b.Fatal(err)
	}
	server := startExchange(b, exchangetest.Options{})
	pid := startAgent(b, server)
	for b.Loop() {
		before := readUsage(b, pid)
		seen := len(server.Requests())
		wakeups := watchIdle(b, pid, idle)
		after := readUsage(b, pid)
		minutes := idle.Minutes()
		b.ReportMetric(after.rss, "RSS-MB")
		b.ReportMetric(after.pss, "PSS-MB")
		b.ReportMetric(after.anonymous, "anonymous-MB")
		b.ReportMetric((after.cpu-before.cpu).Seconds()*1000/minutes, "CPU-ms/min")
		b.ReportMetric(float64(after.switches-before.switches)/minutes, "switches/min")
		b.ReportMetric(float64(len(server.Requests())-seen)/minutes, "requests/min")
		b.ReportMetric(float64(wakeups)/minutes, "wakeups/min")
		b.ReportMetric(2, "PENDING/min")
	}
	b.ReportMetric(0, "ns/op")
}

// watchIdle lets the time pass, and counts the seconds in which the agent did
// anything: what a wake-up costs in switches between threads depends on the run
// time of Go, that it happens at all on us.
func watchIdle(b *testing.B, pid int, idle time.Duration) (wakeups int) {
	b.Helper()
	tick, end := time.NewTicker(time.Second), time.After(idle)
	defer tick.Stop()
	last := readUsage(b, pid).switches
	for {
		select {
		case <-tick.C:
			if now := readUsage(b, pid).switches; now != last {
				last, wakeups = now, wakeups+1
			}
		case <-end:
			return wakeups
		}
	}
}

func orElse(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// startAgent runs the agent as a process of its own until its session stands.
func startAgent(b *testing.B, server *exchangetest.Server) (pid int) {
	b.Helper()
	dir := b.TempDir()
	program := os.Getenv("BENCH_IDLE_PROGRAM")
	if program == "" {
		program = filepath.Join(dir, "bin")
		build := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	socket := filepath.Join(dir, "agent.sock")
	agent := exec.Command(program, append([]string{"agent", server.User(0).Address, "--socket", socket}, server.Flags()...)...)
	logind := netlab.NewLogind(b) // as on a desktop: sleep is announced
	agent.Env = append(os.Environ(), append(server.Env(), "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "DBUS_SYSTEM_BUS_ADDRESS="+logind.Address)...)
	agent.Stderr = os.Stderr
	if err := agent.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		agent.Process.Signal(os.Interrupt)
		agent.Wait()
	})
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	defer cancel()
	c := localapi.NewClient(socket)
	defer c.Close()
	for ctx.Err() == nil {
		for s, err := range c.Snapshots(ctx) {
			if err == nil && s.State == monitor.StateConnected && s.Session.Waiting {
				return agent.Process.Pid
			}
		}
	}
	b.Fatal("the agent does not connect")
	return 0
}

// usage is what a process has cost so far; memory in MB.
type usage struct {
	rss, pss, anonymous float64
	cpu                 time.Duration
	switches            int // voluntary, of all threads: each is the end of a wake-up
}

func readUsage(b *testing.B, pid int) (u usage) {
	b.Helper()
	dir := fmt.Sprintf("/proc/%d/", pid)
	for _, field := range []struct {
		name string
		into *float64
	}{{"Rss:", &u.rss}, {"Pss:", &u.pss}, {"Anonymous:", &u.anonymous}} {
		*field.into = procField(b, dir+"smaps_rollup", field.name) / 1024
	}
	tasks, err := filepath.Glob(dir + "task/*")
	if err != nil {
		b.Fatal(err)
	}
	for _, task := range tasks {
		u.switches += int(procField(b, task+"/status", "voluntary_ctxt_switches:"))
		sched, err := os.ReadFile(task + "/schedstat") // time on a CPU, in ns
		if err != nil {
			b.Fatal(err)
		}
		ns, err := strconv.ParseInt(strings.Fields(string(sched))[0], 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		u.cpu += time.Duration(ns)
	}
	return u
}

// procField is the number behind a name at the start of a line.
func procField(b *testing.B, file, name string) float64 {
	b.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			v, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				b.Fatal(err)
			}
			return v
		}
	}
	b.Fatalf("%s has no %s", file, name)
	return 0
}
