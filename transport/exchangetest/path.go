package exchangetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"net/http"
	"slices"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// refusedPort is where logical addresses lead that have no listener: nothing
// answers on the port of tcpmux.
const refusedPort = "127.0.0.1:1"

// noRoute is where a connection fails for want of a route, at once: TCP has no
// broadcast.
const noRoute = "255.255.255.255:443"

// connectTo maps the logical addresses to the real ones.
func (s *Server) connectTo() map[string]string {
	out := map[string]string{}
	for _, addr := range []string{closedAddr, redirectAddr} {
		out[addr+":443"], out[addr+":80"] = refusedPort, refusedPort
	}
	out[net.JoinHostPort(closedAddr6, "443")] = refusedPort
	out[closedAddr+":8080"] = refusedPort
	for _, t := range s.sites {
		for port, real := range t.real {
			out[net.JoinHostPort(t.addr, port)] = real
			if t.addr6 != "" {
				out[net.JoinHostPort(t.addr6, port)] = real
			}
		}
	}
	out[noRouteAddr+":443"], out[internalAddr+":443"] = noRoute, noRoute
	out[kdcAddr+":88"], out[kdcAddr+":636"] = s.domain.kdc.Addr(), s.domain.directory.Addr().String()
	return out
}

// Path is the way from a client to this server: its DNS server, its CA, and where
// the logical addresses really are. Each call gives a new one.
func (s *Server) Path() *netpath.Path {
	return &netpath.Path{DNS: s.dns.addr, ConnectTo: s.connectTo(), RootCAs: s.RootCAs()}
}

// RootCAs has the server's own CA alone.
func (s *Server) RootCAs() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.ca.root)
	return pool
}

// CAPEM is the certificate of the server's CA.
func (s *Server) CAPEM() []byte { return s.ca.PEM() }

// CAFile is the name of a file with CAPEM, which Close removes.
func (s *Server) CAFile() string { return s.caFile }

// DNS is the address of the DNS server, "127.0.0.1:port".
func (s *Server) DNS() string { return s.dns.addr }

// Flags are the command-line flags with which a separate process finds this
// server: --ca-file FILE --dns ADDR and one --connect-to A:P:A2:P2 per address.
func (s *Server) Flags() []string {
	out := []string{"--ca-file", s.caFile, "--dns", s.dns.addr}
	to := s.connectTo()
	for _, logical := range slices.Sorted(maps.Keys(to)) {
		out = append(out, "--connect-to", logical+":"+to[logical])
	}
	return out
}

// Env are the environment variables with the account of user 0, as User gives
// it, for a separate process: the password is never a flag.
func (s *Server) Env() []string {
	u := s.User(0)
	return []string{"MAPISCOPE_USER=" + u.Login, "MAPISCOPE_PASSWORD=" + u.Password}
}

// Client is a plain HTTP client for this server, as httptest.Server has one: it
// resolves names with the server's DNS and trusts its CA. It follows no redirect
// and keeps no cookies. Each call gives a new one.
func (s *Server) Client() *http.Client {
	to := s.connectTo()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.dns.addr)
	}}
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		addrs, err := resolver.LookupHost(ctx, host)
		if err != nil {
			return nil, err
		}
		logical := net.JoinHostPort(addrs[0], port)
		if real := to[logical]; real != "" {
			logical = real
		}
		return new(net.Dialer).DialContext(ctx, network, logical)
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: s.RootCAs()}, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
