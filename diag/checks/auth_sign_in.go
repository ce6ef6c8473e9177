package checks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

var authSignIn = suite.Check{
	ID: "auth.sign-in", Group: "auth", Title: "Sign-in", Affects: "everything",
	Behind: []string{"discovery.comparison", "mapi.connect", "directory.bind"}, // what they did is judged here
	Run: func(_ context.Context, e *suite.Env) suite.Outcome {
		if !e.SignsIn {
			return suite.Skip("no password was given, so no sign-in was tried").Saw(signal(suite.NoCredential, e.Domain))
		}
		refused := refusals(e)
		out := judgeSignIns(signIns(e), refused)
		if s, host := ticketTooLarge(e.Exchanges()); host != "" {
			return suite.Fail(host + " answers 400 to every request that carries a Kerberos ticket, and asks for a sign-in without one").Saw(s)
		}
		for _, r := range refused {
			if proxy := proxyBefore(e.Exchanges(), r); proxy != "" {
				return out.Saw(signal(suite.BehindProxy, r.Host, "proxy", proxy, "scheme", r.Authn))
			}
		}
		return out
	},
}

// ticketTooLarge finds a web server that refuses a request for the size of its
// ticket (http.sys does, before Exchange sees it). The answer to the same host
// without a ticket shows that nothing else is wrong with the request.
func ticketTooLarge(all []*httpc.Exchange) (suite.Signal, string) {
	for _, x := range all {
		if x.Status != http.StatusBadRequest || !strings.Contains(x.Authn, "Kerberos") {
			continue
		}
		host := suite.HostOf(x.URL)
		asks := func(o *httpc.Exchange) bool {
			return suite.HostOf(o.URL) == host && o.Status == http.StatusUnauthorized
		}
		if slices.ContainsFunc(all, asks) {
			return signal(suite.TicketTooLarge, host, "bytes", int(x.BytesOut), "status", x.Status), host
		}
	}
	return suite.Signal{}, ""
}

// proxyBefore is the proxy that shows itself in a refusal of NTLM and in no answer
// that accepted NTLM: it may hand the legs to different connections. Where NTLM
// gets through the same proxy elsewhere, that is not it.
func proxyBefore(all []*httpc.Exchange, r *httpc.AuthError) string {
	if r.Reason != httpc.Refused || r.Exchange == nil || !strings.Contains(r.Authn, "NTLM") {
		return ""
	}
	proxy := proxyIn(r.Exchange.Header)
	for _, x := range all {
		accepted := strings.Contains(x.Authn, "NTLM") && x.Status != 0 && x.Status != http.StatusUnauthorized
		if accepted && proxyIn(x.Header) == proxy {
			return ""
		}
	}
	return proxy
}

// proxyIn names the proxy that added its headers, "" when none did.
func proxyIn(h http.Header) string {
	if via := h.Get("Via"); via != "" {
		return via
	}
	if server := h.Get("Server"); !strings.HasPrefix(server, "Microsoft") {
		return server
	}
	return ""
}

// signedIn is one virtual directory that accepted the credential.
type signedIn struct {
	Host   string `json:"host"`
	Dir    string `json:"dir"` // first path segment
	Scheme string `json:"scheme"`
}

// signIns are the places that accepted the credential, each once, as the
// requests on the wire tell.
func signIns(e *suite.Env) []signedIn {
	var out []signedIn
	for _, x := range e.Exchanges() {
		s := signedIn{suite.HostOf(x.URL), firstDir(x.URL), x.Authn}
		answered := x.Status != 0 && x.Status != http.StatusUnauthorized && x.Status < http.StatusInternalServerError
		if x.Authn != "" && answered && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func firstDir(rawURL string) string {
	_, path, _ := strings.Cut(strings.TrimPrefix(rawURL, "https://"), "/")
	dir, _, _ := strings.Cut(path, "/")
	return strings.ToLower(dir)
}

// refusals are the sign-ins that did not come about, each host and reason once.
func refusals(e *suite.Env) []*httpc.AuthError {
	var all []error
	for _, service := range []string{suite.ServiceMailbox, suite.ServiceDirectory} {
		if s, ok := e.SessionOf(service); ok {
			all = append(all, s.Err)
		}
	}
	for _, a := range e.Attempts() {
		if a.Step != autodiscover.StepRoot { // a website's 401 says nothing
			all = append(all, a.Err)
		}
	}
	var out []*httpc.AuthError
	for _, err := range all {
		var a *httpc.AuthError
		same := func(o *httpc.AuthError) bool { return o.Host == a.Host && o.Reason == a.Reason }
		if errors.As(err, &a) && !slices.ContainsFunc(out, same) {
			out = append(out, a)
		}
	}
	return out
}

func judgeSignIns(accepted []signedIn, refused []*httpc.AuthError) suite.Outcome {
	if len(refused) > 0 {
		return judgeRefusal(accepted, slices.MinFunc(refused, func(a, b *httpc.AuthError) int { return telling(a) - telling(b) }))
	}
	if len(accepted) == 0 {
		return suite.Skip("nothing was reached that wants a sign-in")
	}
	last := accepted[len(accepted)-1]
	out := suite.Pass(last.Scheme+" works at "+last.Host).With("accepted", accepted)
	for _, a := range accepted {
		out = out.Saw(signal(suite.CredentialWorks, a.Host, "scheme", a.Scheme))
	}
	return out
}

// telling ranks refusals by how much they say: what the server did before what we
// kept back because of it.
func telling(e *httpc.AuthError) int {
	order := []httpc.Reason{httpc.Refused, httpc.HandshakeBroken, httpc.SchemeRefused, httpc.NoCommonScheme, httpc.MechanismFailed, httpc.PolicyRefused}
	if i := slices.Index(order, e.Reason); i >= 0 {
		return i
	}
	return len(order)
}

// judgeRefusal tells a credential that is wrong from one that works elsewhere.
func judgeRefusal(accepted []signedIn, r *httpc.AuthError) suite.Outcome {
	out := suite.Fail(fmt.Sprintf("cannot sign in at %s: %v", r.Host, r)).Saw(authTrouble(r)).With("accepted", accepted).With("offered", schemes(r.Offered))
	if r.Reason != httpc.Refused || len(accepted) == 0 {
		return out
	}
	out.Summary = fmt.Sprintf("%s refuses the password (%s) that %s accepts", r.Host, r.Authn, accepted[0].Host)
	return out.Saw(signal(suite.RefusedHereOnly, r.Host, "scheme", r.Authn))
}
