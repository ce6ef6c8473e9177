package autodiscover_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

const (
	address  = "alice@contoso.test"
	password = "Canary-Pw-7"
	xmlPath  = "/autodiscover/autodiscover.xml"
)

// world is a network of names behind two loopback listeners: real TLS with a
// trusted certificate for every name, plain http, and a DNS server. It records
// every request.
type world struct {
	t     *testing.T
	path  *netpath.Path
	http  *httpc.Client
	hosts map[string]http.Handler // "https://host" or "http://host"
	zone  map[string]string       // name → record
	wrong map[string]bool         // hosts whose certificate is for another name

	caCert *x509.Certificate
	caKey  *ecdsa.PrivateKey
	mu     sync.Mutex
	seen   []request
	asked  []string // names asked in DNS
}

type request struct {
	host, method, uri, authorization, body string
	header                                 http.Header
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, hosts: map[string]http.Handler{}, zone: map[string]string{}, wrong: map[string]bool{}}
	w.makeCA()
	https, plain := w.listen(), w.listen()
	roots := x509.NewCertPool()
	roots.AddCert(w.caCert)
	w.path = &netpath.Path{DNS: w.serveDNS(), RootCAs: roots,
		ConnectTo: map[string]string{"127.0.10.1:443": https.Addr().String(), "127.0.10.1:80": plain.Addr().String()}}
	w.serve("https", tls.NewListener(https, &tls.Config{GetCertificate: w.certificate}))
	w.serve("http", plain)
	cred := auth.Credential{User: "alice", Domain: "CONTOSO", Password: auth.NewSecret(password)}
	w.http = &httpc.Client{Path: w.path, Policy: &auth.Policy{}, Budget: &auth.Budget{}, Mechanisms: []auth.Mechanism{auth.Basic(cred)}}
	t.Cleanup(w.http.Close)
	return w
}

func (w *world) client() *autodiscover.Client { return &autodiscover.Client{HTTP: w.http} }

// host puts a server on the network; its name gets an address.
func (w *world) host(origin string, h http.HandlerFunc) {
	w.mu.Lock()
	w.hosts[origin] = h
	w.mu.Unlock()
	_, name, _ := strings.Cut(origin, "://")
	w.record(name, name+". 60 IN A 127.0.10.1")
}

// record puts records, one a line, into DNS.
func (w *world) record(name, lines string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.zone[name] = lines
}

// names lists what was asked in DNS so far.
func (w *world) names() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

func (w *world) listen() net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *world) serve(scheme string, l net.Listener) {
	s := &http.Server{
		ErrorLog:     log.New(io.Discard, "", 0),
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			w.mu.Lock()
			w.seen = append(w.seen, request{scheme + "://" + r.Host, r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), string(body), r.Header.Clone()})
			h := w.hosts[scheme+"://"+r.Host]
			w.mu.Unlock()
			if h == nil {
				http.NotFound(rw, r)
				return
			}
			h.ServeHTTP(rw, r)
		}),
	}
	done := make(chan struct{})
	go func() { s.Serve(l); close(done) }()
	w.t.Cleanup(func() { s.Close(); <-done })
}

func (w *world) serveDNS() string {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	started := make(chan struct{})
	s := &dns.Server{PacketConn: pc, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(w.answerDNS)}
	go s.ActivateAndServe()
	<-started
	w.t.Cleanup(func() { s.Shutdown() })
	return pc.LocalAddr().String()
}

func (w *world) answerDNS(rw dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	name := strings.ToLower(strings.TrimSuffix(q.Question[0].Name, "."))
	w.mu.Lock()
	w.asked = append(w.asked, name)
	record, found := w.zone[name]
	w.mu.Unlock()
	if !found {
		m.Rcode = dns.RcodeNameError
	}
	for line := range strings.SplitSeq(record, "\n") {
		if rr, err := dns.NewRR(line); err == nil && rr != nil && rr.Header().Rrtype == q.Question[0].Qtype {
			m.Answer = append(m.Answer, rr)
		}
	}
	rw.WriteMsg(m)
}

func (w *world) makeCA() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		w.t.Fatal(err)
	}
	w.caKey = key
	if w.caCert, err = x509.ParseCertificate(der); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := hello.ServerName
	if w.wrong[name] {
		name = "somebody-else.test"
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, w.caCert, w.caKey.Public(), w.caKey)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: w.caKey}, err
}

// requests lists what a host saw.
func (w *world) requests(origin string) (out []request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.seen {
		if r.host == origin {
			out = append(out, r)
		}
	}
	return out
}

// signedIn is how many requests carried a credential to a host.
func (w *world) signedIn(origin string) (n int) {
	for _, r := range w.requests(origin) {
		if r.authorization != "" {
			n++
		}
	}
	return n
}

// noLeak fails when a credential went over http, or to any https host not listed.
func (w *world) noLeak(trusted ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.seen {
		if r.authorization != "" && !slices.Contains(trusted, r.host) {
			w.t.Errorf("a credential reached %s: %s %s", r.host, r.method, r.uri)
		}
		if r.authorization == "" && strings.HasPrefix(r.host, "http://") && strings.Contains(r.uri+r.body, "alice") {
			w.t.Errorf("the mailbox was named over http: %s %s", r.method, r.uri)
		}
	}
}

// challenge answers 401 with every scheme there is: the bait of a hostile server.
func challenge(rw http.ResponseWriter, _ *http.Request) {
	for _, s := range []string{"Negotiate", "NTLM", `Basic realm="x"`} {
		rw.Header().Add("WWW-Authenticate", s)
	}
	rw.WriteHeader(http.StatusUnauthorized)
}

// mailServer asks for a sign-in, then answers POX: settings with MAPI/HTTP when
// the client can, RPC/HTTP otherwise.
func mailServer(rw http.ResponseWriter, r *http.Request) {
	if r.Method != "POST" || !strings.EqualFold(r.URL.Path, xmlPath) {
		http.NotFound(rw, r)
		return
	}
	withSignIn(func(rw http.ResponseWriter, r *http.Request) {
		protocol := `<Protocol><Type>EXCH</Type><Server>guid@contoso.test</Server></Protocol>`
		if r.Header.Get("X-MapiHttpCapability") == "1" {
			protocol = `<Protocol Type="mapiHttp" Version="1"><MailStore><ExternalUrl>https://mail.contoso.test/mapi/emsmdb/?MailboxId=guid@contoso.test</ExternalUrl></MailStore></Protocol>`
		}
		answer(rw, "<Action>settings</Action>"+protocol)
	})(rw, r)
}

func withSignIn(h http.HandlerFunc) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		if _, pw, ok := r.BasicAuth(); !ok || pw != password {
			rw.Header().Add("WWW-Authenticate", `Bearer client_id="0002", trusted_issuers="a@x,b@*"`)
			rw.Header().Add("WWW-Authenticate", `Basic realm="mail.contoso.test"`)
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		h(rw, r)
	}
}

// answer writes a POX answer around the content of Account.
func answer(rw http.ResponseWriter, account string) {
	rw.Header().Set("Content-Type", "text/xml")
	rw.Header().Set("X-FEServer", "EX01")
	rw.Header().Set("request-id", "6a1b")
	fmt.Fprintf(rw, `<?xml version="1.0"?><Autodiscover><Response><User><LegacyDN>/o=Contoso/cn=alice</LegacyDN></User><Account>%s</Account></Response></Autodiscover>`, account)
}

func redirectTo(url string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Location", url)
		rw.WriteHeader(http.StatusFound)
	}
}

func attemptOf(t *testing.T, r *autodiscover.Result, step autodiscover.Step) autodiscover.Attempt {
	t.Helper()
	for _, a := range r.Attempts {
		if a.Step == step {
			return a
		}
	}
	t.Fatalf("no attempt of step %s in %+v", step, r.Attempts)
	return autodiscover.Attempt{}
}
