package kerberos

import (
	"context"
	"errors"
	"strings"

	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// request is the TGS exchange (RFC 4120 3.3), through the realms that the KDCs
// refer to (RFC 6806, section 8).
func (i *Identity) request(ctx context.Context, spn string) (*Ticket, error) {
	by, err := i.login(ctx)
	if err != nil {
		return nil, err
	}
	realm := i.realm
	_, host, _ := strings.Cut(spn, "/")
	if other := i.config.ResolveRealm(host); other != "" && other != realm {
		if by, err = i.cross(ctx, by, other); err != nil {
			return nil, err
		}
		realm = other
	}
	name := types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: strings.SplitN(spn, "/", 2)}
	for range maxReferrals {
		t, err := i.askTicket(ctx, realm, by, name)
		if err != nil {
			return nil, err
		}
		if !isGranting(t.ticket.SName) {
			return t, nil
		}
		next := t.ticket.SName.NameString[1]
		if next == realm {
			break
		}
		i.granting[next], by, realm = t, t, next
	}
	return nil, &Error{Kind: Other, Realm: realm, SPN: spn, Err: errors.New("the domain controllers send the request around in a circle")}
}

// cross is a ticket-granting ticket for another realm.
func (i *Identity) cross(ctx context.Context, by *Ticket, realm string) (*Ticket, error) {
	if t := i.granting[realm]; t.valid() {
		return t, nil
	}
	t, err := i.askTicket(ctx, i.realm, by, types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", realm}})
	if err != nil {
		return nil, err
	}
	i.granting[realm] = t
	return t, nil
}

func (i *Identity) askTicket(ctx context.Context, realm string, by *Ticket, name types.PrincipalName) (*Ticket, error) {
	spn := name.PrincipalNameString()
	var req messages.TGSReq
	var b []byte
	err := guard(func() (err error) {
		if req, err = messages.NewTGSReq(i.name, realm, i.config, by.ticket, by.key, name, false); err == nil {
			b, err = req.Marshal()
		}
		return err
	})
	if err != nil {
		return nil, &Error{Kind: Other, Realm: realm, SPN: spn, Err: err}
	}
	reply, err := i.ask(ctx, realm, b)
	if err != nil {
		return nil, err
	}
	if k := refusal(reply); k != nil {
		return nil, i.failure(k, spn)
	}
	var rep messages.TGSRep
	if err := guard(func() error { return rep.Unmarshal(reply) }); err != nil {
		return nil, &Error{Kind: Malformed, Realm: realm, SPN: spn, Err: errors.New("the answer of the domain controller is no ticket")}
	}
	part, err := open(rep.EncPart, by.key, keyusage.TGS_REP_ENCPART_SESSION_KEY, req.ReqBody.Nonce)
	if err != nil {
		return nil, &Error{Kind: Malformed, Realm: realm, SPN: spn, Err: errors.New("the answer of the domain controller cannot be read")}
	}
	if !isGranting(rep.Ticket.SName) && !strings.EqualFold(part.SName.PrincipalNameString(), spn) {
		return nil, &Error{Kind: Malformed, Realm: realm, SPN: spn, Err: errors.New("the domain controller gave a ticket for another service")}
	}
	return newTicket(rep.KDCRepFields, part), nil
}
