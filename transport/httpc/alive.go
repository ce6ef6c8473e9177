package httpc

import (
	"errors"
	"os"
	"time"
)

const (
	// restful is how long a connection may rest without being asked whether it
	// still lives, where asking costs a wait.
	restful = 500 * time.Millisecond
	// glance is that wait: an end that arrived earlier is seen at once.
	glance = time.Millisecond
)

// alive looks whether the server has ended a resting connection, so that no
// request is lost on a dead one.
func (c *conn) alive() bool {
	switch peek(c.np.Conn) {
	case quiet:
		return true
	case ended:
		return false
	case unknown:
		if time.Since(c.idleSince) < restful {
			return true
		}
	}
	// Either nothing can be told without reading, or there are bytes: in TLS
	// they may be a session ticket, everywhere else nothing good.
	c.until = time.Now().Add(glance)
	_, err := c.br.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

type rest int

const (
	unknown rest = iota
	quiet        // open, nothing to read
	ended        // closed or reset by the other side
	pending      // open, something to read
)
