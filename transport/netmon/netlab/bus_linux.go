package netlab

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"
)

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><keep_umask/><listen>unix:path=%s</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

// Bus starts a message bus of its own for the test and gives its address.
func Bus(t testing.TB) (address string) {
	t.Helper()
	dir := t.TempDir()
	socket, config := filepath.Join(dir, "bus"), filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, socket), 0o600); err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		daemon.Process.Kill()
		daemon.Wait()
	})
	if _, err := out.Read(make([]byte, 256)); err != nil { // it prints its address when it is ready
		t.Fatal(err)
	}
	return "unix:path=" + socket
}

// Connect opens a connection to a bus for the test.
func Connect(t testing.TB, address string, options ...dbus.ConnOption) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Logind is a stand-in for systemd-logind on a bus of its own: it takes delay
// locks and announces sleep.
type Logind struct {
	Address string // for DBUS_SYSTEM_BUS_ADDRESS
	t       testing.TB
	conn    *dbus.Conn
	locks   chan *os.File // our ends of the locks that were taken
}

// NewLogind starts it.
func NewLogind(t testing.TB) *Logind {
	t.Helper()
	Need(t, "dbus-daemon")
	l := &Logind{Address: Bus(t), t: t, locks: make(chan *os.File, 16)}
	sent := &sentFiles{open: map[uint32]int{}}
	l.conn = Connect(t, l.Address, dbus.WithOutgoingInterceptor(sent.sending), dbus.WithSerialGenerator(sent))
	if err := l.conn.Export(manager{l}, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.conn.RequestName("org.freedesktop.login1", 0); err != nil {
		t.Fatal(err)
	}
	return l
}

// manager is what callers see of it.
type manager struct{ l *Logind }

// Inhibit gives one end of a pipe: the lock lasts until its holder closes it.
func (m manager) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	if what != "sleep" || mode != "delay" {
		return 0, dbus.MakeFailedError(fmt.Errorf("a lock of the kind %s for %s", mode, what))
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	fd, err := unix.Dup(int(theirs.Fd()))
	theirs.Close()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	m.l.locks <- ours
	return dbus.UnixFD(fd), nil
}

// sentFiles closes our copy of a descriptor as soon as the answer with it has
// been written: the library sends it and leaves it open, and then nobody would
// hear when its new owner closes it.
type sentFiles struct {
	mu   sync.Mutex
	last uint32
	open map[uint32]int // by serial number of the message
}

func (s *sentFiles) sending(m *dbus.Message) {
	if len(m.Body) != 1 {
		return
	}
	if fd, ok := m.Body[0].(dbus.UnixFD); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open[m.Serial()] = int(fd)
	}
}

func (s *sentFiles) GetSerial() uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return s.last
}

// RetireSerial is called after an answer was written.
func (s *sentFiles) RetireSerial(serial uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fd, ok := s.open[serial]; ok {
		unix.Close(fd)
		delete(s.open, serial)
	}
}

// Lock waits for a delay lock to be taken and gives a channel that is closed when
// its holder lets go.
func (l *Logind) Lock() (released <-chan struct{}) {
	l.t.Helper()
	select {
	case ours := <-l.locks:
		done := make(chan struct{})
		go func() {
			ours.Read(make([]byte, 1)) // ends when no other end is open
			ours.Close()
			close(done)
		}()
		return done
	case <-time.After(20 * time.Second):
		l.t.Fatal("nobody takes a lock against sleep")
		return nil
	}
}

// Announce says that sleep begins, or that it is over.
func (l *Logind) Announce(begins bool) {
	l.t.Helper()
	if err := l.conn.Emit("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", begins); err != nil {
		l.t.Fatal(err)
	}
}
