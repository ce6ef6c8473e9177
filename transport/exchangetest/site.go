package exchangetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// site is one logical address: what answers at 127.0.10.x:443 and :80.
type site struct {
	s       *Server
	name    string // "mail", "autodiscover", "website", "redirector"
	addr    string // logical address
	addr6   string // the same of IPv6, "" for none
	servers []*http.Server
	real    map[string]string // logical port → address really listened on
	mapper  net.Listener      // on port 135 of the mail site; else nil

	mu    sync.Mutex
	conns map[*tracked]bool // sockets that are open, black-holed ones among them
}

// The names of the sites.
const (
	siteMail       = "mail"
	siteDiscover   = "autodiscover"
	siteWebsite    = "website"
	siteRedirector = "redirector"
	siteSecond     = "second"
	siteProxy      = "proxy"
	siteScript     = "script"
	siteSilent     = "silent"
)

// conn is a TCP connection with what the server must remember of it.
type conn struct {
	net.Conn
	site *site
	id   int
	tls  bool
	leaf *x509.Certificate // certificate it was greeted with; nil without TLS
	auth connAuth
}

type connKey struct{}

func (s *Server) openSites() error {
	host, port := s.listenHost()
	for _, plan := range []struct{ name, addr, ports string }{
		{siteMail, mailAddr, "443 80 135"}, {siteDiscover, discoverAddr, "443 80"},
		{siteWebsite, websiteAddr, "443 80"}, {siteRedirector, redirectAddr, "80"}, {siteSecond, secondAddr, "443"},
		{siteProxy, proxyAddr, "8080"}, {siteScript, scriptAddr, "80"}, {siteSilent, silentAddr6, "443"},
	} {
		site := &site{s: s, name: plan.name, addr: plan.addr, real: map[string]string{}, conns: map[*tracked]bool{}}
		if plan.name == siteMail {
			site.addr6 = mailAddr6
		}
		s.sites = append(s.sites, site)
		for _, logical := range strings.Fields(plan.ports) {
			wanted := "0"
			if plan.name == siteMail && logical == "443" {
				wanted = port
			}
			if err := site.listen(logical, net.JoinHostPort(host, wanted)); err != nil {
				return err
			}
		}
	}
	return nil
}

// listenHost splits Options.Listen.
func (s *Server) listenHost() (host, port string) {
	host, port, err := net.SplitHostPort(s.options.Listen)
	if err != nil { // no port
		return s.options.Listen, "0"
	}
	return host, port
}

func (t *site) listen(logical, addr string) error {
	raw, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	t.real[logical] = raw.Addr().String()
	var l net.Listener = &listener{Listener: raw, site: t, tls: logical == "443"}
	if logical == "135" {
		t.mapper = l
		t.s.wg.Go(func() { t.s.serveMapper(l) })
		return nil
	}
	if logical == "443" {
		l = tls.NewListener(l, &tls.Config{GetConfigForClient: t.tlsConfig})
	}
	srv := &http.Server{
		Handler: t.s, ErrorLog: log.New(io.Discard, "", 0),
		BaseContext: func(net.Listener) context.Context { return t.s.ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, connOf(c))
		},
		ConnState: t.count,
	}
	t.servers = append(t.servers, srv)
	t.s.wg.Go(func() { srv.Serve(l) })
	return nil
}

// count keeps Close waiting until the goroutine of each connection is through.
func (t *site) count(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		t.s.wg.Add(1)
	case http.StateClosed, http.StateHijacked:
		t.s.wg.Done()
	}
}

func connOf(c net.Conn) *conn {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	return c.(*conn)
}

// tlsConfig is asked at each handshake, so a certificate can change at any time.
func (t *site) tlsConfig(hello *tls.ClientHelloInfo) (*tls.Config, error) {
	b := t.s.behaviour()
	cert := b.certs[t.name]
	connOf(hello.Conn).leaf = cert.Leaf
	config := &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if change := b.greets[t.name]; change != nil {
		change(config)
	}
	return config, nil
}

// listener numbers connections, puts them behind the simulated path and keeps
// the ones that a black hole swallows.
type listener struct {
	net.Listener
	site *site
	tls  bool
}

func (l *listener) Accept() (net.Conn, error) {
	t := l.site
	for {
		raw, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l.tls && t.s.behaviour().cut[t.name] {
			raw.Close()
			continue
		}
		id := t.s.seen.connection()
		var tracked net.Conn = t.track(raw)
		if t.name == siteSilent || t.s.behaviour().silent[t.name] {
			continue // accepted, never read, never answered
		}
		if rtt := max(t.s.options.RTT, t.s.behaviour().rtt); rtt > 0 {
			tracked = delayConn(t.s.ctx, &t.s.wg, tracked, rtt)
		}
		return &conn{Conn: tracked, site: t, id: id, tls: l.tls}, nil
	}
}

func (t *site) drop() {
	t.mu.Lock()
	open := slices.Collect(maps.Keys(t.conns))
	t.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
}

func (t *site) close() {
	for _, srv := range t.servers {
		srv.Close()
	}
	if t.mapper != nil {
		t.mapper.Close()
	}
	t.drop()
}
