package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var directoryBind = suite.Check{
	ID: "directory.bind", Group: "directory", Title: "Address book session", Affects: "directory",
	After: []string{"discovery.mailbox-url"}, Beside: wayToMailbox, Limit: sessionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		if t.DirectoryURL == "" {
			return suite.Skip("no URL for the address book is known")
		}
		if !e.SignsIn {
			return suite.Skip("no password was given").Saw(signal(suite.NoCredential, suite.HostOf(t.DirectoryURL)))
		}
		d := mapihttp.NewDirectory(e.MAPIConfig(t.DirectoryURL))
		e.SetDirectory(d)
		_, err = d.Bind(mapihttp.WithCheck(ctx, "directory.bind"))
		e.Note(suite.ServiceDirectory, func(s *suite.Session) { s.Err, s.Notification = err, "none" })
		if err != nil {
			return failed(err, suite.HostOf(t.DirectoryURL)).With("url", t.DirectoryURL)
		}
		i := d.Info()
		return suite.Pass("a session context is open, signed in with "+orNone(i.Authn)).With("context_id", i.ContextID)
	},
}
