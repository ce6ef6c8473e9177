package exchangetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func (s *Server) ask(t *testing.T, network, name string, kind uint16) *dns.Msg {
	t.Helper()
	m := new(dns.Msg).SetQuestion(dns.Fqdn(name), kind)
	c := &dns.Client{Net: network, Timeout: 5 * time.Second}
	r, _, err := c.Exchange(m, s.DNS())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNames(t *testing.T) {
	s := start(t, Options{})
	for _, test := range []struct {
		name   string
		kind   uint16
		rcode  int
		answer string
	}{
		{"mail.contoso.test", dns.TypeA, dns.RcodeSuccess, mailAddr},
		{"MAIL.contoso.test", dns.TypeA, dns.RcodeSuccess, mailAddr},
		{"mail.contoso.test", dns.TypeAAAA, dns.RcodeSuccess, ""},
		{"autodiscover.contoso.test", dns.TypeA, dns.RcodeSuccess, discoverAddr},
		{"www.contoso.test", dns.TypeA, dns.RcodeSuccess, websiteAddr},
		{"_autodiscover._tcp.contoso.test", dns.TypeSRV, dns.RcodeSuccess, "0 0 443 mail.contoso.test."},
		{"contoso.test", dns.TypeMX, dns.RcodeSuccess, "10 mail.contoso.test."},
		{"_tcp.contoso.test", dns.TypeA, dns.RcodeSuccess, ""}, // the parent of a name
		{"ex01.corp.contoso.test", dns.TypeA, dns.RcodeNameError, ""},
		{"elsewhere.test", dns.TypeA, dns.RcodeNameError, ""},
	} {
		for _, network := range []string{"udp", "tcp"} {
			m := s.ask(t, network, test.name, test.kind)
			got := ""
			if len(m.Answer) > 0 {
				last := m.Answer[len(m.Answer)-1]
				got = strings.TrimPrefix(last.String(), last.Header().String())
			}
			if m.Rcode != test.rcode || got != test.answer {
				t.Errorf("%s %s %s: %s %q, want %s %q", network, test.name, dns.TypeToString[test.kind], dns.RcodeToString[m.Rcode], got, dns.RcodeToString[test.rcode], test.answer)
			}
			if len(m.Answer) == 0 && len(m.Ns) != 1 {
				t.Errorf("%s: no SOA beside a negative answer", test.name)
			}
		}
	}
	if q := s.Queries(); len(q) != 20 || q[0] != (Query{"mail.contoso.test.", "A"}) {
		t.Errorf("%d queries, the first %v", len(q), q[0])
	}
}

func TestDNSTrouble(t *testing.T) {
	s := start(t, Options{})
	set := func(variant string) {
		if err := s.Set(Fault{Name: "dns-trouble", Variant: variant}); err != nil {
			t.Fatal(err)
		}
	}
	set("servfail")
	if m := s.ask(t, "udp", "mail.contoso.test", dns.TypeA); m.Rcode != dns.RcodeServerFailure {
		t.Errorf("servfail: %s", dns.RcodeToString[m.Rcode])
	}
	set("truncated")
	if m := s.ask(t, "udp", "mail.contoso.test", dns.TypeA); !m.Truncated || len(m.Answer) != 0 {
		t.Errorf("truncated over UDP: %v", m)
	}
	if m := s.ask(t, "tcp", "mail.contoso.test", dns.TypeA); m.Truncated || len(m.Answer) != 1 {
		t.Errorf("over TCP: %v", m)
	}
	set("silent")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := new(dns.Client).ExchangeContext(ctx, new(dns.Msg).SetQuestion("mail.contoso.test.", dns.TypeA), s.DNS()); err == nil {
		t.Error("an answer from a silent server")
	}
}

// Bytes must arrive in order, complete, and not before RTT/2 (a connection's first
// ones not before 3/2 RTT).
func TestRoundTripTime(t *testing.T) {
	const rtt = 40 * time.Millisecond
	near, far := net.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	c := delayConn(ctx, &wg, far, rtt)
	payload := bytes.Repeat([]byte("0123456789abcdef"), 1<<12) // 64 KiB, several pieces
	began := time.Now()
	go near.Write(payload)
	got := make([]byte, len(payload))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("not what was sent (%v)", err)
	}
	if took := time.Since(began); took < rtt*3/2 {
		t.Errorf("the first bytes came after %v", took)
	}
	began = time.Now()
	go c.Write(payload)
	if _, err := io.ReadFull(near, got); err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("not what was sent (%v)", err)
	}
	if took := time.Since(began); took < rtt/2 {
		t.Errorf("back after %v", took)
	}
	began = time.Now()
	go near.Write([]byte("x"))
	if _, err := c.Read(got); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < rtt/2 {
		t.Errorf("later bytes after %v", took)
	}
	c.SetReadDeadline(time.Now().Add(-time.Second))
	if _, err := c.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the deadline: %v", err)
	}
	go func() { // what was written before Close still arrives
		c.Write([]byte("bye"))
		c.Close()
	}()
	if rest, err := io.ReadAll(near); err != nil || string(rest) != "bye" {
		t.Errorf("%q, %v", rest, err)
	}
	wg.Wait()
	cancel()
}

func TestServerBehindRoundTripTime(t *testing.T) {
	const rtt = 20 * time.Millisecond
	s := start(t, Options{RTT: rtt})
	began := time.Now()
	c, logon, _ := opened(t, s, 0) // DNS 1, TCP 1, TLS 1, Connect 1, Execute 1
	if took := time.Since(began); took < 5*rtt {
		t.Errorf("opened after %v, less than five round trips", took)
	}
	c.subscribe(logon)
	w := c.wait()
	s.Deliver(c.user.Address, "Hello")
	if p, _ := w.end(t); !p.Pending() {
		t.Errorf("%+v", p)
	}
}

// Close must leave nothing behind, whatever is open.
func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, rtt := range []time.Duration{0, 5 * time.Millisecond} {
		s, err := Start(Options{RTT: rtt})
		if err != nil {
			t.Fatal(err)
		}
		c, logon, _ := opened(t, s, 0)
		c.subscribe(logon)
		w := c.wait()
		s.Set(Fault{Name: "endless-pending"})
		endless := newClient(t, s, s.User(1), s.MailStoreURL(s.User(1)))
		held, err := endless.http.Do(endless.request("PING", nil))
		if err != nil {
			t.Fatal(err)
		}
		s.Set(Fault{Name: "black-hole"})
		swallowed, err := net.Dial("tcp", s.connectTo()[mailAddr+":443"])
		if err != nil {
			t.Fatal(err)
		}
		file := s.CAFile()
		s.Close()
		s.Close()
		if _, err := os.Stat(file); !os.IsNotExist(err) {
			t.Errorf("the CA file is still there: %v", err)
		}
		io.ReadAll(w.body)
		w.resp.Body.Close()
		held.Body.Close()
		swallowed.Close()
		c.http.CloseIdleConnections()
		endless.http.CloseIdleConnections()
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
		runtime.Gosched()
	}
}

func TestOnlyLoopback(t *testing.T) {
	if s, err := Start(Options{Listen: "0.0.0.0"}); err == nil {
		s.Close()
		t.Error("it listens on every address")
	}
	s := start(t, Options{Listen: "127.0.0.1:0"})
	_, discarded, _ := net.ParseCIDR("100::/64") // RFC 6666: goes nowhere
	for logical, real := range s.Path().ConnectTo {
		if real == noRoute { // the kernel refuses it: nothing is sent
			continue
		}
		for _, addr := range []string{logical, real} {
			host, _, err := net.SplitHostPort(addr)
			ip := net.ParseIP(host)
			if err != nil || ip == nil || !ip.IsLoopback() && (addr == real || !discarded.Contains(ip)) {
				t.Errorf("%s leads to %s", logical, real)
			}
		}
	}
}
