//go:build real && linux

package desk

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Process is a face of the program, or its agent.
type Process struct {
	PID   int
	Ended chan error // gets its end
	said  said
	cmd   *exec.Cmd
}

// Start starts the program with these arguments.
func (d *Desk) Start(t testing.TB, args ...string) *Process {
	t.Helper()
	p := &Process{Ended: make(chan error, 1), cmd: exec.Command(d.Program, args...)}
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr, p.cmd.WaitDelay = d.Env, &p.said, &p.said, time.Second
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.PID = p.cmd.Process.Pid
	gone := make(chan struct{})
	go func() { p.Ended <- p.cmd.Wait(); close(gone) }()
	t.Cleanup(func() { p.Kill(); <-gone })
	return p
}

// Kill ends it as a crash would.
func (p *Process) Kill() { _ = p.cmd.Process.Kill() }

// Said is what it has written so far.
func (p *Process) Said() string { return p.said.String() }

// Exits waits for its end, which must be a good one.
func (p *Process) Exits(t testing.TB) {
	t.Helper()
	if err := p.End(t); err != nil {
		t.Errorf("it ended with %v\n%s", err, p.Said())
	}
}

// Silent fails the test when it has written anything.
func (p *Process) Silent(t testing.TB) {
	t.Helper()
	if said := p.Said(); said != "" {
		t.Errorf("it has something to say: %s", said)
	}
}

// End waits for its end and returns how that was.
func (p *Process) End(t testing.TB) error {
	t.Helper()
	select {
	case err := <-p.Ended:
		return err
	case <-time.After(15 * time.Second):
		t.Fatalf("it does not end\n%s", p.Said())
		return nil
	}
}

// Runs fails the test when it has ended.
func (p *Process) Runs(t testing.TB) {
	t.Helper()
	select {
	case err := <-p.Ended:
		t.Fatalf("it ended (%v)\n%s", err, p.Said())
	default:
	}
}

// said is what a process writes.
type said struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

// Memory is what a process holds, in KiB: RSS with everything that it shares, PSS
// with its part of that, and what is its own alone.
type Memory struct{ RSS, PSS, Anonymous int }

func (m Memory) String() string {
	mb := func(kib int) float64 { return float64(kib) / 1024 }
	return fmt.Sprintf("%.1f MiB RSS, %.1f PSS, %.1f anonymous", mb(m.RSS), mb(m.PSS), mb(m.Anonymous))
}

var memoryLine = regexp.MustCompile(`(?m)^(Rss|Pss|Anonymous):\s+(\d+) kB$`)

// MemoryOf asks the kernel.
func MemoryOf(t testing.TB, pid int) (m Memory) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range memoryLine.FindAllSubmatch(b, -1) {
		n, _ := strconv.Atoi(string(line[2])) // digits, as the pattern says
		switch string(line[1]) {
		case "Rss":
			m.RSS = n
		case "Pss":
			m.PSS = n
		default:
			m.Anonymous = n
		}
	}
	if m.PSS == 0 {
		t.Fatalf("no memory is told of process %d: %s", pid, b)
	}
	return m
}

// OpenFiles counts the files, sockets and pipes of a process.
func OpenFiles(t testing.TB, pid int) int {
	t.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}
