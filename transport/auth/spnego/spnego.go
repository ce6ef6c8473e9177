// Package spnego wraps NTLM and Kerberos messages the way Negotiate does (RFC 4178, MS-SPNG):
// only the parts that travel, without the mechanism list's integrity code, which
// the preferred mechanism of both sides needs not (RFC 4178, section 5).
package spnego

import (
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// State is negState (RFC 4178 4.2.2).
type State int

// The states.
const (
	Completed  State = 0
	Incomplete State = 1
	Rejected   State = 2
	RequestMIC State = 3
)

var (
	oidSPNEGO = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2}
	// NTLM is the mechanism NTLMSSP (MS-SPNG 1.9).
	NTLM = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
	// Kerberos is the mechanism of RFC 4121.
	Kerberos = asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}
	// KerberosLegacy is the same under the number that Windows 2000 gave it by
	// mistake and that servers still prefer (MS-SPNG 3.1.5.2).
	KerberosLegacy = asn1.ObjectIdentifier{1, 2, 840, 48018, 1, 2, 2}
)

// ErrMalformed is anything that is no SPNEGO token.
var ErrMalformed = errors.New("malformed SPNEGO token")

// Token is either message.
type Token struct {
	Init      bool                    // NegTokenInit, else NegTokenResp
	Mechs     []asn1.ObjectIdentifier // Init: offered; Resp: the one chosen, if said
	State     State                   // Resp only; Incomplete when absent
	MechToken []byte                  // of the mechanism; nil when absent
}

var (
	context0 = tag.Tag(0).ContextSpecific().Constructed()
	context1 = tag.Tag(1).ContextSpecific().Constructed()
	context2 = tag.Tag(2).ContextSpecific().Constructed()
)

// Init is NegTokenInit that offers NTLM alone.
func Init(mechToken []byte) []byte { return InitWith(mechToken, NTLM) }

// InitWith is NegTokenInit that offers mechanisms, the first one with its token.
func InitWith(mechToken []byte, mechs ...asn1.ObjectIdentifier) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.Tag(0x60), func(b *cryptobyte.Builder) { // [APPLICATION 0]
		b.AddASN1ObjectIdentifier(oidSPNEGO)
		b.AddASN1(context0, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(context0, func(b *cryptobyte.Builder) {
					b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
						for _, m := range mechs {
							b.AddASN1ObjectIdentifier(m)
						}
					})
				})
				b.AddASN1(context2, func(b *cryptobyte.Builder) { b.AddASN1OctetString(mechToken) })
			})
		})
	})
	return b.BytesOrPanic() // the input has no size that could fail
}

// Resp is NegTokenResp for NTLM; the acceptor's first one names the mechanism.
func Resp(s State, mechToken []byte, nameMech bool) []byte {
	if nameMech {
		return RespOf(s, mechToken, NTLM)
	}
	return RespOf(s, mechToken, nil)
}

// RespOf is NegTokenResp that names mech, unless that is nil.
func RespOf(s State, mechToken []byte, mech asn1.ObjectIdentifier) []byte {
	var b cryptobyte.Builder
	b.AddASN1(context1, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(context0, func(b *cryptobyte.Builder) { b.AddASN1Enum(int64(s)) })
			if mech != nil {
				b.AddASN1(context1, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(mech) })
			}
			if mechToken != nil {
				b.AddASN1(context2, func(b *cryptobyte.Builder) { b.AddASN1OctetString(mechToken) })
			}
		})
	})
	return b.BytesOrPanic()
}

// Parse reads either message. MechToken shares b's memory.
func Parse(b []byte) (Token, error) {
	s := cryptobyte.String(b)
	var body cryptobyte.String
	if s.ReadASN1(&body, context1) && s.Empty() {
		return parseResp(body)
	}
	s = cryptobyte.String(b)
	var oid asn1.ObjectIdentifier
	if !s.ReadASN1(&body, tag.Tag(0x60)) || !s.Empty() || !body.ReadASN1ObjectIdentifier(&oid) ||
		!oid.Equal(oidSPNEGO) || !body.ReadASN1(&s, context0) || !body.Empty() {
		return Token{}, ErrMalformed
	}
	return parseInit(s)
}

func parseInit(s cryptobyte.String) (Token, error) {
	t := Token{Init: true, State: Incomplete}
	var fields, wrapped, list cryptobyte.String
	if !s.ReadASN1(&fields, tag.SEQUENCE) || !s.Empty() ||
		!fields.ReadASN1(&wrapped, context0) || !wrapped.ReadASN1(&list, tag.SEQUENCE) {
		return Token{}, ErrMalformed
	}
	for !list.Empty() {
		var oid asn1.ObjectIdentifier
		if !list.ReadASN1ObjectIdentifier(&oid) {
			return Token{}, ErrMalformed
		}
		t.Mechs = append(t.Mechs, oid)
	}
	var flags cryptobyte.String
	if !fields.ReadOptionalASN1(&flags, nil, context1) {
		return Token{}, ErrMalformed
	}
	err := readMechToken(fields, &t)
	return t, err
}

func parseResp(s cryptobyte.String) (Token, error) {
	t := Token{State: Incomplete}
	var fields, part cryptobyte.String
	var present bool
	if !s.ReadASN1(&fields, tag.SEQUENCE) || !s.Empty() || !fields.ReadOptionalASN1(&part, &present, context0) {
		return Token{}, ErrMalformed
	}
	if present {
		var state int
		if !part.ReadASN1Enum(&state) || state < 0 || state > int(RequestMIC) {
			return Token{}, ErrMalformed
		}
		t.State = State(state)
	}
	if !fields.ReadOptionalASN1(&part, &present, context1) {
		return Token{}, ErrMalformed
	}
	if present {
		var oid asn1.ObjectIdentifier
		if !part.ReadASN1ObjectIdentifier(&oid) {
			return Token{}, ErrMalformed
		}
		t.Mechs = append(t.Mechs, oid)
	}
	err := readMechToken(fields, &t)
	return t, err
}

// readMechToken reads the optional token; the integrity code behind it is not used.
func readMechToken(fields cryptobyte.String, t *Token) error {
	var part, token cryptobyte.String
	var present bool
	if !fields.ReadOptionalASN1(&part, &present, context2) {
		return ErrMalformed
	}
	if present {
		if !part.ReadASN1(&token, tag.OCTET_STRING) {
			return ErrMalformed
		}
		t.MechToken = token
	}
	return nil
}
