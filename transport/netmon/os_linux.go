package netmon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
)

func system() *linux { return &linux{} }

type linux struct {
	desktop atomic.Pointer[Proxy] // as read last; nil: to be read
}

// watchFolders: inotify sees a file that is moved over another in their folder.
const watchFolders = true

func (l *linux) proxy() Proxy { return firstProxy(proxyOfEnv(os.Getenv), l.desktopProxy) }

// The files that say which DNS servers are asked, and those that name the real
// ones where a cache on loopback (systemd-resolved, dnsmasq) stands before them.
var resolvConfFiles = []string{
	"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf",
}

func (l *linux) read() (State, error) {
	var dumps [][]byte
	for _, ask := range []int{syscall.RTM_GETLINK, syscall.RTM_GETADDR, syscall.RTM_GETROUTE} {
		b, err := syscall.NetlinkRIB(ask, syscall.AF_UNSPEC)
		if err != nil {
			return State{}, fmt.Errorf("cannot read the network's state: %w", os.NewSyscallError("netlink", err))
		}
		dumps = append(dumps, b)
	}
	s := stateOfNetlink(dumps...)
	s.DNS, s.Search = upstream(readFiles(resolvConfFiles)...)
	s.Proxy = l.proxy()
	return s, nil
}

func (l *linux) listen(ctx context.Context, tell func(event), missing func(error)) (network, sleep bool) {
	network = true
	if err := listenNetlink(ctx, tell); err != nil {
		missing(fmt.Errorf("changes of addresses and routes are not announced: %w", err))
		network = false
	}
	if err := watchFiles(ctx, resolvConfFiles, tell); err != nil {
		missing(fmt.Errorf("changes of DNS servers are not announced: %w", err))
		network = false
	}
	l.listenDesktop(ctx, tell)
	return network, listenLogind(ctx, tell)
}

// The multicast groups of rtnetlink that are listened to, bit n-1 for group n.
// Neighbours are not among them: our own connections change those.
const netlinkGroups = 1<<(syscall.RTNLGRP_LINK-1) |
	1<<(syscall.RTNLGRP_IPV4_IFADDR-1) | 1<<(syscall.RTNLGRP_IPV6_IFADDR-1) |
	1<<(syscall.RTNLGRP_IPV4_ROUTE-1) | 1<<(syscall.RTNLGRP_IPV6_ROUTE-1)

// netlinkBuffer holds the largest batch that the kernel sends (32 KiB).
const netlinkBuffer = 32 << 10

func listenNetlink(ctx context.Context, tell func(event)) error {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, syscall.NETLINK_ROUTE)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	socket := os.NewFile(uintptr(fd), "netlink") // non-blocking: the runtime waits, not a thread
	if err := syscall.Bind(fd, &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: netlinkGroups}); err != nil {
		socket.Close()
		return os.NewSyscallError("bind", err)
	}
	context.AfterFunc(ctx, func() { socket.Close() })
	go hearNetlink(socket, tell)
	return nil
}

func hearNetlink(socket *os.File, tell func(event)) {
	b := make([]byte, netlinkBuffer)
	for {
		n, err := socket.Read(b)
		switch {
		case errors.Is(err, syscall.ENOBUFS): // events were lost: look
			tell(event{kind: networkEvent})
		case err != nil:
			tell(event{kind: networkDeaf})
			return
		case anyCounts(b[:n]):
			tell(event{kind: networkEvent})
		}
	}
}

func anyCounts(b []byte) bool {
	for _, m := range messages(b) {
		if m.counts() {
			return true
		}
	}
	return false
}
