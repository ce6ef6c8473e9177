package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// proxy is an HTTP proxy between client and server: it answers CONNECT, and passes
// plain http on.
type proxy struct {
	to       *netpath.Path // its own way to the servers
	status   int           // what CONNECT is answered with instead of a tunnel; 0 is a tunnel
	silent   bool          // it takes connections and never speaks
	inspects *inspector    // opens the encryption; nil passes it on

	listener net.Listener
	wg       sync.WaitGroup
	ctx      context.Context
}

// between puts the proxy into the client's way.
func (p *proxy) between(b *Bench) error {
	own := *b.Options.Path
	p.to = &own
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	p.listener = l
	ctx, cancel := context.WithCancel(context.Background())
	p.ctx = ctx
	p.wg.Go(p.serve)
	b.closers = append(b.closers, func() {
		l.Close()
		cancel()
		p.wg.Wait()
	})
	useProxy(b, l.Addr().String())
	return nil
}

// useProxy tells the client to go through a proxy, whatever is there.
func useProxy(b *Bench, addr string) {
	b.Options.Proxy = "http://" + addr
	b.Options.Path.Proxy = func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "http", Host: addr}, nil }
}

func (p *proxy) serve() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wg.Go(func() {
			defer context.AfterFunc(p.ctx, func() { c.Close() })()
			defer c.Close()
			p.handle(c)
		})
	}
}

func (p *proxy) handle(c net.Conn) {
	if p.silent {
		io.Copy(io.Discard, c)
		return
	}
	in := bufio.NewReader(c)
	r, err := http.ReadRequest(in)
	switch {
	case err != nil:
	case r.Method != http.MethodConnect:
		p.pass(c, r)
	case p.status != 0:
		refusal := &http.Response{StatusCode: p.status, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}}
		if p.status == http.StatusProxyAuthRequired {
			refusal.Header.Set("Proxy-Authenticate", "NTLM")
		}
		refusal.Write(c)
	default:
		p.tunnel(c, r.Host)
	}
}

// pass carries a plain request and its answer.
func (p *proxy) pass(c net.Conn, r *http.Request) {
	port := r.URL.Port()
	if port == "" {
		port = "80"
	}
	up, err := p.to.DialTCP(p.ctx, r.URL.Hostname(), port)
	if err != nil {
		(&http.Response{StatusCode: http.StatusBadGateway, ProtoMajor: 1, ProtoMinor: 1}).Write(c)
		return
	}
	defer up.Close()
	r.Close = true
	if r.Write(up) == nil {
		io.Copy(c, up)
	}
}

func (p *proxy) tunnel(c net.Conn, target string) {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return
	}
	open, client := p.to.DialTCP, c
	if p.inspects != nil { // it greets the server before it answers for it
		open, client = p.to.DialTLS, tls.Server(c, p.inspects.config(host))
	}
	up, err := open(p.ctx, host, port)
	if err != nil {
		(&http.Response{StatusCode: http.StatusBadGateway, ProtoMajor: 1, ProtoMinor: 1}).Write(c)
		return
	}
	defer up.Close()
	if _, err := io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	p.carry(client, up)
}

// carry copies in both directions until one of them ends.
func (p *proxy) carry(a, b net.Conn) {
	defer context.AfterFunc(p.ctx, func() { b.Close() })()
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{a, b}, {b, a}} {
		p.wg.Go(func() {
			io.Copy(way[0], way[1])
			ended <- struct{}{}
		})
	}
	<-ended
	a.Close()
	b.Close()
	<-ended
}
