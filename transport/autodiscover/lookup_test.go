package autodiscover_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

func causeOf(err error) autodiscover.Cause {
	var e *autodiscover.Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return ""
}

func website(rw http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(rw, "<!doctype html><title>Contoso Ltd</title>")
}

// A domain as it mostly is: a website on the root, Exchange on autodiscover.,
// an SRV record and an http redirect that lead to the same place.
func TestLookupReportsEveryStep(t *testing.T) {
	w := newWorld(t)
	w.host("https://contoso.test", website)
	w.host("https://autodiscover.contoso.test", mailServer)
	w.host("http://autodiscover.contoso.test", redirectTo("https://autodiscover.contoso.test"+xmlPath))
	w.record("_autodiscover._tcp.contoso.test", "_autodiscover._tcp.contoso.test. 60 IN SRV 0 0 443 autodiscover.contoso.test.")
	var found, finished []autodiscover.Step
	c := w.client()
	c.Found = func(a autodiscover.Attempt) {
		found = append(found, a.Step)
		if a.Legacy != nil {
			t.Error("Found came after the comparison")
		}
	}
	c.Finished = func(a autodiscover.Attempt) { finished = append(finished, a.Step) }
	r := c.Lookup(t.Context(), address)

	if r.Err != nil || r.Best == nil || r.Best.Step != autodiscover.StepAutodiscover {
		t.Fatalf("Best = %+v, Err = %v", r.Best, r.Err)
	}
	if len(r.Attempts) != 5 || len(finished) != 5 || len(found) != 1 {
		t.Errorf("%d attempts, finished %v, found %v", len(r.Attempts), finished, found)
	}
	b := r.Best
	if b.Status != 200 || b.Authn != "Basic" || !b.CredentialSent || b.Server.FEServer != "EX01" || b.Server.RequestID != "6a1b" || b.RemoteAddr != "127.0.10.1:443" || len(b.Offered) != 2 {
		t.Errorf("Best = %+v", b.Answer)
	}
	if u, _ := b.Settings.MailboxURL(true); u != "https://mail.contoso.test/mapi/emsmdb/?MailboxId=guid@contoso.test" {
		t.Errorf("MailboxURL = %q", u)
	}
	if d := r.Difference; d == nil || d.With != autodiscover.OfferMapiHTTP || d.Without != autodiscover.OfferRPC || !slices.Equal(d.OnlyWith, []string{"mapiHttp"}) || !slices.Equal(d.OnlyWithout, []string{"EXCH"}) || len(d.Changed) > 0 {
		t.Errorf("Difference = %+v", d)
	}
	if len(r.Disagreements) > 0 {
		t.Errorf("Disagreements = %+v among answers that agree", r.Disagreements)
	}

	root := attemptOf(t, r, autodiscover.StepRoot)
	if causeOf(root.Err) != autodiscover.CauseNotAutodiscover || !strings.Contains(root.Err.Error(), `"Contoso Ltd"`) || root.CredentialSent {
		t.Errorf("root: %v", root.Err)
	}
	redirect := attemptOf(t, r, autodiscover.StepHTTPRedirect)
	if !redirect.Usable() || len(redirect.Hops) != 1 || redirect.Hops[0].Status != 302 || redirect.URL != "http://autodiscover.contoso.test"+xmlPath {
		t.Errorf("http-redirect: %+v", redirect)
	}
	srv := attemptOf(t, r, autodiscover.StepSRV)
	if !srv.Usable() || len(r.SRV) != 1 || r.SRV[0].Target != "autodiscover.contoso.test" {
		t.Errorf("srv: %+v", srv)
	}
	if json := attemptOf(t, r, autodiscover.StepJSON); causeOf(json.Err) != autodiscover.CauseStatus || len(r.V2) != 2 || r.V2[1].Status != 404 {
		t.Errorf("json: %+v", json)
	}
	// Three steps lead to one URL: it was asked once with and once without the header.
	posts := 0
	for _, q := range w.requests("https://autodiscover.contoso.test") {
		if q.method == "POST" && q.authorization != "" {
			posts++
		}
	}
	if posts != 2 {
		t.Errorf("%d signed-in POSTs, want 2", posts)
	}
	w.noLeak("https://autodiscover.contoso.test")
}

func TestRequestHeaders(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", mailServer)
	c := w.client()
	c.UserAgent = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)"
	c.Steps = []autodiscover.Step{autodiscover.StepAutodiscover}
	if r := c.Lookup(t.Context(), address); r.Best == nil || len(r.Attempts) != 1 {
		t.Fatalf("%+v", r.Attempts)
	}
	var with, without *request
	for _, q := range w.requests("https://autodiscover.contoso.test") {
		if q.header.Get("X-MapiHttpCapability") == "1" {
			with = &q
		} else {
			without = &q
		}
		if q.header.Get("User-Agent") != c.UserAgent || q.header.Get("Content-Type") != "text/xml; charset=utf-8" || !strings.HasPrefix(q.header.Get("Client-Request-Id"), "{") {
			t.Errorf("header %v", q.header)
		}
		if !strings.Contains(q.body, "<EMailAddress>"+address+"</EMailAddress>") {
			t.Errorf("body %s", q.body)
		}
	}
	if with == nil || with.header.Get("X-AnchorMailbox") != address || with.header.Get("X-ClientCanHandle") != "" {
		t.Errorf("the first request: %+v", with)
	}
	if without == nil || without.header.Get("X-ClientCanHandle") != "Negotiate,ExHttpInfo" || without.header.Get("X-AnchorMailbox") != "" {
		t.Errorf("the second request: %+v", without)
	}
}

func TestGivenURLComesFirst(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", mailServer)
	w.host("https://mail.fabrikam.test", mailServer)
	c := w.client()
	c.GivenURL = "https://mail.fabrikam.test" + xmlPath
	r := c.Lookup(t.Context(), address)
	if r.Best == nil || r.Best.Step != autodiscover.StepGiven || r.Best.FinalURL != c.GivenURL {
		t.Fatalf("Best = %+v", r.Best)
	}
	if a := attemptOf(t, r, autodiscover.StepAutodiscover); !a.Usable() {
		t.Errorf("the other steps are taken as well: %v", a.Err)
	}
}

func TestRedirectURL(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", withSignIn(func(rw http.ResponseWriter, r *http.Request) {
		answer(rw, "<Action>redirectUrl</Action><RedirectUrl>https://mail.contoso.test"+xmlPath+"</RedirectUrl>")
	}))
	w.host("https://mail.contoso.test", mailServer)
	r := w.client().Lookup(t.Context(), address)
	if r.Best == nil || r.Best.FinalURL != "https://mail.contoso.test"+xmlPath || len(r.Best.Hops) != 1 || r.Best.Hops[0].Kind != autodiscover.HopURL || !r.Best.Hops[0].CredentialSent {
		t.Fatalf("Best = %+v", r.Best)
	}
}

func TestRedirectAddr(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", withSignIn(func(rw http.ResponseWriter, r *http.Request) {
		answer(rw, "<Action>redirectAddr</Action><RedirectAddr>alice@cloud.contoso.test</RedirectAddr>")
	}))
	w.host("https://autodiscover.cloud.contoso.test", mailServer)
	r := w.client().Lookup(t.Context(), address)
	if r.Best == nil || r.Best.Address != "alice@cloud.contoso.test" {
		t.Fatalf("Best = %+v, Err = %v", r.Best, r.Err)
	}
	if a := attemptOf(t, r, autodiscover.StepAutodiscover); a.Address != address || len(a.Hops) != 1 || a.Hops[0].Kind != autodiscover.HopAddr || a.Usable() {
		t.Errorf("the first round is reported as well: %+v", a)
	}
}

func TestLoops(t *testing.T) {
	for name, account := range map[string]string{
		"same address":    "<RedirectAddr>Alice@Contoso.test</RedirectAddr>",
		"same url":        "<RedirectUrl>https://autodiscover.contoso.test" + xmlPath + "</RedirectUrl>",
		"growing url":     "<RedirectUrl>https://autodiscover.contoso.test" + xmlPath + "?%d</RedirectUrl>",
		"growing address": "<RedirectAddr>alice%d@contoso.test</RedirectAddr>",
	} {
		w := newWorld(t)
		n := 0
		w.host("https://autodiscover.contoso.test", withSignIn(func(rw http.ResponseWriter, r *http.Request) {
			n++
			answer(rw, strings.ReplaceAll(account, "%d", fmt.Sprint(n)))
		}))
		c := w.client()
		c.Steps = []autodiscover.Step{autodiscover.StepAutodiscover}
		r := c.Lookup(t.Context(), address)
		last := r.Attempts[len(r.Attempts)-1]
		if r.Best != nil || causeOf(last.Err) != autodiscover.CauseLoop || n > 11 {
			t.Errorf("%s: best %v, error %v after %d questions", name, r.Best, last.Err, n)
		}
		if strings.HasPrefix(name, "same") && n != 1 {
			t.Errorf("%s: %d questions, want one", name, n)
		}
		if strings.HasPrefix(name, "same") && !strings.Contains(last.Err.Error(), "circle") {
			t.Errorf("%s: %v", name, last.Err)
		}
		if strings.HasPrefix(name, "growing") && n < 10 {
			t.Errorf("%s: cut off after %d redirects, 10 are allowed", name, n)
		}
	}
}

func TestServerErrors(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", withSignIn(func(rw http.ResponseWriter, r *http.Request) {
		fmt.Fprint(rw, `<Autodiscover><Response><Error Time="1" Id="2"><ErrorCode>500</ErrorCode><Message>The email address can't be found.</Message></Error></Response></Autodiscover>`)
	}))
	w.host("https://contoso.test", func(rw http.ResponseWriter, r *http.Request) { http.Error(rw, "no", http.StatusForbidden) })
	r := w.client().Lookup(t.Context(), address)
	a := attemptOf(t, r, autodiscover.StepAutodiscover)
	var se *autodiscover.ServerError
	if causeOf(a.Err) != autodiscover.CauseServerError || !errors.As(a.Err, &se) || se.Code != 500 || a.Status != 200 || r.Best != nil {
		t.Errorf("%+v, %v", a, a.Err)
	}
	if root := attemptOf(t, r, autodiscover.StepRoot); causeOf(root.Err) != autodiscover.CauseForbidden {
		t.Errorf("root: %v", root.Err)
	}
}

func TestDisagreements(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", mailServer)
	w.host("https://contoso.test", func(rw http.ResponseWriter, r *http.Request) { // a hosting provider's own
		answer(rw, "<Action>settings</Action><Protocol><Type>IMAP</Type></Protocol>")
	})
	r := w.client().Lookup(t.Context(), address)
	if r.Best == nil || r.Best.Step != autodiscover.StepRoot || r.BestMAPI() == nil || r.BestMAPI().Step != autodiscover.StepAutodiscover {
		t.Fatalf("Best is what Outlook takes, BestMAPI what leads to the mailbox: %+v", r.Best)
	}
	i := slices.IndexFunc(r.Disagreements, func(d autodiscover.Disagreement) bool { return d.Fact == "offer" })
	if i < 0 || r.Disagreements[i].Values[0] != (autodiscover.StepValue{Step: autodiscover.StepRoot, Value: "none"}) {
		t.Errorf("Disagreements = %+v", r.Disagreements)
	}
}

func TestNothingThere(t *testing.T) {
	w := newWorld(t)
	r := w.client().Lookup(t.Context(), address)
	want := map[autodiscover.Step]autodiscover.Cause{
		autodiscover.StepRoot: autodiscover.CauseNetwork, autodiscover.StepAutodiscover: autodiscover.CauseNetwork, autodiscover.StepHTTPRedirect: autodiscover.CauseNetwork,
		autodiscover.StepSRV: autodiscover.CauseNoRecord, autodiscover.StepJSON: autodiscover.CauseNetwork,
	}
	for step, cause := range want {
		a := attemptOf(t, r, step)
		if causeOf(a.Err) != cause || netpath.PhaseOf(a.Err) != netpath.PhaseDNS {
			t.Errorf("%s: %v", step, a.Err)
		}
	}
	if r.Best != nil || r.Err != nil {
		t.Errorf("Best %v, Err %v", r.Best, r.Err)
	}
}

func TestNotAnAddress(t *testing.T) {
	w := newWorld(t)
	for _, bad := range []string{"", "alice", "alice@", "alice@x\r\nEvil: y"} {
		if r := w.client().Lookup(t.Context(), bad); r.Err == nil || len(r.Attempts) > 0 {
			t.Errorf("%q: %+v", bad, r)
		}
	}
	if len(w.names()) > 0 {
		t.Errorf("DNS was asked for %q", w.names())
	}
}

// One wrong password is one attempt at each endpoint, whatever steps lead there.
func TestWrongPasswordOncePerEndpoint(t *testing.T) {
	w := newWorld(t)
	w.http.Mechanisms = []auth.Mechanism{auth.Basic(auth.Credential{User: "alice", Password: auth.NewSecret("wrong")})}
	for _, h := range []string{"https://contoso.test", "https://autodiscover.contoso.test"} {
		w.host(h, mailServer)
	}
	w.host("http://autodiscover.contoso.test", redirectTo("https://autodiscover.contoso.test"+xmlPath))
	w.record("_autodiscover._tcp.contoso.test", "_autodiscover._tcp.contoso.test. 60 IN SRV 0 0 443 AutoDiscover.contoso.test.")
	r := w.client().Lookup(t.Context(), address)
	a := attemptOf(t, r, autodiscover.StepAutodiscover)
	if causeOf(a.Err) != autodiscover.CauseAuth || a.Status != 401 || !a.CredentialSent || len(a.Offered) != 2 {
		t.Errorf("%+v: %v", a.Answer, a.Err)
	}
	if root := attemptOf(t, r, autodiscover.StepRoot); !strings.Contains(root.Err.Error(), "may be a website") {
		t.Errorf("root: %v", root.Err)
	}
	for _, h := range []string{"https://contoso.test", "https://autodiscover.contoso.test"} {
		if n := w.signedIn(h); n != 1 {
			t.Errorf("the wrong password reached %s %d times, want once", h, n)
		}
	}
}

func TestJSONLeadsToPOX(t *testing.T) {
	w := newWorld(t)
	w.host("https://mail.contoso.test", mailServer)
	w.host("https://autodiscover.contoso.test", func(rw http.ResponseWriter, r *http.Request) {
		q, _ := url.ParseQuery(r.URL.RawQuery)
		if strings.HasPrefix(r.URL.Path, "/autodiscover/autodiscover.json") && q.Get("Email") == address {
			fmt.Fprint(rw, `{"Protocol":"AutodiscoverV1","Url":"https://mail.contoso.test`+xmlPath+`"}`)
			return
		}
		http.Error(rw, `{"ErrorCode":"ProtocolNotSupported","ErrorMessage":"no"}`, 400)
	})
	r := w.client().Lookup(t.Context(), address)
	if r.Best == nil || r.Best.Step != autodiscover.StepJSON || r.Best.FinalURL != "https://mail.contoso.test"+xmlPath {
		t.Fatalf("Best = %+v", r.Best)
	}
	if len(r.V2) != 2 || causeOf(r.V2[0].Err) != autodiscover.CauseServerError || r.V2[0].Answer.ErrorCode != "ProtocolNotSupported" || r.V2[1].Err != nil {
		t.Errorf("V2 = %+v", r.V2)
	}
	w.noLeak("https://mail.contoso.test")
}

func TestSRVFallsBackWhenUnreachable(t *testing.T) {
	w := newWorld(t)
	w.host("https://second.contoso.test", mailServer)
	w.record("_autodiscover._tcp.contoso.test", strings.Join([]string{
		"_autodiscover._tcp.contoso.test. 60 IN SRV 5 0 443 second.contoso.test.",
		"_autodiscover._tcp.contoso.test. 60 IN SRV 1 0 443 gone.contoso.test.",
		"_autodiscover._tcp.contoso.test. 60 IN SRV 9 0 443 third.contoso.test.",
		"_autodiscover._tcp.contoso.test. 60 IN SRV 0 0 8443 odd.contoso.test.",
	}, "\n"))
	r := w.client().Lookup(t.Context(), address)
	if r.Best == nil || r.Best.URL != "https://second.contoso.test"+xmlPath || len(r.SRV) != 4 {
		t.Fatalf("Best = %+v, SRV = %+v", r.Best, r.SRV)
	}
	if a := attemptOf(t, r, autodiscover.StepSRV); a.URL != "https://gone.contoso.test"+xmlPath || causeOf(a.Err) != autodiscover.CauseNetwork {
		t.Errorf("the first target is reported: %+v", a)
	}
	for _, name := range w.names() {
		if strings.HasPrefix(name, "third.") || strings.HasPrefix(name, "odd.") {
			t.Errorf("%s was looked up", name)
		}
	}
}

func TestLookupMailbox(t *testing.T) {
	w := newWorld(t)
	w.host("https://autodiscover.contoso.test", mailServer)
	c := w.client()
	const id = "11111111-2222-3333-4444-555555555555@contoso.test"
	known := "https://autodiscover.contoso.test" + xmlPath
	if a := c.LookupMailbox(t.Context(), known, id); causeOf(a.Err) != autodiscover.CausePolicy {
		t.Errorf("a host nobody allowed: %v", a.Err)
	}
	c.Lookup(t.Context(), address)
	if a := c.LookupMailbox(t.Context(), known, id); !a.Usable() || a.Settings.Offer() != autodiscover.OfferMapiHTTP || a.Legacy != nil {
		t.Errorf("%+v, %v", a, a.Err)
	}
	seen := w.requests("https://autodiscover.contoso.test")
	if last := seen[len(seen)-1]; !strings.Contains(last.body, "<EMailAddress>"+id+"<") || last.header.Get("X-AnchorMailbox") != id {
		t.Errorf("%+v", last)
	}
	if a := c.LookupMailbox(t.Context(), known, "not-an-id"); a.Err == nil {
		t.Error("a malformed id was asked for")
	}
}
