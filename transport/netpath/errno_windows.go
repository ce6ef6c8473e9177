package netpath

import "syscall"

// Winsock numbers: Windows reports these, never the POSIX constants of syscall.
var errnoKinds = map[syscall.Errno]Kind{
	10061: KindRefused,     // WSAECONNREFUSED
	10054: KindReset,       // WSAECONNRESET
	10053: KindReset,       // WSAECONNABORTED
	10051: KindUnreachable, // WSAENETUNREACH
	10065: KindUnreachable, // WSAEHOSTUNREACH
	10050: KindUnreachable, // WSAENETDOWN
	10064: KindUnreachable, // WSAEHOSTDOWN
	10060: KindTimeout,     // WSAETIMEDOUT
	1225:  KindRefused,     // ERROR_CONNECTION_REFUSED
	1231:  KindUnreachable, // ERROR_NETWORK_UNREACHABLE
	1232:  KindUnreachable, // ERROR_HOST_UNREACHABLE
	121:   KindTimeout,     // ERROR_SEM_TIMEOUT
}
