package exchangetest

import (
	"maps"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// tracked is a socket that its site knows until it is closed, and that the way
// to the server may do something to.
type tracked struct {
	net.Conn
	site     *site
	vanished atomic.Bool
	closed   chan struct{}
	once     sync.Once
	idle     *time.Timer // cuts the connection when nothing was sent for idleTime; nil: nothing does
	idleTime time.Duration
}

func (t *site) track(raw net.Conn) *tracked {
	c := &tracked{Conn: raw, site: t, closed: make(chan struct{}), idleTime: t.s.behaviour().idle}
	if c.idleTime > 0 {
		c.idle = time.AfterFunc(c.idleTime, c.cut)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns[c] = true
	return c
}

// Read swallows what arrives after the client has vanished, its goodbye too.
func (c *tracked) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if !c.vanished.Load() {
			c.busy()
			return n, err
		}
		if err != nil {
			<-c.closed
			return 0, net.ErrClosed
		}
	}
}

// Write does not notice that the client has vanished: the system would go on
// trying for many minutes.
func (c *tracked) Write(p []byte) (int, error) {
	if c.vanished.Load() {
		return len(p), nil
	}
	c.busy()
	return c.Conn.Write(p)
}

func (c *tracked) busy() {
	if c.idle != nil {
		c.idle.Reset(c.idleTime)
	}
}

// cut ends the connection as a firewall does that has forgotten it: with a reset.
func (c *tracked) cut() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// Close takes the socket out of its site's list.
func (c *tracked) Close() error {
	c.once.Do(func() {
		close(c.closed)
		if c.idle != nil {
			c.idle.Stop()
		}
		c.site.mu.Lock()
		delete(c.site.conns, c)
		c.site.mu.Unlock()
	})
	return c.Conn.Close()
}

// GiveUp ends the connections that vanished, as the server's system does when
// nobody has confirmed anything for minutes.
func (s *Server) GiveUp() {
	for _, t := range s.sites {
		t.mu.Lock()
		open := slices.Collect(maps.Keys(t.conns))
		t.mu.Unlock()
		for _, c := range open {
			if c.vanished.Load() {
				c.Close()
			}
		}
	}
}

// Vanish makes every open connection lead nowhere, as when the client's network
// went away: no end is said in either direction, and the server goes on believing
// in the client until GiveUp, DropConnections or Close.
func (s *Server) Vanish() {
	for _, t := range s.sites {
		t.mu.Lock()
		for c := range t.conns {
			c.vanished.Store(true)
		}
		t.mu.Unlock()
	}
}
