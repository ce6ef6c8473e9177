package checks

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

var machineCredentials = suite.Check{
	ID: "machine.credentials", Group: "machine", Title: "Saved credentials of Outlook", Affects: "mailbox",
	Behind: []string{"auth.sign-in", "mapi.connect"}, // whether a fresh credential works decides what a saved one means
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		list, given, err := e.SavedCredentials(ctx)
		switch {
		case err != nil:
			return suite.Skip("the Credential Manager of Windows cannot be listed: " + err.Error())
		case list == nil:
			return suite.Skip("there is no Credential Manager of Windows here; what \"cmdkey /list\" wrote on the computer with Outlook can be given (--credential-list)")
		}
		hosts := []string{e.Domain, e.AutodiscoverHost()}
		if t := e.KnownTarget(); t != nil {
			hosts = append(hosts, t.Hosts()...)
		}
		return judgeCredentials(outlook.OfOutlook(list, e.Address, hosts), len(list), freshWorks(e), given)
	},
}

// freshWorks says that the server took the credential of this run.
func freshWorks(e *suite.Env) bool { return e.SignsIn && e.Mailbox() != nil }

// judgeCredentials knows that something is saved, and never whether it is old: only
// Windows can open it. It warns when the credential of this run works and somebody
// handed the list in, which people do when Outlook asks for passwords. On a computer
// where nobody complained, what is saved is usually right.
func judgeCredentials(ours []outlook.Credential, all int, works, given bool) suite.Outcome {
	if len(ours) == 0 {
		return suite.Pass(fmt.Sprintf("none of the %s is one that Outlook would sign in with", count(all, "saved credential", "saved credentials")))
	}
	var targets []string
	for _, c := range ours {
		targets = append(targets, c.String())
	}
	text := fmt.Sprintf("Windows has saved %s that Outlook signs in with", count(len(ours), "credential", "credentials"))
	out := suite.Pass(text+"; whether it is the current one cannot be seen").With("targets", targets)
	if !works {
		return out
	}
	out.Summary = text + ", and the one of this run works; whether what is saved is the same cannot be seen"
	saved := count(len(ours), "saved credential", "saved credentials")
	for _, c := range ours {
		out = out.Saw(signal(suite.StaleCredential, "", "target", c.Target, "store", c.Kind, "saved", saved))
	}
	if given {
		out.Status = report.Warn
	}
	return out
}
