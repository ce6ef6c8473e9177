package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/bodgit/ntlmssp"
	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// NTLMOptions are the knobs of NTLM that a check turns. The zero value is right
// for signing in.
type NTLMOptions struct {
	// NoBindings leaves the channel bindings out: what a client that knows no
	// Extended Protection does. For comparing, not for use.
	NoBindings bool
	// WrongBindings sends those of another certificate; for comparing, too.
	WrongBindings bool
	// SPNEGO wraps the messages of NegotiateNTLM as Windows does; else they
	// go raw, which IIS takes as well. Answers are understood in both forms.
	SPNEGO bool
	// Workstation is the name sent along; "" sends none.
	Workstation string
}

// NTLM is MS-NLMP (NTLMv2 only, with MIC and channel bindings) under the scheme
// "NTLM".
func NTLM(c Credential, o NTLMOptions) Mechanism {
	o.SPNEGO = false
	return &ntlm{credential: c, options: o, scheme: "NTLM", authn: "NTLM"}
}

// NegotiateNTLM is NTLM under the scheme "Negotiate" (RFC 4559, MS-SPNG).
func NegotiateNTLM(c Credential, o NTLMOptions) Mechanism {
	return &ntlm{credential: c, options: o, scheme: "Negotiate", authn: "Negotiate (NTLM)"}
}

type ntlm struct {
	credential    Credential
	options       NTLMOptions
	scheme, authn string
}

func (n *ntlm) Scheme() string    { return n.scheme }
func (n *ntlm) Authn() string     { return n.authn }
func (*ntlm) PerConnection() bool { return true }

func (n *ntlm) Start(_ context.Context, t Target) (Handshake, error) {
	domain, user := n.credential.Account()
	if user == "" || n.credential.Password.Empty() {
		return nil, errNoCredential // an empty pair would sign in as ANONYMOUS
	}
	client, err := ntlmssp.NewClient(
		ntlmssp.SetUserInfo(user, n.credential.Password.Reveal()),
		ntlmssp.SetDomain(domain),
		ntlmssp.SetWorkstation(n.options.Workstation))
	if err != nil {
		return nil, err
	}
	h := &ntlmHandshake{client: client, wrap: n.options.SPNEGO}
	data := ChannelBinding(t.Leaf)
	if n.options.WrongBindings {
		data = WrongBinding
	}
	if data != nil && !n.options.NoBindings {
		h.bindings = &ntlmssp.ChannelBindings{ApplicationData: data}
	}
	return h, nil
}

type ntlmHandshake struct {
	client   *ntlmssp.Client
	bindings *ntlmssp.ChannelBindings
	wrap     bool
	begun    bool
}

func (h *ntlmHandshake) Done() bool { return h.client.Complete() }

// Next gives NEGOTIATE, then AUTHENTICATE for the server's CHALLENGE.
func (h *ntlmHandshake) Next(challenge []byte) ([]byte, error) {
	if !h.begun {
		h.begun = true
		token, err := h.client.Authenticate(nil, nil)
		if err != nil {
			return nil, err
		}
		demand(token)
		if h.wrap {
			token = spnego.Init(token)
		}
		return token, nil
	}
	if h.Done() {
		return nil, errors.New("the NTLM handshake has ended already")
	}
	message, wrapped, err := unwrap(challenge)
	if err != nil {
		return nil, err
	}
	if _, err := ParseNTLMChallenge(message); err != nil {
		return nil, err
	}
	token, err := h.authenticate(message)
	if err == nil && wrapped {
		token = spnego.Resp(spnego.Incomplete, token, false)
	}
	return token, err
}

// demand sets two flags that a client must set (MS-NLMP 3.1.5.1.1) and the library
// does not: REQUEST_TARGET, without which gss-ntlmssp sends no target information,
// and NEGOTIATE_NTLM. It writes into the library's own copy, which the integrity
// code is computed over.
func demand(negotiate []byte) {
	const flagsAt, requestTarget, negotiateNTLM = 12, 0x04, 0x02 // the latter in the second byte
	negotiate[flagsAt] |= requestTarget
	negotiate[flagsAt+1] |= negotiateNTLM
}

// authenticate guards the library call: it was written for friendly servers, and
// what passes our checks may still surprise it.
func (h *ntlmHandshake) authenticate(message []byte) (token []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			token, err = nil, fmt.Errorf("the NTLM CHALLENGE message cannot be answered: %v", r)
		}
	}()
	return h.client.Authenticate(message, h.bindings)
}

// unwrap takes an NTLM message out of SPNEGO if it is in there.
func unwrap(b []byte) (message []byte, wrapped bool, err error) {
	if bytes.HasPrefix(b, []byte(ntlmSignature)) {
		return b, false, nil
	}
	t, err := spnego.Parse(b)
	switch {
	case err != nil:
		return nil, false, err
	case t.State == spnego.Rejected:
		return nil, false, errors.New("the server rejected the negotiation")
	case t.MechToken == nil:
		return nil, false, errors.New("the server wants another mechanism than NTLM")
	}
	return t.MechToken, true, nil
}
