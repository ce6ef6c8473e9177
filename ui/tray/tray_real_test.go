//go:build real && linux

package tray

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/assets"
	"github.com/mapiscope/mapiscope/diag/monitor"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/ui/localapi"
)

// need is where a program is; without it the test is left out, but not where
// continuous integration runs.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return path
}

// binary is the program with the libraries of the desktop, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tray-real")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "mapiscope")
	out, err := exec.Command("go", "build", "-tags", "migrated_fynedo,accessibility", "-o", name, "../..").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return name, err
})

// desk is a desktop session: an X server, a message bus and folders of its own.
type desk struct {
	program, bus, socket string
	env                  []string
	daemon               *exec.Cmd
	client               *localapi.Client
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	need(t, "Xvfb")
	need(t, "dbus-daemon")
	program, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := &desk{program: program, socket: filepath.Join(dir, "agent.sock")}
	d.bus = d.startBus(t)
	d.env = append(os.Environ(), "DISPLAY="+startX(t), "DBUS_SESSION_BUS_ADDRESS="+d.bus, "HOME="+dir, "XDG_CONFIG_HOME="+dir,
		"XDG_STATE_HOME="+dir, "XDG_RUNTIME_DIR="+dir, "TMPDIR="+dir, "MAPISCOPE_SOCKET="+d.socket, "MAPISCOPE_LANGUAGE=en",
		"WAYLAND_DISPLAY=", "NO_AT_BRIDGE=1", "GIO_USE_VFS=local", "GSETTINGS_BACKEND=memory")
	d.client = localapi.NewClient(d.socket)
	t.Cleanup(d.client.Close)
	t.Cleanup(func() { _ = d.client.Quit(t.Context()) })
	return d
}

// background starts a program that ends with the test.
func background(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// firstLine starts cmd and returns the first line that it writes to w's other end.
func firstLine(t *testing.T, cmd *exec.Cmd, give func(w *os.File)) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	give(w)
	background(t, cmd)
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func startX(t *testing.T) string {
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1024x700x24", "-nolisten", "tcp")
	return ":" + firstLine(t, cmd, func(w *os.File) { cmd.ExtraFiles = []*os.File{w} })
}

func (d *desk) startBus(t *testing.T) string {
	d.daemon = exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1", "--address=unix:path="+filepath.Join(t.TempDir(), "bus"))
	return firstLine(t, d.daemon, func(w *os.File) { d.daemon.Stdout = w })
}

// exchange starts an Exchange and gives the desk an account on it.
func (d *desk) exchange(t *testing.T) {
	t.Helper()
	cmd := exec.Command(d.program, "exchangetest", "--print-env")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	background(t, cmd)
	line := regexp.MustCompile(`^export (\w+)='(.*)'$`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		m := line.FindStringSubmatch(lines.Text())
		if m == nil {
			t.Fatalf("not understood: %s", lines.Text())
		}
		d.env = append(d.env, m[1]+"="+m[2])
		if m[1] == "MAPISCOPE_DNS" { // the last one
			break
		}
	}
	d.env = append(d.env, "MAPISCOPE_ADDRESS=alice@contoso.test")
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

// tray starts the icon; ended gets its end.
func (d *desk) tray(t *testing.T) (cmd *exec.Cmd, ended chan error, out *said) {
	t.Helper()
	out, ended = &said{}, make(chan error, 1)
	cmd = exec.Command(d.program, "tray")
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, out, out
	cmd.WaitDelay = time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, ended, out
}

// eventually waits until f has nothing against it.
func eventually(t *testing.T, what string, f func() error) {
	t.Helper()
	limit, again := time.After(20*time.Second), time.NewTicker(30*time.Millisecond)
	defer again.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-limit:
			t.Fatalf("%s: %v", what, err)
		case <-again.C:
		}
	}
}

func (i barItem) shows(icon, title string) func() error {
	return func() error {
		b, err := os.ReadFile(i.text("IconName"))
		if got := i.text("Title"); !strings.Contains(got, title) {
			return fmt.Errorf("the title is %q, not %q", got, title)
		}
		if err != nil || !bytes.Equal(b, assets.PNG(icon)) {
			return fmt.Errorf("the icon is not %q (%v)", icon, err)
		}
		return nil
	}
}

func (d *desk) agentPID(t *testing.T) int {
	t.Helper()
	s, err := d.client.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Agent.PID
}

func exits(t *testing.T, ended chan error, out *said) {
	t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the tray ended with %v\n%s", err, out)
		}
	case <-time.After(10 * time.Second):
		t.Errorf("the tray did not end\n%s", out)
	}
}

// TestRealTray goes through the menu as a person does, with a real agent that
// watches a mailbox on the embedded Exchange.
func TestRealTray(t *testing.T) {
	d := newDesk(t)
	d.exchange(t)
	p := openPlace(t, d.bus)
	start := time.Now()
	cmd, ended, out := d.tray(t)
	i := p.wait(t)
	t.Logf("icon after %v", time.Since(start).Round(time.Millisecond))
	connectedTitle := "MAPI/HTTP, mailbox and directory connected · "
	eventually(t, "the agent is started and connects", i.shows(assets.IconWorking, connectedTitle))
	if got := i.text("XAyatanaLabel"); got != "" {
		t.Errorf("%q would stand beside the icon", got)
	}
	rows := i.rows(t)
	if len(rows) != RowCount || !strings.HasPrefix(rows[RowStatus].Label, connectedTitle) || rows[RowStatus].Enabled {
		t.Errorf("menu: %+v", rows)
	}
	for n, label := range []string{RowCheck: "Check now", RowReport: "Save report…", RowSummary: "Copy summary for helpdesk", RowPause: "Pause",
		RowOpen: "Open Mapiscope", RowBrowser: "Open mailbox URL in browser", RowQuit: "Quit"} {
		if n != RowStatus && rows[n].Row != (Row{label, true}) {
			t.Errorf("row %d is %+v, want %q", n, rows[n], label)
		}
	}

	i.click(t, "Check now")
	eventually(t, "the checks have run", func() error {
		s, err := d.client.Snapshot(t.Context())
		if err == nil && (s.LastReport == nil || s.LastReport.Trigger != "user") {
			err = fmt.Errorf("the last report is %+v", s.LastReport)
		}
		return err
	})
	eventually(t, "checked", func() error { return i.rowIs(t, RowCheck, Row{"Check now", true}) })
	i.click(t, "Copy summary for helpdesk")
	eventually(t, "copied", func() error { return i.rowIs(t, RowStatus, Row{english.copied, false}) })
	i.click(t, "Save report…")
	eventually(t, "saved", func() error {
		_, ending := reportForm()
		files, _ := filepath.Glob(filepath.Join(filepath.Dir(d.socket), "mapiscope-*"+ending))
		if len(files) != 1 {
			return fmt.Errorf("%d files", len(files))
		}
		return nil
	})

	i.click(t, "Pause")
	eventually(t, "paused", i.shows(assets.IconPaused, "Paused"))
	eventually(t, "resume is offered", func() error { return i.rowIs(t, RowPause, Row{"Resume", true}) })
	i.click(t, "Resume")
	eventually(t, "resumed", i.shows(assets.IconWorking, connectedTitle))

	first := d.agentPID(t)
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent is noticed to be gone", i.shows(assets.IconUnknown, ""))
	eventually(t, "the agent is back", i.shows(assets.IconWorking, connectedTitle))
	if again := d.agentPID(t); again == first {
		t.Errorf("process %d was killed and answers", again)
	}
	t.Logf("tray: %s; agent: %s", memory(t, cmd.Process.Pid), memory(t, d.agentPID(t)))

	i.click(t, "Quit")
	exits(t, ended, out)
	eventually(t, "the agent ends too", func() error {
		if _, err := d.client.Snapshot(t.Context()); !errors.Is(err, localapi.ErrNoAgent) {
			return fmt.Errorf("it answers %v", err)
		}
		return nil
	})
}

func (i barItem) rowIs(t *testing.T, n int, want Row) error {
	t.Helper()
	if got := i.rows(t)[n].Row; got != want {
		return fmt.Errorf("row %d is %+v, not %+v", n, got, want)
	}
	return nil
}

var pssLine = regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB$`)

// memory says how much a process holds.
func memory(t *testing.T, pid int) string {
	t.Helper()
	return fmt.Sprintf("%.1f MiB PSS", float64(pss(t, pid))/1024)
}

// pss is the memory of a process in KiB; what it shares counts in part.
func pss(t *testing.T, pid int) int {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		t.Fatal(err)
	}
	m := pssLine.FindSubmatch(b)
	if m == nil {
		t.Fatalf("no Pss in %s", b)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

// staged is an agent whose snapshots are those that the test sets.
type staged struct {
	monitor.Unconfigured
	cell *monitor.Cell[*monitor.Snapshot]
}

func (s *staged) Snapshot() (*monitor.Snapshot, <-chan struct{}) { return s.cell.Get() }

// stage serves an agent of the test on the desk's socket.
func (d *desk) stage(t *testing.T, first *monitor.Snapshot) *staged {
	t.Helper()
	l, err := localapi.Listen(d.socket)
	if err != nil {
		t.Fatal(err)
	}
	s := &staged{cell: monitor.NewCell(dressed(first, 1))}
	go func() { _ = localapi.Serve(t.Context(), l, s, func() {}) }()
	return s
}

// dressed is what a snapshot carries besides what the cases set.
func dressed(s *monitor.Snapshot, seq uint64) *monitor.Snapshot {
	s.Schema, s.Seq, s.At = monitor.SnapshotSchema, seq, report.At(time.Now())
	s.Agent.PID, s.Outages = os.Getpid(), append([]report.Outage{}, s.Outages...)
	return s
}

// TestRealChanges: 1,000 changes of icon, title and menu at 50 a second leave the
// process alive, its memory sound and the last state on the screen; mail that
// stops and comes back is told once each.
func TestRealChanges(t *testing.T) {
	d := newDesk(t)
	p := openPlace(t, d.bus)
	stage := d.stage(t, connected())
	cmd, ended, out := d.tray(t)
	i := p.wait(t)
	eventually(t, "connected", i.shows(assets.IconWorking, "mailbox and directory connected"))
	lost := in(monitor.StateLost, report.Fail, "The mail server cannot be reached.")
	kinds := []func() *monitor.Snapshot{
		func() *monitor.Snapshot { return connected(checking("user")) },
		func() *monitor.Snapshot { return connected(in(monitor.StatePaused, report.Warn, "Paused by you.")) },
		func() *monitor.Snapshot { return connected(in(monitor.StateTroubled, report.Warn, "Trouble.")) },
		func() *monitor.Snapshot { return connected() },
	}
	const changes, warm = 1000, 200
	var before int
	pace := time.NewTicker(time.Second / 50)
	defer pace.Stop()
	for n := range changes {
		<-pace.C
		stage.cell.Set(dressed(kinds[n%len(kinds)](), uint64(n+2)))
		if n == warm {
			before = pss(t, cmd.Process.Pid)
		}
	}
	stage.cell.Set(dressed(connected(lost), changes+2))
	eventually(t, "the last state is shown", i.shows(assets.IconFailing, "The mail server cannot be reached"))
	after := pss(t, cmd.Process.Pid)
	t.Logf("%d KiB after %d changes, %d KiB after %d; %d changes of the icon seen", before, warm, after, changes, len(p.icons))
	if grown := after - before; grown > 8<<10 {
		t.Errorf("memory grew by %d KiB", grown)
	}
	if n := len(p.icons); n < changes*8/10 {
		t.Errorf("%d changes of the icon arrived, want about %d", n, changes)
	}
	stage.cell.Set(dressed(connected(), changes+3))
	for _, want := range []Notice{{english.stopped, "The mail server cannot be reached.", true}, {english.back, "", false}} {
		select {
		case got := <-p.told:
			if got.Title != want.Title || got.Bad != want.Bad || !strings.HasPrefix(got.Body, want.Body) {
				t.Errorf("told %+v, want %+v", got, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("not told: %s", want.Title)
		}
	}
	if n := len(p.told); n != 0 {
		t.Errorf("%d notices more", n)
	}
	i.click(t, "Quit")
	exits(t, ended, out)
}

// TestRealNoPlace: on a desktop without a place for icons it says so, opens the
// window and keeps running, alone of its kind; a bar that comes up later gets the icon; and when the
// message bus dies, the agent stays.
func TestRealNoPlace(t *testing.T) {
	d := newDesk(t)
	d.exchange(t)
	_, ended, out := d.tray(t)
	eventually(t, "it says so", func() error {
		if !strings.Contains(out.String(), english.noPlace) {
			return errors.New("it said only: " + out.String())
		}
		return nil
	})
	eventually(t, "the window is started", func() error {
		_, err := os.Stat(filepath.Join(filepath.Dir(d.socket), "window.log"))
		return err
	})
	select {
	case err := <-ended:
		t.Fatalf("the tray ended (%v)\n%s", err, out)
	default:
	}
	_, second, heard := d.tray(t)
	exits(t, second, heard) // it opens the window, and leaves the icon to the first
	i := openPlace(t, d.bus).wait(t)
	eventually(t, "the icon comes with the bar", i.shows(assets.IconWorking, "connected"))
	pid := d.agentPID(t)
	if err := d.daemon.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	exits(t, ended, out)
	if again := d.agentPID(t); again != pid {
		t.Errorf("the agent was process %d and is %d", pid, again)
	}
	if err := d.client.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}
