package checks

import (
	"context"
	"errors"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// TestProxyTrouble tells a proxy that does not reach a host from one that is not
// reached, or refuses.
func TestProxyTrouble(t *testing.T) {
	answered := func(status int) *netpath.Error {
		return netpath.NewError(netpath.PhaseProxy, "mail", "proxy:3128", &netpath.ProxyError{Proxy: "proxy:3128", Status: status})
	}
	for name, c := range map[string]struct {
		err  *netpath.Error
		want string
	}{
		"502":           {answered(502), suite.ProxyGateway},
		"504":           {answered(504), suite.ProxyGateway},
		"403":           {answered(403), suite.ProxyUnreachable},
		"407":           {answered(407), suite.ProxyUnreachable},
		"no answer yet": {netpath.NewError(netpath.PhaseProxy, "mail", "proxy:3128", context.DeadlineExceeded), suite.ProxyGateway},
		"not reached":   {&netpath.Error{Phase: netpath.PhaseProxy, Kind: netpath.KindTimeout, Host: "mail", Err: netpath.NewError(netpath.PhaseConnect, "proxy", "", context.DeadlineExceeded)}, suite.ProxyUnreachable},
		"refused":       {netpath.NewError(netpath.PhaseProxy, "mail", "", errors.New("refused")), suite.ProxyUnreachable},
	} {
		if s := pathTrouble(c.err); s.Code != c.want {
			t.Errorf("%s: %+v, want %s", name, s, c.want)
		}
	}
}

// TestNoAnswerIsNoRefusal: where nobody said yes or no, nothing is known of Extended
// Protection.
func TestNoAnswerIsNoRefusal(t *testing.T) {
	elsewhere := seat{Host: "autodiscover", Dir: "autodiscover", Accepted: true}
	want(t, judgeProtection([]seat{elsewhere, {Host: "mail", Dir: "mapi"}}), report.Fail, "refuses the credential", suite.BindingRefused)
	want(t, judgeProtection([]seat{elsewhere, {Host: "mail", Dir: "mapi", unanswered: true}}), report.Pass, "the bound credential is accepted")
	want(t, judgeProtection([]seat{elsewhere, {Host: "mail", Dir: "mapi", broken: true}}), report.Skip, "breaks before")
}

// TestNothingOfferedIsNotHalfSet: a directory without any scheme has another fault.
func TestNothingOfferedIsNotHalfSet(t *testing.T) {
	on := bearerAt{Host: "autodiscover", Dir: "autodiscover", Offer: &auth.BearerOffer{AuthorizationURI: "https://login.contoso.test/"}}
	want(t, judgeModern([]bearerAt{on, {Host: "mail", Dir: "mapi", Offer: &auth.BearerOffer{}}}), report.Fail, "accepts nothing else", suite.ModernHalfSet)
	want(t, judgeModern([]bearerAt{on, {Host: "mail", Dir: "mapi"}}), report.Warn, "off at /mapi", suite.ModernHalfSet)
}
