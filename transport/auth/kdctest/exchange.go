package kdctest

import (
	"slices"
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

const (
	life = 10 * time.Hour
	skew = 5 * time.Minute // RFC 4120 1.6
)

// login is the AS exchange (RFC 4120 3.1).
func (k *KDC) login(b []byte) []byte {
	r := &Request{Kind: "AS"}
	var req messages.ASReq
	if err := req.Unmarshal(b); err != nil {
		return k.fail(r, errorcode.KRB_ERR_GENERIC, "malformed", nil)
	}
	name := req.ReqBody.CName
	r.Client, r.SPN = name.PrincipalNameString(), req.ReqBody.SName.PrincipalNameString()
	user, _, _ := strings.Cut(r.Client, "@") // an enterprise name
	password, code, known := k.options.Password(user)
	switch {
	case !known:
		return k.fail(r, errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN, "", nil)
	case code != 0 && code != errorcode.KDC_ERR_KEY_EXPIRED:
		return k.fail(r, code, "", nil)
	case !slices.Contains(req.ReqBody.EType, cipher):
		return k.fail(r, errorcode.KDC_ERR_ETYPE_NOSUPP, "", nil)
	}
	name = types.PrincipalName{NameType: 1, NameString: []string{user}}
	salt := k.options.Realm + user
	info, _ := asn1.Marshal(types.ETypeInfo2{{EType: cipher, Salt: salt}})
	hint := types.PAData{PADataType: patype.PA_ETYPE_INFO2, PADataValue: info}
	key, _, err := crypto.GetKeyFromPassword(password, name, k.options.Realm, cipher, types.PADataSequence{hint})
	if err != nil {
		return k.fail(r, errorcode.KRB_ERR_GENERIC, "", nil)
	}
	if code := k.proof(r, req.PAData, key); code != 0 {
		data, _ := asn1.Marshal(types.PADataSequence{hint, {PADataType: patype.PA_ENC_TIMESTAMP}})
		return k.fail(r, code, "", data)
	}
	if code != 0 {
		return k.fail(r, code, "", nil)
	}
	rep := messages.ASRep{KDCRepFields: messages.KDCRepFields{PVNO: iana.PVNO, MsgType: msgtype.KRB_AS_REP,
		PAData: types.PADataSequence{hint}, CRealm: k.options.Realm, CName: name}}
	if err := k.issue(&rep.KDCRepFields, k.granting(), k.keys, req.ReqBody.Nonce, key, keyusage.AS_REP_ENCPART); err != nil {
		return k.fail(r, errorcode.KRB_ERR_GENERIC, "", nil)
	}
	k.note(r)
	out, _ := rep.Marshal()
	return out
}

// proof checks the encrypted timestamp; 0 is good.
func (k *KDC) proof(r *Request, data types.PADataSequence, key types.EncryptionKey) int32 {
	for _, pa := range data {
		if pa.PADataType != patype.PA_ENC_TIMESTAMP {
			continue
		}
		r.Proof = true
		var sealed types.EncryptedData
		var stamp types.PAEncTSEnc
		if sealed.Unmarshal(pa.PADataValue) != nil {
			return errorcode.KDC_ERR_PREAUTH_FAILED
		}
		b, err := crypto.DecryptEncPart(sealed, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP)
		if err != nil || stamp.Unmarshal(b) != nil {
			return errorcode.KDC_ERR_PREAUTH_FAILED
		}
		if stamp.PATimestamp.Sub(k.now()).Abs() > skew {
			return errorcode.KRB_AP_ERR_SKEW
		}
		return 0
	}
	return errorcode.KDC_ERR_PREAUTH_REQUIRED
}

// service is the TGS exchange (RFC 4120 3.3).
func (k *KDC) service(b []byte) []byte {
	r := &Request{Kind: "TGS"}
	var req messages.TGSReq
	if err := req.Unmarshal(b); err != nil {
		return k.fail(r, errorcode.KRB_ERR_GENERIC, "malformed", nil)
	}
	r.SPN = req.ReqBody.SName.PrincipalNameString()
	shown, code := k.shown(req.PAData)
	if code != 0 {
		return k.fail(r, code, "", nil)
	}
	client := shown.Ticket.DecryptedEncPart
	r.Client = client.CName.PrincipalNameString()
	held := slices.ContainsFunc(k.options.Services(), func(s string) bool { return strings.EqualFold(s, r.SPN) })
	if !held {
		return k.fail(r, errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN, "", nil)
	}
	keys := k.keys
	if k.options.WrongKey != nil && k.options.WrongKey(r.SPN) {
		keys = k.wrong
	}
	rep := messages.TGSRep{KDCRepFields: messages.KDCRepFields{PVNO: iana.PVNO, MsgType: msgtype.KRB_TGS_REP, CRealm: client.CRealm, CName: client.CName}}
	if err := k.issue(&rep.KDCRepFields, req.ReqBody.SName, keys, req.ReqBody.Nonce, client.Key, keyusage.TGS_REP_ENCPART_SESSION_KEY); err != nil {
		return k.fail(r, errorcode.KRB_ERR_GENERIC, "", nil)
	}
	k.note(r)
	out, _ := rep.Marshal()
	return out
}

// shown opens the ticket-granting ticket in a request.
func (k *KDC) shown(data types.PADataSequence) (*messages.APReq, int32) {
	for _, pa := range data {
		if pa.PADataType != patype.PA_TGS_REQ {
			continue
		}
		var ap messages.APReq
		if ap.Unmarshal(pa.PADataValue) != nil || ap.Ticket.DecryptEncPart(k.keys, nil) != nil {
			return nil, errorcode.KRB_AP_ERR_BAD_INTEGRITY
		}
		part := ap.Ticket.DecryptedEncPart
		switch {
		case ap.DecryptAuthenticator(part.Key) != nil:
			return nil, errorcode.KRB_AP_ERR_BAD_INTEGRITY
		case ap.Authenticator.CTime.Sub(k.now()).Abs() > skew:
			return nil, errorcode.KRB_AP_ERR_SKEW
		case part.EndTime.Before(k.now()):
			return nil, errorcode.KRB_AP_ERR_TKT_EXPIRED
		}
		return &ap, 0
	}
	return nil, errorcode.KDC_ERR_PADATA_TYPE_NOSUPP
}

// issue puts a fresh ticket for sname into an answer sealed with key.
func (k *KDC) issue(rep *messages.KDCRepFields, sname types.PrincipalName, keys *keytab.Keytab, nonce int, key types.EncryptionKey, usage uint32) error {
	now := k.now().Truncate(time.Second)
	f := types.NewKrbFlags()
	types.SetFlag(&f, flags.PreAuthent)
	ticket, session, err := messages.NewTicket(rep.CName, rep.CRealm, sname, k.options.Realm, f, keys, cipher, 1, now, now, now.Add(life), now.Add(life))
	if err != nil {
		return err
	}
	part := messages.EncKDCRepPart{Key: session, LastReqs: []messages.LastReq{{LRValue: now}}, Nonce: nonce, Flags: f,
		AuthTime: now, StartTime: now, EndTime: now.Add(life), RenewTill: now.Add(life), SRealm: k.options.Realm, SName: sname}
	b, err := part.Marshal()
	if err != nil {
		return err
	}
	rep.Ticket = ticket
	rep.EncPart, err = crypto.GetEncryptedData(b, key, usage, 0)
	return err
}

// fail is a KRB-ERROR with the KDC's own clock.
func (k *KDC) fail(r *Request, code int32, text string, data []byte) []byte {
	r.Code = code
	k.note(r)
	e := messages.NewKRBError(k.granting(), k.options.Realm, code, text)
	now := k.now()
	e.STime, e.Susec, e.EData = now.Truncate(time.Second), now.Nanosecond()/1000, data
	b, _ := e.Marshal()
	return b
}
