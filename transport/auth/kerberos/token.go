package kerberos

import (
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// The flags of a GSS context (RFC 4121 4.1.1.1).
const (
	flagMutual    = 2
	flagReplay    = 4
	flagSequence  = 8
	flagIntegrity = 32
)

// The messages inside a GSS token (RFC 4121 4.1).
const (
	tokenAPReq = 0x0100
	tokenAPRep = 0x0200
	tokenError = 0x0300
)

// apReq makes the GSS token that shows a ticket. bindings is MD5 of the channel
// bindings, all zero for none (RFC 4121 4.1.1.2). The authenticator it was made
// of proves the server later.
func apReq(t *Ticket, bindings [16]byte) (token []byte, a types.Authenticator, err error) {
	err = guard(func() error {
		if a, err = types.NewAuthenticator(t.home, t.client); err != nil {
			return err
		}
		a.Cksum = types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: checksum(bindings)}
		req, err := messages.NewAPReq(t.ticket, t.key, a)
		if err != nil {
			return err
		}
		types.SetFlag(&req.APOptions, flags.APOptionMutualRequired)
		b, err := req.Marshal()
		if err != nil {
			return err
		}
		token = wrap(tokenAPReq, b)
		return nil
	})
	return token, a, err
}

func checksum(bindings [16]byte) []byte {
	b := make([]byte, 24)
	binary.LittleEndian.PutUint32(b, 16)
	copy(b[4:], bindings[:])
	binary.LittleEndian.PutUint32(b[20:], flagMutual|flagReplay|flagSequence|flagIntegrity)
	return b
}

// wrap is the framing of RFC 2743 3.1.
func wrap(id uint16, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.Tag(0x60), func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(spnego.Kerberos)
		b.AddUint16(id)
		b.AddBytes(message)
	})
	return b.BytesOrPanic() // the input has no size that could fail
}

// unwrap takes the framing off. A bare message, which some servers send, counts
// as what its own tag says.
func unwrap(token []byte) (id uint16, message []byte, err error) {
	s, body := cryptobyte.String(token), cryptobyte.String(nil)
	var oid asn1.ObjectIdentifier
	if s.ReadASN1(&body, tag.Tag(0x60)) && s.Empty() && body.ReadASN1ObjectIdentifier(&oid) && body.ReadUint16(&id) {
		return id, body, nil
	}
	switch {
	case len(token) > 0 && token[0] == 0x6f: // [APPLICATION 15] AP-REP
		return tokenAPRep, token, nil
	case len(token) > 0 && token[0] == 0x7e: // [APPLICATION 30] KRB-ERROR
		return tokenError, token, nil
	}
	return 0, nil, &Error{Kind: Malformed, Err: errors.New("the server's Kerberos token cannot be read")}
}

// verify checks the server's proof: it could read our authenticator, so it holds
// the key of the service (RFC 4120 3.2.4).
func verify(token []byte, t *Ticket, a types.Authenticator) error {
	_, err := prove(token, t, a)
	return err
}

// prove is verify, and gives the key that the server chose for what follows; none
// when it chose none.
func prove(token []byte, t *Ticket, a types.Authenticator) (subkey types.EncryptionKey, err error) {
	id, message, err := unwrap(token)
	if err != nil {
		return subkey, err
	}
	switch id {
	case tokenError:
		return subkey, fromServer(message, t.SPN)
	case tokenAPRep:
	default:
		return subkey, &Error{Kind: Malformed, SPN: t.SPN, Err: errors.New("the server's Kerberos token is of an unknown kind")}
	}
	var part messages.EncAPRepPart
	err = guard(func() error {
		var rep messages.APRep
		if err := rep.Unmarshal(message); err != nil {
			return err
		}
		b, err := crypto.DecryptEncPart(rep.EncPart, t.key, keyusage.AP_REP_ENCPART)
		if err != nil {
			return err
		}
		return part.Unmarshal(b)
	})
	if err != nil || part.CTime.Unix() != a.CTime.Unix() || part.Cusec != a.Cusec {
		return subkey, &Error{Kind: Unproven, SPN: t.SPN}
	}
	return part.Subkey, nil
}

func fromServer(message []byte, spn string) error {
	k := refusal(message)
	if k == nil {
		return &Error{Kind: Malformed, SPN: spn, Err: errors.New("the server's Kerberos error cannot be read")}
	}
	e := fromKRB(k, time.Now())
	e.SPN = spn
	if e.Kind == BadPassword {
		e.Kind = WrongAccount // 31 from a service is its key, not our password
	}
	return e
}
