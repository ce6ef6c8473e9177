//go:build !linux

package lab

import (
	"context"

	"github.com/mapiscope/mapiscope/diag/report"
)

// inNamespace is for Linux alone.
func inNamespace(context.Context, Case) (*report.Report, error) {
	return nil, &leftOutError{"it needs a network namespace, which only Linux has"}
}
