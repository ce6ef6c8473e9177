package checks

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

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
