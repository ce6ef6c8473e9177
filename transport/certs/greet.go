package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// door is one way to reach an endpoint.
type door struct {
	address string
	dial    func(context.Context) (*netpath.Conn, error)
}

// doors are the addresses of an endpoint; one, when a proxy or an entry of
// ConnectTo chooses for us.
func (in *Inspector) doors(ctx context.Context, e Endpoint) ([]door, error) {
	p := in.path()
	single := []door{{dial: func(ctx context.Context) (*netpath.Conn, error) { return p.DialTunnel(ctx, e.Host, e.Port) }}}
	if p.Proxied(e.Host, e.Port) || p.ConnectTo[net.JoinHostPort(e.Host, e.Port)] != "" {
		return single, nil
	}
	addrs, err := p.Addresses(ctx, e.Host, e.Port)
	if err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, netpath.NewError(netpath.PhaseDNS, e.Host, "", errors.New("the name has no address"))
	}
	var out []door
	for _, a := range addrs[:min(len(addrs), maxAddresses)] {
		out = append(out, door{address: a.String(), dial: func(ctx context.Context) (*netpath.Conn, error) {
			return p.DialTCPAddr(ctx, e.Host, a)
		}})
	}
	return out, nil
}

// everySuite is all that the library can speak, safe or not: a refusal has to be
// the server's, not ours.
func everySuite() (ids []uint16) {
	for _, list := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, s := range list {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// open is the configuration of an inspection: anything goes, nothing is verified.
func open(host string, v span) *tls.Config {
	c := &tls.Config{
		InsecureSkipVerify: true, // see the package comment: nothing is sent after the handshake
		MinVersion:         v.lowest, MaxVersion: v.highest, CipherSuites: everySuite(), NextProtos: []string{"http/1.1"},
	}
	if _, err := netip.ParseAddr(host); err != nil {
		c.ServerName = host
	}
	return c
}

// nobody is the host of a greeting that names none.
const nobody = ""

// span is from which version of TLS to which a greeting goes.
type span struct{ lowest, highest uint16 }

var everyVersion = span{tls.VersionTLS10, tls.VersionTLS13}

// greet makes the one handshake that shows the certificate. first learns at once
// whether there is anything to talk to.
func (in *Inspector) greet(ctx context.Context, d door, e Endpoint, v span, first chan<- bool) *Served {
	s := &Served{Address: d.address}
	conn, err := d.dial(ctx)
	first <- err == nil
	if err != nil {
		s.Err = err
		return s
	}
	s.Proxy, s.Timing = conn.Proxy, conn.Timing
	if d.address == "" && conn.Proxy == nil {
		s.Address = conn.Addr.String()
	}
	config := open(e.Host, v)
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		s.ClientCert = true
		return &tls.Certificate{}, nil
	}
	var raw [][]byte
	config.VerifyPeerCertificate = func(sent [][]byte, _ [][]*x509.Certificate) error { raw = sent; return nil }
	state, err := in.shake(ctx, conn, config, &s.Timing.TLS)
	if err != nil {
		s.Err = err
		if raw == nil && ours(err) {
			raw = in.capture(ctx, d, e)
		}
		s.read(raw)
		return s
	}
	s.Version, s.Suite, s.Staple = state.Version, state.CipherSuite, state.OCSPResponse
	s.read(raw)
	s.Logged = len(state.SignedCertificateTimestamps) > 0 || carriesTimestamps(s.Leaf())
	return s
}

// ours says that it was the library that gave up, not the server or the network:
// then there is something that it did not want to read.
func ours(err error) bool {
	switch netpath.KindOf(err) {
	case netpath.KindTimeout, netpath.KindCanceled, netpath.KindReset, netpath.KindClosed, netpath.KindNotTLS, netpath.KindTLSAlert:
		return false
	}
	return true
}

// shake makes a handshake within the limit of the phase and closes the connection.
func (in *Inspector) shake(ctx context.Context, c *netpath.Conn, config *tls.Config, took *time.Duration) (tls.ConnectionState, error) {
	limited, cancel := context.WithTimeout(ctx, in.path().Limits.WithDefaults().TLS)
	defer cancel()
	defer c.Conn.Close() // without close_notify: not a byte of ours follows the handshake
	start := time.Now()
	tc := tls.Client(c.Conn, config)
	err := tc.HandshakeContext(limited)
	*took = time.Since(start)
	if err != nil {
		if cause := limited.Err(); cause != nil {
			err = errors.Join(cause, err)
		}
		return tls.ConnectionState{}, netpath.NewError(netpath.PhaseTLS, c.Host, c.Addr.String(), err)
	}
	return tc.ConnectionState(), nil
}

// read parses a chain as sent.
func (s *Served) read(raw [][]byte) {
	for i, der := range raw {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			s.Unreadable++
			if i == 0 { // without the leaf the others say nothing about the server
				s.Err = errors.Join(s.Err, err)
				return
			}
			continue
		}
		s.Sent = append(s.Sent, c)
	}
}

// nameless is the certificate that a client gets that does not name the host.
type nameless struct {
	tried bool
	leaf  []byte
	err   error
}

func (in *Inspector) withoutSNI(ctx context.Context, d door, e Endpoint) (n nameless) {
	if _, err := netip.ParseAddr(e.Host); err == nil {
		return n // addresses are never named
	}
	n.tried = true
	conn, err := d.dial(ctx)
	if err != nil {
		n.err = err
		return n
	}
	config := open(nobody, everyVersion)
	config.VerifyPeerCertificate = func(sent [][]byte, _ [][]*x509.Certificate) error { n.leaf = sent[0]; return nil }
	var took time.Duration
	_, n.err = in.shake(ctx, conn, config, &took)
	return n
}

// compared says in a word how it differs from what a client gets that does.
func (n nameless) compared(s *Served) string {
	switch {
	case !n.tried || s.Leaf() == nil:
		return ""
	case n.err != nil && netpath.PhaseOf(n.err) != netpath.PhaseTLS:
		return "" // the connection failed, not the greeting
	case n.leaf == nil:
		return "refused"
	case string(n.leaf) == string(s.Leaf().Raw):
		return "same"
	}
	return "other"
}
