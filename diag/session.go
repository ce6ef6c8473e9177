package diag

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

// Input is what a run with these options is about, for those that keep a session
// open themselves. The error is a *UsageError; nothing is sent.
func (o *Options) Input() (suite.Input, error) { return o.input() }

// ConnectionRow is the row of the connection table for an open session.
func ConnectionRow(cid int, service string, i mapihttp.ContextInfo) report.Connection {
	row := report.Connection{CID: cid, Service: service, Protocol: "HTTP", Status: report.Established, Notification: "none"}
	fillConnection(&row, i)
	return row
}
