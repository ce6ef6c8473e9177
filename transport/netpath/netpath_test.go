package netpath

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// listen accepts on loopback and gives each connection to f.
func listen(t *testing.T, f func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); f(c) }()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func hang(c net.Conn) { io.Copy(io.Discard, c) }

// refused is an address nobody listens on.
func refused(t *testing.T) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

func TestResolveAndConnectTo(t *testing.T) {
	real := listen(t, hang)
	logical := netip.MustParseAddr("192.0.2.7")
	for name, p := range map[string]*Path{
		"by address":    {Resolve: map[string][]netip.Addr{"mail.test:443": {logical}}, ConnectTo: map[string]string{"192.0.2.7:443": real.String()}},
		"by wildcard":   {Resolve: map[string][]netip.Addr{"*:443": {logical}}, ConnectTo: map[string]string{"192.0.2.7:443": real.String()}},
		"by host":       {ConnectTo: map[string]string{"mail.test:443": real.String()}},
		"by other name": {ConnectTo: map[string]string{"mail.test:443": net.JoinHostPort("x.test", fmt.Sprint(real.Port()))}, Resolve: map[string][]netip.Addr{fmt.Sprintf("x.test:%d", real.Port()): {real.Addr()}}},
	} {
		c, err := p.DialTCP(t.Context(), "Mail.test", "443")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.Close()
		if c.Host != "Mail.test" || c.Port != "443" || c.RemoteAddr().String() != real.String() {
			t.Errorf("%s: %s:%s at %s", name, c.Host, c.Port, c.RemoteAddr())
		}
		if strings.HasPrefix(name, "by address") && c.Addr != netip.AddrPortFrom(logical, 443) {
			t.Errorf("%s: logical address %s", name, c.Addr)
		}
	}
}

func TestNextAddressIsTried(t *testing.T) {
	good, bad := listen(t, hang), refused(t)
	first, second := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	p := &Path{Resolve: map[string][]netip.Addr{"mail.test:443": {first, second}},
		ConnectTo: map[string]string{"192.0.2.1:443": bad.String(), "192.0.2.2:443": good.String()}}
	c, err := p.DialTCP(t.Context(), "mail.test", "443")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if c.Addr.Addr() != second || len(c.Attempts) != 2 || c.Attempts[0].Kind != KindRefused || c.Attempts[1].Err != nil {
		t.Errorf("%s, attempts %+v", c.Addr, c.Attempts)
	}
}

func TestAllAddressesFail(t *testing.T) {
	p := &Path{Resolve: map[string][]netip.Addr{"mail.test:443": {netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}},
		ConnectTo: map[string]string{"192.0.2.1:443": refused(t).String(), "192.0.2.2:443": refused(t).String()}}
	_, err := p.DialTCP(t.Context(), "mail.test", "443")
	var e *Error
	if !errors.As(err, &e) || e.Phase != PhaseConnect || e.Kind != KindRefused || e.Addr != "192.0.2.1:443" || len(e.Attempts) != 2 {
		t.Fatalf("%+v", err)
	}
	if want := "cannot connect to mail.test (192.0.2.1:443): connection refused"; err.Error() != want {
		t.Errorf("got %q", err)
	}
}

// silentFirst answers only at the last of the addresses, in the bubble's time.
func silentFirst(winner string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, addr string) (net.Conn, error) {
		if addr == winner {
			c, _ := net.Pipe()
			return c, nil
		}
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Err: ctx.Err()}
	}
}

func TestSilentAddressCostsOnlyTheStagger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Path{Resolve: map[string][]netip.Addr{"mail.test:443": {netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.2")}},
			Dial: silentFirst("192.0.2.2:443")}
		start := time.Now()
		c, err := p.DialTCP(t.Context(), "mail.test", "443")
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != Stagger || c.Timing.Connect != Stagger {
			t.Errorf("took %v, noted %v", took, c.Timing.Connect)
		}
	})
}

func TestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &Path{Resolve: map[string][]netip.Addr{"mail.test:443": {netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}}, Dial: silentFirst("")}
		start := time.Now()
		_, err := p.DialTCP(t.Context(), "mail.test", "443")
		if time.Since(start) != ConnectLimit || PhaseOf(err) != PhaseConnect || !Timeout(err) {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.DialTCP(ctx, "mail.test", "443"); KindOf(err) != KindCanceled {
			t.Errorf("canceled: %v", err)
		}
	})
}

func TestBadPort(t *testing.T) {
	for _, port := range []string{"", "0", "65536", "x", "-1"} {
		if _, err := new(Path).DialTCP(t.Context(), "127.0.0.1", port); PhaseOf(err) != PhaseConnect {
			t.Errorf("%q: %v", port, err)
		}
	}
}

// nameserver answers over UDP and TCP as handle says.
func nameserver(t *testing.T, handle dns.HandlerFunc) string {
	t.Helper()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Listen("tcp", udp.LocalAddr().String())
	if err != nil {
		t.Skip("the port is taken for TCP:", err)
	}
	for _, s := range []*dns.Server{{PacketConn: udp, Handler: handle}, {Listener: tcp, Handler: handle}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go s.ActivateAndServe()
		<-started
		t.Cleanup(func() { s.Shutdown() })
	}
	return udp.LocalAddr().String()
}

func zone(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	records := map[string][]string{
		"mail.contoso.test.A":                 {"mail.contoso.test. 60 A 192.0.2.2", "mail.contoso.test. 60 A 192.0.2.1"},
		"mail.contoso.test.AAAA":              {"mail.contoso.test. 60 AAAA 2001:db8::1"},
		"alias.contoso.test.A":                {"alias.contoso.test. 60 CNAME mail.contoso.test.", "mail.contoso.test. 60 A 192.0.2.2"},
		"_autodiscover._tcp.contoso.test.SRV": {"_autodiscover._tcp.contoso.test. 60 SRV 5 0 443 mail.contoso.test."},
		"contoso.test.TXT":                    {`contoso.test. 60 TXT "v=spf1 -all"`},
		"contoso.test.MX":                     {"contoso.test. 60 MX 10 mail.contoso.test."},
		"empty.contoso.test.TXT":              nil,
	}
	name := q.Question[0].Name + dns.TypeToString[q.Question[0].Qtype]
	switch {
	case strings.HasPrefix(name, "fail."):
		m.Rcode = dns.RcodeServerFailure
	case strings.HasPrefix(name, "none."):
		m.Rcode = dns.RcodeNameError
	}
	for _, r := range records[name] {
		rr, err := dns.NewRR(r)
		if err != nil {
			panic(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	w.WriteMsg(m)
}

func TestLookups(t *testing.T) {
	p := &Path{DNS: nameserver(t, zone)}
	addrs, err := p.LookupAddrs(t.Context(), "mail.contoso.test")
	if err != nil || len(addrs) != 3 || addrs[0].String() != "2001:db8::1" || !addrs[1].Is4() {
		t.Errorf("addresses %v, %v", addrs, err)
	}
	if cname, err := p.LookupCNAME(t.Context(), "alias.contoso.test"); err != nil || cname != "mail.contoso.test" {
		t.Errorf("CNAME %q, %v", cname, err)
	}
	if srv, err := p.LookupSRV(t.Context(), "autodiscover", "tcp", "contoso.test"); err != nil || len(srv) != 1 || srv[0].Port != 443 {
		t.Errorf("SRV %v, %v", srv, err)
	}
	if txt, err := p.LookupTXT(t.Context(), "contoso.test"); err != nil || len(txt) != 1 || txt[0] != "v=spf1 -all" {
		t.Errorf("TXT %q, %v", txt, err)
	}
	if mx, err := p.LookupMX(t.Context(), "contoso.test"); err != nil || len(mx) != 1 || mx[0].Pref != 10 {
		t.Errorf("MX %v, %v", mx, err)
	}
	for name, kind := range map[string]Kind{"none.contoso.test": KindNotFound, "empty.contoso.test": KindNotFound, "fail.contoso.test": KindDNSFailure} {
		_, err := p.LookupAddrs(t.Context(), name)
		if PhaseOf(err) != PhaseDNS || KindOf(err) != kind {
			t.Errorf("%s: kind %q, %v", name, KindOf(err), err)
		}
		if strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), ":53") {
			t.Errorf("the message names a resolver: %v", err)
		}
	}
	if _, err := p.DialTCP(t.Context(), "none.contoso.test", "443"); PhaseOf(err) != PhaseDNS {
		t.Errorf("dial: %v", err)
	}
}

func TestSilentNameserver(t *testing.T) {
	p := &Path{DNS: nameserver(t, func(dns.ResponseWriter, *dns.Msg) {}), Limits: Limits{DNS: 50 * time.Millisecond}}
	_, err := p.LookupAddrs(t.Context(), "mail.contoso.test")
	if PhaseOf(err) != PhaseDNS || !Timeout(err) {
		t.Errorf("got %v", err)
	}
}

func TestLookupWithoutDNS(t *testing.T) {
	p := &Path{DNS: "127.0.0.1:1", Resolve: map[string][]netip.Addr{"mail.test:443": {netip.MustParseAddr("192.0.2.9")}}}
	for host, want := range map[string]string{"mail.TEST": "192.0.2.9", "::ffff:192.0.2.3": "192.0.2.3", "2001:db8::5": "2001:db8::5"} {
		if got, err := p.LookupAddrs(t.Context(), host); err != nil || len(got) != 1 || got[0].String() != want {
			t.Errorf("%s: %v, %v", host, got, err)
		}
	}
}

// issue makes a certificate; parent nil makes it an authority signed by itself.
func issue(t *testing.T, template *x509.Certificate, parent *tls.Certificate) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	if template.NotAfter.IsZero() {
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	signer, signKey := template, any(key)
	if parent != nil {
		signer, signKey = parent.Leaf, parent.PrivateKey
	} else {
		template.IsCA, template.BasicConstraintsValid, template.Subject = true, true, pkix.Name{CommonName: "CA"}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer, &key.PublicKey, signKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestTLS(t *testing.T) {
	ca, foreign := issue(t, &x509.Certificate{}, nil), issue(t, &x509.Certificate{}, nil)
	old := &x509.Certificate{DNSNames: []string{"mail.test"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour)}
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	good := issue(t, &x509.Certificate{DNSNames: []string{"mail.test"}}, ca)
	for name, c := range map[string]struct {
		config *tls.Config
		kind   Kind
	}{
		"good":            {&tls.Config{Certificates: []tls.Certificate{*good}, NextProtos: []string{"h2", "http/1.1"}}, ""},
		"other name":      {&tls.Config{Certificates: []tls.Certificate{*issue(t, &x509.Certificate{DNSNames: []string{"x.test"}}, ca)}}, KindCertHost},
		"expired":         {&tls.Config{Certificates: []tls.Certificate{*issue(t, old, ca)}}, KindCertExpired},
		"other authority": {&tls.Config{Certificates: []tls.Certificate{*issue(t, &x509.Certificate{DNSNames: []string{"mail.test"}}, foreign)}}, KindCertAuthority},
		"TLS 1.1 only":    {&tls.Config{Certificates: []tls.Certificate{*good}, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}, KindTLSAlert},
	} {
		t.Run(name, func(t *testing.T) {
			addr := listen(t, func(conn net.Conn) {
				tc := tls.Server(conn, c.config)
				if tc.Handshake() == nil {
					hang(tc)
				}
			})
			p := &Path{RootCAs: roots, ConnectTo: map[string]string{"mail.test:443": addr.String()}}
			conn, err := p.DialTLS(t.Context(), "mail.test", "443")
			if err == nil {
				defer conn.Close()
			}
			if KindOf(err) != c.kind && err != nil || (err == nil) != (c.kind == "") {
				t.Fatalf("kind %q: %v", KindOf(err), err)
			}
			if err != nil && PhaseOf(err) != PhaseTLS {
				t.Errorf("phase %q", PhaseOf(err))
			}
			if err == nil && (conn.TLS.NegotiatedProtocol != "http/1.1" || conn.Timing.TLS <= 0) {
				t.Errorf("%+v", conn.TLS)
			}
		})
	}
	t.Run("system roots alone", func(t *testing.T) {
		addr := listen(t, func(conn net.Conn) { tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*good}}).Handshake() })
		p := &Path{ConnectTo: map[string]string{"mail.test:443": addr.String()}}
		if _, err := p.DialTLS(t.Context(), "mail.test", "443"); KindOf(err) != KindCertAuthority {
			t.Errorf("got %v", err)
		}
	})
}

func TestNotTLS(t *testing.T) {
	for name, c := range map[string]struct {
		serve func(net.Conn)
		kind  Kind
	}{
		"speaks HTTP":  {func(c net.Conn) { io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); hang(c) }, KindNotTLS},
		"says nothing": {hang, KindTimeout},
		"goes away":    {func(net.Conn) {}, KindClosed},
	} {
		p := &Path{ConnectTo: map[string]string{"mail.test:443": listen(t, c.serve).String()}}
		if c.kind == KindTimeout {
			p.Limits.TLS = 50 * time.Millisecond
		}
		_, err := p.DialTLS(t.Context(), "mail.test", "443")
		if PhaseOf(err) != PhaseTLS || KindOf(err) != c.kind && !(c.kind == KindClosed && KindOf(err) == KindReset) {
			t.Errorf("%s: kind %q, %v", name, KindOf(err), err)
		}
	}
}

func TestProxyFailures(t *testing.T) {
	answer := func(s string) func(net.Conn) {
		return func(c net.Conn) { io.WriteString(c, s); hang(c) }
	}
	for name, c := range map[string]struct {
		serve func(net.Conn)
		kind  Kind
	}{
		"sign-in":     {answer("HTTP/1.1 407 Auth\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"), KindProxyStatus},
		"bad gateway": {answer("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"), KindProxyStatus},
		"silence":     {hang, KindTimeout},
		"endless header": {func(c net.Conn) {
			for _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n"); err == nil; _, err = io.WriteString(c, "X: y\r\n") {
			}
		}, KindOther},
		"speaks first": {answer("HTTP/1.1 200 OK\r\n\r\nboo"), KindOther},
		"goes away":    {func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)) }, KindClosed},
	} {
		t.Run(name, func(t *testing.T) {
			proxy := listen(t, c.serve)
			p := &Path{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse("http://u:canary@" + proxy.String()) }}
			if c.kind == KindTimeout {
				p.Limits.Proxy = 50 * time.Millisecond
			}
			_, err := p.DialTLS(t.Context(), "mail.test", "443")
			if PhaseOf(err) != PhaseProxy || c.kind != KindOther && KindOf(err) != c.kind {
				t.Errorf("kind %q: %v", KindOf(err), err)
			}
			if strings.Contains(fmt.Sprint(err), "canary") {
				t.Errorf("the message shows the password: %v", err)
			}
		})
	}
	p := &Path{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse("http://" + refused(t).String()) }}
	if _, err := p.DialTLS(t.Context(), "mail.test", "443"); PhaseOf(err) != PhaseProxy || KindOf(err) != KindRefused {
		t.Errorf("refused: %v", err)
	}
	p.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("socks5://127.0.0.1:1") }
	if _, err := p.DialTLS(t.Context(), "mail.test", "443"); PhaseOf(err) != PhaseProxy {
		t.Errorf("socks: %v", err)
	}
}
