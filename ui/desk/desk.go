//go:build real && linux

package desk

import (
	"bufio"
	"bytes"
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

	"github.com/mapiscope/mapiscope/ui/localapi"
)

// Tags are the build tags of a program with icon and window, as in the Makefile.
const Tags = "migrated_fynedo,accessibility"

// Need finds a program. Without it the test is left out; where continuous
// integration runs, its absence is a failure.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing; .ci/setup-real installs it", program)
	}
	if err != nil {
		t.Skipf("left out: %s is not installed (make setup-real)", program)
	}
	return path
}

// needLibraries leaves the test out where icon and window cannot be built.
func needLibraries(t testing.TB) {
	t.Helper()
	if os.Getenv("DESK_PROGRAM") != "" {
		return
	}
	err := exec.Command(Need(t, "pkg-config"), "--exists", "gl", "xi", "ayatana-appindicator3-0.1").Run()
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("the libraries of icon and window are missing; .ci/setup-real installs them")
	}
	if err != nil {
		t.Skip("left out: the libraries of icon and window are not installed (make setup-real)")
	}
}

// program is the one with the libraries of the desktop: DESK_PROGRAM, or built
// once.
var program = sync.OnceValues(func() (string, error) {
	if name := os.Getenv("DESK_PROGRAM"); name != "" {
		return filepath.Abs(name)
	}
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "mapiscope")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-buildmode=pie", "-tags", Tags, "-o", name, "../..").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return name, err
})

// Options say what kind of desktop it is.
type Options struct {
	NoOpenGL  bool // the X server has no GLX, as in many remote sessions
	NoManager bool // no window manager: enough for an icon
}

// Width and Height are those of the screen.
const Width, Height = 1280, 860

// Desk is a desktop session. What is started on it ends with the test.
type Desk struct {
	Program string // the file of the real program
	Bus     string // address of the message bus
	Display string // ":7"
	Dir     string // home and every other folder
	Socket  string // of the agent
	Env     []string
	Client  *localapi.Client
	X       *exec.Cmd // the X server
	Daemon  *exec.Cmd // the message bus
}

// New starts a session.
func New(t testing.TB, o Options) *Desk {
	t.Helper()
	Need(t, "Xvfb")
	Need(t, "dbus-daemon")
	needLibraries(t)
	name, err := program()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := &Desk{Program: name, Dir: dir, Socket: filepath.Join(dir, "agent.sock")}
	d.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "XDG_DATA_HOME="+dir,
		"XDG_RUNTIME_DIR="+dir, "TMPDIR="+dir, "MAPISCOPE_SOCKET="+d.Socket, "MAPISCOPE_LANGUAGE=en", "WAYLAND_DISPLAY=", "NO_AT_BRIDGE=1", "GIO_USE_VFS=local", "GSETTINGS_BACKEND=memory", "TZ=UTC", "LANG=C.UTF-8", "LC_ALL=")
	d.startX(t, o)
	d.Env = append(d.Env, "DISPLAY="+d.Display)
	d.startBus(t)
	d.Env = append(d.Env, "DBUS_SESSION_BUS_ADDRESS="+d.Bus)
	d.Client = localapi.NewClient(d.Socket)
	t.Cleanup(d.Client.Close)
	t.Cleanup(d.endAll)
	if !o.NoManager {
		config := filepath.Join(dir, "openbox.xml")
		if err := os.WriteFile(config, []byte(managerConfig), 0o600); err != nil {
			t.Fatal(err)
		}
		manager := exec.Command(Need(t, "openbox"), "--config-file", config)
		manager.Env = d.Env
		Background(t, manager)
		Eventually(t, "the window manager", func() error { _, err := d.xdotool("get_desktop"); return err })
		d.do(t, "mousemove", strconv.Itoa(Width-1), strconv.Itoa(Height-1)) // out of the pictures
	}
	return d
}

// endAll ends what was started on the desk and outlives what started it, an agent or
// a window of the icon's.
func (d *Desk) endAll() {
	for _, pid := range d.Processes() {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have just gone
	}
}

// Processes are those of the program on this desk, whoever started them: they have
// its socket in their environment, and the program as their file.
func (d *Desk) Processes() (pids []int) {
	mine := []byte("MAPISCOPE_SOCKET=" + d.Socket + "\x00")
	processes, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range processes {
		dir := filepath.Dir(name)
		env, _ := os.ReadFile(name) // it may have just gone
		file, _ := os.Readlink(filepath.Join(dir, "exe"))
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && bytes.Contains(env, mine) && file == d.Program {
			pids = append(pids, pid)
		}
	}
	return pids
}

// managerConfig puts every window into the corner, without a frame: where its pixels
// are is known then.
const managerConfig = `<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <theme><keepBorder>no</keepBorder></theme>
  <focus><focusNew>yes</focusNew></focus>
  <keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
  <applications>
    <application class="*"><decor>no</decor><position force="yes"><x>0</x><y>0</y></position></application>
  </applications>
</openbox_config>
`

// Background starts a program that ends with the test.
func Background(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// firstLine starts cmd and returns the first line that it writes to w's other end.
func firstLine(t testing.TB, cmd *exec.Cmd, give func(w *os.File)) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	give(w)
	Background(t, cmd)
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func (d *Desk) startX(t testing.TB, o Options) {
	args := []string{"-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", Width, Height), "-nolisten", "tcp", "-fbdir", d.Dir}
	if o.NoOpenGL {
		args = append(args, "-extension", "GLX")
	}
	d.X = exec.Command("Xvfb", args...)
	d.Display = ":" + firstLine(t, d.X, func(w *os.File) { d.X.ExtraFiles = []*os.File{w} })
}

func (d *Desk) startBus(t testing.TB) {
	d.Daemon = exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1", "--address=unix:path="+filepath.Join(d.Dir, "bus"))
	d.Daemon.Env = d.Env // what it starts belongs to the desk too
	d.Bus = firstLine(t, d.Daemon, func(w *os.File) { d.Daemon.Stdout = w })
}

var exported = regexp.MustCompile(`^export (\w+)='(.*)'$`)

// Account is what a person would type.
type Account struct{ Address, User, Password string }

// Exchange starts an Exchange and puts into Env how to get there; the account on it
// too where the desk is to have one already.
func (d *Desk) Exchange(t testing.TB, withAccount bool) Account {
	t.Helper()
	cmd := exec.Command(d.Program, "exchangetest", "--print-env")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	Background(t, cmd)
	a := Account{Address: "alice@contoso.test"}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		m := exported.FindStringSubmatch(lines.Text())
		if m == nil {
			t.Fatalf("not understood: %s", lines.Text())
		}
		name, value := m[1], m[2]
		switch name {
		case "MAPISCOPE_USER":
			a.User = value
		case "MAPISCOPE_PASSWORD":
			a.Password = value
		default:
			d.Env = append(d.Env, name+"="+value)
		}
		if name == "MAPISCOPE_DNS" { // the last one
			break
		}
	}
	if withAccount {
		d.Env = append(d.Env, "MAPISCOPE_ADDRESS="+a.Address, "MAPISCOPE_USER="+a.User, "MAPISCOPE_PASSWORD="+a.Password)
	}
	return a
}

// Eventually waits until f has nothing against it.
func Eventually(t testing.TB, what string, f func() error) {
	t.Helper()
	limit, again := time.After(30*time.Second), time.NewTicker(30*time.Millisecond)
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
