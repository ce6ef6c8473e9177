package exchangetest

import (
	"encoding/base64"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"

	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
	"github.com/mapiscope/mapiscope/transport/auth/kdctest"
)

// kdcAddr is the logical address of the domain controller's KDC, port 88.
const kdcAddr = "127.0.10.6"

// domainState is what a fault may change about the domain and about sign-in with
// its help. The zero value is healthy.
type domainState struct {
	noSPN    bool             // no account holds HTTP/mail...
	oneSPN   bool             // that of Autodiscover alone is held
	wrongKey bool             // another account than Exchange's holds it
	account  map[string]int32 // by address: what the KDC answers (RFC 4120 7.5.9)
	ntlmOff  bool             // NTLM is switched off in the domain
	ntlmOld  bool             // the server knows NTLM version 1 alone
	modern   map[string]bool  // by virtual directory: Bearer names an authorization URI
	proxy    string           // Server header of what stands in front of forgetLegs
}

// domain is the organisation's Kerberos realm as the server knows it.
type domain struct {
	kdc      *kdctest.KDC
	kerberos *acceptor.Kerberos
	conf     string // file

	directory net.Listener
}

func (n names) realm() string { return strings.ToUpper(n.domain) }
func (n names) dc() string    { return "dc01." + n.domain }

func (n names) spns() []string {
	return []string{"HTTP/" + n.mail, "HTTP/" + n.autodiscover, "ldap/" + n.dc()}
}

// openDomain starts the KDC and writes the configuration that leads to it.
func (s *Server) openDomain() (err error) {
	host, _ := s.listenHost()
	s.domain.kdc, err = kdctest.Start(kdctest.Options{
		Realm: s.names.realm(), Listen: joinPort(host), Clock: s.clock, Password: s.kdcPassword,
		Services: func() []string {
			switch b := s.state.Load(); {
			case b != nil && b.domain.noSPN:
				return nil
			case b != nil && b.domain.oneSPN:
				return s.names.spns()[1:]
			}
			return s.names.spns()
		},
		WrongKey: func(string) bool { return s.behaviour().domain.wrongKey },
	})
	if err != nil {
		return err
	}
	s.domain.kerberos = &acceptor.Kerberos{Keys: s.domain.kdc.Keytab(), Clock: s.clock}
	if s.domain.conf, err = writeTemp("exchangetest-krb5-*.conf", []byte(s.domain.kdc.Conf(s.names.dc()+":88"))); err != nil {
		return err
	}
	return s.openDirectory()
}

func joinPort(host string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":0"
}

func (s *Server) clock() time.Time { return s.behaviour().clock() }

func (s *Server) closeDomain() {
	if s.domain.kdc != nil {
		s.domain.kdc.Close()
	}
	if s.domain.directory != nil {
		s.domain.directory.Close()
	}
	if s.domain.conf != "" {
		os.Remove(s.domain.conf)
	}
}

// kdcPassword is what the KDC knows of an account.
func (s *Server) kdcPassword(user string) (string, int32, bool) {
	b := s.behaviour()
	u := s.account(s.names.netbios, user)
	if u == nil || b.notByMail {
		return "", 0, false
	}
	code := b.domain.account[u.Address]
	if code == 0 && b.refused[u.Address] {
		code = errorcode.KDC_ERR_CLIENT_REVOKED
	}
	return u.Password, code, true
}

// Krb5Conf is the name of a krb5.conf for the organisation's realm, which Close
// removes. Its KDC is reached through Path.
func (s *Server) Krb5Conf() string { return s.domain.conf }

// SignsInWithTickets says that a client should be given Krb5Conf: one of the
// faults that are set is about Kerberos.
func (s *Server) SignsInWithTickets() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.active {
		if faultNamed(f.Name).Kerberos {
			return true
		}
	}
	return false
}

// KDC is the organisation's KDC, for assertions on what it was asked.
func (s *Server) KDC() *kdctest.KDC { return s.domain.kdc }

// Token is an access token of account i, taken where Bearer is offered.
func (s *Server) Token(i int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("token of " + s.users[i].Address))
}

// ticket is a sign-in with Kerberos; each request carries its own.
func (c *call) ticket(raw []byte, schemes []string, next func()) {
	c.s.seen.update(func() { c.rec.Credential, c.rec.Ticket = true, true })
	reply, who, err := c.s.domain.kerberos.Accept(raw, c.boundTo(), bindings(c.b.ep[c.vdir]))
	leg := ""
	if len(reply) > 0 {
		leg = "Negotiate " + base64.StdEncoding.EncodeToString(reply)
	}
	if err != nil {
		c.refuseWith(schemes, leg)
		return
	}
	u := c.s.account(c.s.names.netbios, who.User)
	if u == nil || c.b.refused[u.Address] {
		c.refuse(schemes)
		return
	}
	if leg != "" {
		c.set("Www-Authenticate", leg)
	}
	c.accept(u, "Negotiate", next)
}

// refuseWith is refuse with the token that says why.
func (c *call) refuseWith(schemes []string, leg string) {
	if leg == "" {
		c.refuse(schemes)
		return
	}
	lines := []string{leg}
	for _, s := range schemes {
		if line := c.offer(s); line != "" && line != "Negotiate" {
			lines = append(lines, line)
		}
	}
	c.set("Www-Authenticate", lines...)
	c.empty(http.StatusUnauthorized)
}

// bearer takes the tokens that Token gives.
func (c *call) bearer(token string, schemes []string, next func()) {
	for i := range c.s.users {
		if token != "" && token == c.s.Token(i) && !c.b.refused[c.s.users[i].Address] {
			c.s.seen.update(func() { c.rec.Credential = true })
			c.accept(&c.s.users[i], "Bearer", next)
			return
		}
	}
	c.challenge(schemes, "")
}

// bearerOffer is the challenge for Bearer: where hybrid modern authentication is
// on, a client that asks with an empty Bearer is told where people sign in.
func (c *call) bearerOffer() string {
	offer := `Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1"`
	if c.b.domain.modern[c.vdir] && schemeOf(c.r) == "Bearer" {
		offer += `, authorization_uri="https://login.` + c.s.names.domain + `/common/oauth2/authorize"`
	}
	return offer
}

// splitLegs answers the last leg of a sign-in as another server than the first,
// as a proxy does that hands each request to whatever connection is free.
func (c *call) splitLegs(final bool) {
	switch {
	case c.b.domain.proxy != "":
		c.set("Server", c.b.domain.proxy)
		c.set("Via", "1.1 "+c.b.domain.proxy)
	case final:
		c.set("X-FEServer", "EX02")
	}
}

// subordinate is an authority below this one, as an inspecting proxy of a company
// has: every computer there trusts what it issues.
func (a *authority) subordinate(name string) (*authority, error) {
	sub := &authority{root: a.root, rootKey: a.rootKey}
	var err error
	if sub.issuingKey, err = newKey(); err != nil {
		return nil, err
	}
	sub.issuing, err = sign(caTemplate(name+" CA"), a.root, sub.issuingKey.Public(), a.rootKey)
	return sub, err
}
