package netpath

import (
	"context"
	"net/netip"
)

// Addresses are those that a connection to host and port would try, in that
// order: of Resolve, or of DNS.
func (p *Path) Addresses(ctx context.Context, host, port string) ([]netip.AddrPort, error) {
	return p.addrPorts(ctx, host, port)
}

// DialTunnel connects to host without speaking TLS yet: directly, or by CONNECT
// where a proxy is set for https. What looks at certificates that do not verify
// starts here.
func (p *Path) DialTunnel(ctx context.Context, host, port string) (*Conn, error) {
	return p.dialThrough(ctx, "https", host, port)
}

// Proxied says whether connections for https to host and port go through a proxy.
func (p *Path) Proxied(host, port string) bool {
	u, err := p.proxyFor("https", host, port)
	return u != nil || err != nil
}
