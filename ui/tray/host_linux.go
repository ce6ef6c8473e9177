//go:build migrated_fynedo && cgo

package tray

/*
#cgo pkg-config: gtk+-3.0 x11
#include <stdint.h>
#include <stdlib.h>
void tray_idle(uintptr_t handle);
int tray_display(void);
int tray_xembed(void);
void tray_copy(const char *text);
*/
import "C"

import (
	"errors"
	"runtime/cgo"
	"time"
	"unsafe"

	"github.com/getlantern/systray"
	"github.com/godbus/dbus/v5"

	"github.com/mapiscope/mapiscope/assets"
)

// idle runs f on the thread of GTK's loop and returns at once. Most of GTK may be
// touched from there alone.
func idle(f func()) { C.tray_idle(C.uintptr_t(cgo.NewHandle(f))) }

//export trayIdle
func trayIdle(handle C.uintptr_t) {
	h := cgo.Handle(handle)
	h.Value().(func())()
	h.Delete()
}

// display opens the display; it needs the main thread.
func display() error {
	if C.tray_display() == 0 {
		return ErrNoDisplay
	}
	return nil
}

func picture(name string) []byte { return assets.PNG(name) }

func label(text string) string { return text }

// Title goes through GTK's loop: on another thread it would race with it.
func (b *bar) Title(text string) { idle(func() { systray.SetTitle(text) }) }

// hostTime bounds a question to the desktop.
const hostTime = 3 * time.Second

var errSlowDesktop = errors.New("the desktop does not answer")

func (b *bar) Copy(text string) error {
	done := make(chan struct{})
	idle(func() {
		c := C.CString(text)
		defer C.free(unsafe.Pointer(c))
		C.tray_copy(c)
		close(done)
	})
	select {
	case <-done:
		return nil
	case <-time.After(hostTime):
		return errSlowDesktop
	}
}

// Place asks for a StatusNotifierWatcher, the place for icons of today's desktops,
// and for an owner of the XEmbed tray, that of older ones.
func (b *bar) Place() bool {
	if hasWatcher() {
		return true
	}
	owned := make(chan bool, 1)
	idle(func() { owned <- C.tray_xembed() != 0 })
	select {
	case has := <-owned:
		return has
	case <-time.After(hostTime):
		return false
	}
}

func hasWatcher() bool {
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return false
	}
	defer conn.Close()
	var owned bool
	err = conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, "org.kde.StatusNotifierWatcher").Store(&owned)
	return err == nil && owned
}
