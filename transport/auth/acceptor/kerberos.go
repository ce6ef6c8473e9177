package acceptor

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"sync"
	"time"

	krbasn1 "github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// Why a ticket was refused.
var (
	ErrTicket = errors.New("Kerberos: the ticket is for another key (KRB_AP_ERR_MODIFIED)")
	ErrSkew   = errors.New("Kerberos: the clocks are too far apart (KRB_AP_ERR_SKEW)")
	ErrReplay = errors.New("Kerberos: the authenticator was used before (KRB_AP_ERR_REPEAT)")
)

// Kerberos is the server side of Kerberos in Negotiate (RFC 4121, RFC 4178): it
// opens tickets with its keys, checks authenticator, channel bindings and
// replays, and proves itself with AP-REP. Set the fields, then share it.
type Kerberos struct {
	Keys  *keytab.Keytab
	Clock func() time.Time // nil is time.Now

	mu   sync.Mutex
	seen map[string]time.Time // authenticators of the last minutes
}

const maxSkew = 5 * time.Minute // RFC 4120 1.6

// IsTicket says that a token of an Authorization field is for Kerberos: it
// offers it first and carries an AP-REQ.
func IsTicket(token []byte) bool {
	_, err := ticketIn(token)
	return err == nil
}

// ticketIn is the AP-REQ in a token, with SPNEGO around it or without.
func ticketIn(token []byte) ([]byte, error) {
	if t, err := spnego.Parse(token); err == nil {
		token = t.MechToken
	}
	s, body := cryptobyte.String(token), cryptobyte.String(nil)
	var oid asn1.ObjectIdentifier
	var id uint16
	if !s.ReadASN1(&body, tag.Tag(0x60)) || !body.ReadASN1ObjectIdentifier(&oid) || !body.ReadUint16(&id) ||
		id != 0x0100 || !oid.Equal(spnego.Kerberos) && !oid.Equal(spnego.KerberosLegacy) {
		return nil, ErrMalformed
	}
	return body, nil
}

// requestIn is the AP-REQ of a token (RFC 4120 5.5.1).
func requestIn(token []byte) (*messages.APReq, error) {
	raw, err := ticketIn(token)
	if err != nil {
		return nil, err
	}
	var req messages.APReq
	if req.Unmarshal(raw) != nil {
		return nil, ErrMalformed
	}
	return &req, nil
}

// Accept verifies one token for a connection with that certificate. The reply,
// if there is one, goes out with the answer in either case. The identity has the
// realm as domain.
func (k *Kerberos) Accept(token []byte, leaf *x509.Certificate, b Bindings) (reply []byte, who *Identity, err error) {
	defer func() { // the library panics on what it does not expect
		if recover() != nil {
			reply, who, err = nil, nil, ErrMalformed
		}
	}()
	req, err := requestIn(token)
	if err != nil {
		return nil, nil, err
	}
	if err := k.verify(req); err != nil {
		return k.refusal(req, err), nil, err
	}
	if err := checkBindings(b, boundIn(req.Authenticator.Cksum), leaf); err != nil {
		return nil, nil, err
	}
	name := req.Authenticator.CName.PrincipalNameString()
	who = &Identity{Domain: req.Authenticator.CRealm, User: name}
	if !types.IsFlagSet(&req.APOptions, flags.APOptionMutualRequired) {
		return spnego.RespOf(spnego.Completed, nil, spnego.Kerberos), who, nil
	}
	proof, err := apRep(req)
	if err != nil {
		return nil, nil, fmt.Errorf("Kerberos: %w", err)
	}
	return spnego.RespOf(spnego.Completed, wrap(0x0200, proof), spnego.Kerberos), who, nil
}

func (k *Kerberos) now() time.Time {
	if k.Clock == nil {
		return time.Now()
	}
	return k.Clock()
}

// verify opens ticket and authenticator (RFC 4120 3.2.3).
func (k *Kerberos) verify(req *messages.APReq) error {
	if req.Ticket.DecryptEncPart(k.Keys, nil) != nil {
		return ErrTicket
	}
	part := req.Ticket.DecryptedEncPart
	if req.DecryptAuthenticator(part.Key) != nil || !req.Authenticator.CName.Equal(part.CName) {
		return ErrTicket
	}
	now := k.now()
	made := req.Authenticator.CTime
	if made.Sub(now).Abs() > maxSkew || now.Sub(part.EndTime) > maxSkew {
		return ErrSkew
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, at := range k.seen {
		if now.Sub(at) > 2*maxSkew {
			delete(k.seen, id)
		}
	}
	id := fmt.Sprint(req.Authenticator.CName.PrincipalNameString(), made.Unix(), req.Authenticator.Cusec, req.Authenticator.SeqNumber)
	if _, double := k.seen[id]; double {
		return ErrReplay
	}
	if k.seen == nil {
		k.seen = map[string]time.Time{}
	}
	k.seen[id] = now
	return nil
}

// boundIn is the hash of the channel bindings in an authenticator, nil for none
// (RFC 4121 4.1.1).
func boundIn(c types.Checksum) []byte {
	if c.CksumType != chksumtype.GSSAPI || len(c.Checksum) < 24 {
		return nil
	}
	return c.Checksum[4:20]
}

// refusal is the KRB-ERROR that Windows sends along with its 401.
func (k *Kerberos) refusal(req *messages.APReq, why error) []byte {
	code := map[error]int32{ErrTicket: errorcode.KRB_AP_ERR_MODIFIED, ErrSkew: errorcode.KRB_AP_ERR_SKEW, ErrReplay: errorcode.KRB_AP_ERR_REPEAT}[why]
	e := messages.NewKRBError(req.Ticket.SName, req.Ticket.Realm, code, "")
	e.STime = k.now().UTC().Truncate(time.Second)
	b, err := e.Marshal()
	if err != nil {
		return nil
	}
	return spnego.RespOf(spnego.Rejected, wrap(0x0300, b), spnego.Kerberos)
}

// apRep is the proof that the authenticator could be read (RFC 4120 5.5.2).
func apRep(req *messages.APReq) ([]byte, error) {
	a := req.Authenticator
	b, err := krbasn1.Marshal(messages.EncAPRepPart{CTime: a.CTime, Cusec: a.Cusec, SequenceNumber: a.SeqNumber})
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.GetEncryptedData(asn1tools.AddASNAppTag(b, asnAppTag.EncAPRepPart), req.Ticket.DecryptedEncPart.Key, keyusage.AP_REP_ENCPART, 0)
	if err != nil {
		return nil, err
	}
	b, err = krbasn1.Marshal(messages.APRep{PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REP, EncPart: sealed})
	if err != nil {
		return nil, err
	}
	return asn1tools.AddASNAppTag(b, asnAppTag.APREP), nil
}

// wrap is the framing of RFC 2743 3.1.
func wrap(id uint16, message []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(tag.Tag(0x60), func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(spnego.Kerberos)
		b.AddUint16(id)
		b.AddBytes(message)
	})
	return b.BytesOrPanic()
}
