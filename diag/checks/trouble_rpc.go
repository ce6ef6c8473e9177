package checks

import (
	"errors"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// offersMAPI says that RPC over HTTP is not what Outlook would use.
func offersMAPI(e *suite.Env) bool {
	a := e.KnownAnswer()
	return a != nil && a.Settings.Offer() == autodiscover.OfferMapiHTTP
}

// rpcTrouble is the outcome of RPC over HTTP that does not work: a failure where
// it is the only protocol that is offered. Beside MAPI over HTTP a refusal is
// worth a look, and a way that does not work is for the checks of that way to say.
func rpcTrouble(e *suite.Env, way *suite.RPCWay, err error) suite.Outcome {
	if unsent(err) {
		return suite.Skip(err.Error()) // nobody was asked
	}
	s, answered := rpcSignal(way.Proxy, err)
	out := suite.Fail(err.Error())
	switch {
	case offersMAPI(e) && (!answered || notThere(err)):
		out = suite.Skip(err.Error() + "; MAPI over HTTP is offered, so nobody needs it")
	case offersMAPI(e):
		out = suite.Warn(err.Error() + "; MAPI over HTTP is offered, so nobody needs it")
	}
	return out.Saw(s).With("proxy", way.Proxy).With("rpc_server", way.Server)
}

// notThere tells a proxy that does not exist from one that refuses.
func notThere(err error) bool {
	var e *rpchttp.Error
	return errors.As(err, &e) && e.Status == 404
}

// unsent says that policy or budget kept the credential back.
func unsent(err error) bool {
	var e *httpc.AuthError
	return errors.As(err, &e) && (e.Reason == httpc.PolicyRefused || e.Reason == httpc.BudgetUsed || e.Reason == httpc.MechanismFailed)
}

// rpcSignal says what an error of RPC over HTTP means, and whether somebody
// answered.
func rpcSignal(host string, err error) (s suite.Signal, answered bool) {
	var proxy *rpchttp.Error
	var refused *httpc.AuthError
	var bind *dcerpc.BindError
	var fault *dcerpc.FaultError
	switch {
	case errors.As(err, &proxy) && proxy.CutOff():
		return signal(suite.RPCUnreachable, host, "phase", string(proxy.Stage), "kind", "cut-off"), false
	case errors.As(err, &refused):
		return signal(suite.RPCRefused, host, "stage", "sign-in", "reason", string(refused.Reason), "status", refused.Status), refused.Reason == httpc.Refused
	case errors.As(err, &bind):
		return signal(suite.RPCRefused, host, "stage", "bind", "reason", bind.Error()), true
	case errors.As(err, &fault):
		return signal(suite.RPCRefused, host, "stage", fault.Call, "code", fmt.Sprintf("0x%X", uint32(fault.Status)), "reason", fault.Status.Meaning()), true
	case errors.As(err, &proxy) && proxy.Status != 0:
		code := ""
		if proxy.HasCode {
			code = fmt.Sprintf("0x%X", uint32(proxy.Code))
		}
		return signal(suite.RPCRefused, host, "stage", string(proxy.Stage), "status", proxy.Status, "code", code), true
	}
	return signal(suite.RPCUnreachable, host, "phase", string(netpath.PhaseOf(err)), "kind", string(netpath.KindOf(err))), false
}

// rpcCode is the outcome of a call that was answered with a code.
func rpcCode(e *suite.Env, way *suite.RPCWay, call string, code mapierr.Code) suite.Outcome {
	says := fmt.Sprintf("%s answers %s with %v", way.Server, call, code)
	if m := code.Meaning(); m != "" {
		says += ": " + m
	}
	out := suite.Fail(says)
	if offersMAPI(e) {
		out = suite.Warn(says)
	}
	saw := suite.RPCRefused
	if s := byCode[code]; s == suite.UnknownMailbox || s == suite.LogonRefused {
		saw = s // it is about the mailbox, and would be the same in any protocol
	}
	return out.Saw(signal(saw, way.Proxy, "stage", call, "op", call, "code", code.String())).With("code", code.String())
}
