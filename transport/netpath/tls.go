package netpath

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// DialTLS connects to host, through the proxy if there is one for it, and
// verifies its certificate.
func (p *Path) DialTLS(ctx context.Context, host, port string) (*Conn, error) {
	c, err := p.dialThrough(ctx, "https", host, port)
	if err != nil {
		return nil, err
	}
	return p.HandshakeTLS(ctx, c, host)
}

// HandshakeTLS sets up verified TLS for host on an open connection. On error c
// is closed.
func (p *Path) HandshakeTLS(ctx context.Context, c *Conn, host string) (*Conn, error) {
	limited, cancel := context.WithTimeout(ctx, p.Limits.WithDefaults().TLS)
	defer cancel()
	start := time.Now()
	tc := tls.Client(c.Conn, p.TLSConfig(host))
	if err := tc.HandshakeContext(limited); err != nil {
		c.Conn.Close()
		return nil, NewError(PhaseTLS, host, c.Addr.String(), limitCause(ctx, limited, err))
	}
	state := tc.ConnectionState()
	c.Conn, c.TLS = tc, &state
	c.Timing.TLS = time.Since(start)
	return c, nil
}

// TLSConfig is what the engine and the checks use towards host: verified against
// it, TLS 1.2 or newer (what Exchange supports), HTTP/1.1 only (Windows
// authentication does not work over HTTP/2). The caller may change it.
func (p *Path) TLSConfig(host string) *tls.Config {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if p.RootCAs != nil {
		// The library verifies against one store, we have two to try; so the
		// same verification is done here, on every handshake, resumed or not.
		c.InsecureSkipVerify = true
		c.VerifyConnection = func(s tls.ConnectionState) error { return verifyEither(s, host, p.RootCAs) }
	}
	return c
}

// verifyEither accepts a chain to the extra roots or to the system's. Of two
// failures it reports the one that got further than an unknown authority.
func verifyEither(s tls.ConnectionState, host string, extra *x509.CertPool) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the server sent no certificate")
	}
	err := verify(s, host, extra)
	if err == nil {
		return nil
	}
	systemErr := verify(s, host, nil)
	if systemErr == nil {
		return nil
	}
	if errors.As(err, new(x509.UnknownAuthorityError)) {
		err = systemErr
	}
	return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
}

// verify does what crypto/tls does; nil roots are the system's.
func verify(s tls.ConnectionState, host string, roots *x509.CertPool) error {
	o := x509.VerifyOptions{Roots: roots, DNSName: host, Intermediates: x509.NewCertPool()}
	for _, c := range s.PeerCertificates[1:] {
		o.Intermediates.AddCert(c)
	}
	_, err := s.PeerCertificates[0].Verify(o)
	return err
}
