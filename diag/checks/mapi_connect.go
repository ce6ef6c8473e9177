package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

// wayToMailbox are the checks that look at the way a session takes.
var wayToMailbox = []string{"dns.mailbox", "network.mailbox", "tls.mailbox", "web.healthcheck", "auth.offered"}

var mapiConnect = suite.Check{
	ID: "mapi.connect", Group: "mapi", Title: "Mailbox session", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: wayToMailbox, Limit: sessionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		if !e.SignsIn {
			return suite.Skip("no password was given").Saw(signal(suite.NoCredential, suite.HostOf(t.MailboxURL)))
		}
		m := mapihttp.NewMailbox(e.MAPIConfig(t.MailboxURL), t.UserDN)
		e.SetMailbox(m)
		p, err := m.Connect(mapihttp.WithCheck(ctx, "mapi.connect"))
		e.Note(suite.ServiceMailbox, func(s *suite.Session) { s.Err, s.Notification = err, "none" })
		if err != nil {
			out := failed(err, suite.HostOf(t.MailboxURL)).With("url", t.MailboxURL)
			if p != nil && len(p.AuxText) > 0 {
				out = out.With("server_says", p.AuxText)
			}
			return out
		}
		i := m.Info()
		return suite.Pass("a session context is open, signed in with "+orNone(i.Authn)).With("context_id", i.ContextID).
			With("display_name", p.DisplayName).With("server_version", i.ServerVersion).With("expires_after_ms", i.Expiration.Milliseconds())
	},
}

func orNone(authn string) string {
	if authn == "" {
		return "no sign-in"
	}
	return authn
}
