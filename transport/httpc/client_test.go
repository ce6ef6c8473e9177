package httpc

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
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
