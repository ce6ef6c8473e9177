package checks

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var mapiVersion = suite.Check{
	ID: "mapi.version", Group: "mapi", Title: "Server version", Affects: "mailbox",
	After: []string{"mapi.connect"},
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		return judgeVersion(e.Mailbox().Info().ServerVersion)
	},
}

func judgeVersion(version string) suite.Outcome {
	v, ok := mapihttp.ParseVersion(version)
	if !ok {
		return suite.Skip("the server does not tell its version")
	}
	product := mapihttp.ServerProduct(version)
	if v.Less(mapihttp.Version{firstMajor, firstMinor, firstBuild, 0}) {
		return suite.Fail(fmt.Sprintf("the server is %s, older than MAPI over HTTP", version)).Saw(signal(suite.ServerTooOld, "", "version", version))
	}
	if product == "" {
		product = "a server that gives itself version " + version
	}
	return suite.Pass(product).With("version", version)
}
