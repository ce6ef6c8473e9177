package exchangetest

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
)

// connAuth is what a TCP connection remembers of a sign-in with NTLM: all legs
// and all later requests belong to the connection.
type connAuth struct {
	handshake *acceptor.Conn
	user      *User
	scheme    string // "NTLM" or "Negotiate"
	checked   ExtendedProtection
}

// signedIn calls next when the request is authenticated for its virtual
// directory, and answers 401 otherwise.
func (c *call) signedIn(next func()) {
	schemes := c.b.schemesOf(c.vdir)
	header := c.r.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	offered := slices.ContainsFunc(schemes, func(s string) bool { return strings.EqualFold(s, scheme) })
	switch {
	case header == "" && c.conn.auth.user != nil && c.conn.auth.checked >= c.b.ep[c.vdir]:
		c.set("Persistent-Auth", "true")
		c.accept(c.conn.auth.user, c.conn.auth.scheme, next)
	case header == "" && slices.Contains(schemes, "Anonymous"):
		next()
	case !offered || header == "":
		c.challenge(schemes, "")
	case strings.EqualFold(scheme, "Basic"):
		c.basic(token, schemes, next)
	case strings.EqualFold(scheme, "NTLM"), strings.EqualFold(scheme, "Negotiate"):
		c.handshake(scheme, token, schemes, next)
	case strings.EqualFold(scheme, "Bearer"):
		c.bearer(strings.TrimSpace(token), schemes, next)
	default:
		c.challenge(schemes, "")
	}
}

func (c *call) accept(u *User, authn string, next func()) {
	c.user, c.authn = u, authn
	c.s.seen.update(func() { c.rec.User = u.Login })
	next()
}

// challenge is a 401 with every scheme, or, with a token, the next leg of one.
func (c *call) challenge(schemes []string, leg string) {
	var lines []string
	if leg != "" {
		lines = []string{leg}
	} else {
		for _, s := range schemes {
			if line := c.offer(s); line != "" {
				lines = append(lines, line)
			}
		}
	}
	if len(lines) > 0 {
		c.set("Www-Authenticate", lines...)
	}
	if c.b.manner == Gromox {
		c.gromoxPlain(http.StatusUnauthorized, "Unauthorized\r\n")
		return
	}
	c.set("X-OWA-Version", c.b.version().short)
	c.empty(http.StatusUnauthorized)
}

func (c *call) offer(scheme string) string {
	switch {
	case scheme == "Anonymous":
		return ""
	case scheme == "Basic" && c.b.manner == Gromox:
		return `Basic realm="msrpc realm", charset="utf-8"`
	case scheme == "Basic":
		return `Basic realm="` + c.r.Host + `"`
	case scheme == "Bearer":
		return c.bearerOffer()
	}
	return scheme
}

// refuse is the 401 after a credential that does not hold.
func (c *call) refuse(schemes []string) {
	if c.b.manner != Gromox {
		c.set("X-FailureContext", "FrontEnd;401;VW5hdXRob3JpemVk;;;;") // base64 of "Unauthorized"
	}
	c.challenge(schemes, "")
}

func (c *call) basic(token string, schemes []string, next func()) {
	c.s.seen.update(func() { c.rec.Credential = true })
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
	login, password, ok := strings.Cut(string(raw), ":")
	u := c.s.userNamed(login)
	if err != nil || !ok || u == nil || u.Password != password || c.b.refused[u.Address] {
		c.refuse(schemes)
		return
	}
	c.accept(u, "Basic", next)
}

// handshake is one leg of NTLM, bare or inside Negotiate.
func (c *call) handshake(scheme, token string, schemes []string, next func()) {
	state := &c.conn.auth
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
	switch {
	case err != nil || len(raw) == 0:
		c.challenge(schemes, "")
		return
	case strings.EqualFold(scheme, "Negotiate") && acceptor.IsTicket(raw):
		c.ticket(raw, schemes, next)
		return
	case c.b.domain.ntlmOff:
		c.challenge(schemes, "")
		return
	}
	if state.handshake == nil || state.user != nil || c.b.forgetLegs[c.vdir] {
		*state = connAuth{handshake: c.s.acceptor().Accept(c.boundTo())}
	}
	final := isFinalLeg(raw)
	if c.b.forgetLegs[c.vdir] {
		c.splitLegs(final)
	}
	c.s.seen.update(func() { c.rec.Credential = final })
	reply, who, err := state.handshake.Step(raw, bindings(c.b.ep[c.vdir]))
	switch {
	case errors.Is(err, acceptor.ErrOutOfTurn), err != nil && !final:
		c.challenge(schemes, "") // nobody has looked at a password
	case err != nil:
		c.refuse(schemes)
	case who == nil:
		c.challenge(nil, scheme+" "+base64.StdEncoding.EncodeToString(reply))
	default:
		if len(reply) > 0 {
			c.set("Www-Authenticate", scheme+" "+base64.StdEncoding.EncodeToString(reply))
		}
		state.user, state.scheme, state.checked = c.s.identify(who), scheme, c.b.ep[c.vdir]
		if state.user == nil || c.b.refused[state.user.Address] {
			state.user = nil
			c.refuse(schemes)
			return
		}
		c.set("Persistent-Auth", "true")
		c.accept(state.user, scheme, next)
	}
}

// boundTo is the certificate that a channel binding must match.
func (c *call) boundTo() *x509.Certificate {
	if c.b.boundTo != nil {
		return c.b.boundTo
	}
	return c.conn.leaf
}

// isFinalLeg tells an AUTHENTICATE message, the one that proves a password, also
// inside SPNEGO: its signature is followed by type 3 (MS-NLMP 2.2.1.3).
func isFinalLeg(token []byte) bool {
	return strings.Contains(string(token), "NTLMSSP\x00\x03\x00\x00\x00")
}

func bindings(e ExtendedProtection) acceptor.Bindings {
	return [...]acceptor.Bindings{acceptor.Off, acceptor.Allow, acceptor.Require}[e]
}

func (s *Server) acceptor() *acceptor.NTLM {
	return &acceptor.NTLM{
		Password: func(domain, user string) (string, bool) {
			u := s.account(domain, user)
			if u == nil {
				return "", false
			}
			return u.Password, true
		},
		Domain: s.names.netbios, Computer: s.names.machine, DNS: s.names.domain,
		Version1: s.behaviour().domain.ntlmOld,
	}
}

func (s *Server) identify(who *acceptor.Identity) *User { return s.account(who.Domain, who.User) }

// account finds who is meant by the two fields of an NTLM message.
func (s *Server) account(domain, user string) *User {
	if domain == "" || strings.Contains(user, "@") {
		if s.behaviour().notByMail {
			return nil
		}
		return s.userNamed(user)
	}
	if strings.EqualFold(domain, s.names.domain) {
		domain = s.names.netbios
	}
	return s.userNamed(domain + `\` + user)
}

// schemeOf is the scheme of the Authorization header, spelled as usual.
func schemeOf(r *http.Request) string {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	for _, known := range []string{"Basic", "NTLM", "Negotiate", "Bearer"} {
		if strings.EqualFold(scheme, known) {
			return known
		}
	}
	return scheme
}
