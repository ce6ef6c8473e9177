package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// rpcTCP asks whether Exchange is still reached by plain RPC, as until Exchange
// 2010. It never signs in, and every answer is a good one: it only explains what
// an old Outlook inside the network may still find.
var rpcTCP = suite.Check{
	ID: "rpc.tcp", Group: "rpc", Title: "Plain RPC", Affects: "mailbox",
	After: []string{"discovery.answer"}, Beside: []string{"dns.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() && e.RPCURL == "" {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		way, err := e.RPCWay(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		host := way.Proxy
		if !strings.Contains(way.Server, "@") {
			host = way.Server // until 2010 the server itself; since then a name that stands for the mailbox
		}
		p, err := dcerpc.Locate(ctx, e.Path, host, dcerpc.EMSMDB)
		return judgeMapper(host, p, err)
	},
}

func judgeMapper(host string, p *dcerpc.MapResponse, err error) suite.Outcome {
	switch {
	case netpath.PhaseOf(err) == netpath.PhaseDNS:
		return suite.Skip(err.Error())
	case err != nil:
		return suite.Pass("no endpoint mapper answers at "+host+":135, so plain RPC is not offered, as is usual").With("error", err.Error())
	case len(p.Towers) == 0:
		return suite.Pass("the endpoint mapper of "+host+" does not know the mailbox service, so plain RPC is not offered, as from Exchange 2013 on").With("status", p.Status.String())
	}
	at := p.Towers[0].Addr
	return suite.Pass(fmt.Sprintf("the endpoint mapper of %s still offers the mailbox service at port %d; no session was tried there", host, at.Port())).With("endpoint", at.String())
}
