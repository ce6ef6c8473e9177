package checks

import (
	"context"
	"errors"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
)

var discoveryMailboxURL = suite.Check{
	ID: "discovery.mailbox-url", Group: "discovery", Title: "Mailbox URL", Affects: "mailbox",
	After: []string{"discovery.capability"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if errors.Is(err, suite.ErrNoURL) {
			return suite.Fail(err.Error()).Saw(signal(suite.NoMailboxURL, e.Domain))
		}
		if errors.Is(err, suite.ErrNotGiven) {
			return suite.Skip(err.Error())
		}
		if err != nil {
			return failed(err, e.Domain)
		}
		return judgeTarget(t, e.SkipsDiscovery())
	},
}

func judgeTarget(t *suite.Target, given bool) suite.Outcome {
	which := "the external URL"
	switch {
	case given:
		which = "the given URL"
	case t.Internal:
		which = "the internal URL"
	}
	out := suite.Pass(which+" leads to "+t.Hosts()[0]).With("mailbox_url", t.MailboxURL).With("directory_url", t.DirectoryURL)
	if len(t.Unresolved) > 0 && t.Internal {
		out.Status = "warn"
		out.Summary = "the external URL names " + strings.Join(t.Unresolved, ", ") + ", which does not exist in DNS here; the internal URL is used"
		out = out.Saw(signal(suite.MailboxURLNoName, t.Unresolved[0]))
	}
	return out
}
