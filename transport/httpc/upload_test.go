package httpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

func inChannel(first string) *Request {
	return &Request{Method: "RPC_IN_DATA", URL: "https://" + testHost + "/rpc/rpcproxy.dll?x:6001", Body: []byte(first), NoReuse: true}
}

// silentProxy signs in as windows does and then, as an RPC proxy, reads an upload
// and never answers it.
// arrived hears of each upload.
func silentProxy(t *testing.T) (s *windows, c *Client, rec *recorder, arrived chan struct{}) {
	s, c = newWindows(t, "NTLM")
	arrived = make(chan struct{}, 1)
	addr, leaf := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upload := r.ContentLength > 1<<20
		if upload {
			r.Body = io.NopCloser(io.LimitReader(r.Body, 5))
		}
		s.ServeHTTP(w, r)
		if upload {
			arrived <- struct{}{}
			<-r.Context().Done()
		}
	}))
	rec = &recorder{}
	s.leaf, s.bindings, c.Path, c.Trace = leaf, acceptor.Require, pathTo(addr), rec.trace()
	c.Mechanisms = []auth.Mechanism{auth.NTLM(alice(rightPassword), auth.NTLMOptions{})}
	resp, err := c.Do(t.Context(), &Request{Method: "RPC_IN_DATA", URL: inChannel("").URL, Body: []byte("echo!")})
	if got := body200(t, resp, err); got != "echo!" {
		t.Fatalf("echo: %q", got)
	}
	return s, c, rec, arrived
}

// TestUploadSignsInOnAConnectionOfItsOwn: legs of length 0, then the headers
// with the real length, and no answer awaited.
func TestUploadSignsInOnAConnectionOfItsOwn(t *testing.T) {
	s, c, rec, arrived := silentProxy(t)
	before := len(s.requests())
	u, err := c.Upload(t.Context(), inChannel("first"), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	if u.Authn != "NTLM" || u.Conn.TLS == nil || u.Exchange.Status != 0 {
		t.Errorf("%+v", u)
	}
	waits := make(chan error, 1)
	go func() {
		_, err := u.Answer()
		waits <- err
	}()
	if _, err := u.Write([]byte("more")); err != nil {
		t.Error(err)
	}
	<-arrived
	u.Close()
	if err := <-waits; netpath.KindOf(err) != netpath.KindCanceled {
		t.Errorf("Answer after Close: %v", err)
	}
	legs := s.requests()[before:]
	if len(legs) != 2 || legs[0].length != 0 || legs[1].length != 1<<30 || legs[1].body != "first" || legs[0].conn != legs[1].conn {
		t.Errorf("legs %+v", legs)
	}
	last := rec.all[len(rec.all)-1]
	if last.Method != "RPC_IN_DATA" || last.Err != nil || last.Status != 0 || last.BytesOut == 0 || last.Total == 0 {
		t.Errorf("record %+v", last)
	}
	noSecrets(t, rec.all)
}

// rawUpload starts an upload at a server that reads the head and does f.
func rawUpload(t *testing.T, f func(c net.Conn, br *bufio.Reader)) (*Upload, *recorder) {
	t.Helper()
	addr := raw(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		if _, err := http.ReadRequest(br); err == nil { // its body stays unread
			f(c, br)
		}
	})
	rec := &recorder{}
	c := &Client{Path: pathTo(addr), Trace: rec.trace()}
	u, err := c.Upload(t.Context(), &Request{Method: "RPC_IN_DATA", URL: "http://" + testHost + "/rpc/", Body: []byte("first")}, 12)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.Close() })
	return u, rec
}

func TestUploadIsAnsweredToRefuseIt(t *testing.T) {
	u, rec := rawUpload(t, func(c net.Conn, br *bufio.Reader) {
		b := make([]byte, 9)
		io.ReadFull(br, b)
		fmt.Fprintf(c, "HTTP/1.0 503 RPC Error: 6ba\r\nContent-Length: 9\r\n\r\n%s", b)
	})
	if _, err := u.Write([]byte("next")); err != nil {
		t.Fatal(err)
	}
	resp, err := u.Answer()
	if err != nil || resp.Status != 503 || resp.StatusText != "RPC Error: 6ba" {
		t.Fatalf("%+v, %v", resp, err)
	}
	b, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	u.Close()
	if string(b) != "firstnext" || err != nil {
		t.Errorf("body %q, %v", b, err)
	}
	if len(rec.all) != 1 || rec.all[0].Status != 503 {
		t.Errorf("records %+v", rec.all)
	}
}

func TestUploadRefusedInALeg(t *testing.T) {
	s, c, _, _ := silentProxy(t)
	s.before = func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(http.StatusForbidden)
		return true
	}
	u, err := c.Upload(t.Context(), inChannel("first"), 100)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if _, err := u.Write([]byte("x")); err == nil {
		t.Error("a refused upload takes bytes")
	}
	resp, err := u.Answer()
	if err != nil || resp.Status != 403 {
		t.Fatalf("%+v, %v", resp, err)
	}
	resp.Body.Close()
}

func TestUploadEnds(t *testing.T) {
	gone := make(chan struct{})
	u, _ := rawUpload(t, func(c net.Conn, _ *bufio.Reader) { <-gone })
	if _, err := u.Write(make([]byte, 8)); !errors.Is(err, errUploadFull) {
		t.Errorf("more than promised: %v", err)
	}
	close(gone)
	if _, err := u.Answer(); netpath.KindOf(err) != netpath.KindClosed && netpath.KindOf(err) != netpath.KindReset {
		t.Errorf("a server that goes: %v", err)
	}
	if _, err := u.Write([]byte("x")); netpath.PhaseOf(err) != netpath.PhaseWrite {
		t.Errorf("writing after the end: %v", err)
	}
}

func TestUploadEndsWithItsContext(t *testing.T) {
	addr := raw(t, hang)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	u, err := (&Client{Path: pathTo(addr)}).Upload(ctx, &Request{Method: "RPC_IN_DATA", URL: "http://" + testHost + "/"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if _, err := u.Answer(); !netpath.Timeout(err) {
		t.Errorf("%v", err)
	}
	if _, err := (&Client{Path: pathTo(addr)}).Upload(ctx, &Request{Method: "RPC_IN_DATA", URL: "http://" + testHost + "/", Body: []byte("xx")}, 2); err == nil {
		t.Error("an upload without room passed")
	}
}
