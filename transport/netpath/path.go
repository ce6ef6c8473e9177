// Package netpath is how a byte gets to a server: names, proxy, TCP, TLS. The
// engine and every check dial through it, so that what one sees the other uses.
package netpath

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"net/url"
	"time"
)

// Path says by which way hosts are reached. The zero value is the system's way.
// Set the fields before the first use; then it is safe for concurrent use and
// may be copied (to change one field, say). It does no I/O until asked.
type Path struct {
	// DNS is "address:port" of the server to ask (UDP, then TCP) instead of the system's.
	DNS string
	// Resolve gives addresses for "host:port" (lower case; host may be "*"),
	// like curl --resolve.
	Resolve map[string][]netip.Addr
	// ConnectTo gives the "address:port" really dialled for an "address:port"
	// or "host:port", like curl --connect-to. URL, SNI and the reported
	// address stay the logical ones.
	ConnectTo map[string]string
	// RootCAs are trusted in addition to the system's store; nil adds none.
	RootCAs *x509.CertPool
	// Proxy picks the proxy for a URL; nil, or a nil answer, means none. http
	// and https proxies are understood, https URLs go through by CONNECT.
	Proxy func(*url.URL) (*url.URL, error)
	// Limits overrides phase limits.
	Limits Limits
	// Dial replaces net.Dialer.DialContext ("tcp", "address:port"); nil keeps it.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Conn is an open connection and how it came to be. Read and write through the
// embedded net.Conn, which is the *tls.Conn when TLS is set.
type Conn struct {
	net.Conn
	Host, Port string               // as asked for
	Addr       netip.AddrPort       // logical remote address; the proxy's when there is one
	TLS        *tls.ConnectionState // nil on plain TCP
	Timing     Timing
	Proxy      *url.URL  // without credentials; nil on a direct connection
	Attempts   []Attempt // the addresses tried, the winner last
}

// Timing says what opening a connection cost. A phase that did not happen is 0.
type Timing struct {
	Start                    time.Time
	DNS, Connect, Proxy, TLS time.Duration
}
