package netpath

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// connectAnswerBound bounds the header of a proxy's answer to CONNECT; real ones
// have a few hundred bytes.
const connectAnswerBound = 16 << 10

// DialURL connects for requests to u: verified TLS for https, TCP for http.
// With a proxy in between an http connection ends at the proxy (Conn.Proxy is
// set) and wants the request target in absolute form.
func (p *Path) DialURL(ctx context.Context, u *url.URL) (*Conn, error) {
	host, port := u.Hostname(), PortOf(u)
	if u.Scheme == "https" {
		return p.DialTLS(ctx, host, port)
	}
	return p.dialThrough(ctx, u.Scheme, host, port)
}

// PortOf is the port of u or the default one of its scheme.
func PortOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// dialThrough gives a TCP connection to host, tunnelled when scheme is https and
// a proxy is set, or to the proxy itself for http.
func (p *Path) dialThrough(ctx context.Context, scheme, host, port string) (*Conn, error) {
	proxy, err := p.proxyFor(scheme, host, port)
	if err != nil {
		return nil, NewError(PhaseProxy, host, "", err)
	}
	if proxy == nil {
		return p.DialTCP(ctx, host, port)
	}
	c, err := p.dialProxy(ctx, proxy)
	if err != nil {
		return nil, viaProxy(err, host)
	}
	c.Host, c.Port, c.Proxy = host, port, proxy
	if scheme != "https" {
		return c, nil
	}
	if err := p.tunnel(ctx, c, proxy.Host); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// proxyFor is the proxy for a target, without credentials; nil for none.
func (p *Path) proxyFor(scheme, host, port string) (*url.URL, error) {
	if p.Proxy == nil {
		return nil, nil
	}
	u, err := p.Proxy(&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)})
	if u == nil || err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("proxies of the kind %q are not supported, only http and https", u.Scheme)
	}
	return &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(u.Hostname(), PortOf(u))}, nil
}

func (p *Path) dialProxy(ctx context.Context, proxy *url.URL) (*Conn, error) {
	c, err := p.DialTCP(ctx, proxy.Hostname(), proxy.Port())
	if err != nil || proxy.Scheme != "https" {
		return c, err
	}
	if c, err = p.HandshakeTLS(ctx, c, proxy.Hostname()); err != nil {
		return nil, err
	}
	c.TLS = nil // of the proxy, not of the server
	return c, nil
}

// viaProxy marks that it was the proxy that could not be reached.
func viaProxy(err error, host string) error {
	e := &Error{Phase: PhaseProxy, Kind: KindOf(err), Host: host, Err: err}
	var inner *Error
	if errors.As(err, &inner) {
		e.Addr, e.Attempts = inner.Addr, inner.Attempts
	}
	return e
}

// tunnel asks the proxy for a way to c.Host (RFC 9110 9.3.6).
func (p *Path) tunnel(ctx context.Context, c *Conn, proxy string) error {
	start := time.Now()
	limited, cancel := context.WithTimeout(ctx, p.Limits.WithDefaults().Proxy)
	defer cancel()
	stop := context.AfterFunc(limited, func() { c.SetDeadline(time.Unix(1, 0)) })
	err := connect(c, proxy)
	if !stop() && err == nil {
		err = limited.Err()
	}
	if err != nil {
		return NewError(PhaseProxy, c.Host, proxy, limitCause(ctx, limited, err))
	}
	c.Timing.Proxy = time.Since(start)
	return nil
}

func connect(c *Conn, proxy string) error {
	target := net.JoinHostPort(c.Host, c.Port)
	if _, err := fmt.Fprintf(c, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", target, target); err != nil {
		return err
	}
	// Our side speaks first in TLS, so nothing of the server can be in this buffer.
	in := bufio.NewReader(&io.LimitedReader{R: c, N: connectAnswerBound})
	resp, err := http.ReadResponse(in, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return &ProxyError{Proxy: proxy, Status: resp.StatusCode, Offered: resp.Header.Values("Proxy-Authenticate")}
	}
	if in.Buffered() > 0 {
		return errors.New("the proxy sent data before the tunnel was used")
	}
	return nil
}
