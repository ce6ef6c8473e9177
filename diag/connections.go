package diag

import (
	"crypto/tls"
	"errors"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

// connections are the rows of the connection table: one per service, also for one
// that did not come about.
func connections(e *suite.Env, t *suite.Target, checks []report.Check) []report.Connection {
	mailbox := report.Connection{CID: 1, Service: suite.ServiceMailbox, Protocol: "HTTP", Notification: "none"}
	directory := report.Connection{CID: 2, Service: suite.ServiceDirectory, Protocol: "HTTP", Notification: "none"}
	if t != nil {
		mailbox.URL, directory.URL = t.MailboxURL, t.DirectoryURL
	}
	if m := e.Mailbox(); m != nil {
		fillConnection(&mailbox, m.Info())
	}
	if d := e.Directory(); d != nil {
		fillConnection(&directory, d.Info())
	}
	rows := []report.Connection{mailbox, directory}
	for i := range rows {
		settle(&rows[i], e, checks)
	}
	return append(rows, rpcConnections(e, checks)...)
}

// openedBy is the check that opens a service's session.
var openedBy = map[string]string{suite.ServiceMailbox: "mapi.connect", suite.ServiceDirectory: "directory.bind"}

// settle gives a row its status: what became of the session, or why there is none.
func settle(row *report.Connection, e *suite.Env, checks []report.Check) {
	s, tried := e.SessionOf(row.Service)
	switch {
	case !tried && notOffered(checks):
		row.Status = report.NotOffered
	case !tried:
		row.Status, row.LastError = report.ConnSkipped, whySkipped(openedBy[row.Service], checks)
	case s.Err == nil:
		row.Status, row.Notification = report.Established, s.Notification
	case answered(s.Err):
		row.Status, row.LastError = report.Refused, s.Err.Error()
	default:
		row.Status, row.LastError = report.Unreachable, s.Err.Error()
		if why := whySkipped(openedBy[row.Service], checks); why != "" {
			row.LastError = why
		}
	}
}

// answered says that an error is somebody's answer, as opposed to none.
func answered(err error) bool {
	var f *mapihttp.Failure
	var a *httpc.AuthError
	return errors.As(err, &a) || errors.As(err, &f) && f.Delivery == mapihttp.Answered
}

// notOffered says that Autodiscover answered without any way by MAPI over HTTP.
func notOffered(checks []report.Check) bool {
	for _, c := range checks {
		if c.ID == "discovery.capability" {
			return c.Status == report.Fail
		}
	}
	return false
}

func whySkipped(id string, checks []report.Check) string {
	for _, c := range checks {
		if c.ID == id {
			return c.SkippedBecause
		}
	}
	return ""
}

func fillConnection(row *report.Connection, i mapihttp.ContextInfo) {
	row.URL = i.URL
	row.Server = i.BEServer
	if row.Server == "" {
		row.Server = i.FEServer
	}
	row.Authn = i.Authn
	if i.TLS != nil {
		row.Encrypt = tls.VersionName(i.TLS.Version)
	}
	row.Requests, row.Failures = i.Requests, i.Failures
	row.AvgResponse, row.AvgProcessing = report.MSPtr(i.AvgResponse), report.MSPtr(i.AvgProcessing)
	row.ServerVersion, row.ServerProduct = i.ServerVersion, i.ServerProduct
	row.ContextAge = report.MSPtr(i.Age)
}
