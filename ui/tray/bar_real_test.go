//go:build real && linux

package tray

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// Names of the StatusNotifierItem protocol and of its menus.
const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
	itemName    = "org.kde.StatusNotifierItem"
	menuName    = "com.canonical.dbusmenu"
)

// place is the bar of a desktop without pixels: programs register with it as with
// a panel, and a test reads what they show and clicks.
type place struct {
	conn  *dbus.Conn
	items chan barItem
	icons chan *dbus.Signal // each change of an icon
	told  chan Notice       // each notification
}

// barItem is an icon that has registered.
type barItem struct {
	item, menu dbus.BusObject
}

type watcher struct{ p *place }

// RegisterStatusNotifierItem is called by the program, with an object path.
func (w watcher) RegisterStatusNotifierItem(path string, sender dbus.Sender) *dbus.Error {
	item := w.p.conn.Object(string(sender), dbus.ObjectPath(path))
	go func() { // the caller waits for our answer before it answers us
		menu, err := item.GetProperty(itemName + ".Menu")
		if err != nil {
			return
		}
		at, _ := menu.Value().(dbus.ObjectPath)
		w.p.items <- barItem{item, w.p.conn.Object(string(sender), at)}
	}()
	return nil
}

func (w watcher) RegisterStatusNotifierHost(string) *dbus.Error { return nil }

// daemon shows notifications to the test.
type daemon struct{ p *place }

func (d daemon) GetCapabilities() ([]string, *dbus.Error) { return []string{"body", "actions"}, nil }

func (d daemon) Notify(_ string, _ uint32, _, title, body string, _ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	urgency, _ := hints["urgency"].Value().(byte)
	d.p.told <- Notice{Title: title, Body: body, Bad: urgency == 2}
	return 7, nil
}

// openPlace opens the bar and the notification daemon on a bus.
func openPlace(t testing.TB, bus string) *place {
	t.Helper()
	conn, err := dbus.Connect(bus)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	p := &place{conn: conn, items: make(chan barItem, 8), icons: make(chan *dbus.Signal, 8192), told: make(chan Notice, 64)}
	_, err = prop.Export(conn, watcherPath, prop.Map{watcherName: {
		"RegisteredStatusNotifierItems":  {Value: []string{}},
		"IsStatusNotifierHostRegistered": {Value: true},
		"ProtocolVersion":                {Value: int32(0)},
	}})
	for _, step := range []func() error{
		func() error { return err },
		func() error { return conn.Export(watcher{p}, watcherPath, watcherName) },
		func() error { return conn.Export(daemon{p}, notifyPath, notifyName) },
		func() error {
			return conn.AddMatchSignal(dbus.WithMatchInterface(itemName), dbus.WithMatchMember("NewIcon"))
		},
		func() error { return own(conn, notifyName) },
		func() error { return own(conn, watcherName) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	conn.Signal(p.icons)
	return p
}

func own(conn *dbus.Conn, name string) error {
	got, err := conn.RequestName(name, dbus.NameFlagDoNotQueue)
	if err == nil && got != dbus.RequestNameReplyPrimaryOwner {
		err = fmt.Errorf("%s is taken", name)
	}
	return err
}

func (p *place) wait(t testing.TB) barItem {
	t.Helper()
	select {
	case i := <-p.items:
		return i
	case <-time.After(15 * time.Second):
		t.Fatal("no icon registered")
	}
	return barItem{}
}

// text is a property of the icon: Title, IconName, XAyatanaLabel.
func (i barItem) text(name string) string {
	v, err := i.item.GetProperty(itemName + "." + name)
	if err != nil {
		return "error: " + err.Error()
	}
	s, _ := v.Value().(string)
	return s
}

// menuRow is a row of the menu as the desktop sees it.
type menuRow struct {
	id int32
	Row
}

func (i barItem) rows(t *testing.T) []menuRow {
	t.Helper()
	type layout struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	var revision uint32
	var root, child layout
	if err := i.menu.Call(menuName+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		t.Fatalf("the menu cannot be read: %v", err)
	}
	var rows []menuRow
	for _, c := range root.Children {
		child = layout{}
		if err := dbus.Store([]any{c.Value()}, &child); err != nil {
			t.Fatal(err)
		}
		r := menuRow{child.ID, Row{Enabled: true}}
		r.Label, _ = child.Props["label"].Value().(string)
		r.Label = strings.ReplaceAll(r.Label, "__", "_")
		if enabled, ok := child.Props["enabled"].Value().(bool); ok {
			r.Enabled = enabled
		}
		rows = append(rows, r)
	}
	return rows
}

// click clicks on a row as a panel does. It asks for no reply: after Quit nobody
// may be left to give one.
func (i barItem) click(t *testing.T, label string) {
	t.Helper()
	for _, r := range i.rows(t) {
		if r.Label == label && r.Enabled {
			if err := i.menu.Call(menuName+".Event", dbus.FlagNoReplyExpected, r.id, "clicked", dbus.MakeVariant(""), uint32(0)).Err; err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no row %q that can be clicked in %+v", label, i.rows(t))
}
