package netmon

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// The proxy of GNOME and its relatives lives in dconf. Its daemon announces every
// key that is written on the session bus: Notify(prefix, keys, tag).
const (
	dconfWriter = "ca.desrt.dconf.Writer"
	dconfProxy  = "/system/proxy/"
)

// gsettingsLimit bounds the call of a program that answers in milliseconds.
const gsettingsLimit = 2 * time.Second

// desktopProxy is the proxy setting of the desktop. The program that tells it is
// run once, and again after an announcement.
func (l *linux) desktopProxy() Proxy {
	if p := l.desktop.Load(); p != nil {
		return *p
	}
	var p Proxy
	if hasSessionBus() {
		ctx, cancel := context.WithTimeout(context.Background(), gsettingsLimit)
		defer cancel()
		out, _ := exec.CommandContext(ctx, "gsettings", "list-recursively", "org.gnome.system.proxy").Output()
		p = proxyOfGSettings(out) // not that desktop: no output, no proxy
	}
	l.desktop.Store(&p)
	return p
}

// listenDesktop tells of a new proxy setting. Silent where there is no session bus.
func (l *linux) listenDesktop(ctx context.Context, tell func(event)) {
	if !hasSessionBus() {
		return
	}
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return
	}
	if conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(dconfWriter), dbus.WithMatchMember("Notify")) != nil {
		conn.Close()
		return
	}
	signals := make(chan *dbus.Signal, 1)
	conn.Signal(signals)
	go func() {
		for s := range signals { // closed with the connection
			if aboutProxy(s) {
				l.desktop.Store(nil)
				tell(event{kind: networkEvent})
			}
		}
	}()
}

// aboutProxy is the allow-list: prefix is a folder or a key, and either is in the
// other's path.
func aboutProxy(s *dbus.Signal) bool {
	if s.Name != dconfWriter+".Notify" || len(s.Body) == 0 {
		return false
	}
	prefix, _ := s.Body[0].(string)
	return strings.HasPrefix(prefix, dconfProxy) || prefix != "" && strings.HasPrefix(dconfProxy, prefix)
}

// hasSessionBus keeps both libraries from starting a bus where there is none.
func hasSessionBus() bool {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
	return err == nil
}
