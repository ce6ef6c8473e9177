package checks

import (
	"context"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
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

var directoryResolve = suite.Check{
	ID: "directory.resolve", Group: "directory", Title: "Own address in the address book", Affects: "directory",
	After: []string{"directory.bind"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		row, found, err := e.Directory().Resolve(mapihttp.WithCheck(ctx, "directory.resolve"), e.Address)
		if err != nil {
			return failed(err, suite.HostOf(e.Directory().Info().URL))
		}
		return judgeResolve(e.Address, row, found)
	},
}

func judgeResolve(address string, row []props.Value, found nspi.MID) suite.Outcome {
	switch found {
	case nspi.Unresolved:
		return suite.Warn(address + " is not in the address book; it may be hidden there").Saw(signal(suite.NotInAddressBook, address))
	case nspi.Ambiguous:
		return suite.Warn(address + " stands for several entries of the address book").Saw(signal(suite.NotInAddressBook, address))
	}
	name, _ := props.Get[string](row, props.TagDisplayName)
	smtp, _ := props.Get[string](row, props.TagSMTPAddress)
	dn, _ := props.Get[string](row, props.TagEmailAddress)
	return suite.Pass(strings.TrimSpace(name+" <"+smtp+">")).With("display_name", name).With("smtp", smtp).With("legacy_dn", dn)
}

var directoryURL = suite.Check{
	ID: "directory.mailbox-url", Group: "directory", Title: "Address book URL, as the server gives it", Affects: "directory",
	After: []string{"directory.bind"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		url, err := e.Directory().AddressBookURL(mapihttp.WithCheck(ctx, "directory.mailbox-url"), t.UserDN)
		if err != nil {
			return failed(err, suite.HostOf(t.DirectoryURL))
		}
		return judgeDirectoryURL(url, t)
	},
}

// judgeDirectoryURL compares the address book's own idea of its URL with the one
// in use: Outlook goes on with the former.
func judgeDirectoryURL(url string, t *suite.Target) suite.Outcome {
	host, used := suite.HostOf(url), suite.HostOf(t.DirectoryURL)
	out := suite.Pass(host+", as Autodiscover says").With("url", url)
	switch {
	case host == "":
		return suite.Skip("the server gives none")
	case host != used:
		out = suite.Warn("the address book gives "+host+" as its host, Autodiscover gives "+used).With("url", url).
			Saw(signal(suite.DirectoryURLDiffers, host))
	}
	return out
}

var directoryPing = suite.Check{
	ID: "directory.ping", Group: "directory", Title: "Address book session is alive", Affects: "directory",
	After: []string{"directory.bind"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		start := time.Now()
		err := e.Directory().Ping(mapihttp.WithCheck(ctx, "directory.ping"))
		return judgePing(err, e.Directory().Info(), time.Since(start))
	},
}
