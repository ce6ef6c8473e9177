package netmon

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// The service of systemd-logind, org.freedesktop.login1(5).
const (
	logindName    = "org.freedesktop.login1"
	logindPath    = "/org/freedesktop/login1"
	logindManager = "org.freedesktop.login1.Manager"
)

// listenLogind tells of sleep as logind announces it, and holds a delay lock, so
// that there is time to pause before the machine sleeps. False, in silence, when
// there is no system bus (DBUS_SYSTEM_BUS_ADDRESS names another one).
func listenLogind(ctx context.Context, tell func(event)) bool {
	conn, err := dbus.ConnectSystemBus(dbus.WithContext(ctx), dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return false
	}
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(logindName), dbus.WithMatchObjectPath(logindPath),
		dbus.WithMatchInterface(logindManager), dbus.WithMatchMember("PrepareForSleep"))
	if err != nil {
		conn.Close()
		return false
	}
	signals := make(chan *dbus.Signal, 1)
	conn.Signal(signals)
	go hearLogind(ctx, conn, signals, tell)
	return true
}

func hearLogind(ctx context.Context, conn *dbus.Conn, signals <-chan *dbus.Signal, tell func(event)) {
	release := inhibitSleep(ctx, conn)
	defer func() { release() }()
	for s := range signals { // closed with the connection
		if s.Name != logindManager+".PrepareForSleep" || len(s.Body) != 1 {
			continue
		}
		if begins, _ := s.Body[0].(bool); begins {
			time.AfterFunc(SleepDelay, release)
			tell(event{kind: sleeping, ready: release})
			continue
		}
		release()
		release = inhibitSleep(ctx, conn)
		tell(event{kind: waking})
	}
	tell(event{kind: sleepDeaf})
}

// inhibitSleep takes a delay lock; its answer gives it back. Where logind refuses
// one, sleep is still announced, only not delayed.
func inhibitSleep(ctx context.Context, conn *dbus.Conn) (release func()) {
	var lock dbus.UnixFD
	err := conn.Object(logindName, logindPath).
		CallWithContext(ctx, logindManager+".Inhibit", 0, "sleep", "Mapiscope", "pausing the mailbox session", "delay").Store(&lock)
	if err != nil {
		return func() {}
	}
	f := os.NewFile(uintptr(lock), "sleep delay")
	return sync.OnceFunc(func() { f.Close() })
}
