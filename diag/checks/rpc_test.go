package checks

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rpchttp"
)

// proxyError is an answer of an RPC proxy.
func proxyError(stage rpchttp.Stage, status int) *rpchttp.Error {
	return &rpchttp.Error{Stage: stage, Channel: rpchttp.Out, Host: "mail", Status: status}
}

func TestRPCSignals(t *testing.T) {
	unreachable := proxyError(rpchttp.StageConnect, 503)
	unreachable.Code, unreachable.HasCode = dcerpc.ServerUnavailable, true
	cut := proxyError(rpchttp.StageConnect, 0)
	cut.Err = &netpath.Error{Phase: netpath.PhaseFirstByte, Kind: netpath.KindReset, Err: errors.New("reset")}
	late := proxyError(rpchttp.StageEcho, 0)
	late.Err = &netpath.Error{Phase: netpath.PhaseFirstByte, Kind: netpath.KindTimeout, Err: context.DeadlineExceeded}
	refused := proxyError(rpchttp.StageEcho, 0)
	refused.Err = &httpc.AuthError{Reason: httpc.Refused, Status: 401}
	for name, c := range map[string]struct {
		err      error
		code     string
		detail   string
		value    any
		answered bool
	}{
		"403":         {proxyError(rpchttp.StageEcho, 403), suite.RPCRefused, "status", 403, true},
		"RPC error":   {unreachable, suite.RPCRefused, "code", "0x6BA", true},
		"bind":        {&dcerpc.BindError{Interface: dcerpc.EMSMDB, Reason: 1}, suite.RPCRefused, "stage", "bind", true},
		"fault":       {&dcerpc.FaultError{Call: "EcDummyRpc", Status: dcerpc.AccessDenied}, suite.RPCRefused, "stage", "EcDummyRpc", true},
		"credential":  {refused, suite.RPCRefused, "stage", "sign-in", true},
		"cut":         {cut, suite.RPCUnreachable, "kind", "cut-off", false},
		"no answer":   {late, suite.RPCUnreachable, "kind", "timeout", false},
		"no response": {errors.New("something"), suite.RPCUnreachable, "kind", nil, false},
	} {
		s, answered := rpcSignal("mail", c.err)
		if s.Code != c.code || s.Subject != "mail" || s.Detail[c.detail] != c.value || answered != c.answered {
			t.Errorf("%s: %+v, %v", name, s, answered)
		}
	}
	for reason, want := range map[httpc.Reason]bool{httpc.PolicyRefused: true, httpc.BudgetUsed: true, httpc.MechanismFailed: true, httpc.Refused: false, httpc.HandshakeBroken: false} {
		if unsent(&httpc.AuthError{Reason: reason}) != want {
			t.Errorf("%s: unsent is not %v", reason, want)
		}
	}
}

func TestMapper(t *testing.T) {
	place := dcerpc.Tower{Interface: dcerpc.EMSMDB, Addr: netip.MustParseAddrPort("10.0.0.1:6001")}
	lost := &netpath.Error{Phase: netpath.PhaseDNS, Kind: netpath.KindNotFound, Host: "x", Err: errors.New("no such host")}
	shut := &netpath.Error{Phase: netpath.PhaseConnect, Kind: netpath.KindRefused, Host: "x", Err: errors.New("refused")}
	want(t, judgeMapper("x", &dcerpc.MapResponse{Towers: []dcerpc.Tower{place}}, nil), report.Pass, "port 6001")
	want(t, judgeMapper("x", &dcerpc.MapResponse{Status: dcerpc.EptNotRegistered}, nil), report.Pass, "does not know the mailbox service")
	want(t, judgeMapper("x", nil, shut), report.Pass, "no endpoint mapper answers")
	want(t, judgeMapper("x", nil, lost), report.Skip, "does not exist in DNS")
}
