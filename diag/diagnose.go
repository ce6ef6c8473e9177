package diag

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/report"
)

// Diagnose runs the checks and judges what they saw. It answers a report also
// when everything failed, when the time was up, or when ctx was cancelled: what
// was found until then is in it (Run.Incomplete says why it stops). The only
// error is a *UsageError, before anything was sent.
func Diagnose(ctx context.Context, o Options) (*report.Report, error) {
	return nil, &UsageError{Sentence: "not built yet"}
}
