package localapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
)

// scripted is an agent whose state the test sets.
type scripted struct {
	cell   *monitor.Cell[*monitor.Snapshot]
	orders []string
	report *report.Report
	busy   bool
}

func newScripted() *scripted {
	return &scripted{cell: monitor.NewCell(state(1, monitor.StateConnecting))}
}

func state(seq uint64, s monitor.State) *monitor.Snapshot {
	return &monitor.Snapshot{Schema: monitor.SnapshotSchema, Seq: seq, State: s, At: report.At(time.Unix(int64(seq), 0))}
}

func (a *scripted) Snapshot() (*monitor.Snapshot, <-chan struct{}) { return a.cell.Get() }
func (a *scripted) Pause() error                                   { return a.order("pause") }
func (a *scripted) Resume() error                                  { return a.order("resume") }
func (a *scripted) Report() (*report.Report, error)                { return a.report, nil }
func (a *scripted) order(what string) error                        { a.orders = append(a.orders, what); return nil }
func (a *scripted) Check(only, skip []string) error {
	if a.busy {
		return monitor.ErrChecking
	}
	return a.order("check " + strings.Join(only, ",") + " " + strings.Join(skip, ","))
}

// serve runs a on a socket of its own.
func serve(t *testing.T, a Agent) (c *Client, socket string, stop func()) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "m", "agent.sock")
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, a, cancel) }()
	c = NewClient(socket)
	stop = func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			ended <- nil
		case <-time.After(10 * time.Second):
			t.Error("the server does not end")
		}
		c.Close()
	}
	t.Cleanup(stop)
	return c, socket, stop
}

func TestOrders(t *testing.T) {
	a := newScripted()
	c, _, stop := serve(t, a)
	ctx := t.Context()
	s, err := c.Snapshot(ctx)
	if err != nil || s.State != monitor.StateConnecting || !s.At.Equal(time.Unix(1, 0)) {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, err := range []error{c.Pause(ctx), c.Resume(ctx), c.Check(ctx, CheckRequest{Only: []string{"tls", "dns"}, Skip: []string{"web"}})} {
		if err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(a.orders, "; "); got != "pause; resume; check tls,dns web" {
		t.Errorf("%q", got)
	}
	a.busy = true
	var no *Refusal
	if err := c.Check(ctx, CheckRequest{}); !errors.As(err, &no) || no.Status != http.StatusConflict || no.Hint == "" {
		t.Errorf("busy: %v", err)
	}
	if err := c.Quit(ctx); err != nil {
		t.Error(err)
	}
	stop()
	if _, err := c.Snapshot(ctx); !errors.Is(err, ErrNoAgent) {
		t.Errorf("after quit: %v", err)
	}
}

func TestSnapshotsFullFirstThenTheNewest(t *testing.T) {
	a := newScripted()
	c, _, stop := serve(t, a)
	var got []uint64
	for s, err := range c.Snapshots(t.Context()) {
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Errorf("the end of the agent: %v", err)
			}
			break
		}
		got = append(got, s.Seq)
		switch s.Seq {
		case 1:
			for seq := range uint64(1000) { // never blocks, though nobody reads
				a.cell.Set(state(seq+2, monitor.StateConnected))
			}
		case 1001:
			go stop()
		}
	}
	if len(got) < 2 || got[0] != 1 || got[len(got)-1] != 1001 {
		t.Errorf("%v", got)
	}
}

func TestReport(t *testing.T) {
	a := newScripted()
	c, _, _ := serve(t, a)
	var no *Refusal
	if _, err := c.Report(t.Context(), ReportRequest{}); !errors.As(err, &no) || no.Status != http.StatusNotFound {
		t.Errorf("before the first run: %v", err)
	}
	a.report = &report.Report{Schema: report.Schema, Account: report.Account{Address: "alice@contoso.test"},
		Outages: []report.Outage{{Cause: "sleep", Started: report.At(time.Unix(9, 0)), Outcome: "resumed"}}}
	b, err := c.Report(t.Context(), ReportRequest{Redaction: "strict"})
	if err != nil || !strings.Contains(string(b), `"sleep"`) || strings.Contains(string(b), "alice") {
		t.Errorf("%s, %v", b, err)
	}
	for format, start := range map[string]string{"html": "<!DOCTYPE html>", "summary": "Mapiscope: ", "zip": "PK"} {
		if b, err := c.Report(t.Context(), ReportRequest{Format: format}); err != nil || !strings.HasPrefix(string(b), start) {
			t.Errorf("%s: %v, %.40q", format, err, b)
		}
	}
	for _, q := range []ReportRequest{{Format: "doc"}, {Redaction: "some"}} {
		if _, err := c.Report(t.Context(), q); !errors.As(err, &no) || no.Status != http.StatusBadRequest {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestBadRequests(t *testing.T) {
	c, _, _ := serve(t, newScripted())
	for _, q := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"GET", "/v1/pause", nil, 405}, {"GET", "/", nil, 404}, {"POST", "/v1/check", "no object", 400},
		{"POST", "/v1/check", map[string]string{"onyl": "tls"}, 400},
		{"POST", "/v1/check", CheckRequest{Only: []string{strings.Repeat("x", maxRequest)}}, 413},
	} {
		_, err := c.do(t.Context(), q.method, q.path, q.body)
		var no *Refusal
		if !errors.As(err, &no) || no.Status != q.status {
			t.Errorf("%s %s: %v", q.method, q.path, err)
		}
	}
}

func TestOneAgentPerUser(t *testing.T) {
	_, socket, stop := serve(t, newScripted())
	if _, err := Listen(socket); !errors.Is(err, ErrRunning) {
		t.Errorf("a second agent: %v", err)
	}
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	stop()
	// What a crash leaves behind: a socket that nobody listens on.
	if err := os.WriteFile(socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewClient(socket).Snapshot(t.Context()); !errors.Is(err, ErrNoAgent) {
		t.Errorf("stale socket: %v", err)
	}
	l, err := Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestFolderOfOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(filepath.Join(dir, "agent.sock")); err == nil {
		t.Error("a folder that everybody can write to")
	}
}

func TestSocketPath(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	for _, test := range []struct {
		goos, want string
		env        func(string) string
	}{
		{"linux", "/run/user/7/mapiscope/agent.sock", env("XDG_RUNTIME_DIR", "/run/user/7")},
		{"linux", filepath.Join(os.TempDir(), "mapiscope-7", "agent.sock"), env()},
		{"darwin", "/var/T/mapiscope/agent.sock", env("TMPDIR", "/var/T")},
		{"windows", filepath.Join("C:", "mapiscope", "agent.sock"), env("LOCALAPPDATA", "C:")},
		{"linux", "/x.sock", env("MAPISCOPE_SOCKET", "/x.sock", "XDG_RUNTIME_DIR", "/run/user/7")},
	} {
		if got := socketPath(test.goos, test.env, 7); got != test.want {
			t.Errorf("%s: %s, want %s", test.goos, got, test.want)
		}
	}
}
