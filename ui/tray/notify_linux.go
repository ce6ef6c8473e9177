package tray

import (
	"context"
	"html"
	"slices"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

// Names of the Desktop Notifications Specification 1.2.
const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = "/org/freedesktop/Notifications"
)

// notifyTime bounds one notification: a daemon that hangs holds up nobody.
const notifyTime = 5 * time.Second

// newNotifier speaks to the desktop's notification daemon over a connection of
// its own to the session bus. Without either it turns itself off; opened is called
// for a click on a notification.
func newNotifier(opened func()) notifier {
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return silent{}
	}
	n := &desktopNotifier{conn: conn, daemon: conn.Object(notifyName, notifyPath), shown: map[uint32]bool{}}
	// Without the signals a click does nothing; the notification is still read.
	if conn.AddMatchSignal(dbus.WithMatchInterface(notifyName), dbus.WithMatchObjectPath(notifyPath)) == nil {
		clicks := make(chan *dbus.Signal, 16)
		conn.Signal(clicks)
		go n.listen(clicks, opened)
	}
	return n
}

type desktopNotifier struct {
	conn   *dbus.Conn
	daemon dbus.BusObject

	mu    sync.Mutex
	off   bool // it failed once: this desktop has none
	asked bool
	can   []string
	last  uint32 // the notification that the next one replaces
	shown map[uint32]bool
}

func (n *desktopNotifier) close() { n.conn.Close() }

func (n *desktopNotifier) notify(said Notice) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.off {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), notifyTime)
	defer cancel()
	if err := n.send(ctx, said); err != nil {
		n.off = true
		return false
	}
	return true
}

// send shows one notification in the place of the last: two of one outage beside
// each other contradict each other.
func (n *desktopNotifier) send(ctx context.Context, said Notice) error {
	if !n.asked {
		if err := n.daemon.CallWithContext(ctx, notifyName+".GetCapabilities", 0).Store(&n.can); err != nil {
			return err
		}
		n.asked = true
	}
	body, urgency := said.Body, byte(1)
	if slices.Contains(n.can, "body-markup") {
		body = html.EscapeString(body)
	}
	if said.Bad {
		urgency = 2
	}
	actions := []string{}
	if slices.Contains(n.can, "actions") {
		actions = []string{"default", "Mapiscope"}
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(urgency), "desktop-entry": dbus.MakeVariant("mapiscope")}
	err := n.daemon.CallWithContext(ctx, notifyName+".Notify", 0, "Mapiscope", n.last, "mapiscope", said.Title, body, actions, hints, int32(-1)).Store(&n.last)
	if err == nil {
		n.shown[n.last] = true
	}
	return err
}

// listen waits for clicks on our notifications until the connection ends.
func (n *desktopNotifier) listen(clicks <-chan *dbus.Signal, opened func()) {
	for s := range clicks {
		if len(s.Body) < 2 {
			continue
		}
		id, _ := s.Body[0].(uint32)
		n.mu.Lock()
		ours := n.shown[id]
		if s.Name == notifyName+".NotificationClosed" {
			delete(n.shown, id)
		}
		n.mu.Unlock()
		if ours && s.Name == notifyName+".ActionInvoked" {
			opened()
		}
	}
}
