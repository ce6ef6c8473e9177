package exchangetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// cutWhileIdle holds a wait that nothing happens in.
func cutWhileIdle(t *testing.T, s *Server) bool {
	c, _, _ := opened(t, s, 0)
	w := c.wait()
	defer w.resp.Body.Close()
	begun := time.Now()
	_, err := w.body.ReadString('\n')
	return err != nil && time.Since(begun) < 10*idleLimit
}

// keptBack begins a wait whose headers and first meta-tag should come at once.
func keptBack(t *testing.T, s *Server) bool {
	c, _, _ := opened(t, s, 0)
	ctx, stop := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer stop()
	_, err := c.http.Do(c.request("NotificationWait", waitBody).WithContext(ctx))
	return errors.Is(err, context.DeadlineExceeded)
}

func TestVanish(t *testing.T) {
	s := start(t, Options{})
	c, logon, _ := opened(t, s, 0)
	w := c.wait()
	s.Vanish()
	c.http.CloseIdleConnections() // a new connection is a new way
	c.execute([]uint32{logon}, &rop.GetStoreStateRequest{})
	if p, _ := c.wait().end(t); p.ErrorCode != mapierr.Rejected {
		t.Errorf("the server noticed that the wait leads nowhere: %v", p.ErrorCode)
	}
	seen := s.Requests()
	if last := seen[len(seen)-1]; last.From == "" || last.Conn == seen[0].Conn {
		t.Errorf("%+v", last)
	}
	s.DropConnections()
	if _, err := w.body.ReadString('\n'); err == nil {
		t.Error("the connection goes on")
	}
}
