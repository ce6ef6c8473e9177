package certs

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// A server that accepts and never speaks costs one TLS limit, however many
// handshakes are tried.
func TestServerThatNeverSpeaks(t *testing.T) {
	w := newWorld(t)
	w.serve(mailHost, nil)
	w.path.Limits.TLS = 300 * time.Millisecond
	start := time.Now()
	h := w.inspect(mailHost)
	if took := time.Since(start); took > 900*time.Millisecond {
		t.Errorf("it took %s with a limit of 300 ms", took)
	}
	if !netpath.Timeout(h.Err) || netpath.PhaseOf(h.Err) != netpath.PhaseTLS {
		t.Errorf("%v", h.Err)
	}
	for _, o := range h.Served[0].Offers {
		if o.Known || o.Accepted {
			t.Errorf("silence was taken for an answer: %+v", o)
		}
	}
}

func TestServerThatSpeaksSomethingElse(t *testing.T) {
	w := newWorld(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go http.Serve(l, http.NotFoundHandler())
	w.serve(mailHost, nil)
	w.path.ConnectTo["192.0.2.1:443"] = l.Addr().String()
	h := w.inspect(mailHost)
	if netpath.KindOf(h.Err) != netpath.KindNotTLS || len(h.Problems) != 1 || h.Problems[0].Kind != Handshake {
		t.Errorf("%v\n%s", h.Err, told(h.Problems))
	}
}

// flood serves without end, or not at all.
func flood(t *testing.T, serve http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(serve)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

func TestSourcesAreBounded(t *testing.T) {
	endless := flood(t, func(w http.ResponseWriter, _ *http.Request) {
		for block := make([]byte, 1<<16); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	stop := make(chan struct{})
	dripping := flood(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				w.Write([]byte{0})
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			case <-stop:
				return
			}
		}
	})
	silent := flood(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-stop:
		}
	})
	t.Cleanup(func() { close(stop) })
	in := &Inspector{limit: 300 * time.Millisecond}
	for name, c := range map[string]struct{ url, says string }{
		"endless": {endless.URL, "sent more than 64 KiB"}, "dripping": {dripping.URL, "no answer within 300ms"}, "silent": {silent.URL, "no answer within 300ms"},
		"https": {"https://127.0.0.1/x", "only http"}, "file": {"file:///etc/passwd", "only http"}, "ldap": {"ldap:///CN=x", "only http"},
		"with a password": {"http://a:b@127.0.0.1/", "only http"}, "no address": {"http://", "only http"},
	} {
		start := time.Now()
		_, err := in.fetch(t.Context(), c.url, "", nil, maxOCSP)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
}

// An issuer that always has another issuer is followed a few steps only.
func TestIssuersWithoutEnd(t *testing.T) {
	w := newWorld(t)
	top := authority(t, "Top CA", nil)
	at := w.file("0.cer", top.cert.Raw)
	for range 8 {
		top = authority(t, top.cert.Subject.CommonName+"+", top, func(c *x509.Certificate) { c.IssuingCertificateURL = []string{at} })
		at = w.file(top.cert.Subject.CommonName+".cer", top.cert.Raw)
	}
	found, failed := w.inspector().fetchIssuers(t.Context(), top.cert)
	if len(found) != maxIssuers || len(failed) > 0 {
		t.Errorf("%d fetched, %v", len(found), failed)
	}
}

func TestManySourcesInACertificate(t *testing.T) {
	w := newWorld(t)
	leaf := server(t, ecKey(t), w.issuer, func(c *x509.Certificate) {
		for range 50 {
			c.OCSPServer, c.CRLDistributionPoints = append(c.OCSPServer, "http://x.test/"), append(c.CRLDistributionPoints, "http://x.test/")
		}
	})
	if n := len(questions([]*x509.Certificate{leaf.cert, w.issuer.cert})); n != 2*maxSources {
		t.Errorf("%d questions", n)
	}
}

func TestManyAddresses(t *testing.T) {
	w := newWorld(t)
	config := only(server(t, ecKey(t), w.issuer), w)
	for range 2 * maxAddresses {
		w.serve(mailHost, config)
	}
	if h := w.inspect(mailHost); len(h.Served) != maxAddresses || len(h.Problems) > 0 {
		t.Errorf("%d addresses\n%s", len(h.Served), told(h.Problems))
	}
}

func TestCanceled(t *testing.T) {
	w := newWorld(t)
	w.serve(mailHost, nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	if h := w.inspector().Inspect(ctx, Endpoint{Host: mailHost}); h.Err == nil || time.Since(start) > 2*time.Second {
		t.Errorf("%v after %s", h.Err, time.Since(start))
	}
}

func TestKeysThatClientsRefuse(t *testing.T) {
	for bits, want := range map[uint]Severity{512: Fail, 1024: Fail, 2047: Fail, 2048: "", 8192: "", 8193: Fail} {
		key := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), bits-1), E: 65537}
		s := &Served{Trust: Trust{Chain: []*x509.Certificate{{PublicKey: key}}}}
		if got := worst(keyProblems(s)); got != want {
			t.Errorf("%d bits: %q, want %q", bits, got, want)
		}
	}
}

func TestOrderNamesEveryKindOnce(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range order {
		if seen[k] {
			t.Errorf("%s is listed twice", k)
		}
		seen[k] = true
	}
	for _, f := range slices.Concat(faults, worthKnowing) {
		if !seen[f.kind] {
			t.Errorf("%s has no rank", f.kind)
		}
	}
}
