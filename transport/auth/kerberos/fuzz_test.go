package kerberos

import (
	"testing"

	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/mapiscope/mapiscope/transport/auth"
)

func fuzzed() *Identity {
	c, err := parseConfig(nil, "none")
	if err != nil {
		panic(err)
	}
	return &Identity{config: c, realm: "CONTOSO.TEST", password: auth.NewSecret("x"), granting: map[string]*Ticket{}, services: map[string]*Ticket{},
		failed: map[string]error{}, uses: map[string]*Use{}, name: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}}
}

// FuzzKDC reads everything that a KDC can answer.
func FuzzKDC(f *testing.F) {
	k := messages.NewKRBError(types.PrincipalName{NameType: 2, NameString: []string{"krbtgt", "CONTOSO.TEST"}}, "CONTOSO.TEST", 25, "")
	k.EData = []byte{0x30, 0x00}
	b, err := k.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		i := fuzzed()
		if k := refusal(b); k != nil {
			if e := i.failure(k, ""); e.Error() == "" {
				t.Error("an error without words")
			}
			var hints types.PADataSequence
			if guard(func() error { return hints.Unmarshal(k.EData) }) == nil {
				i.cipherOf(hints)
			}
		}
		req, err := i.loginRequest()
		if err != nil {
			t.Fatal(err)
		}
		if ticket, err := i.granted(req, b, &types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}); err == nil {
			t.Errorf("a ticket out of nothing: %+v", ticket)
		}
	})
}

// FuzzServerToken reads what a server can send as its proof.
func FuzzServerToken(f *testing.F) {
	f.Add(wrap(tokenAPRep, []byte{0x6f, 0x02, 0x30, 0x00}), true)
	f.Add(wrap(tokenError, []byte{0x7e, 0x00}), false)
	f.Add([]byte{0xa1, 0x03, 0x30, 0x01, 0x00}, true)
	f.Fuzz(func(t *testing.T, b []byte, accepted bool) {
		h := &handshake{identity: fuzzed(), ticket: &Ticket{key: types.EncryptionKey{KeyType: 18, KeyValue: make([]byte, 32)}}}
		h.Verify(b, accepted)
		for _, u := range h.identity.Uses() {
			if u.Proven && verify(b, h.ticket, h.authenticator) != nil && isBare(b) {
				t.Error("a proof out of nothing")
			}
		}
		s := &SASL{ticket: h.ticket}
		s.NegotiateSaslAuth(b, "")
	})
}

func FuzzCache(f *testing.F) {
	f.Add([]byte{5, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 'A'})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := parseCache(b)
		if err == nil {
			fuzzed().fill(c)
		}
	})
}
