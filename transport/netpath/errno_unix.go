//go:build !windows

package netpath

import "syscall"

var errnoKinds = map[syscall.Errno]Kind{
	syscall.ECONNREFUSED: KindRefused,
	syscall.ECONNRESET:   KindReset,
	syscall.EPIPE:        KindReset,
	syscall.ECONNABORTED: KindReset,
	syscall.EHOSTUNREACH: KindUnreachable,
	syscall.ENETUNREACH:  KindUnreachable,
	syscall.EHOSTDOWN:    KindUnreachable,
	syscall.ENETDOWN:     KindUnreachable,
	syscall.ETIMEDOUT:    KindTimeout,
}
