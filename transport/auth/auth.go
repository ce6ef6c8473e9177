// Package auth holds the HTTP sign-in schemes, one per file, behind one
// interface, and the two guards in front of them: Policy says which hosts may
// get a credential, Budget how often.
package auth

import (
	"context"
	"crypto/x509"
	"strings"
)

// Credential is an account and its password.
type Credential struct {
	User     string // "alice", "CONTOSO\alice" or "alice@contoso.test"
	Domain   string // NetBIOS or DNS domain; "" when User carries it
	Password Secret
}

// Account splits the credential as Windows does: DOMAIN\user into both parts, a
// user principal name stays whole with an empty domain.
func (c Credential) Account() (domain, user string) {
	if d, u, ok := strings.Cut(c.User, `\`); ok {
		return d, u
	}
	if strings.Contains(c.User, "@") {
		return "", c.User
	}
	return c.Domain, c.User
}

// Target is what a handshake is bound to.
type Target struct {
	Host string            // host of the URL, without port
	Leaf *x509.Certificate // server certificate of the very connection; nil without TLS
}

// Mechanism is one way to sign in with one identity.
type Mechanism interface {
	// Scheme is the HTTP authentication scheme: "Basic", "NTLM", "Negotiate".
	Scheme() string
	// Authn names what is done, for reports: "Basic", "NTLM", "Negotiate (NTLM)".
	Authn() string
	// PerConnection says that the TCP connection gets authenticated, not the request.
	PerConnection() bool
	// Start begins a handshake on one connection. It does no I/O of its own to t.
	Start(ctx context.Context, t Target) (Handshake, error)
}

// Handshake is one sign-in in progress; not safe for concurrent use.
type Handshake interface {
	// Next takes the server's token (nil at first) and gives the next one to
	// send, both without base64.
	Next(challenge []byte) (token []byte, err error)
	// Done says that the last token was the final one.
	Done() bool
}

// Verifier is a Handshake that also judges the server's last token: the one that
// comes with the answer to our final one. accepted says that the answer was no
// refusal. An error means that the sign-in did not come about, *Unavailable that
// another mechanism may be tried; nil leaves the verdict to the status.
type Verifier interface {
	Verify(token []byte, accepted bool) error
}

// Unavailable is a mechanism that has nothing to offer for a host. Nothing that
// could count against the account was sent, so the next one may be tried.
type Unavailable struct{ Err error }

func (e *Unavailable) Error() string { return e.Err.Error() }
func (e *Unavailable) Unwrap() error { return e.Err }
