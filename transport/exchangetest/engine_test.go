package exchangetest

import (
	"context"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/rop"
)

func credential(u User) auth.Credential {
	return auth.Credential{User: u.Login, Password: auth.NewSecret(u.Password)}
}

// The engine itself, from the address to a notification, with every way to sign in
// that the server verifies, against both manners.
func TestEngine(t *testing.T) {
	u := DefaultUsers("contoso.test")[0]
	for _, test := range []struct {
		name   string
		o      Options
		how    auth.Mechanism
		scheme string
	}{
		{"Basic", Options{}, auth.Basic(credential(u)), "Basic"},
		{"NTLM", Options{ExtendedProtection: EPRequire}, auth.NTLM(credential(u), auth.NTLMOptions{}), "NTLM"},
		{"Negotiate, raw", Options{ExtendedProtection: EPRequire}, auth.NegotiateNTLM(credential(u), auth.NTLMOptions{}), "Negotiate"},
		{"Negotiate, SPNEGO", Options{ExtendedProtection: EPRequire}, auth.NegotiateNTLM(credential(u), auth.NTLMOptions{SPNEGO: true}), "Negotiate"},
		{"gromox", Options{Manner: Gromox}, auth.Basic(credential(u)), "Basic"},
		{"20 ms", Options{RTT: 20 * time.Millisecond}, auth.NTLM(credential(u), auth.NTLMOptions{}), "NTLM"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, test.o)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			policy := &auth.Policy{}
			hc := &httpc.Client{Path: s.Path(), Policy: policy, Mechanisms: []auth.Mechanism{test.how}}
			defer hc.Close()
			found := (&autodiscover.Client{HTTP: hc, Policy: policy}).Lookup(ctx, u.Address).BestMAPI()
			if found == nil {
				t.Fatal("Autodiscover gives no MAPI over HTTP")
			}
			mapi := found.Settings.MapiHTTP
			driveMailbox(ctx, t, s, hc, mapi.MailStore.External, found.Settings.LegacyDN)
			driveDirectory(ctx, t, s, hc, mapi.AddressBook.External)
			checkRecords(t, s, test.scheme)
		})
	}
}

func driveMailbox(ctx context.Context, t *testing.T, s *Server, hc *httpc.Client, url, dn string) {
	t.Helper()
	m := mapihttp.NewMailbox(mapihttp.Config{HTTP: hc, URL: url}, dn)
	if _, err := m.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Logon(ctx); err != nil {
		t.Fatal(err)
	}
	sum, err := m.Summary(ctx)
	if err != nil || sum.Owner != "Alice Example" || sum.Messages == nil || *sum.Messages != 3 || !sum.ToInbox {
		t.Fatalf("summary %+v, %v", sum, err)
	}
	if err := m.RegisterNotification(ctx, rop.NewMail); err != nil {
		t.Fatal(err)
	}
	s.Deliver("alice@contoso.test", "Hello")
	if w, err := m.NotificationWait(ctx); err != nil || !w.EventPending {
		t.Fatalf("wait %+v, %v", w, err)
	}
	if events, err := m.Poll(ctx); err != nil || len(events) != 1 || events[0].Type() != rop.NewMail {
		t.Fatalf("events %+v, %v", events, err)
	}
	if err := m.Ping(ctx); err != nil {
		t.Error(err)
	}
	if err := m.Disconnect(ctx); err != nil {
		t.Error(err)
	}
}

func driveDirectory(ctx context.Context, t *testing.T, s *Server, hc *httpc.Client, url string) {
	t.Helper()
	d := mapihttp.NewDirectory(mapihttp.Config{HTTP: hc, URL: url})
	if _, err := d.Bind(ctx); err != nil {
		t.Fatal(err)
	}
	if _, mid, err := d.Resolve(ctx, "bob@contoso.test"); err != nil || mid == 0 {
		t.Errorf("resolved to %v, %v", mid, err)
	}
	if u, err := d.MailboxURL(ctx, s.serverDN(s.User(0))); err != nil || u != s.MailStoreURL(s.User(0)) {
		t.Errorf("mailbox URL %q, %v", u, err)
	}
	if err := d.Unbind(ctx); err != nil {
		t.Error(err)
	}
	if n := s.Contexts(); n != 0 {
		t.Errorf("%d session contexts are left", n)
	}
}

// checkRecords: no protocol request is carried out twice, a password goes over
// TLS and to Exchange only, and what is signed in is Alice.
func checkRecords(t *testing.T, s *Server, scheme string) {
	t.Helper()
	seen := map[string]bool{}
	for _, r := range s.Requests() {
		if id := r.RequestType + " " + r.RequestID; r.ResponseCode >= 0 {
			if seen[id] {
				t.Errorf("%s was carried out twice", id)
			}
			seen[id] = true
		}
		if r.Credential && (!r.TLS || r.Scheme != scheme || r.Host == s.Domain()) {
			t.Errorf("a credential came with %+v", r)
		}
		if r.User != "" && r.User != `CONTOSO\alice` {
			t.Errorf("signed in: %s", r.User)
		}
	}
	if len(seen) < 12 {
		t.Errorf("only %d protocol requests were seen", len(seen))
	}
}
