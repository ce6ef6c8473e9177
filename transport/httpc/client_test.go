package httpc

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

func connOf(r *http.Request) net.Conn { return r.Context().Value(connKey{}).(net.Conn) }

func echo(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	w.Write(b)
}

func TestRoundTripReusesConnection(t *testing.T) {
	addr, _ := serve(t, http.HandlerFunc(echo))
	c := &Client{Path: pathTo(addr)}
	for i := range 3 {
		r, err := c.Do(t.Context(), &Request{Method: "POST", URL: "https://" + testHost + "/mapi", Body: []byte("hello")})
		if got := body200(t, r, err); got != "hello" {
			t.Errorf("body %q", got)
		}
		if r.Conn.Reused != (i > 0) {
			t.Errorf("request %d: reused %v", i, r.Conn.Reused)
		}
	}
}

func TestNoReuse(t *testing.T) {
	addr, _ := serve(t, http.HandlerFunc(echo))
	c := &Client{Path: pathTo(addr)}
	q := &Request{Method: "POST", URL: "https://" + testHost + "/mapi", Body: []byte("hello"), NoReuse: true}
	for range 2 {
		r, err := c.Do(t.Context(), q)
		if body200(t, r, err); r.Conn.Reused || idle(c) != 0 {
			t.Errorf("reused %v, %d kept", r.Conn.Reused, idle(c))
		}
	}
}

func TestPoolIsBoundedAndCanBeDropped(t *testing.T) {
	addr, _ := serve(t, http.HandlerFunc(echo))
	c := &Client{Path: pathTo(addr)}
	var open []*Response
	for range maxIdle + 2 {
		r, err := c.Do(t.Context(), &Request{Method: "GET", URL: "https://" + testHost + "/"})
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, r)
	}
	for _, r := range open {
		body200(t, r, nil)
	}
	if n := idle(c); n != maxIdle {
		t.Errorf("%d connections kept", n)
	}
	c.DropIdle()
	if n := idle(c); n != 0 {
		t.Errorf("%d connections after DropIdle", n)
	}
	for i, want := range []int{1, 0} { // kept again after DropIdle, not after Close
		r, err := c.Do(t.Context(), &Request{Method: "GET", URL: "https://" + testHost + "/"})
		body200(t, r, err)
		if n := idle(c); n != want {
			t.Errorf("step %d: %d connections, want %d", i, n, want)
		}
		c.Close()
	}
}

// FuzzAnswer is a server that sends any bytes and ends.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	f.Add([]byte("HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM TlRMTVNTUAACAAAA, Basic realm=\"x\"\r\nSet-Cookie: a=b\r\n\r\n"))
	f.Add([]byte("HTTP/1.1 100 Go\r\n\r\nHTTP/1.0 200\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		done := 0
		c := &Client{Trace: &Trace{Done: func(*Exchange) { done++ }}, Path: &netpath.Path{
			ConnectTo: map[string]string{testHost + ":80": "192.0.2.1:80"},
			Dial: func(context.Context, string, string) (net.Conn, error) {
				ours, theirs := net.Pipe()
				go func() { theirs.Write(answer); theirs.Close() }()
				go io.Copy(io.Discard, theirs)
				return ours, nil
			}}}
		defer c.Close()
		r, err := c.Do(t.Context(), &Request{Method: "GET", URL: "http://" + testHost + "/"})
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		if err != nil && netpath.PhaseOf(err) == "" {
			t.Errorf("no phase: %v", err)
		}
		if done != 1 {
			t.Errorf("recorded %d times", done)
		}
	})
}
