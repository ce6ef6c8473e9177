// Package acceptor is the server side of NTLM and Kerberos for the embedded
// Exchange. It verifies for real: the NTLMv2 response and its MIC, ticket and
// authenticator, and the channel bindings of both.
package acceptor

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// Bindings is how Extended Protection treats channel bindings.
type Bindings int

// The three settings of IIS (extendedProtection tokenChecking None, Allow, Require).
const (
	Off     Bindings = iota // whatever comes passes
	Allow                   // none passes, right ones pass, wrong ones are refused
	Require                 // only right ones pass
)

// Why a sign-in was refused.
var (
	ErrMalformed  = errors.New("NTLM: malformed message")
	ErrOutOfTurn  = errors.New("NTLM: AUTHENTICATE without a CHALLENGE on this connection")
	ErrNTLMv1     = errors.New("NTLM: version 1 is refused")
	ErrUnknown    = errors.New("NTLM: no such user")
	ErrPassword   = errors.New("NTLM: wrong password")
	ErrMIC        = errors.New("NTLM: message integrity code does not match")
	ErrBindings   = errors.New("channel bindings do not match (0xC000035B)")
	ErrNoBindings = errors.New("channel bindings are required and absent (0xC000035B)")
)

// NTLM is the server's configuration; set the fields, then share it between
// connections.
type NTLM struct {
	// Password finds the password of an account; domain is "" for a user
	// principal name. Both are as the client spelled them.
	Password func(domain, user string) (password string, ok bool)
	Domain   string // NetBIOS domain, "CONTOSO"
	Computer string // NetBIOS name, "EX01"
	DNS      string // DNS domain, "contoso.test"
	Version1 bool   // knows version 1 alone: its CHALLENGE carries no target information
}

// Conn is the sign-in state of one TCP connection; not safe for concurrent use.
type Conn struct {
	server    *NTLM
	leaf      *x509.Certificate
	wrapped   bool // the client speaks SPNEGO
	negotiate []byte
	sent      []byte // CHALLENGE_MESSAGE; nil when none is out
	challenge [8]byte
}

// Identity is who signed in, as the client spelled it.
type Identity struct{ Domain, User string }

// Accept starts the state of one connection whose server certificate is leaf
// (nil without TLS).
func (n *NTLM) Accept(leaf *x509.Certificate) *Conn { return &Conn{server: n, leaf: leaf} }

// Step takes one token of an Authorization field (without base64; raw NTLMSSP
// or wrapped in SPNEGO). While the handshake is going on it gives the reply to
// send with 401 and a nil identity; at its end the identity (and, for SPNEGO, a
// last reply), or the reason of the refusal. After an error or an identity the
// next token starts anew.
func (c *Conn) Step(token []byte, b Bindings) (reply []byte, who *Identity, err error) {
	message := token
	if messageType(token) == 0 {
		t, err := spnego.Parse(token)
		if err != nil {
			return nil, nil, ErrMalformed
		}
		c.wrapped, message = true, t.MechToken
		if t.Init && messageType(message) == 0 {
			return c.insist(t)
		}
	} else {
		c.wrapped = false
	}
	switch messageType(message) {
	case typeNegotiate:
		reply, err = c.challengeFor(message)
		return reply, nil, err
	case typeAuthenticate:
		return c.finish(message, b)
	}
	return nil, nil, ErrMalformed
}

// insist answers a client that prefers another mechanism (Kerberos) but offers
// NTLM too: name NTLM and let it begin (RFC 4178, section 5).
func (c *Conn) insist(t spnego.Token) ([]byte, *Identity, error) {
	for _, m := range t.Mechs {
		if m.Equal(spnego.NTLM) {
			return spnego.Resp(spnego.Incomplete, nil, true), nil, nil
		}
	}
	return nil, nil, ErrMalformed
}

func (c *Conn) challengeFor(message []byte) ([]byte, error) {
	flags, err := negotiateFlags(message)
	if err != nil {
		return nil, err
	}
	rand.Read(c.challenge[:]) // never fails
	c.negotiate = slices.Clone(message)
	c.sent = c.server.challengeMessage(flags, c.challenge, time.Now())
	if c.wrapped {
		return spnego.Resp(spnego.Incomplete, c.sent, true), nil
	}
	return c.sent, nil
}

func (c *Conn) finish(message []byte, b Bindings) ([]byte, *Identity, error) {
	if c.sent == nil {
		return nil, nil, ErrOutOfTurn
	}
	who, err := c.verify(message, b)
	c.sent = nil // each challenge is good for one answer
	if err != nil || !c.wrapped {
		return nil, who, err
	}
	return spnego.Resp(spnego.Completed, nil, false), who, nil
}
