package exchangetest

import (
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// nameServer answers DNS over UDP and TCP on one port.
type nameServer struct {
	addr     string
	udp, tcp *dns.Server
}

// The ways in which the DNS server can misbehave; dnsNormal answers from the zone.
type dnsMood int

const (
	dnsNormal   dnsMood = iota
	dnsServFail         // SERVFAIL to everything
	dnsSilent           // no answer at all
	dnsTruncate         // every answer over UDP is truncated: ask again over TCP
)

func (s *Server) serveNames() (*nameServer, error) {
	host, _ := s.listenHost()
	pc, l, err := listenBoth(host)
	if err != nil {
		return nil, err
	}
	n := &nameServer{addr: pc.LocalAddr().String()}
	n.udp = &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(s.answerName)}
	n.tcp = &dns.Server{Listener: l, Handler: dns.HandlerFunc(s.answerName)}
	for _, srv := range []*dns.Server{n.udp, n.tcp} {
		up := make(chan struct{})
		srv.NotifyStartedFunc = func() { close(up) }
		s.wg.Go(func() { srv.ActivateAndServe() })
		<-up // Shutdown before that would be refused
	}
	return n, nil
}

// listenBoth opens the same free port for UDP and TCP.
func listenBoth(host string) (pc net.PacketConn, l net.Listener, err error) {
	for range 20 { // the other protocol's port may be taken by somebody
		if pc, err = net.ListenPacket("udp", net.JoinHostPort(host, "0")); err != nil {
			return nil, nil, err
		}
		if l, err = net.Listen("tcp", pc.LocalAddr().String()); err == nil {
			return pc, l, nil
		}
		pc.Close()
	}
	return nil, nil, err
}

func (n *nameServer) close() {
	n.udp.Shutdown()
	n.tcp.Shutdown()
}

func (s *Server) answerName(w dns.ResponseWriter, q *dns.Msg) {
	if len(q.Question) != 1 {
		return
	}
	b, question := s.behaviour(), q.Question[0]
	s.seen.query(Query{Name: strings.ToLower(question.Name), Type: dns.TypeToString[question.Qtype]})
	mood := b.moodAt(question.Name)
	if !s.delay(s.options.RTT) || mood == dnsSilent {
		return
	}
	_, overUDP := w.LocalAddr().(*net.UDPAddr)
	w.WriteMsg(reply(b, q, mood, overUDP))
}

// moodAt is how a question about that name is answered.
func (b *behaviour) moodAt(name string) dnsMood {
	if mood := b.moods[strings.ToLower(strings.TrimSuffix(name, "."))]; mood != dnsNormal {
		return mood
	}
	return b.dnsMood
}

func reply(b *behaviour, q *dns.Msg, mood dnsMood, overUDP bool) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	if mood == dnsServFail {
		return m.SetRcode(q, dns.RcodeServerFailure)
	}
	m.Authoritative, m.RecursionAvailable = true, true
	if overUDP && mood == dnsTruncate {
		m.Truncated = true
		return m
	}
	answer, exists := b.zone.find(q.Question[0].Name, q.Question[0].Qtype)
	m.Answer = answer
	if !exists {
		m.Rcode = dns.RcodeNameError
	}
	if len(answer) == 0 { // tells for how long "no" may be remembered
		m.Ns, _ = b.zone.find(b.names.domain+".", dns.TypeSOA)
	}
	if overUDP {
		m.Truncate(udpSize(q))
	}
	return m
}

func udpSize(q *dns.Msg) int {
	if opt := q.IsEdns0(); opt != nil {
		return int(opt.UDPSize())
	}
	return dns.MinMsgSize
}

// delay waits for d; false when the server is closed meanwhile.
func (s *Server) delay(d time.Duration) bool {
	if d <= 0 {
		return s.ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
