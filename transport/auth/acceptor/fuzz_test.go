package acceptor

import (
	"testing"

	"github.com/jcmturner/gokrb5/v8/keytab"

	"github.com/mapiscope/mapiscope/transport/auth/spnego"
)

// FuzzTicket shows the server tokens that nobody's KDC has made.
func FuzzTicket(f *testing.F) {
	f.Add(spnego.InitWith(wrap(0x0100, []byte{0x6e, 0x00}), spnego.Kerberos))
	k := &Kerberos{Keys: keytab.New()}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, who, err := k.Accept(b, nil, Off); err == nil || who != nil {
			t.Errorf("%x signed in as %v", b, who)
		}
	})
}
