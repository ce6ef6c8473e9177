package acceptor

import (
	"errors"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/gssapi"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"
)

// SASL is the server's side of the mechanism GSSAPI (RFC 4752) without a security
// layer, as a directory inside TLS takes it.
type SASL struct {
	key types.EncryptionKey
	Who Identity
}

// Bind takes the first token of a bind; the reply is the server's proof.
func (k *Kerberos) Bind(token []byte) (reply []byte, s *SASL, err error) {
	defer func() { // the library panics on what it does not expect
		if recover() != nil {
			reply, s, err = nil, nil, ErrMalformed
		}
	}()
	req, err := requestIn(token)
	if err != nil {
		return nil, nil, err
	}
	if err := k.verify(req); err != nil {
		return nil, nil, err
	}
	proof, err := apRep(req)
	if err != nil {
		return nil, nil, err
	}
	who := Identity{Domain: req.Authenticator.CRealm, User: req.Authenticator.CName.PrincipalNameString()}
	return wrap(0x0200, proof), &SASL{key: req.Ticket.DecryptedEncPart.Key, Who: who}, nil
}

// Offer is the second token: no security layer.
func (s *SASL) Offer() ([]byte, error) {
	etype, err := crypto.GetEtype(s.key.KeyType)
	if err != nil {
		return nil, err
	}
	const sentByAcceptor = 1
	w := &gssapi.WrapToken{Flags: sentByAcceptor, EC: uint16(etype.GetHMACBitLength() / 8), Payload: []byte{1, 0, 0, 0}}
	if err := w.SetCheckSum(s.key, keyusage.GSSAPI_ACCEPTOR_SEAL); err != nil {
		return nil, err
	}
	return w.Marshal()
}

// Finish takes the client's choice, which must be no layer.
func (s *SASL) Finish(token []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = ErrMalformed
		}
	}()
	var w gssapi.WrapToken
	if err := w.Unmarshal(token, false); err != nil {
		return ErrMalformed
	}
	if ok, err := w.Verify(s.key, keyusage.GSSAPI_INITIATOR_SEAL); err != nil || !ok {
		return ErrMalformed
	}
	if len(w.Payload) < 4 || w.Payload[0] != 1 {
		return errors.New("the client wants a security layer")
	}
	return nil
}
