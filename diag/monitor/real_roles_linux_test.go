//go:build real

package monitor

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netmon/netlab"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// The processes of the real parts: the embedded Exchange on its own host, the
// monitor on the client, a proxy on a gateway. They talk with the test in lines.

func TestMain(m *testing.M) {
	netlab.Main(m, map[string]func(){"server": serverRole, "client": clientRole, "proxy": proxyRole})
}

// serverSetup is what the test tells the server, and settings what the server
// tells the client; both travel as JSON in the environment.
type serverSetup struct {
	RTT, PendingPeriod, WaitLimit time.Duration
}

type settings struct {
	CA                       []byte
	Address, Login, Password string
	History                  string
}

const (
	setupEnv    = "REAL_SETUP"
	settingsEnv = "REAL_SETTINGS"
	skewEnv     = "REAL_SKEW" // file with how far the wall clock is ahead
)

func skewed() time.Time {
	b, _ := os.ReadFile(os.Getenv(skewEnv))
	ahead, _ := time.ParseDuration(string(b))
	return time.Now().Add(ahead)
}

func check(err error) {
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func writeLine(v any) {
	b, err := json.Marshal(v)
	check(err)
	fmt.Println(string(b))
}

// serverRole is the mail server's host: the embedded Exchange, which listens on
// loopback alone, what carries connections to it, and the name server.
func serverRole() {
	var setup serverSetup
	check(json.Unmarshal([]byte(os.Getenv(setupEnv)), &setup))
	server, err := exchangetest.Start(exchangetest.Options{
		RTT: setup.RTT, PendingPeriod: setup.PendingPeriod, WaitLimit: setup.WaitLimit, Now: skewed, Schemes: []string{"Basic"},
	})
	check(err)
	defer server.Close()
	mail, err := net.ResolveTCPAddr("tcp", server.Path().ConnectTo["127.0.10.1:443"])
	check(err)
	l, err := net.Listen("tcp", ":443")
	check(err)
	go carry(l, mail.String())
	for _, a := range []string{netlab.OfficeDNS, netlab.WiFiDNS, netlab.DNS6} {
		pc, err := net.ListenPacket("udp", net.JoinHostPort(a, "53"))
		check(err)
		go (&dns.Server{PacketConn: pc, Handler: names(a, server.MailHost())}).ActivateAndServe()
	}
	u := server.User(0)
	writeLine(settings{CA: server.CAPEM(), Address: u.Address, Login: u.Login, Password: u.Password})
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if in.Text() == "deliver" {
			server.Deliver(u.Address, "hello")
		}
		writeLine(server.Requests())
	}
}

// carry gives every connection on l one to the server.
func carry(l net.Listener, to string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			s, err := net.Dial("tcp", to)
			if err != nil {
				c.Close()
				return
			}
			join(c, s)
		}()
	}
}

// join copies both ways until one side ends.
func join(a, b net.Conn) {
	go func() {
		io.Copy(a, b)
		a.Close()
	}()
	io.Copy(b, a)
	b.Close()
}

// names is a split DNS: the office is given one address of the server, the Wi-Fi
// another, and who asks over IPv6 only one of that family.
func names(asked, mail string) dns.HandlerFunc {
	answer := map[string]string{
		netlab.OfficeDNS: "A " + netlab.Server4, netlab.WiFiDNS: "A " + netlab.Other4, netlab.DNS6: "AAAA " + netlab.Server6,
	}[asked]
	known := []string{mail + ".", "autodiscover." + strings.TrimPrefix(mail, "mail.") + "."}
	return func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		name := strings.ToLower(q.Question[0].Name)
		rr, err := dns.NewRR(name + " 60 IN " + answer)
		switch {
		case err != nil || !slices.Contains(known, name):
			m.Rcode = dns.RcodeNameError
		case rr.Header().Rrtype == q.Question[0].Qtype:
			m.Answer = []dns.RR{rr}
		}
		w.WriteMsg(m)
	}
}

// clientRole is the agent: the monitor with the events of its host. Every
// snapshot is a line.
func clientRole() {
	var s settings
	check(json.Unmarshal([]byte(os.Getenv(settingsEnv)), &s))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CA)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	now, err := netmon.Read()
	check(err)
	heard, err := netmon.Watch(ctx, netmon.Options{Wall: skewed})
	check(err)
	var proxy atomic.Pointer[netmon.Proxy]
	proxy.Store(&now.Proxy)
	changes := make(chan netmon.Change)
	go func() {
		defer close(changes)
		for c := range heard {
			fmt.Fprintf(os.Stderr, "client: %v at %s\n", c.Reasons, time.Now().Format("05.000"))
			proxy.Store(&c.State.Proxy)
			changes <- c
		}
	}()
	history, _, err := OpenHistory(s.History, skewed())
	check(err)
	m, err := New(Config{
		Options: diag.Options{
			Address: s.Address, User: s.Login, Password: auth.NewSecret(s.Password),
			Path: &netpath.Path{RootCAs: pool, Proxy: func(u *url.URL) (*url.URL, error) { return proxy.Load().For(u) }},
		},
		Changes: changes, Network: &now, History: history, Now: skewed,
	})
	check(err)
	go func() {
		io.Copy(io.Discard, os.Stdin) // ends with the test
		cancel()
	}()
	go m.Run(ctx)
	for {
		snapshot, newer := m.Snapshot()
		writeLine(stamped{time.Now(), snapshot})
		select {
		case <-newer:
		case <-m.Done():
			return
		}
	}
}

// stamped is a snapshot with when it was written, by the clock of this machine.
type stamped struct {
	Written  time.Time
	Snapshot *Snapshot
}

// proxyRole is a proxy that knows CONNECT alone.
func proxyRole() {
	l, err := net.Listen("tcp", ":3128")
	check(err)
	fmt.Println("listening")
	var served atomic.Int64
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(netlab.WiFiDNS, "53"))
	}}
	dialer := &net.Dialer{Resolver: resolver}
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "CONNECT only", http.StatusMethodNotAllowed)
			return
		}
		s, err := dialer.DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		served.Add(1)
		w.WriteHeader(http.StatusOK)
		c, _, err := http.NewResponseController(w).Hijack()
		check(err)
		join(c, s)
	}))
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		fmt.Println(served.Load())
	}
}
