package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// command runs one command line and gives what it wrote.
func command(ctx context.Context, args ...string) (out, log string, code ExitCode) {
	var o, e bytes.Buffer
	code = run(ctx, args, Streams{In: strings.NewReader(""), Out: &o, Err: &e})
	return o.String(), e.String(), code
}

// TestAgent is the life of an agent, from its start to "quit", told by the
// commands that ask it.
func TestAgent(t *testing.T) {
	server, err := exchangetest.Start(exchangetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	user := server.User(0)
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("MAPISCOPE_SOCKET", filepath.Join(dir, "s", "agent.sock"))
	t.Setenv(envPassword, user.Password)

	if _, log, code := command(t.Context(), "status"); code != ExitUsage || !strings.Contains(log, "no agent") || !strings.Contains(log, "hint: ") {
		t.Errorf("without an agent: %d, %s", code, log)
	}
	ended := make(chan ExitCode, 1)
	go func() {
		_, log, code := command(context.Background(), append([]string{"agent", user.Address, "--user", user.Login}, server.Flags()...)...)
		if strings.Contains(log, user.Password) {
			t.Error("the password is in the log")
		}
		ended <- code
	}()
	c := localapi.NewClient("")
	defer c.Close()
	wait := func(what string, ok func(*monitor.Snapshot) bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for {
			for s, err := range c.Snapshots(ctx) {
				if err == nil && ok(s) {
					return
				}
			}
			if ctx.Err() != nil {
				t.Fatalf("waited for %s", what)
			}
		}
	}
	wait("a connection", func(s *monitor.Snapshot) bool { return s.State == monitor.StateConnected })
	if _, _, code := command(t.Context(), "pause"); code != ExitOK {
		t.Errorf("pause: %d", code)
	}
	wait("the pause", func(s *monitor.Snapshot) bool { return s.State == monitor.StatePaused })
	if out, _, _ := command(t.Context(), "status"); !strings.Contains(out, "Paused by you.") || !strings.Contains(out, "goes on") {
		t.Errorf("paused: %s", out)
	}
	command(t.Context(), "resume")
	wait("the resumption", func(s *monitor.Snapshot) bool { return s.State == monitor.StateConnected && len(s.Outages) == 1 })
	out, _, code := command(t.Context(), "status")
	if code != ExitOK || !strings.Contains(out, "pass  Connected: mail can flow.") || !strings.Contains(out, "resumed in ") {
		t.Errorf("%d, %s", code, out)
	}
	if out, _, _ := command(t.Context(), "status", "--format", "json"); !strings.Contains(out, `"schema": "mapiscope.snapshot/v1"`) || strings.Contains(out, user.Password) {
		t.Errorf("%s", out)
	}
	if _, log, code := command(t.Context(), "agent", user.Address); code != ExitUsage || !strings.Contains(log, "running already") {
		t.Errorf("a second one: %d, %s", code, log)
	}
	followed := make(chan string, 1)
	go func() {
		out, _, _ := command(context.Background(), "watch")
		followed <- out
	}()
	wait("nothing", func(*monitor.Snapshot) bool { return true })
	if err := c.Quit(t.Context()); err != nil {
		t.Error(err)
	}
	if code := <-ended; code != ExitOK {
		t.Errorf("the agent ended with %d", code)
	}
	if lines := strings.Split(strings.TrimSpace(<-followed), "\n"); lines[0] != "" && !strings.HasPrefix(lines[0], `{"schema":"mapiscope.snapshot/v1"`) {
		t.Errorf("watch: %q", lines[0])
	}
	if n := server.Contexts(); n != 0 {
		t.Errorf("%d session contexts are left at the server", n)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "mapiscope", "outages-*.json")); len(left) != 1 {
		t.Errorf("history: %v", left)
	}
	if _, err := os.Stat(os.Getenv("MAPISCOPE_SOCKET")); err == nil {
		t.Error("the socket is left")
	}
}

func TestStateFolder(t *testing.T) {
	home := func() (string, error) { return "/home/a", nil }
	env := func(pairs map[string]string) func(string) string { return func(n string) string { return pairs[n] } }
	for _, c := range []struct {
		goos, want string
		env        map[string]string
	}{
		{"linux", "/home/a/.local/state/mapiscope", nil},
		{"linux", "/x/mapiscope", map[string]string{"XDG_STATE_HOME": "/x"}},
		{"darwin", "/home/a/Library/Application Support/mapiscope", nil},
		{"windows", "/l/mapiscope", map[string]string{"LOCALAPPDATA": "/l"}},
	} {
		if got := filepath.ToSlash(stateFolderOf(c.goos, env(c.env), home)); got != c.want {
			t.Errorf("%s: %s, want %s", c.goos, got, c.want)
		}
	}
}
