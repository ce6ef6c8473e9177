package httpc

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// short limits for servers that do not answer; they bound the test from below,
// never from above.
var short = netpath.Limits{TLS: 100 * time.Millisecond, FirstByte: 100 * time.Millisecond, Idle: 100 * time.Millisecond, Write: 5 * time.Second}

// readRequest reads one request off c.
func readRequest(c net.Conn) (*bufio.Reader, *http.Request, error) {
	br := bufio.NewReader(c)
	r, err := http.ReadRequest(br)
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	return br, r, err
}

func get() *Request { return &Request{Method: "GET", URL: "http://" + testHost + "/"} }

// answering serves one fixed text to each request and then ends the connection by end.
func answering(t *testing.T, text string, end func(net.Conn)) *Client {
	addr := raw(t, func(c net.Conn) {
		if _, _, err := readRequest(c); err != nil {
			return
		}
		io.WriteString(c, text)
		end(c)
	})
	c := &Client{Path: pathTo(addr)}
	c.Path.Limits = short
	return c
}

func reset(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

func orderly(net.Conn) {}

// hang keeps the connection open until the client ends it.
func hang(c net.Conn) { io.Copy(io.Discard, c) }

func TestHostileHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		text  string
		end   func(net.Conn)
		phase netpath.Phase
		kind  netpath.Kind
	}{
		"nothing, then end":        {"", orderly, netpath.PhaseFirstByte, netpath.KindClosed},
		"nothing, then reset":      {"", reset, netpath.PhaseFirstByte, netpath.KindReset},
		"nothing at all":           {"", hang, netpath.PhaseFirstByte, netpath.KindTimeout},
		"half a header, then end":  {"HTTP/1.1 200 OK\r\nContent-", orderly, netpath.PhaseHTTP, netpath.KindClosed},
		"half a header, then hang": {"HTTP/1.1 200 OK\r\nContent-", hang, netpath.PhaseHTTP, netpath.KindTimeout},
		"not HTTP":                 {"SSH-2.0-OpenSSH_9.2\r\n\r\n", hang, netpath.PhaseHTTP, netpath.KindMalformed},
		"HTTP/2":                   {"HTTP/2.0 200 OK\r\n\r\n", hang, netpath.PhaseHTTP, netpath.KindOther},
		"switching protocols":      {"HTTP/1.1 101 Switching\r\n\r\n", hang, netpath.PhaseHTTP, netpath.KindOther},
		"two lengths":              {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", hang, netpath.PhaseHTTP, netpath.KindMalformed},
		"a 100 KiB header":         {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100<<10), hang, netpath.PhaseHTTP, netpath.KindTooLarge},
		"endless small headers":    {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 20<<10), hang, netpath.PhaseHTTP, netpath.KindTooLarge},
		"endless interim answers":  {strings.Repeat("HTTP/1.1 103 Early\r\n\r\n", 100), hang, netpath.PhaseHTTP, netpath.KindOther},
		"a very long wrong line":   {strings.Repeat("z", 5000) + "\r\n\r\n", hang, netpath.PhaseHTTP, netpath.KindMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			cl := answering(t, c.text, c.end)
			if c.kind != netpath.KindTimeout {
				cl.Path.Limits = netpath.Limits{} // a slow machine must not turn it into one
			}
			_, err := cl.Do(t.Context(), get())
			if netpath.PhaseOf(err) != c.phase || netpath.KindOf(err) != c.kind {
				t.Errorf("phase %q, kind %q: %v", netpath.PhaseOf(err), netpath.KindOf(err), err)
			}
			if !AnswerLost(err) || NotSent(err) {
				t.Errorf("AnswerLost %v, NotSent %v", AnswerLost(err), NotSent(err))
			}
			if err != nil && len(err.Error()) > 400 {
				t.Errorf("a message of %d bytes", len(err.Error()))
			}
		})
	}
}

func TestHostileBodies(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		text string
		end  func(net.Conn)
		kind netpath.Kind
	}{
		"half, then end":        {head + "Content-Length: 10\r\n\r\nhello", orderly, netpath.KindClosed},
		"half, then hang":       {head + "Content-Length: 10\r\n\r\nhello", hang, netpath.KindTimeout},
		"half a chunk, end":     {head + "Transfer-Encoding: chunked\r\n\r\na\r\nhello", orderly, netpath.KindClosed},
		"no last chunk, hang":   {head + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", hang, netpath.KindTimeout},
		"a chunk size of words": {head + "Transfer-Encoding: chunked\r\n\r\nhello\r\n", hang, netpath.KindMalformed},
		"an absurd chunk size":  {head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", hang, netpath.KindMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			cl := answering(t, c.text, c.end)
			if c.kind != netpath.KindTimeout {
				cl.Path.Limits = netpath.Limits{}
			}
			r, err := cl.Do(t.Context(), get())
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			_, err = io.Copy(io.Discard, r.Body)
			if netpath.PhaseOf(err) != netpath.PhaseBody || netpath.KindOf(err) != c.kind || !AnswerLost(err) {
				t.Errorf("phase %q, kind %q: %v", netpath.PhaseOf(err), netpath.KindOf(err), err)
			}
		})
	}
}

func TestDripIsEndedByTheFirstByteLimit(t *testing.T) {
	tick := make(chan struct{})
	defer close(tick)
	addr := raw(t, func(c net.Conn) {
		if _, _, err := readRequest(c); err != nil {
			return
		}
		for i := range len("HTTP/1.1 200 OK") { // a byte at a time, never the end
			if _, err := io.WriteString(c, "HTTP/1.1 200 OK"[i:i+1]); err != nil {
				return
			}
		}
		<-tick
	})
	c := &Client{Path: pathTo(addr)}
	q := get()
	q.FirstByte = 50 * time.Millisecond
	_, err := c.Do(t.Context(), q)
	if !netpath.Timeout(err) || netpath.PhaseOf(err) != netpath.PhaseHTTP {
		t.Errorf("got %v", err)
	}
}

func TestSilentAfterAccept(t *testing.T) {
	addr := raw(t, hang)
	c := &Client{Path: pathTo(addr)}
	c.Path.Limits = short
	_, err := c.Do(t.Context(), &Request{Method: "GET", URL: "https://" + testHost + "/"})
	if netpath.PhaseOf(err) != netpath.PhaseTLS || !netpath.Timeout(err) || !NotSent(err) {
		t.Errorf("got %v", err)
	}
}

func TestCertificateForAnotherName(t *testing.T) {
	got := make(chan int64, 1)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{testCA().issue("other.contoso.test")}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		n, _ := io.Copy(io.Discard, c)
		got <- n
	}()
	c := &Client{Path: pathTo(l.Addr().String())}
	_, err = c.Do(t.Context(), post("/"))
	if netpath.PhaseOf(err) != netpath.PhaseTLS || netpath.KindOf(err) != netpath.KindCertHost || !NotSent(err) {
		t.Errorf("got %v", err)
	}
	if n := <-got; n != 0 {
		t.Errorf("%d bytes were sent to it", n)
	}
}

func TestCancelEndsAtOnce(t *testing.T) {
	for name, text := range map[string]string{
		"waiting for the answer": "",
		"in the headers":         "HTTP/1.1 200 OK\r\n",
		"in the body":            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
	} {
		t.Run(name, func(t *testing.T) {
			written := make(chan struct{})
			addr := raw(t, func(c net.Conn) {
				if _, _, err := readRequest(c); err == nil {
					io.WriteString(c, text)
					close(written)
					hang(c)
				}
			})
			c := &Client{Path: pathTo(addr)}
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-written; cancel() }()
			r, err := c.Do(ctx, get())
			if err == nil {
				_, err = io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			if !errors.Is(err, context.Canceled) || netpath.KindOf(err) != netpath.KindCanceled {
				t.Errorf("got %v", err)
			}
			if n := idle(c); n != 0 {
				t.Errorf("%d connections kept", n)
			}
		})
	}
}

func TestContextDeadlineIsATimeout(t *testing.T) {
	c := answering(t, "", hang)
	c.Path.Limits = netpath.Limits{}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := c.Do(ctx, get())
	if !netpath.Timeout(err) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func idle(c *Client) (n int) {
	c.pool.mu.Lock()
	defer c.pool.mu.Unlock()
	for _, list := range c.pool.idle {
		n += len(list)
	}
	return n
}

func TestCloseEndsAWaitingRead(t *testing.T) {
	c := answering(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", hang)
	c.Path.Limits.Idle = time.Hour
	r, err := c.Do(t.Context(), get())
	if err != nil {
		t.Fatal(err)
	}
	var five [5]byte
	if _, err := io.ReadFull(r.Body, five[:]); err != nil {
		t.Fatal(err)
	}
	reading, ended := make(chan struct{}), make(chan error)
	go func() {
		close(reading)
		_, err := r.Body.Read(five[:])
		ended <- err
	}()
	<-reading
	r.Body.Close()
	if err := <-ended; !errors.Is(err, errBodyClosed) {
		t.Errorf("got %v", err)
	}
	if n := idle(c); n != 0 {
		t.Errorf("%d connections kept", n)
	}
}

func TestHalfReadConnectionIsNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		read int
		kept int
	}{
		"half":                     {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", 5, 0},
		"not at all, and not here": {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 0, 0},
		"not at all, but here":     {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 0, 1},
		"all but the last chunk":   {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 5, 1},
		"more than was said":       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more", 5, 0},
		"Connection: close":        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 5, 0},
	} {
		t.Run(name, func(t *testing.T) {
			cl := answering(t, c.text, hang)
			cl.Path.Limits = netpath.Limits{}
			r, err := cl.Do(t.Context(), get())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(r.Body, make([]byte, c.read)); err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if n := idle(cl); n != c.kept {
				t.Errorf("%d connections kept, want %d", n, c.kept)
			}
			if _, err := r.Body.Read(make([]byte, 1)); err == nil {
				t.Error("reads on after Close")
			}
		})
	}
}

// oneEach answers one request on each connection and then ends it by end without
// having said so.
func oneEach(t *testing.T, end func(net.Conn)) (c *Client, ended chan struct{}) {
	ended = make(chan struct{}, 8)
	addr := raw(t, func(c net.Conn) {
		if _, _, err := readRequest(c); err != nil {
			return
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		end(c)
		c.Close()
		ended <- struct{}{}
	})
	return &Client{Path: pathTo(addr)}, ended
}

func TestDeadIdleConnectionIsReplaced(t *testing.T) {
	for name, end := range map[string]func(net.Conn){"closed": orderly, "reset": reset} {
		t.Run(name, func(t *testing.T) {
			c, ended := oneEach(t, end)
			for i := range 3 {
				r, err := c.Do(t.Context(), get())
				if got := body200(t, r, err); got != "ok" || r.Conn.Reused {
					t.Errorf("request %d: %q, reused %v", i, got, r.Conn.Reused)
				}
				<-ended
			}
		})
	}
}

// A connection that dies with a request on it: the request is not sent again.
func TestSentRequestIsNotSentAgain(t *testing.T) {
	requests := make(chan string, 8)
	addr := raw(t, func(c net.Conn) {
		for i := 0; ; i++ {
			_, r, err := readRequest(c)
			if err != nil {
				return
			}
			requests <- r.URL.Path
			if i == 1 {
				return // the answer to the second is lost
			}
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
	})
	c := &Client{Path: pathTo(addr)}
	r, err := c.Do(t.Context(), get())
	body200(t, r, err)
	q := get()
	q.URL += "second"
	_, err = c.Do(t.Context(), q)
	if !AnswerLost(err) || NotSent(err) || netpath.PhaseOf(err) != netpath.PhaseFirstByte {
		t.Errorf("got %v", err)
	}
	if len(requests) != 2 {
		t.Errorf("the server saw %d requests", len(requests))
	}
}

// A server that answers before it has read the request, and reads no more.
func TestEarlyAnswerToALongRequest(t *testing.T) {
	addr := raw(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		if _, err := http.ReadRequest(br); err != nil {
			return
		}
		io.WriteString(c, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
		c.(*net.TCPConn).CloseWrite()
		hang(c)
	})
	c := &Client{Path: pathTo(addr)}
	r, err := c.Do(t.Context(), &Request{Method: "POST", URL: "http://" + testHost + "/", Body: make([]byte, 1<<20)})
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.Status != 413 {
		t.Errorf("status %d", r.Status)
	}
}

func TestRefusedConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = (&Client{Path: pathTo(l.Addr().String())}).Do(t.Context(), get())
	if netpath.PhaseOf(err) != netpath.PhaseConnect || netpath.KindOf(err) != netpath.KindRefused || !NotSent(err) {
		t.Errorf("got %v", err)
	}
}

func TestBadRequests(t *testing.T) {
	for name, q := range map[string]*Request{
		"scheme":       {Method: "GET", URL: "ftp://x/"},
		"no host":      {Method: "GET", URL: "https:///x"},
		"credentials":  {Method: "GET", URL: "https://alice:secret@x/"},
		"not a URL":    {Method: "GET", URL: "https://x/%zz"},
		"method":       {Method: "GET /", URL: "https://x/"},
		"header name":  {Method: "GET", URL: "https://x/", Header: http.Header{"A b": {"c"}}},
		"header value": {Method: "GET", URL: "https://x/", Header: http.Header{"A": {"b\r\nC: d"}}},
		"framing":      {Method: "GET", URL: "https://x/", Header: http.Header{"transfer-encoding": {"chunked"}}},
		"credential":   {Method: "GET", URL: "https://x/", Header: http.Header{"Authorization": {"Basic YTpi"}}},
	} {
		_, err := new(Client).Do(t.Context(), q)
		if netpath.PhaseOf(err) != netpath.PhaseHTTP || netpath.KindOf(err) != netpath.KindMalformed || !NotSent(err) {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%s: the message shows the password", name)
		}
	}
}
