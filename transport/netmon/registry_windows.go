package netmon

import (
	"context"
	"fmt"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const internetKey = `Software\Microsoft\Windows\CurrentVersion\Internet Settings`

// readInternetSettings reads the proxy of the current user; what is not set is "".
func readInternetSettings() (s internetSettings) {
	if k, err := registry.OpenKey(registry.CURRENT_USER, internetKey, registry.QUERY_VALUE); err == nil {
		defer k.Close()
		enable, _, _ := k.GetIntegerValue("ProxyEnable")
		s.enable = uint32(enable)
		s.server, _, _ = k.GetStringValue("ProxyServer")
		s.override, _, _ = k.GetStringValue("ProxyOverride")
		s.scriptURL, _, _ = k.GetStringValue("AutoConfigURL")
	}
	if k, err := registry.OpenKey(registry.CURRENT_USER, internetKey+`\Connections`, registry.QUERY_VALUE); err == nil {
		defer k.Close()
		s.connection, _, _ = k.GetBinaryValue("DefaultConnectionSettings")
	}
	return s
}

// watchedKeys have what no other notification tells: the proxy, and DNS servers
// that were set by hand.
var watchedKeys = []struct {
	root    registry.Key
	path    string
	subtree bool
}{
	{registry.CURRENT_USER, internetKey, false},
	{registry.CURRENT_USER, internetKey + `\Connections`, false},
	{registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters\Interfaces`, true},
	{registry.LOCAL_MACHINE, `SYSTEM\CurrentControlSet\Services\Tcpip6\Parameters\Interfaces`, true},
}

// notifyFilter is for values that change; the registration belongs to the
// process, not to the thread that the runtime happened to use.
const notifyFilter = windows.REG_NOTIFY_CHANGE_NAME | windows.REG_NOTIFY_CHANGE_LAST_SET | windows.REG_NOTIFY_THREAD_AGNOSTIC

// listenRegistry watches all keys from one thread.
func listenRegistry(ctx context.Context, tell func(event)) error {
	w := &keyWatch{}
	if err := w.open(); err != nil {
		w.close()
		return err
	}
	stop := w.events[0]
	context.AfterFunc(ctx, func() { windows.SetEvent(stop) })
	go w.run(tell)
	return nil
}

// keyWatch has an event to stop it and one for each key.
type keyWatch struct {
	keys   []registry.Key
	trees  []bool
	events []windows.Handle // 0 stops; i+1 belongs to keys[i]
}

func (w *keyWatch) open() error {
	if err := w.addEvent(); err != nil {
		return err
	}
	for _, k := range watchedKeys {
		key, err := registry.OpenKey(k.root, k.path, registry.NOTIFY)
		if err == registry.ErrNotExist { // nothing was ever set there
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", k.path, err)
		}
		w.keys, w.trees = append(w.keys, key), append(w.trees, k.subtree)
		if err := w.addEvent(); err != nil {
			return err
		}
		if err := w.arm(len(w.keys) - 1); err != nil {
			return fmt.Errorf("%s: %w", k.path, err)
		}
	}
	return nil
}

func (w *keyWatch) addEvent() error {
	h, err := windows.CreateEvent(nil, 0, 0, nil) // resets itself
	if err == nil {
		w.events = append(w.events, h)
	}
	return err
}

// arm asks for one notification about key i.
func (w *keyWatch) arm(i int) error {
	return windows.RegNotifyChangeKeyValue(windows.Handle(w.keys[i]), w.trees[i], notifyFilter, w.events[i+1], true)
}

func (w *keyWatch) run(tell func(event)) {
	defer w.close()
	for {
		n, err := windows.WaitForMultipleObjects(w.events, false, windows.INFINITE)
		i := int(n) - windows.WAIT_OBJECT_0 - 1
		if err != nil || i >= len(w.keys) || i >= 0 && w.arm(i) != nil {
			tell(event{kind: networkDeaf})
			return
		}
		if i < 0 { // stop
			return
		}
		tell(event{kind: networkEvent})
	}
}

func (w *keyWatch) close() {
	for _, k := range w.keys {
		k.Close()
	}
	for _, h := range w.events {
		windows.CloseHandle(h)
	}
}
