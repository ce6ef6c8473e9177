package checks

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

var rpcConnect = suite.Check{
	ID: "rpc.connect", Group: "rpc", Title: "RPC server", Affects: "mailbox",
	After: []string{"rpc.echo"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		way := e.RPC().Way
		if way == nil {
			return suite.Skip("the RPC proxy refuses already")
		}
		t, err := e.OpenRPC(ctx, rpcClient(e, way, "rpc.connect"))
		if err != nil {
			return rpcTrouble(e, way, err)
		}
		calls := dcerpc.NewClient(t)
		e.NoteRPC(func(s *suite.RPCSession) { s.Tunnel, s.Calls = t, calls })
		defer endWith(ctx, t)()
		refused, err := calls.Bind(dcerpc.EMSMDB, dcerpc.NSPI, dcerpc.RFR)
		if err == nil && refused[0] != nil {
			err = refused[0]
		}
		if err == nil {
			_, err = calls.Dummy()
		}
		if err != nil {
			return rpcTrouble(e, way, err)
		}
		e.NoteRPC(func(s *suite.RPCSession) { s.Ready = true })
		out := suite.Pass(fmt.Sprintf("both channels reach %s, and its mailbox service answers", way.Server)).
			With("rpc_server", way.Server).With("port", calls.Endpoint()).With("authn", t.Authn).
			With("open_ms", t.Elapsed.Milliseconds()).With("proxy_timeout_ms", t.ProxyTimeout.Milliseconds())
		var missing []string
		for _, r := range refused {
			if r != nil {
				missing = append(missing, r.Interface.Name())
			}
		}
		if len(missing) > 0 {
			out = out.With("interfaces_refused", missing)
		}
		return out
	},
}

// endWith ends the connection when ctx does; the result takes that back. A call
// that does not end in its time leaves a stream that nobody can go on with.
func endWith(ctx context.Context, t *rpchttp.Tunnel) func() bool {
	return context.AfterFunc(ctx, func() { t.Close() })
}
