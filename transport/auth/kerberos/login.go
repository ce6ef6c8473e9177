package kerberos

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// maxReferrals bounds how often a KDC may send us on to another realm.
const maxReferrals = 5

// login is the AS exchange (RFC 4120 3.1): from a password or keytab to a
// ticket-granting ticket. The proof of the password goes out once.
func (i *Identity) login(ctx context.Context) (*Ticket, error) {
	if t := i.granting[i.realm]; t.valid() {
		return t, nil
	} else if t != nil && i.source == "ticket" {
		return nil, &Error{Kind: TicketExpired, Realm: i.realm, Err: errors.New("the ticket in the cache has expired: run kinit")}
	}
	if i.source == "ticket" {
		return nil, &Error{Kind: NoTicket, Realm: i.realm, Err: errors.New("the cache holds no ticket for asking further ones: run kinit")}
	}
	if err := i.failed[""]; err != nil {
		return nil, err
	}
	t, err := i.askLogin(ctx)
	if err != nil {
		if ctx.Err() == nil {
			i.failed[""] = err
		}
		return nil, err
	}
	i.granting[i.realm] = t
	return t, nil
}

func (i *Identity) askLogin(ctx context.Context) (*Ticket, error) {
	for range maxReferrals {
		req, err := i.loginRequest()
		if err != nil {
			return nil, &Error{Kind: Other, Realm: i.realm, Err: err}
		}
		reply, err := i.sendLogin(ctx, req)
		if err != nil {
			return nil, err
		}
		k := refusal(reply)
		if k == nil {
			return i.granted(req, reply, nil)
		}
		switch k.ErrorCode {
		case errorcode.KDC_ERR_WRONG_REALM: // RFC 6806, section 7
			if k.CRealm == "" || k.CRealm == i.realm {
				return nil, i.failure(k, "")
			}
			i.realm = k.CRealm
		case errorcode.KDC_ERR_PREAUTH_REQUIRED:
			return i.prove(ctx, req, k)
		default:
			return nil, i.failure(k, "")
		}
	}
	return nil, &Error{Kind: Other, Realm: i.realm, Err: errors.New("the domain controllers send the sign-in around in a circle")}
}

func (i *Identity) loginRequest() (req messages.ASReq, err error) {
	err = guard(func() (err error) {
		req, err = messages.NewASReqForTGT(i.realm, i.config, i.name)
		return err
	})
	return req, err
}

func (i *Identity) sendLogin(ctx context.Context, req messages.ASReq) ([]byte, error) {
	b, err := req.Marshal()
	if err != nil {
		return nil, &Error{Kind: Other, Realm: i.realm, Err: err}
	}
	return i.ask(ctx, i.realm, b)
}

// prove answers the demand for pre-authentication with an encrypted timestamp
// (RFC 4120 5.2.7.2).
func (i *Identity) prove(ctx context.Context, req messages.ASReq, demand *messages.KRBError) (*Ticket, error) {
	var hints types.PADataSequence
	if err := guard(func() error { return hints.Unmarshal(demand.EData) }); err != nil {
		return nil, &Error{Kind: Malformed, Realm: i.realm, Err: errors.New("the domain controller does not say how to sign in")}
	}
	cipher, salted, err := i.cipherOf(hints)
	if err != nil {
		return nil, err
	}
	key, err := i.key(cipher, salted)
	if err != nil {
		return nil, err
	}
	stamp, err := timestamp(key)
	if err != nil {
		return nil, &Error{Kind: Other, Realm: i.realm, Err: err}
	}
	req.PAData = append(req.PAData, types.PAData{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: stamp})
	reply, err := i.sendLogin(ctx, req)
	if err != nil {
		return nil, err
	}
	if k := refusal(reply); k != nil {
		return nil, i.failure(k, "")
	}
	return i.granted(req, reply, &key)
}

// cipherOf picks the first encryption type that the KDC names and we have
// (RFC 4120 5.2.7.5), and gives the data its key is derived with.
func (i *Identity) cipherOf(hints types.PADataSequence) (int32, types.PADataSequence, error) {
	for _, pa := range hints {
		if pa.PADataType != patype.PA_ETYPE_INFO2 {
			continue
		}
		var list types.ETypeInfo2
		if guard(func() (err error) { list, err = pa.GetETypeInfo2(); return err }) != nil {
			break
		}
		for _, e := range list {
			if !slices.Contains(i.config.LibDefaults.DefaultTktEnctypeIDs, e.EType) || tooCostly(e.S2KParams) {
				continue
			}
			one, err := asn1.Marshal(types.ETypeInfo2{e})
			if err != nil {
				continue
			}
			return e.EType, types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: one}}, nil
		}
	}
	return 0, nil, &Error{Kind: NoCommonCipher, Realm: i.realm}
}

// tooCostly says that deriving the key would take longer than anybody waits: a
// hostile KDC could ask for four billion rounds of PBKDF2. Windows and MIT use
// 4096 and 32768.
func tooCostly(params []byte) bool {
	if len(params) != 4 {
		return false
	}
	rounds := uint32(params[0])<<24 | uint32(params[1])<<16 | uint32(params[2])<<8 | uint32(params[3])
	return rounds == 0 || rounds > 1<<20
}

// key is the account's long-term key of that encryption type.
func (i *Identity) key(cipher int32, salted types.PADataSequence) (key types.EncryptionKey, err error) {
	err = guard(func() (err error) {
		if i.keytab != nil {
			key, _, err = i.keytab.GetEncryptionKey(i.name, i.realm, 0, cipher)
			return err
		}
		key, _, err = crypto.GetKeyFromPassword(i.password.Reveal(), i.name, i.realm, cipher, salted)
		return err
	})
	if err != nil && i.keytab != nil {
		return key, &Error{Kind: NoCommonCipher, Realm: i.realm, Err: fmt.Errorf("the keytab has no key of encryption type %d for %s", cipher, i.name.PrincipalNameString())}
	}
	if err != nil {
		return key, &Error{Kind: Malformed, Realm: i.realm, Err: errors.New("the key cannot be derived as the domain controller asks")}
	}
	return key, nil
}

func timestamp(key types.EncryptionKey) ([]byte, error) {
	now := time.Now().UTC()
	b, err := asn1.Marshal(types.PAEncTSEnc{PATimestamp: now, PAUSec: now.Nanosecond() / 1000})
	if err != nil {
		return nil, err
	}
	sealed, err := crypto.GetEncryptedData(b, key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, 0)
	if err != nil {
		return nil, err
	}
	return sealed.Marshal()
}

// granted opens an AS-REP. key is the one of the pre-authentication, nil when
// the KDC asked for none.
func (i *Identity) granted(req messages.ASReq, reply []byte, key *types.EncryptionKey) (*Ticket, error) {
	var rep messages.ASRep
	if err := guard(func() error { return rep.Unmarshal(reply) }); err != nil {
		return nil, &Error{Kind: Malformed, Realm: i.realm, Err: errors.New("the answer of the domain controller is no ticket")}
	}
	if key == nil || key.KeyType != rep.EncPart.EType {
		k, err := i.keyFor(rep)
		if err != nil {
			return nil, err
		}
		key = &k
	}
	part, err := open(rep.EncPart, *key, keyusage.AS_REP_ENCPART, req.ReqBody.Nonce)
	if err != nil {
		return nil, &Error{Kind: BadPassword, Realm: i.realm, Err: err} // made with another key than ours
	}
	if !isGranting(rep.Ticket.SName) || !isGranting(part.SName) {
		return nil, &Error{Kind: Malformed, Realm: i.realm, Err: errors.New("the domain controller gave another ticket than the one asked for")}
	}
	i.name, i.realm = rep.CName, rep.CRealm // as the domain spells it
	if i.name.NameType == nametype.KRB_NT_ENTERPRISE && len(i.name.NameString) == 0 {
		i.name = req.ReqBody.CName
	}
	return newTicket(rep.KDCRepFields, part), nil
}

// keyFor is the long-term key that an AS-REP without pre-authentication was made with.
func (i *Identity) keyFor(rep messages.ASRep) (types.EncryptionKey, error) {
	if !slices.Contains(i.config.LibDefaults.DefaultTktEnctypeIDs, rep.EncPart.EType) {
		return types.EncryptionKey{}, &Error{Kind: NoCommonCipher, Realm: i.realm}
	}
	var salted types.PADataSequence // without a hint: the default salt
	if cipher, hint, err := i.cipherOf(rep.PAData); err == nil && cipher == rep.EncPart.EType {
		salted = hint
	}
	return i.key(rep.EncPart.EType, salted)
}

// open decrypts the part of an answer that only we and the KDC can read, and
// checks that it answers our request.
func open(sealed types.EncryptedData, key types.EncryptionKey, usage uint32, nonce int) (part messages.EncKDCRepPart, err error) {
	err = guard(func() error {
		b, err := crypto.DecryptEncPart(sealed, key, usage)
		if err != nil {
			return err
		}
		return part.Unmarshal(b)
	})
	if err == nil && part.Nonce != nonce {
		err = errors.New("the answer belongs to another request")
	}
	return part, err
}

func newTicket(rep messages.KDCRepFields, part messages.EncKDCRepPart) *Ticket {
	t := rep.Ticket
	start := part.StartTime
	if start.IsZero() {
		start = part.AuthTime
	}
	return &Ticket{SPN: t.SName.PrincipalNameString(), Realm: t.Realm, Cipher: t.EncPart.EType,
		Start: start, End: part.EndTime, ticket: t, key: part.Key, client: rep.CName, home: rep.CRealm}
}

func isGranting(n types.PrincipalName) bool {
	return len(n.NameString) == 2 && n.NameString[0] == "krbtgt"
}

// failure completes what a KRB-ERROR says.
func (i *Identity) failure(k *messages.KRBError, spn string) *Error {
	e := fromKRB(k, time.Now())
	e.SPN, e.KDC = spn, i.KDC()
	if e.Realm == "" {
		e.Realm = i.realm
	}
	return e
}
