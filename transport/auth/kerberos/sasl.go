package kerberos

import (
	"context"
	"errors"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

// SASL is the mechanism GSSAPI (RFC 4752) without a security layer: TLS is that.
// It has the methods that an LDAP client asks for; one value makes one bind.
type SASL struct {
	identity      *Identity
	ctx           context.Context
	bindings      [16]byte
	ticket        *Ticket
	authenticator types.Authenticator
	subkey        types.EncryptionKey
}

// SASL begins a bind. bindings are those of the TLS channel, see auth.BindingHash.
func (i *Identity) SASL(ctx context.Context, bindings [16]byte) *SASL {
	return &SASL{identity: i, ctx: ctx, bindings: bindings}
}

// InitSecContext gives the token for a service ("ldap/dc1.contoso.test"), then
// takes the server's proof.
func (s *SASL) InitSecContext(target string, token []byte) ([]byte, bool, error) {
	return s.InitSecContextWithOptions(target, token, nil)
}

// InitSecContextWithOptions is InitSecContext; the options are always mutual authentication.
func (s *SASL) InitSecContextWithOptions(target string, token []byte, _ []int) (out []byte, more bool, err error) {
	if s.ticket != nil {
		s.subkey, err = prove(token, s.ticket, s.authenticator)
		return []byte{}, false, err
	}
	if s.ticket, err = s.identity.Ticket(s.ctx, target); err != nil {
		return nil, false, err
	}
	out, s.authenticator, err = apReq(s.ticket, s.bindings)
	return out, true, err
}

// The flags of a wrap token (RFC 4121 4.2.2).
const (
	sentByAcceptor = 1
	acceptorSubkey = 4
)

// NegotiateSaslAuth answers the server's offer of security layers: none is wanted.
func (s *SASL) NegotiateSaslAuth(input []byte, authzid string) (out []byte, err error) {
	err = guard(func() error {
		offer, key, err := s.unwrap(input)
		if err != nil {
			return err
		}
		if len(offer) != 4 || offer[0]&1 == 0 {
			return errors.New("the directory insists on a security layer of its own")
		}
		etype, err := crypto.GetEtype(key.KeyType)
		if err != nil {
			return err
		}
		w := &gssapi.WrapToken{EC: uint16(etype.GetHMACBitLength() / 8), SndSeqNum: uint64(s.authenticator.SeqNumber), Payload: append([]byte{1, 0, 0, 0}, authzid...)}
		if len(s.subkey.KeyValue) > 0 {
			w.Flags = acceptorSubkey
		}
		if err := w.SetCheckSum(key, keyusage.GSSAPI_INITIATOR_SEAL); err != nil {
			return err
		}
		out, err = w.Marshal()
		return err
	})
	return out, err
}

// unwrap checks a wrap token without confidentiality (RFC 4121 4.2.4), also one
// whose checksum was rotated to the front, as Windows and MIT send it.
func (s *SASL) unwrap(b []byte) ([]byte, types.EncryptionKey, error) {
	bad := &Error{Kind: Malformed, Err: errors.New("the directory's answer to the sign-in cannot be read")}
	const header = 16
	if len(b) < header || b[0] != 5 || b[1] != 4 || b[2]&sentByAcceptor == 0 || b[3] != 0xff {
		return nil, s.subkey, bad
	}
	size, rotated := int(b[4])<<8|int(b[5]), int(b[6])<<8|int(b[7])
	body := b[header:]
	if len(body) == 0 || size > len(body) {
		return nil, s.subkey, bad
	}
	rotated %= len(body)
	body = append(append([]byte{}, body[rotated:]...), body[:rotated]...)
	w := &gssapi.WrapToken{Flags: b[2], EC: uint16(size), Payload: body[:len(body)-size], CheckSum: body[len(body)-size:]}
	for _, x := range b[8:16] {
		w.SndSeqNum = w.SndSeqNum<<8 | uint64(x)
	}
	key := s.ticket.key
	if b[2]&acceptorSubkey != 0 {
		key = s.subkey
	}
	if ok, err := w.Verify(key, keyusage.GSSAPI_ACCEPTOR_SEAL); err != nil || !ok {
		return nil, key, bad
	}
	return w.Payload, key, nil
}

// DeleteSecContext forgets nothing that would have to be: the ticket stays good.
func (s *SASL) DeleteSecContext() error { return nil }
