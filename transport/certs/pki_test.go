package certs

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// The tests make authorities of their own, with a responder and revocation lists
// that are served over HTTP, and one TLS listener per certificate.

const mailHost = "mail.example.test"

// entity is a certificate with its key.
type entity struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var serials struct {
	sync.Mutex
	next int64
}

func serial() *big.Int {
	serials.Lock()
	defer serials.Unlock()
	serials.next++
	return big.NewInt(1000 + serials.next)
}

// issue signs a template. A nil parent signs itself.
func issue(t testing.TB, template *x509.Certificate, key crypto.Signer, parent *entity) *entity {
	t.Helper()
	if template.SerialNumber == nil {
		template.SerialNumber = serial()
	}
	if template.NotBefore.IsZero() {
		template.NotBefore = time.Now().Add(-24 * time.Hour)
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().AddDate(1, 0, 0)
	}
	signer := &entity{template, key}
	if parent != nil {
		signer = parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, key.Public(), signer.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &entity{c, key}
}

func authority(t testing.TB, name string, parent *entity, change ...func(*x509.Certificate)) *entity {
	return authorityWith(t, name, ecKey(t), parent, change...)
}

func authorityWith(t testing.TB, name string, key crypto.Signer, parent *entity, change ...func(*x509.Certificate)) *entity {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, NotAfter: time.Now().AddDate(10, 0, 0),
	}
	for _, f := range change {
		f(template)
	}
	return issue(t, template, key, parent)
}

func server(t testing.TB, key crypto.Signer, parent *entity, change ...func(*x509.Certificate)) *entity {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: mailHost}, DNSNames: []string{mailHost, "autodiscover.example.test"},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, f := range change {
		f(template)
	}
	return issue(t, template, key, parent)
}

// resign replaces the algorithm SHA-256 with RSA by an old one that the library
// does not sign with: the last byte of the identifier (RFC 8017 A.2.4), in the
// certificate and around it.
func resign(t testing.TB, e *entity, parent *entity, oid byte, hash crypto.Hash) *entity {
	t.Helper()
	const sha256WithRSA = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
	old := sha256WithRSA[:10] + string(oid)
	tbs := bytes.Replace(e.cert.RawTBSCertificate, []byte(sha256WithRSA), []byte(old), 1)
	h := hash.New()
	h.Write(tbs)
	sig, err := rsa.SignPKCS1v15(nil, parent.key.(*rsa.PrivateKey), hash, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, int(oid)}, Parameters: asn1.NullRawValue}, asn1.BitString{Bytes: sig, BitLength: len(sig) * 8}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &entity{c, e.key}
}

const (
	md5WithRSA  = 4
	sha1WithRSA = 5
)

// world is an organisation's authorities and what they publish.
type world struct {
	t      testing.TB
	root   *entity
	issuer *entity // RSA, so that it can sign the old way too
	http   *httptest.Server
	path   *netpath.Path
	next   int // last byte of the next address

	mu      sync.Mutex
	files   map[string][]byte // served over HTTP
	revoked map[string]int    // serial number → reason, for the responder
	silent  bool              // the responder answers nothing useful
	forger  *entity           // signs the responder's answers instead of the issuer
	delay   chan struct{}     // the responder waits for it
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, files: map[string][]byte{}, revoked: map[string]int{}}
	w.http = httptest.NewServer(http.HandlerFunc(w.publish))
	t.Cleanup(w.http.Close)
	w.root = authority(t, "Example Root CA", nil)
	w.issuer = authorityWith(t, "Example Issuing CA", rsaKey(t, 2048), w.root)
	w.path = &netpath.Path{Resolve: map[string][]netip.Addr{}, ConnectTo: map[string]string{}, RootCAs: x509.NewCertPool()}
	w.path.RootCAs.AddCert(w.root.cert)
	return w
}

func (w *world) publish(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	file, ok := w.files[r.URL.Path]
	silent, delay := w.silent, w.delay
	w.mu.Unlock()
	switch {
	case silent:
		http.Error(out, "down", http.StatusServiceUnavailable)
	case r.URL.Path == "/loop":
		http.Redirect(out, r, "/loop", http.StatusFound)
	case r.Method == http.MethodPost:
		if delay != nil {
			<-delay
		}
		body, _ := io.ReadAll(r.Body)
		out.Write(w.ocsp(body))
	case ok:
		out.Write(file)
	default:
		http.NotFound(out, r)
	}
}

func (w *world) ocsp(request []byte) []byte {
	q, err := ocsp.ParseRequest(request)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse
	}
	return w.response(q.SerialNumber, nil)
}

// response is a signed answer about a serial number.
func (w *world) response(serial *big.Int, change func(*ocsp.Response)) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := ocsp.Response{SerialNumber: serial, Status: ocsp.Good, ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: time.Now().Add(time.Hour)}
	if reason, gone := w.revoked[serial.String()]; gone {
		r.Status, r.RevocationReason, r.RevokedAt = ocsp.Revoked, reason, time.Now().Add(-48*time.Hour)
	}
	if change != nil {
		change(&r)
	}
	signer := w.issuer
	if w.forger != nil {
		signer = w.forger
		r.Certificate = w.forger.cert
	}
	b, err := ocsp.CreateResponse(w.issuer.cert, signer.cert, r, signer.key)
	if err != nil {
		return ocsp.InternalErrorErrorResponse
	}
	return b
}

// list publishes a revocation list and gives its address.
func (w *world) list(name string, by *entity, next time.Time, revoked ...*big.Int) string {
	template := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: next}
	for _, s := range revoked {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: s, RevocationTime: time.Now().Add(-24 * time.Hour), ReasonCode: 1})
	}
	der, err := x509.CreateRevocationList(rand.Reader, template, by.cert, by.key)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.file(name, der)
}

func (w *world) file(name string, content []byte) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.files["/"+name] = content
	return w.http.URL + "/" + name
}

func (w *world) ocspURL(c *x509.Certificate) { c.OCSPServer = []string{w.http.URL + "/ocsp"} }

// chain is what a listener sends.
func chain(key crypto.Signer, certs ...*entity) *tls.Certificate {
	out := &tls.Certificate{PrivateKey: key}
	for _, c := range certs {
		out.Certificate = append(out.Certificate, c.cert.Raw)
	}
	return out
}

// serve opens a listener behind an address of its own and adds it to the
// addresses of host. What clients send after the handshake is in the channel.
func (w *world) serve(host string, config *tls.Config) (leftover <-chan []byte) {
	w.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { l.Close() })
	w.next++
	addr := netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", w.next))
	key := net.JoinHostPort(host, "443")
	w.path.Resolve[key] = append(w.path.Resolve[key], addr)
	w.path.ConnectTo[netip.AddrPortFrom(addr, 443).String()] = l.Addr().String()
	said := make(chan []byte, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				conn := c
				if config != nil {
					conn = tls.Server(c, config)
				}
				b, _ := io.ReadAll(io.LimitReader(conn, 1<<16))
				said <- b
			}()
		}
	}()
	return said
}

func (w *world) inspector() *Inspector { return &Inspector{Path: w.path, Revocation: true} }

func (w *world) inspect(host string) *Host {
	return w.inspector().Inspect(w.t.Context(), Endpoint{Host: host})
}

// kinds lists problems that are more than worth knowing.
func kinds(all []Problem) (out []string) {
	for _, p := range all {
		if p.Severity != Info {
			out = append(out, string(p.Kind))
		}
	}
	return out
}

func told(all []Problem) string {
	var out []string
	for _, p := range all {
		out = append(out, fmt.Sprintf("%s/%s: %s", p.Severity, p.Kind, p.Text))
	}
	return strings.Join(out, "\n")
}
