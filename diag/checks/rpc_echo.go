package checks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

var rpcEcho = suite.Check{
	ID: "rpc.echo", Group: "rpc", Title: "RPC proxy", Affects: "mailbox",
	After: []string{"discovery.answer"}, Beside: []string{"auth.offered"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() && e.RPCURL == "" {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		way, err := e.RPCWay(ctx)
		switch {
		case errors.Is(err, suite.ErrRPCNoHost):
			return rpcHostMissing(e, way)
		case err != nil:
			return suite.Skip(err.Error())
		case !e.SignsIn:
			return suite.Skip("no password was given")
		}
		return echoBoth(ctx, e, way)
	},
}

// rpcHostMissing fails where RPC over HTTP is the only protocol that is offered.
func rpcHostMissing(e *suite.Env, way *suite.RPCWay) suite.Outcome {
	says := fmt.Sprintf("Autodiscover names %s for RPC over HTTP, which does not exist in DNS here", strings.Join(way.Unresolved, ", "))
	if offersMAPI(e) {
		return suite.Skip(says+"; MAPI over HTTP is offered, so nobody needs it").With("proxies", way.Proxies)
	}
	return suite.Fail(says).With("proxies", way.Proxies).Saw(signal(suite.RPCHostMissing, way.Unresolved[0]))
}

// echoBoth asks the proxy for a sign of life on both channels at the same time.
func echoBoth(ctx context.Context, e *suite.Env, way *suite.RPCWay) suite.Outcome {
	c := rpcClient(e, way, "rpc.echo")
	channels := []rpchttp.Channel{rpchttp.Out, rpchttp.In}
	answers, errs := make([]*rpchttp.EchoAnswer, 2), make([]error, 2)
	var both sync.WaitGroup
	for i, ch := range channels {
		both.Go(func() { answers[i], errs[i] = c.Echo(ctx, ch, rpchttp.PortMailbox) })
	}
	both.Wait()
	if unsent(errs[0]) && errs[1] != nil {
		errs[0] = errs[1] // the channel that was refused kept the other one from trying
	}
	if err := cmp.Or(errs...); err != nil {
		return rpcTrouble(e, way, err)
	}
	e.NoteRPC(func(s *suite.RPCSession) { s.Way = way })
	return suite.Pass(fmt.Sprintf("%s answers on both channels, signed in with %s", way.Proxy, orNone(answers[0].Authn))).
		With("proxy", way.Proxy).With("out_ms", answers[0].Elapsed.Milliseconds()).With("in_ms", answers[1].Elapsed.Milliseconds())
}

func rpcClient(e *suite.Env, way *suite.RPCWay, check string) *rpchttp.Client {
	return &rpchttp.Client{HTTP: e.HTTP, Proxy: way.Proxy, Server: way.Server, Check: check}
}
