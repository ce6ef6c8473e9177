//go:build unix

package httpc

import (
	"crypto/tls"
	"net"
	"syscall"
)

// peek asks the system, without waiting, what there is to read.
func peek(c net.Conn) rest {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return unknown
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return unknown
	}
	state := unknown
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch {
		case n > 0:
			state = pending
		case err == syscall.EAGAIN || err == syscall.EWOULDBLOCK:
			state = quiet
		default:
			state = ended
		}
	})
	if err != nil {
		return ended
	}
	return state
}
