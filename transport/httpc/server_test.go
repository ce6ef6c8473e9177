package httpc

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

const testHost = "mail.contoso.test"

// authority is a certificate authority of this test run.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

var testCA = sync.OnceValue(func() authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, IsCA: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	cert, _ := x509.ParseCertificate(der)
	return authority{cert, key}
})

func (a authority) issue(host string) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &key.PublicKey, a.key)
	if err != nil {
		panic(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// pathTo leads https://mail.contoso.test to addr.
func pathTo(addr string) *netpath.Path {
	roots := x509.NewCertPool()
	roots.AddCert(testCA().cert)
	return &netpath.Path{RootCAs: roots, ConnectTo: map[string]string{testHost + ":443": addr, testHost + ":80": addr}}
}

// serve is a real HTTPS server on loopback; the handlers see the connection by connOf.
func serve(t testing.TB, h http.Handler) (addr string, leaf *x509.Certificate) {
	t.Helper()
	cert := testCA().issue(testHost)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ConnContext: withConn}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String(), cert.Leaf
}

// raw is a plain TCP server that does as f says with each connection.
func raw(t testing.TB, f func(net.Conn)) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, c)
			mu.Unlock()
			all.Go(func() { defer c.Close(); f(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range open {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return l.Addr().String()
}

func body200(t testing.TB, r *Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || r.Status != 200 {
		t.Fatalf("status %d, %v", r.Status, err)
	}
	return string(b)
}

// plainServer is a real HTTP server on loopback.
func plainServer(t testing.TB, h http.Handler) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ConnContext: withConn}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// captureRequest sends the lines of one request's head to lines and answers nothing.
func captureRequest(lines chan<- []string) func(net.Conn) {
	return func(c net.Conn) {
		var got []string
		for s := bufio.NewScanner(c); s.Scan() && s.Text() != ""; {
			got = append(got, s.Text())
		}
		lines <- got
	}
}

// tunnelTo joins the client of a CONNECT request with addr.
func tunnelTo(w http.ResponseWriter, addr string) {
	out, err := net.Dial("tcp", addr)
	if err != nil {
		w.WriteHeader(502)
		return
	}
	defer out.Close()
	in, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer in.Close()
	io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { io.Copy(out, in); out.Close() }()
	io.Copy(in, out)
}

func proxyErrorOf(err error) (e *netpath.ProxyError) {
	errors.As(err, &e)
	return e
}
