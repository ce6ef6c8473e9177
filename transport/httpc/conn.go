package httpc

import (
	"bufio"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

const (
	// headerBound bounds status line and headers of one answer. Exchange sends
	// 1 to 2 KiB, with Kerberos tokens up to 16 KiB; IIS itself allows 64 KiB.
	headerBound = 64 << 10
	// drainBound bounds what is read of an unwanted body (a 401 page) to keep
	// its connection. IIS's page has 1293 bytes; above this a new connection is cheaper.
	drainBound = 64 << 10
)

var (
	errHeaderTooLarge = errors.New("the headers are longer than 64 KiB")
	past              = time.Unix(1, 0)
)

// identity is who a connection is signed in as: by which mechanism, for which
// virtual directory. Extended Protection differs between directories, so a
// connection signed in for one must not answer for another.
type identity struct {
	mech int // index into Client.Mechanisms; anonymous when negative
	dir  string
}

var anonymous = identity{mech: -1}

// conn is one connection, used by one request at a time. Reads and writes go
// through its own Read and Write, which apply the limit of the phase.
type conn struct {
	np         *netpath.Conn
	br         *bufio.Reader
	bw         *bufio.Writer
	origin     string
	who        identity
	used       int  // requests that were answered
	single     bool // serves one request and is closed
	idleSince  time.Time
	local      string
	remote     net.Addr // the logical one
	remoteText string
	in         int64        // bytes of this exchange
	out        atomic.Int64 // an Upload is written and read at the same time

	until      time.Time     // when the wait for the headers ends; zero: idle counts
	idle       time.Duration // limit of one read of the body
	headerLeft int           // bytes the headers may still have; negative: no bound
	readErr    error         // the last one: parsers report what they made of the cut text

	mu      sync.Mutex // guards aborted against moving deadlines
	aborted bool       // given up: never used again
}

func newConn(np *netpath.Conn, origin string) *conn {
	c := &conn{np: np, origin: origin, who: anonymous, headerLeft: -1, local: np.LocalAddr().String()}
	c.remote = np.RemoteAddr()
	if np.Addr.IsValid() {
		c.remote = net.TCPAddrFromAddrPort(np.Addr)
	}
	c.remoteText = c.remote.String()
	c.br, c.bw = bufio.NewReader(c), bufio.NewWriter(c)
	return c
}

// Read reads from the network within the limit of the phase.
func (c *conn) Read(p []byte) (n int, err error) {
	defer func() { c.readErr = err }()
	if c.headerLeft == 0 {
		return 0, errHeaderTooLarge
	}
	if c.headerLeft > 0 && len(p) > c.headerLeft {
		p = p[:c.headerLeft]
	}
	until := c.until
	if until.IsZero() {
		until = time.Now().Add(c.idle)
	}
	if err := c.move(c.np.Conn.SetReadDeadline, until); err != nil {
		return 0, err
	}
	n, err = c.np.Conn.Read(p)
	c.in += int64(n)
	if c.headerLeft > 0 {
		c.headerLeft -= n
	}
	return n, err
}

// Write writes to the network; its deadline was set when the request began.
func (c *conn) Write(p []byte) (int, error) {
	n, err := c.np.Conn.Write(p)
	c.out.Add(int64(n))
	return n, err
}

// move sets a deadline unless the connection was given up meanwhile.
func (c *conn) move(set func(time.Time) error, t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.aborted {
		return os.ErrDeadlineExceeded
	}
	return set(t)
}

// abort ends what is going on at once, from any goroutine, and for good.
func (c *conn) abort() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.aborted = true
	c.np.Conn.SetDeadline(past)
}

func (c *conn) usable() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.aborted
}

func (c *conn) close() { c.np.Conn.Close() }

// leaf is the server's certificate of this very connection, nil without TLS.
func (c *conn) leaf() *x509.Certificate {
	if c.np.TLS == nil || len(c.np.TLS.PeerCertificates) == 0 {
		return nil
	}
	return c.np.TLS.PeerCertificates[0]
}

// overProxy says that the request target goes in absolute form (RFC 9112 3.2.2).
func (c *conn) overProxy() bool { return c.np.Proxy != nil && c.np.TLS == nil }
