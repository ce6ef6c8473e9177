package autodiscover_test

import (
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

// The whole search against the embedded Exchange: NTLM over real TLS, every step
// that the domain has, in both manners of answering.
func TestEmbeddedExchange(t *testing.T) {
	for _, manner := range []exchangetest.Manner{exchangetest.ExchangeSE, exchangetest.Gromox} {
		t.Run(manner.String(), func(t *testing.T) {
			server, err := exchangetest.Start(exchangetest.Options{Manner: manner})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			user := server.User(0)
			cred := auth.Credential{User: user.Login, Password: auth.NewSecret(user.Password)}
			client := &httpc.Client{Path: server.Path(), Policy: &auth.Policy{},
				Mechanisms: []auth.Mechanism{auth.NTLM(cred, auth.NTLMOptions{}), auth.Basic(cred)}}
			defer client.Close()

			r := (&autodiscover.Client{HTTP: client}).Lookup(t.Context(), user.Address)
			if r.Best == nil {
				for _, a := range r.Attempts {
					t.Logf("%s: %v", a.Step, a.Err)
				}
				t.Fatal("no step led to settings")
			}
			if u, _ := r.Best.Settings.MailboxURL(false); u != server.MailStoreURL(user) {
				t.Errorf("mailbox URL %q, want %q", u, server.MailStoreURL(user))
			}
			if u, _ := r.Best.Settings.AddressBookURL(false); u != server.AddressBookURL(user) {
				t.Errorf("address book URL %q, want %q", u, server.AddressBookURL(user))
			}
			if d := r.Difference; d == nil || d.With != autodiscover.OfferMapiHTTP || len(d.Changed) > 0 {
				t.Errorf("Difference = %+v", d)
			}
			if len(r.Disagreements) > 0 {
				t.Errorf("Disagreements = %+v", r.Disagreements)
			}
			want := map[exchangetest.Manner]string{exchangetest.ExchangeSE: "NTLM", exchangetest.Gromox: "Basic"}[manner]
			for _, q := range server.Requests() {
				if q.Credential && (!q.TLS || q.Scheme != want || !strings.HasSuffix(q.Path, ".xml")) {
					t.Errorf("a credential by %q, want %s over TLS for POX alone: %+v", q.Scheme, want, q)
				}
			}
			if r.Best.Authn != want {
				t.Errorf("signed in by %q, want %s", r.Best.Authn, want)
			}
		})
	}
}
