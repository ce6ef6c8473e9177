package diag

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// rpcConnections are the rows of the older protocols, as Outlook's dialog shows
// them beside those of MAPI over HTTP: RPC over HTTP always, plain RPC only where
// the endpoint mapper offers it. Without an answer of Autodiscover there is
// nothing to say about either.
func rpcConnections(e *suite.Env, checks []report.Check) []report.Connection {
	if e.KnownAnswer() == nil {
		return nil
	}
	rows := []report.Connection{
		{CID: 3, Service: suite.ServiceMailbox, Protocol: "RPC/HTTP", Notification: "none"},
		{CID: 4, Service: suite.ServiceDirectory, Protocol: "RPC/HTTP", Notification: "none"},
	}
	for i := range rows {
		fillRPC(&rows[i], e)
		settleRPC(&rows[i], e, checks)
	}
	if tcp := checkOf(checks, "rpc.tcp"); tcp != nil && tcp.Evidence["endpoint"] != nil {
		rows = append(rows, report.Connection{CID: 5, Service: suite.ServiceMailbox, Protocol: "RPC/TCP", Notification: "none",
			Server: fmt.Sprint(tcp.Evidence["endpoint"]), Status: report.ConnSkipped, LastError: tcp.Summary})
	}
	return rows
}

func checkOf(checks []report.Check, id string) *report.Check {
	i := slices.IndexFunc(checks, func(c report.Check) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &checks[i]
}

// fillRPC puts in what is known of the way and of the open connection.
func fillRPC(row *report.Connection, e *suite.Env) {
	way := e.KnownRPCWay()
	if way == nil {
		return
	}
	row.ProxyServer, row.Server = way.Proxy, way.Server
	s := e.RPC()
	if s.Tunnel == nil {
		return
	}
	row.RPCPort = rpchttp.PortMailbox
	if u, err := (&rpchttp.Client{Proxy: way.Proxy, Server: way.Server}).URL(row.RPCPort); err == nil {
		row.URL = u
	}
	row.Authn, row.RPCAuthn, row.RPCEncrypt = s.Tunnel.Authn, "Anonymous", "No" // no security of its own inside TLS
	if t := s.Tunnel.OutConn.TLS; t != nil {
		row.Encrypt = tls.VersionName(t.Version)
	}
	if s.Server != (dcerpc.Words{}) && row.Service == suite.ServiceMailbox {
		row.ServerVersion = s.Server.String()
		row.ServerProduct = mapihttp.ServerProduct(row.ServerVersion)
	}
	var total time.Duration
	for _, c := range s.Calls.Calls() {
		if strings.HasPrefix(c.Name, "Nspi") != (row.Service == suite.ServiceDirectory) {
			continue
		}
		row.Requests++
		total += c.Elapsed
		if c.Err != nil {
			row.Failures++
		}
	}
	if row.Requests > 0 {
		row.AvgResponse = report.MSPtr(total / time.Duration(row.Requests))
	}
}

// rpcRungs are the checks of RPC over HTTP in the order of its ladder, by service.
var rpcRungs = map[string][]string{
	suite.ServiceMailbox:   {"rpc.echo", "rpc.connect", "rpc.mailbox"},
	suite.ServiceDirectory: {"rpc.echo", "rpc.connect", "rpc.directory"},
}

// rpcStates are what a signal of the first rung that did not pass means.
var rpcStates = map[string]report.ConnStatus{
	suite.RPCRefused: report.Refused, suite.RPCUnreachable: report.Unreachable, suite.RPCHostMissing: report.Unreachable,
}

// settleRPC gives a row its status: that of the first rung that did not pass.
func settleRPC(row *report.Connection, e *suite.Env, checks []report.Check) {
	for _, id := range rpcRungs[row.Service] {
		c := checkOf(checks, id)
		if c == nil || c.Status == report.Pass {
			continue
		}
		row.Status, row.LastError = report.ConnSkipped, c.Summary
		if c.SkippedBecause != "" {
			row.LastError = c.SkippedBecause
		}
		if e.KnownRPCWay() == nil {
			row.Status = report.NotOffered
		}
		for _, s := range c.Signals {
			if state, ok := rpcStates[s.Code]; ok {
				row.Status = state
			}
		}
		return
	}
	row.Status = report.Established
}
