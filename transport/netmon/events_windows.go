package netmon

import (
	"context"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// A callback that Windows was given cannot be freed, so there is one of each kind
// for the process, and listeners come and go behind it.
type listeners struct {
	mu   sync.Mutex
	next int
	all  map[int]func(what uint32)
}

func (l *listeners) add(ctx context.Context, f func(what uint32)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[int]func(uint32){}
	}
	id := l.next
	l.next++
	l.all[id] = f
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all, id)
	})
}

func (l *listeners) tell(what uint32) {
	l.mu.Lock()
	var list []func(uint32)
	for _, f := range l.all {
		list = append(list, f)
	}
	l.mu.Unlock()
	for _, f := range list {
		f(what)
	}
}

var networkListeners, powerListeners listeners

var networkCallback = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(_, _ uintptr, _ uint32) uintptr {
		networkListeners.tell(0)
		return 0
	})
})

var powerCallback = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(_ uintptr, what uint32, _ uintptr) uintptr {
		powerListeners.tell(what)
		return 0
	})
})

// listenHelper asks the IP Helper for changes of interfaces, addresses and routes.
func listenHelper(ctx context.Context, tell func(event)) error {
	networkListeners.add(ctx, func(uint32) { tell(event{kind: networkEvent}) })
	for name, ask := range map[string]func(uint16, uintptr, unsafe.Pointer, bool, *windows.Handle) error{
		"NotifyIpInterfaceChange":      windows.NotifyIpInterfaceChange,
		"NotifyUnicastIpAddressChange": windows.NotifyUnicastIpAddressChange,
		"NotifyRouteChange2":           windows.NotifyRouteChange2,
	} {
		var h windows.Handle
		if err := ask(windows.AF_UNSPEC, networkCallback(), nil, false, &h); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		context.AfterFunc(ctx, func() { windows.CancelMibChangeNotify2(h) })
	}
	return nil
}

// What the callback of PowerRegisterSuspendResumeNotification is told (winuser.h).
const (
	pbtSuspend         = 4
	pbtResumeSuspend   = 7
	pbtResumeAutomatic = 18
	notifyByCallback   = 2 // DEVICE_NOTIFY_CALLBACK
)

// suspendDelay is how long the callback keeps the system awake: less than the 2 s
// after which Windows no longer waits.
const suspendDelay = 1500 * time.Millisecond

var (
	powrprof       = windows.NewLazySystemDLL("powrprof.dll")
	registerPower  = powrprof.NewProc("PowerRegisterSuspendResumeNotification")
	unregisterPowr = powrprof.NewProc("PowerUnregisterSuspendResumeNotification")
)

// listenPower tells of suspend and resume.
func listenPower(ctx context.Context, tell func(event)) error {
	if err := registerPower.Find(); err != nil {
		return err
	}
	powerListeners.add(ctx, func(what uint32) {
		switch what {
		case pbtSuspend:
			ready := make(chan struct{})
			tell(event{kind: sleeping, ready: sync.OnceFunc(func() { close(ready) })})
			select {
			case <-ready:
			case <-time.After(suspendDelay):
			}
		case pbtResumeSuspend, pbtResumeAutomatic: // often both
			tell(event{kind: waking})
		}
	})
	parameters := &struct{ callback, context uintptr }{callback: powerCallback()}
	var h uintptr
	code, _, _ := registerPower.Call(notifyByCallback, uintptr(unsafe.Pointer(parameters)), uintptr(unsafe.Pointer(&h)))
	if code != 0 {
		return windows.Errno(code)
	}
	context.AfterFunc(ctx, func() { unregisterPowr.Call(h) })
	return nil
}
