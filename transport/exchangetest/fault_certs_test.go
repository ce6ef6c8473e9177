package exchangetest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"maps"
	"testing"
)

func init() {
	maps.Copy(symptoms, map[string]func(*testing.T, *Server) bool{
		"tls-version/1.1": speaksAtMost(tls.VersionTLS11),
		"tls-version/1.0": speaksAtMost(tls.VersionTLS10),
		"client-cert-requested/asked": func(t *testing.T, s *Server) bool {
			return s.greeting(t, s.names.mail) == nil && s.asksForCertificate(t)
		},
		"client-cert-requested/required": func(t *testing.T, s *Server) bool {
			_, err := s.Client().Get(s.MailStoreURL(s.User(0)))
			return err != nil && s.asksForCertificate(t)
		},
		"cert-invalid/weak-signature": func(t *testing.T, s *Server) bool {
			return certUnknown(t, s) && s.leaf(t, s.names.mail).SignatureAlgorithm == x509.ECDSAWithSHA1
		},
		"cert-invalid/revoked": func(t *testing.T, s *Server) bool {
			leaf := s.leaf(t, s.names.mail)
			return s.greeting(t, s.names.mail) == nil && s.list(t, leaf.CRLDistributionPoints[0], leaf)
		},
	})
}

// leaf is what a host shows.
func (s *Server) leaf(t *testing.T, host string) *x509.Certificate {
	t.Helper()
	return s.hello(t, host, &tls.Config{InsecureSkipVerify: true, ServerName: host}).PeerCertificates[0]
}

func (s *Server) hello(t *testing.T, host string, config *tls.Config) tls.ConnectionState {
	t.Helper()
	outer := tlsDial(t, s, host).(*tls.Conn)
	defer outer.Close()
	c := tls.Client(outer.NetConn(), config)
	if err := c.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c.ConnectionState()
}

func speaksAtMost(version uint16) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		got := s.hello(t, s.names.mail, &tls.Config{InsecureSkipVerify: true, ServerName: s.names.mail, MinVersion: tls.VersionTLS10})
		return got.Version == version && s.greeting(t, s.names.mail) != nil
	}
}

func (s *Server) asksForCertificate(t *testing.T) bool {
	asked := false
	s.hello(t, s.names.mail, &tls.Config{InsecureSkipVerify: true, ServerName: s.names.mail,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return &tls.Certificate{}, nil
		}})
	return asked
}

// list says whether the authority's list names a certificate.
func (s *Server) list(t *testing.T, url string, c *x509.Certificate) bool {
	t.Helper()
	r, err := s.Client().Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(b)
	if err != nil || list.CheckSignatureFrom(s.ca.issuing) != nil {
		t.Fatalf("%v: not signed by the authority", err)
	}
	for _, e := range list.RevokedCertificateEntries {
		if e.SerialNumber.Cmp(c.SerialNumber) == 0 {
			return true
		}
	}
	return false
}
