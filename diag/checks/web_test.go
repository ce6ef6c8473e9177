package checks

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

const mailURL = "https://mail.contoso.test/mapi/emsmdb/?MailboxId=x"

// judged is the judgement on an answer as the check makes it.
func judged(v *webcheck.View) suite.Outcome {
	v.URL = mailURL
	r := viewOf(v, nil)
	return judgeView(v, &r)
}

func sight(kind webcheck.Kind, status int, product string) *webcheck.View {
	return &webcheck.View{Status: status, Sight: webcheck.Sight{Kind: kind, Product: product, Leads: "https://sso.contoso.test/login"}}
}

func TestWebView(t *testing.T) {
	page := &webcheck.Page{Version: "15.2.2562.17", User: `CONTOSO\alice`, Authentication: "NTLM"}
	with := func(header string) *webcheck.View {
		return &webcheck.View{Status: 200, Sight: webcheck.Sight{Kind: webcheck.StatusPage}, Page: page, HeaderVersion: header}
	}
	want(t, judged(with("Exchange/15.02.2562.017")), report.Pass, `Exchange Server SE RTM, signed in as CONTOSO\alice with NTLM`)
	want(t, judged(with("")), report.Pass, "the status page")
	want(t, judged(with("Exchange/15.02.2562.020")), report.Warn, "two servers answer", suite.WebVersionDiffers)

	want(t, judged(sight(webcheck.SignIn, 401, "")), report.Skip, "as it should")
	want(t, judged(sight(webcheck.NoPage, 404, "grommunio gromox")), report.Skip, "grommunio gromox at mail.contoso.test shows no page")
	want(t, judged(sight(webcheck.Unavailable, 503, "")), report.Fail, "503", suite.HTTPUnavailable)
	want(t, judged(sight(webcheck.Forbidden, 403, "")), report.Fail, "403", suite.HTTPForbidden)
	want(t, judged(sight(webcheck.PreAuth, 302, "F5 BIG-IP APM")), report.Fail, "F5 BIG-IP APM", suite.LoginPage)
	want(t, judged(sight(webcheck.PreAuth, 302, "")), report.Fail, "sso.contoso.test", suite.LoginPage)
	want(t, judged(sight(webcheck.OWALogin, 302, "")), report.Fail, "Outlook on the web", suite.LoginPage)
	want(t, judged(sight(webcheck.Portal, 511, "")), report.Fail, "the network answers", suite.PortalPage)
	want(t, judged(sight(webcheck.Intercepting, 403, "Squid")), report.Fail, "Squid", suite.FilterPage)
	want(t, judged(sight(webcheck.PlainIIS, 200, "")), report.Fail, "start page", suite.NotMAPI)
	want(t, judged(sight(webcheck.Redirect, 302, "")), report.Fail, "sso.contoso.test", suite.LoginPage)
	want(t, judged(sight(webcheck.Other, 200, "")), report.Fail, "another page", suite.NotMAPI)

	refused := sight(webcheck.SignIn, 401, "")
	refused.Err = &httpc.AuthError{Reason: httpc.BudgetUsed, Host: "mail.contoso.test", Err: errors.New("not again")}
	want(t, judged(refused), report.Skip, "did not come about")
	silent := &webcheck.View{Err: &netpath.Error{Phase: netpath.PhaseTLS, Kind: netpath.KindTimeout, Host: "mail.contoso.test", Err: context.DeadlineExceeded}}
	want(t, judged(silent), report.Fail, "mail.contoso.test", suite.TLSTimeout)
}

// TestProductIsNamed: what stands in front is in the signal, for the cause.
func TestProductIsNamed(t *testing.T) {
	resp := &httpc.Response{Status: 302, Header: http.Header{"Location": {"/my.policy"}}}
	o := judgeOffered("mail", resp)
	want(t, o, report.Fail, "F5 BIG-IP APM", suite.LoginPage)
	if o.Signals[0].Detail["product"] != "F5 BIG-IP APM" {
		t.Errorf("signal %+v", o.Signals[0])
	}
}

func health(vdir, address string, status int) webcheck.Health {
	h := webcheck.Health{VDir: vdir, Address: address, Status: status}
	if status == 200 {
		h.Sight.Kind = webcheck.HealthPage
	}
	return h
}

func TestServices(t *testing.T) {
	const a, b = "192.0.2.1:443", "192.0.2.2:443"
	ok := []webcheck.Health{health("mapi", a, 200), health("ews", a, 200), health("mapi", b, 200), health("ews", b, 200)}
	want(t, judgeServices("mail", ok), report.Pass, "2 of 8 services are healthy at 2 addresses")

	bad := judgeServices("mail", []webcheck.Health{health("mapi", a, 200), health("mapi", b, 503)})
	want(t, bad, report.Fail, b, suite.HealthBad)
	if d := bad.Signals[0].Detail; d["node"] != "mail at "+b || d["address_tried"] != b {
		t.Errorf("the bad node is not named: %v", d)
	}
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 503), health("mapi", b, 503)}), report.Fail, "every address", suite.HealthBad)
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 200), health("ews", a, 503)}), report.Warn, "/ews", suite.ServiceDown)
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 200), health("owa", a, 503), health("ecp", a, 404)}), report.Pass, "1 of 8")
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 404), health("ews", a, 404)}), report.Skip, "no health pages")
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 401), health("ews", a, 200)}), report.Pass, "1 of 8")

	hung := webcheck.Health{VDir: "mapi", Address: b, Err: &netpath.Error{Phase: netpath.PhaseFirstByte, Kind: netpath.KindClosed, Host: "mail", Err: errors.New("closed")}}
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 200), hung}), report.Fail, b, suite.HealthBad)
	unreached := webcheck.Health{VDir: "mapi", Address: b, Err: &netpath.Error{Phase: netpath.PhaseConnect, Kind: netpath.KindTimeout, Host: "mail", Err: context.DeadlineExceeded}}
	want(t, judgeServices("mail", []webcheck.Health{health("mapi", a, 200), unreached}), report.Pass, "")
}
