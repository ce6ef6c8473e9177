package kerberos

import (
	"context"
	"errors"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// Options are the knobs that a check turns; the zero value is right for signing in.
type Options struct {
	NoBindings    bool // leave the channel bindings out
	WrongBindings bool // send those of another certificate
}

// Mechanism is Kerberos under the scheme "Negotiate". It signs in each request
// by itself. Start fails with *auth.Unavailable when there is no ticket for the
// host, and with *Error when the account itself was refused.
func (i *Identity) Mechanism(o Options) auth.Mechanism { return &mechanism{i, o} }

type mechanism struct {
	identity *Identity
	options  Options
}

func (*mechanism) Scheme() string      { return "Negotiate" }
func (*mechanism) Authn() string       { return "Negotiate (Kerberos)" }
func (*mechanism) PerConnection() bool { return false }

func (m *mechanism) Start(ctx context.Context, t auth.Target) (auth.Handshake, error) {
	spn := SPN(t.Host)
	ticket, err := m.identity.Ticket(ctx, spn)
	if err != nil {
		m.identity.used(spn, func(u *Use) { u.Err = err })
		var e *Error
		if errors.As(err, &e) && e.Final() {
			return nil, err
		}
		return nil, &auth.Unavailable{Err: err}
	}
	h := &handshake{identity: m.identity, ticket: ticket, bindings: m.bindings(t), spn: spn}
	m.identity.used(spn, func(u *Use) {
		u.Cipher, u.Until, u.Cached, u.Bindings, u.Err = ticket.Cipher, ticket.End, ticket.Cached, h.bindings != [16]byte{}, nil
	})
	return h, nil
}

func (m *mechanism) bindings(t auth.Target) [16]byte {
	switch {
	case m.options.NoBindings:
		return [16]byte{}
	case m.options.WrongBindings:
		return auth.BindingHash(auth.WrongBinding)
	}
	return auth.BindingHash(auth.ChannelBinding(t.Leaf))
}

type handshake struct {
	identity      *Identity
	ticket        *Ticket
	spn           string
	bindings      [16]byte
	authenticator types.Authenticator
	begun         bool
}

func (h *handshake) Done() bool { return h.begun }

// Next gives the one token there is: NegTokenInit with AP-REQ.
func (h *handshake) Next([]byte) ([]byte, error) {
	if h.begun {
		return nil, errors.New("this handshake has only one step")
	}
	h.begun = true
	token, a, err := apReq(h.ticket, h.bindings)
	if err != nil {
		return nil, &Error{Kind: Other, SPN: h.spn, Err: errors.New("the Kerberos token could not be made: the ticket's encryption is not known here")}
	}
	h.authenticator = a
	return spnego.InitWith(token, spnego.Kerberos, spnego.KerberosLegacy), nil
}

// Verify checks the server's last token (auth.Verifier).
func (h *handshake) Verify(token []byte, accepted bool) error {
	if len(token) == 0 {
		return nil // TLS has proven the server; the missing proof is on record
	}
	err := h.verify(token)
	h.identity.used(h.spn, func(u *Use) { u.Proven, u.Err = accepted && err == nil, err })
	return err
}

func (h *handshake) verify(token []byte) error {
	if isBare(token) {
		return verify(token, h.ticket, h.authenticator)
	}
	t, err := spnego.Parse(token)
	switch {
	case err != nil:
		return &Error{Kind: Malformed, SPN: h.spn, Err: err}
	case t.MechToken != nil:
		return verify(t.MechToken, h.ticket, h.authenticator)
	case len(t.Mechs) > 0 && !t.Mechs[0].Equal(spnego.Kerberos) && !t.Mechs[0].Equal(spnego.KerberosLegacy):
		return &auth.Unavailable{Err: &Error{Kind: OtherMechanism, SPN: h.spn}}
	}
	return nil
}

// isBare says that a token is Kerberos' own, without SPNEGO around it.
func isBare(token []byte) bool {
	id, _, err := unwrap(token)
	return err == nil && (id == tokenAPRep || id == tokenError)
}
