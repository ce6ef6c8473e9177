package httpc

import (
	"context"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

const (
	// maxIdle connections are kept for one origin and identity: a session uses
	// two (Execute and NotificationWait), some checks run beside it.
	maxIdle = 4
	// maxRest is how long a connection is kept unused. IIS ends it after 120 s,
	// common load balancers after 60 s or more; the check on reuse does the rest.
	maxRest = 90 * time.Second
)

type poolKey struct {
	origin string
	who    identity
}

// pool keeps idle connections, the most recently used last.
type pool struct {
	mu     sync.Mutex
	idle   map[poolKey][]*conn
	closed bool
}

// take gives an idle connection that still lives, or nil.
func (p *pool) take(k poolKey) *conn {
	for {
		c := p.pop(k)
		if c == nil {
			return nil
		}
		if time.Since(c.idleSince) < maxRest && c.alive() {
			return c
		}
		c.close()
	}
}

func (p *pool) pop(k poolKey) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[k]
	if len(list) == 0 {
		return nil
	}
	c := list[len(list)-1]
	list[len(list)-1] = nil
	p.idle[k] = list[:len(list)-1]
	return c
}

// put keeps c, or closes it when it cannot be used again or there are enough.
func (p *pool) put(c *conn) {
	if c.single || !c.usable() || c.br.Buffered() > 0 {
		c.close()
		return
	}
	c.idleSince = time.Now()
	k := poolKey{c.origin, c.who}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.close()
		return
	}
	if p.idle == nil {
		p.idle = map[poolKey][]*conn{}
	}
	list := p.idle[k]
	if len(list) == maxIdle {
		list[0].close()
		list = append(list[:0], list[1:]...)
	}
	p.idle[k] = append(list, c)
}

// drop closes all idle connections; with last no more are kept.
func (p *pool) drop(last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, list := range p.idle {
		for _, c := range list {
			c.close()
		}
	}
	p.idle = nil
	p.closed = p.closed || last
}

func (c *Client) path() *netpath.Path {
	if c.Path != nil {
		return c.Path
	}
	return &netpath.Path{}
}

func (c *Client) dial(ctx context.Context, t *target) (*conn, error) {
	np, err := c.path().DialURL(ctx, t.url)
	if err != nil {
		return nil, err
	}
	k := newConn(np, t.endpoint.Origin)
	k.single = t.req.NoReuse
	return k, nil
}

// get gives an idle connection of this identity or a new one.
func (c *Client) get(ctx context.Context, t *target, who identity) (*conn, error) {
	if !t.req.NoReuse {
		if k := c.pool.take(poolKey{t.endpoint.Origin, who}); k != nil {
			return k, nil
		}
	}
	return c.dial(ctx, t)
}
