// Package acceptor is the server side of NTLM for the embedded Exchange. It
// verifies for real: the NTLMv2 response, the MIC and the channel bindings.
package acceptor

import (
	"crypto/x509"
	"errors"
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
	ErrUnknown    = errors.New("NTLM: no such user")
	ErrPassword   = errors.New("NTLM: wrong password")
	ErrMIC        = errors.New("NTLM: message integrity code does not match")
	ErrBindings   = errors.New("NTLM: channel bindings do not match (0xC000035B)")
	ErrNoBindings = errors.New("NTLM: channel bindings are required and absent (0xC000035B)")
)

// NTLM is the server's side of the configuration; set the fields, then share it
// between connections.
type NTLM struct {
	// Password finds the password of an account; domain is "" for a user principal name.
	Password func(domain, user string) (password string, ok bool)
	Domain   string // NetBIOS domain, "CONTOSO"
	Computer string // NetBIOS name, "EX01"
	DNS      string // DNS domain, "contoso.test"
}

// Conn is the sign-in state of one TCP connection.
type Conn struct {
	server *NTLM
	leaf   *x509.Certificate
}

// Identity is who signed in.
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
	return nil, nil, ErrMalformed
}
