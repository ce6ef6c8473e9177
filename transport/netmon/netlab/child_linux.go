package netlab

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// roleEnv tells a test program that it is a child, and which.
const roleEnv = "NETLAB_ROLE"

// Main runs a test program: its tests, or, in a child that Start began, the role.
// Call it from TestMain.
func Main(m *testing.M, roles map[string]func()) {
	if role := os.Getenv(roleEnv); role != "" {
		roles[role]()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Child is the test program running once more, in another role. It writes lines
// to the test and reads commands from it.
type Child struct {
	t     testing.TB
	Cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string
}

// Start runs this test program on a host of the lab ("" for the test's own
// namespace, for which l may be nil) in a role, with more environment. It ends
// with the test.
func Start(t testing.TB, l *Lab, host, role string, env ...string) *Child {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	if host != "" {
		cmd = l.Command(host, self)
	}
	cmd.Env = append(append(os.Environ(), roleEnv+"="+role), env...)
	cmd.Stderr = os.Stderr
	c := &Child{t: t, Cmd: cmd, lines: make(chan string, 10000)}
	if c.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read(out)
	t.Cleanup(func() { c.End() })
	return c
}

func (c *Child) read(out io.Reader) {
	defer close(c.lines)
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		c.lines <- strings.TrimSuffix(line, "\n")
	}
}

// Tell writes a line to the child.
func (c *Child) Tell(line string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		c.t.Fatal(err)
	}
}

// Next is the next line of the child; ok is false when none comes within d.
func (c *Child) Next(d time.Duration) (line string, ok bool) {
	select {
	case line, ok = <-c.lines:
	case <-time.After(d):
	}
	return line, ok
}

// Ask tells the child something and waits for one line.
func (c *Child) Ask(command string) string {
	c.t.Helper()
	c.Tell(command)
	line, ok := c.Next(20 * time.Second)
	if !ok {
		c.t.Fatalf("no answer to %q", command)
	}
	return line
}

// End closes the child's standard input, on which it ends, and waits for it; a
// child that does not end is killed, which fails the test.
func (c *Child) End() {
	c.in.Close()
	stuck := time.AfterFunc(20*time.Second, func() {
		c.t.Error("the child does not end")
		c.Cmd.Process.Kill()
	})
	defer stuck.Stop()
	for range c.lines { // so that it never waits for its reader
	}
	_ = c.Cmd.Wait() // a second time: already waited for
}
