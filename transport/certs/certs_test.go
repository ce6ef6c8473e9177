package certs

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// fault is a server with one thing wrong: what it has to be called, and a piece
// of the sentence that says so.
type fault struct {
	name string
	kind Kind
	says string
	set  func(t *testing.T, w *world)
	also []Kind // what else is true of it
}

func only(leaf *entity, w *world) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, w.issuer)}}
}

func leafWith(change func(*x509.Certificate)) func(*testing.T, *world) {
	return func(t *testing.T, w *world) { w.serve(mailHost, only(server(t, ecKey(t), w.issuer, change), w)) }
}

var faults = []fault{
	{name: "another name", kind: NameMismatch, says: "does not carry mail.example.test, but ex01.corp.test",
		set: leafWith(func(c *x509.Certificate) { c.DNSNames = []string{"ex01.corp.test"} })},
	{name: "wildcard one label too few", kind: NameMismatch, says: "*.mail.example.test",
		set: leafWith(func(c *x509.Certificate) { c.DNSNames = []string{"*.mail.example.test"} })},
	{name: "common name alone", kind: CommonNameOnly, says: "common name alone", set: leafWith(func(c *x509.Certificate) { c.DNSNames = nil })},
	{name: "expired", kind: Expired, says: "expired on 1 February 2024",
		set: leafWith(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
		})},
	{name: "not yet valid", kind: NotYetValid, says: "valid from",
		set: leafWith(func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().AddDate(0, 1, 0), time.Now().AddDate(1, 0, 0)
		})},
	{name: "expired issuer", kind: Expired, says: "the authority's certificate Old Issuing CA expired",
		set: func(t *testing.T, w *world) {
			old := authority(t, "Old Issuing CA", w.root, func(c *x509.Certificate) {
				c.NotBefore, c.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(0, 0, -1)
			})
			leaf := server(t, ecKey(t), old)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, old)}})
		}},
	{name: "ends soon", kind: ExpiresSoon, says: "ends in 20 days",
		set: leafWith(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(20*24*time.Hour + time.Hour) })},
	{name: "issuer ends soon", kind: ExpiresSoon, says: "the authority's certificate Tired CA ends in 3 days",
		set: func(t *testing.T, w *world) {
			tired := authority(t, "Tired CA", w.root, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(3*24*time.Hour + time.Hour) })
			leaf := server(t, ecKey(t), tired)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, tired)}})
		}},
	{name: "untrusted root, issuer sent", kind: UntrustedRoot, says: "Fabrikam Root CA",
		set: func(t *testing.T, w *world) {
			mid := authority(t, "Fabrikam Issuing CA", authority(t, "Fabrikam Root CA", nil))
			leaf := server(t, ecKey(t), mid)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, mid)}})
		}},
	{name: "untrusted root, root sent", kind: UntrustedRoot, says: "Fabrikam Authority",
		set: func(t *testing.T, w *world) {
			root := authority(t, "Fabrikam Authority", nil)
			leaf := server(t, ecKey(t), root)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, root)}})
		}},
	{name: "untrusted root with the name of the trusted one", kind: UntrustedRoot, says: "Example Root CA",
		set: func(t *testing.T, w *world) {
			root := authority(t, "Example Root CA", nil)
			leaf := server(t, ecKey(t), root)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, root)}})
		}},
	{name: "missing intermediate, issuer can be fetched", kind: MissingIntermediate, says: "does not send the certificate of Example Issuing CA, which leads",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) {
				c.IssuingCertificateURL = []string{"ldap:///CN=x", w.file("issuer.cer", w.issuer.cert.Raw)}
			})
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		}},
	{name: "missing intermediate, nowhere to fetch it", kind: MissingIntermediate, says: "which issued its own",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		}},
	{name: "missing intermediate below a foreign root", kind: MissingIntermediate, says: "Fabrikam Issuing CA", also: []Kind{UntrustedRoot},
		set: func(t *testing.T, w *world) {
			root := authority(t, "Fabrikam Authority", nil)
			at := w.file("root.pem", root.cert.Raw)
			mid := authority(t, "Fabrikam Issuing CA", root, func(c *x509.Certificate) { c.IssuingCertificateURL = []string{at} })
			leaf := server(t, ecKey(t), mid, func(c *x509.Certificate) { c.IssuingCertificateURL = []string{w.file("mid.cer", mid.cert.Raw)} })
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		}},
	{name: "self-signed", kind: SelfSignedKind, says: "signed it itself",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), nil)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		}},
	{name: "Exchange's own certificate", kind: SelfSignedKind, says: "Exchange made for itself on the server EX01", also: []Kind{NameMismatch},
		set: func(t *testing.T, w *world) {
			leaf := server(t, rsaKey(t, 2048), nil, func(c *x509.Certificate) {
				c.Subject, c.DNSNames = pkix.Name{CommonName: "EX01"}, []string{"EX01", "EX01.corp.example.test"}
				c.NotBefore = time.Now().AddDate(-1, 0, 0)
				c.NotAfter = c.NotBefore.AddDate(5, 0, 0)
			})
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		}},
	{name: "SHA-1", kind: WeakSignature, says: "SHA1-RSA",
		set: func(t *testing.T, w *world) {
			w.serve(mailHost, only(resign(t, server(t, rsaKey(t, 2048), w.issuer), w.issuer, sha1WithRSA, crypto.SHA1), w))
		}},
	{name: "MD5", kind: WeakSignature, says: "MD5-RSA",
		set: func(t *testing.T, w *world) {
			w.serve(mailHost, only(resign(t, server(t, rsaKey(t, 2048), w.issuer), w.issuer, md5WithRSA, crypto.MD5), w))
		}},
	{name: "SHA-1 above", kind: WeakSignature, says: "Old Intermediate is signed with SHA1-RSA",
		set: func(t *testing.T, w *world) {
			old := resign(t, authorityWith(t, "Old Intermediate", rsaKey(t, 2048), w.issuer), w.issuer, sha1WithRSA, crypto.SHA1)
			leaf := server(t, ecKey(t), old)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, old, w.issuer)}})
		}},
	{name: "SHA-1 right below the root", kind: WeakSignature, says: "SHA1-RSA",
		set: func(t *testing.T, w *world) {
			w.path.RootCAs.AddCert(w.issuer.cert)
			leaf := resign(t, server(t, rsaKey(t, 2048), w.issuer), w.issuer, sha1WithRSA, crypto.SHA1)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		}},
	{name: "RSA 1024", kind: WeakKey, says: "1024 bits",
		set: func(t *testing.T, w *world) { w.serve(mailHost, only(server(t, rsaKey(t, 1024), w.issuer), w)) }},
	{name: "for clients", kind: WrongUsage, says: "client authentication",
		set: leafWith(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })},
	{name: "key usage of an authority", kind: WrongUsage, says: "neither signatures nor encryption",
		set: leafWith(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCRLSign })},
	{name: "issued by no authority", kind: WrongUsage, says: "is no authority",
		set: func(t *testing.T, w *world) {
			other := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.BasicConstraintsValid = true })
			leaf := server(t, ecKey(t), other, func(c *x509.Certificate) { c.Subject.Organization = []string{"x"} })
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, other, w.issuer)}})
		}},
	{name: "outside the authority's names", kind: NotPermitted, says: "may not issue certificates for this name",
		set: func(t *testing.T, w *world) {
			narrow := authority(t, "Narrow CA", w.root, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"other.test"} })
			leaf := server(t, ecKey(t), narrow)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, narrow)}})
		}},
	{name: "negative serial number", kind: Unreadable, says: "negative serial number",
		set: func(t *testing.T, w *world) {
			// The library writes no negative number, so the sign is set in the finished bytes.
			mark := big.NewInt(0x5A5A5A5A)
			leaf := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.SerialNumber = mark })
			der := []byte(strings.Replace(string(leaf.cert.Raw), "\x02\x04\x5A\x5A\x5A\x5A", "\x02\x04\xDA\x5A\x5A\x5A", 1))
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der, w.issuer.cert.Raw}, PrivateKey: leaf.key, Leaf: leaf.cert}}})
		}},
	{name: "revoked, says the responder", kind: RevokedKind, says: "because its key was stolen",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer, w.ocspURL)
			w.revoked[leaf.cert.SerialNumber.String()] = ocsp.KeyCompromise
			w.serve(mailHost, only(leaf, w))
		}},
	{name: "revoked, says the list", kind: RevokedKind, says: "was revoked on",
		set: func(t *testing.T, w *world) {
			n := big.NewInt(4711)
			leaf := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) {
				c.SerialNumber = n
				c.CRLDistributionPoints = []string{w.list("int.crl", w.issuer, time.Now().Add(time.Hour), big.NewInt(1), n)}
			})
			w.serve(mailHost, only(leaf, w))
		}},
	{name: "revoked, says the stapled response", kind: RevokedKind, says: "was revoked on",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer)
			w.revoked[leaf.cert.SerialNumber.String()] = ocsp.Superseded
			config := only(leaf, w)
			config.Certificates[0].OCSPStaple = w.response(leaf.cert.SerialNumber, nil)
			w.serve(mailHost, config)
		}},
	{name: "revoked issuer", kind: RevokedKind, says: "Fallen CA was revoked",
		set: func(t *testing.T, w *world) {
			n := big.NewInt(815)
			fallen := authority(t, "Fallen CA", w.root, func(c *x509.Certificate) {
				c.SerialNumber = n
				c.CRLDistributionPoints = []string{w.list("root.crl", w.root, time.Now().Add(time.Hour), n)}
			})
			leaf := server(t, ecKey(t), fallen)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, fallen)}})
		}},
	{name: "responder down", kind: RevocationUnanswered, says: "status 503",
		set: func(t *testing.T, w *world) {
			w.silent = true
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, w.ocspURL), w))
		}},
	{name: "responder signs with another's key", kind: RevocationUnanswered, says: "nobody says",
		set: func(t *testing.T, w *world) {
			w.forger = authority(t, "Somebody", nil)
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, w.ocspURL), w))
		}},
	{name: "responder is a server that nobody named", kind: RevocationUnanswered, says: "did not name",
		set: func(t *testing.T, w *world) {
			w.forger = server(t, ecKey(t), w.issuer)
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, w.ocspURL), w))
		}},
	{name: "list ran out", kind: RevocationUnanswered, says: "the list ran out",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) {
				c.CRLDistributionPoints = []string{w.list("old.crl", w.issuer, time.Now().Add(-time.Minute))}
			})
			w.serve(mailHost, only(leaf, w))
		}},
	{name: "list of another authority", kind: RevocationUnanswered, says: "not signed by the authority",
		set: func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) {
				c.CRLDistributionPoints = []string{w.list("root.crl", w.root, time.Now().Add(time.Hour))}
			})
			w.serve(mailHost, only(leaf, w))
		}},
	{name: "redirect without end", kind: RevocationUnanswered, says: "redirected",
		set: func(t *testing.T, w *world) {
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{w.http.URL + "/loop"} }), w))
		}},
	{name: "staple ran out", kind: RevocationUnanswered, says: "the response ran out",
		set: func(t *testing.T, w *world) {
			config := only(server(t, ecKey(t), w.issuer), w)
			leaf, _ := x509.ParseCertificate(config.Certificates[0].Certificate[0])
			config.Certificates[0].OCSPStaple = w.response(leaf.SerialNumber, func(r *ocsp.Response) { r.NextUpdate = time.Now().Add(-time.Minute) })
			w.serve(mailHost, config)
		}},
	{name: "must-staple without staple", kind: MustStaple, says: "demands that the server staples", set: leafWith(demandStaple)},
	{name: "TLS 1.0 alone", kind: TLSVersion, says: "speaks TLS 1.0 alone", also: []Kind{WeakCipher},
		set: func(t *testing.T, w *world) {
			config := only(server(t, rsaKey(t, 2048), w.issuer), w)
			config.MinVersion, config.MaxVersion = tls.VersionTLS10, tls.VersionTLS10
			config.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
			w.serve(mailHost, config)
		}},
	{name: "RSA key exchange alone", kind: WeakCipher, says: "TLS_RSA_WITH_AES_128_GCM_SHA256",
		set: func(t *testing.T, w *world) {
			config := only(server(t, rsaKey(t, 2048), w.issuer), w)
			config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
			w.serve(mailHost, config)
		}},
	{name: "3DES alone", kind: WeakCipher, says: "3DES",
		set: func(t *testing.T, w *world) {
			config := only(server(t, rsaKey(t, 2048), w.issuer), w)
			config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
			w.serve(mailHost, config)
		}},
	{name: "client certificate wanted, TLS 1.3", kind: ClientCertRequested, says: "asks for a client certificate",
		set: func(t *testing.T, w *world) {
			config := only(server(t, ecKey(t), w.issuer), w)
			config.ClientAuth = tls.RequestClientCert
			w.serve(mailHost, config)
		}},
	{name: "client certificate required, TLS 1.2", kind: ClientCertRequested, says: "asks for a client certificate",
		set: func(t *testing.T, w *world) {
			config := only(server(t, ecKey(t), w.issuer), w)
			config.ClientAuth, config.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
			w.serve(mailHost, config)
		}},
	{name: "inspecting proxy, not trusted", kind: Intercepted, says: "FortiGate", also: []Kind{UntrustedRoot},
		set: func(t *testing.T, w *world) {
			root := authority(t, "FortiGate CA", nil)
			leaf := server(t, ecKey(t), root)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, root)}})
		}},
	{name: "inspecting proxy in the store", kind: Intercepted, says: "put into this computer's store",
		set: func(t *testing.T, w *world) {
			root := authority(t, "Contoso TLS Inspection CA", nil)
			w.path.RootCAs.AddCert(root.cert)
			leaf := server(t, ecKey(t), root)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, root)}})
		}},
	{name: "one node with another certificate", kind: DiffersByAddress, says: "192.0.2.2:443 shows another certificate than 192.0.2.1:443",
		set: func(t *testing.T, w *world) {
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer), w))
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer), w))
		}},
	{name: "one node without TLS", kind: AddressFailed, says: "shows no certificate", also: []Kind{Handshake},
		set: func(t *testing.T, w *world) {
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer), w))
			w.serve(mailHost, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }})
		}},
}

func demandStaple(c *x509.Certificate) {
	value, _ := asn1.Marshal([]int{5})
	c.ExtraExtensions = []pkix.Extension{{Id: oidTLSFeature, Value: value}}
}

func TestEveryFaultIsNamed(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			f.set(t, w)
			h := w.inspect(mailHost)
			got := kinds(h.Problems)
			if len(got) == 0 || !slices.Contains(got, string(f.kind)) {
				t.Fatalf("it is called %v, want %s\n%s\n%v", got, f.kind, told(h.Problems), h.Err)
			}
			for _, k := range got {
				if k != string(f.kind) && !slices.Contains(f.also, Kind(k)) {
					t.Errorf("also called %s\n%s", k, told(h.Problems))
				}
			}
			if !strings.Contains(told(h.Problems), f.says) {
				t.Errorf("it does not say %q:\n%s", f.says, told(h.Problems))
			}
		})
	}
}

// worthKnowing are shown and are nothing to act on.
var worthKnowing = []fault{
	{name: "wrong order", kind: ChainOrder, says: "wrong order", set: func(t *testing.T, w *world) {
		mid := authority(t, "Second CA", w.issuer)
		leaf := server(t, ecKey(t), mid)
		w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, w.issuer, mid)}})
	}},
	{name: "something else sent along", kind: SurplusCertificate, says: "Stray CA", set: func(t *testing.T, w *world) {
		leaf := server(t, ecKey(t), w.issuer)
		w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, w.issuer, authority(t, "Stray CA", w.root))}})
	}},
	{name: "another one without a name", kind: SNINeeded, says: "does not name the host", set: func(t *testing.T, w *world) {
		named, other := only(server(t, ecKey(t), w.issuer), w), only(server(t, ecKey(t), w.issuer), w)
		w.serve(mailHost, &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			if h.ServerName == "" {
				return other, nil
			}
			return named, nil
		}})
	}},
	{name: "old TLS beside new", kind: OldTLS, says: "still accepts TLS 1.0", set: func(t *testing.T, w *world) {
		config := only(server(t, ecKey(t), w.issuer), w)
		config.MinVersion = tls.VersionTLS10
		w.serve(mailHost, config)
	}},
}

func TestWorthKnowing(t *testing.T) {
	for _, f := range worthKnowing {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			f.set(t, w)
			h := w.inspect(mailHost)
			if len(h.Problems) != 1 || h.Problems[0].Kind != f.kind || h.Problems[0].Severity != Info || !strings.Contains(h.Problems[0].Text, f.says) {
				t.Errorf("got\n%s", told(h.Problems))
			}
		})
	}
}

func TestHealthyCertificates(t *testing.T) {
	published := func(w *world) func(*x509.Certificate) {
		return func(c *x509.Certificate) {
			w.ocspURL(c)
			c.CRLDistributionPoints = []string{w.list("int.crl", w.issuer, time.Now().Add(time.Hour), big.NewInt(3)), "ldap:///CN=int"}
		}
	}
	for name, set := range map[string]func(*testing.T, *world){
		"RSA": func(t *testing.T, w *world) {
			w.serve(mailHost, only(server(t, rsaKey(t, 2048), w.issuer, published(w)), w))
		},
		"ECDSA": func(t *testing.T, w *world) { w.serve(mailHost, only(server(t, ecKey(t), w.issuer, published(w)), w)) },
		"wildcard": func(t *testing.T, w *world) {
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, published(w), func(c *x509.Certificate) { c.DNSNames = []string{"*.example.test"} }), w))
		},
		"private CA": func(t *testing.T, w *world) { // a single authority, as AD CS sets up, that publishes by LDAP alone
			w.path.RootCAs.AddCert(w.issuer.cert)
			leaf := server(t, rsaKey(t, 2048), w.issuer, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{"ldap:///CN=Contoso-CA,CN=CDP"} })
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf)}})
		},
		"long chain": func(t *testing.T, w *world) {
			second := authority(t, "Second CA", w.issuer)
			third := authority(t, "Third CA", second)
			leaf := server(t, ecKey(t), third)
			w.serve(mailHost, &tls.Config{Certificates: []tls.Certificate{*chain(leaf.key, leaf, third, second, w.issuer, w.root)}})
		},
		"must-staple": func(t *testing.T, w *world) {
			leaf := server(t, ecKey(t), w.issuer, demandStaple, w.ocspURL)
			config := only(leaf, w)
			config.Certificates[0].OCSPStaple = w.response(leaf.cert.SerialNumber, nil)
			w.serve(mailHost, config)
		},
		"delegated responder": func(t *testing.T, w *world) {
			w.forger = server(t, ecKey(t), w.issuer, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning} })
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, w.ocspURL), w))
		},
		"responder sends the authority along": func(t *testing.T, w *world) {
			w.forger = w.issuer
			w.serve(mailHost, only(server(t, ecKey(t), w.issuer, w.ocspURL), w))
		},
		"two nodes alike": func(t *testing.T, w *world) {
			config := only(server(t, ecKey(t), w.issuer), w)
			w.serve(mailHost, config)
			w.serve(mailHost, config)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			set(t, w)
			h := w.inspect(mailHost)
			if h.Err != nil || len(h.Problems) > 0 {
				t.Fatalf("%v\n%s", h.Err, told(h.Problems))
			}
			s := h.First()
			if !s.Trust.Trusted || s.Trust.Missing != "" || h.WithoutSNI != "same" || s.Version != tls.VersionTLS13 {
				t.Errorf("trust %+v, without SNI %s, %s", s.Trust, h.WithoutSNI, tls.VersionName(s.Version))
			}
			if asks := len(s.Leaf().OCSPServer) > 0; asks && (s.Revocation.Status != Good || s.Revocation.Took <= 0) {
				t.Errorf("revocation %+v", s.Revocation)
			}
			for _, o := range s.Offers {
				if !o.Known || o.Accepted != (o.Version >= tls.VersionTLS12) {
					t.Errorf("%s: %+v", tls.VersionName(o.Version), o)
				}
			}
		})
	}
}

// TestNothingIsSent holds the promise of the package: after the handshake, not a
// byte.
func TestNothingIsSent(t *testing.T) {
	w := newWorld(t)
	said := w.serve(mailHost, only(server(t, ecKey(t), nil), w))
	w.inspect(mailHost)
	for range 6 { // greeting, one without a name, four versions
		if b := <-said; len(b) > 0 {
			t.Errorf("%q was sent over a connection that was not verified", b)
		}
	}
}

func TestSuitesOneByOne(t *testing.T) {
	w := newWorld(t)
	config := only(server(t, rsaKey(t, 2048), w.issuer), w)
	config.MaxVersion = tls.VersionTLS12
	config.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA}
	w.serve(mailHost, config)
	in := w.inspector()
	in.Suites = true
	s := in.Inspect(t.Context(), Endpoint{Host: mailHost}).First()
	i := slices.IndexFunc(s.Offers, func(o Offer) bool { return o.Version == tls.VersionTLS12 })
	got := slices.Sorted(slices.Values(s.Offers[i].Suites))
	if want := slices.Sorted(slices.Values(config.CipherSuites)); !slices.Equal(got, want) {
		t.Errorf("accepted %v, want %v", got, want)
	}
}

func TestUnreachable(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() // nobody listens there any more
	w.path.Resolve[mailHost+":443"] = []netip.Addr{netip.MustParseAddr("192.0.2.9")}
	w.path.ConnectTo["192.0.2.9:443"] = l.Addr().String()
	h := w.inspect(mailHost)
	if h.Err == nil || h.First() != nil || h.WithoutSNI != "" {
		t.Errorf("%+v", h)
	}
}

func TestUrgent(t *testing.T) {
	for days, want := range map[int]bool{0: true, 6: true, 7: false, 29: false} {
		if got := (Problem{Kind: ExpiresSoon, Days: days}).Urgent(); got != want {
			t.Errorf("%d days: %v", days, got)
		}
	}
}

func TestSlowRevocation(t *testing.T) {
	w := newWorld(t)
	c := server(t, ecKey(t), w.issuer).cert
	slow := revocationOf(c, []Answer{{Cert: c, Source: SourceCRL, URL: "http://crl.test/x", Status: Good, Took: 4 * time.Second}})
	if len(slow) != 1 || slow[0].Kind != RevocationSlow || !strings.Contains(slow[0].Text, "http://crl.test/x takes 4s") {
		t.Errorf("%+v", slow)
	}
	if quick := revocationOf(c, []Answer{{Cert: c, Status: Good, Took: time.Second}}); len(quick) > 0 {
		t.Errorf("%+v", quick)
	}
}
