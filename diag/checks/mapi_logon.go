package checks

import (
	"context"
	"errors"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var mapiLogon = suite.Check{
	ID: "mapi.logon", Group: "mapi", Title: "Opening the mailbox", Affects: "mailbox",
	After: []string{"mapi.connect"}, Limit: sessionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		ctx = mapihttp.WithCheck(ctx, "mapi.logon")
		m := e.Mailbox()
		_, err := m.Logon(ctx)
		var elsewhere *mapihttp.WrongServerError
		var urls []string
		if errors.As(err, &elsewhere) {
			m, urls, err = followLogon(ctx, e, elsewhere)
		}
		if err != nil {
			e.Note(suite.ServiceMailbox, func(s *suite.Session) { s.Err = err })
			return failed(err, suite.HostOf(m.Info().URL)).With("urls", urls)
		}
		if len(urls) > 0 {
			return suite.Pass("the mailbox is open; the server sent the client on to another URL first").With("urls", urls)
		}
		return suite.Pass("the mailbox is open")
	},
}

// followLogon goes where a server without the mailbox points, by asking
// Autodiscover for the mailbox id that it names (MS-OXCSTOR 2.2.1.1.2).
func followLogon(ctx context.Context, e *suite.Env, first *mapihttp.WrongServerError) (*mapihttp.Mailbox, []string, error) {
	old := e.Mailbox()
	t, err := e.Target(ctx)
	if err != nil {
		return old, nil, err
	}
	next, err := mailboxAt(ctx, e, t, first.MailboxID)
	if err != nil {
		return old, []string{t.MailboxURL}, fmt.Errorf("%w: %w", first, err)
	}
	old.Disconnect(ctx) // it holds nothing there
	m := mapihttp.NewMailbox(e.MAPIConfig(next), t.UserDN)
	e.SetMailbox(m)
	_, urls, err := m.LogonFollowing(ctx, func(ctx context.Context, id string) (string, error) { return mailboxAt(ctx, e, t, id) })
	return m, append([]string{t.MailboxURL}, urls...), err
}

// mailboxAt is the URL of the mailbox with that id: as Autodiscover gives it, or
// where that has no answer the known URL with the id put in.
func mailboxAt(ctx context.Context, e *suite.Env, t *suite.Target, id string) (string, error) {
	if t.Settings != nil {
		if a, err := e.Answer(ctx); err == nil {
			c := &autodiscover.Client{HTTP: e.HTTP, Path: e.Path, Policy: e.HTTP.Policy, Check: "mapi.logon"}
			if found := c.LookupMailbox(ctx, a.FinalURL, id); found.Usable() {
				if url, _ := found.Settings.MailboxURL(t.Internal); url != "" {
					e.HTTP.Policy.Allow(suite.HostOf(url))
					return url, nil
				}
			}
		}
	}
	return autodiscover.RewriteMailboxID(t.MailboxURL, id)
}
