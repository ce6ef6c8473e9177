package checks

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

var directoryPing = suite.Check{
	ID: "directory.ping", Group: "directory", Title: "Address book session is alive", Affects: "directory",
	After: []string{"directory.bind"}, Limit: questionLimit,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		start := time.Now()
		err := e.Directory().Ping(mapihttp.WithCheck(ctx, "directory.ping"))
		noteLoss(e, suite.ServiceDirectory, err)
		return judgePing(err, e.Directory().Info(), time.Since(start))
	},
}
