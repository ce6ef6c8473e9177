package netpath

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"net/url"
)

// LookupAddrs is A and AAAA of host.
func (p *Path) LookupAddrs(ctx context.Context, host string) ([]netip.Addr, error) { return nil, nil }

// LookupCNAME is the canonical name of host.
func (p *Path) LookupCNAME(ctx context.Context, host string) (string, error) { return "", nil }

// LookupSRV is _service._proto.name, sorted by priority.
func (p *Path) LookupSRV(ctx context.Context, service, proto, name string) ([]*net.SRV, error) {
	return nil, nil
}

// LookupTXT is the TXT records of name.
func (p *Path) LookupTXT(ctx context.Context, name string) ([]string, error) { return nil, nil }

// LookupMX is the MX records of name, sorted by preference.
func (p *Path) LookupMX(ctx context.Context, name string) ([]*net.MX, error) { return nil, nil }

// DialTCP connects to host directly, racing its addresses (RFC 8305).
func (p *Path) DialTCP(ctx context.Context, host, port string) (*Conn, error) { return nil, nil }

// DialTCPAddr connects to one address of host directly.
func (p *Path) DialTCPAddr(ctx context.Context, host string, addr netip.AddrPort) (*Conn, error) {
	return nil, nil
}

// DialTLS connects to host, through the proxy if there is one for it, and
// verifies its certificate.
func (p *Path) DialTLS(ctx context.Context, host, port string) (*Conn, error) { return nil, nil }

// DialURL connects for requests to u: verified TLS for https, TCP for http.
// With a proxy in between an http connection ends at the proxy (Conn.Proxy is
// set) and wants the request target in absolute form.
func (p *Path) DialURL(ctx context.Context, u *url.URL) (*Conn, error) { return nil, nil }

// HandshakeTLS sets up verified TLS for host on a connection of DialTCP or
// DialTCPAddr. On error c is closed.
func (p *Path) HandshakeTLS(ctx context.Context, c *Conn, host string) (*Conn, error) {
	return nil, nil
}

// TLSConfig is what the engine and the checks use towards host: verified against
// it, TLS 1.2 or newer, HTTP/1.1 only.
func (p *Path) TLSConfig(host string) *tls.Config { return nil }
