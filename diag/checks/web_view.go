package checks

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

// afterMapiSignIn is the check whose sign-in the pages must not forestall: there is one
// attempt at /mapi, and it belongs to the session.
var afterMapiSignIn = []string{"mapi.connect"}

var webPage = suite.Check{
	ID: "web.page", Group: "web", Title: "Mailbox URL in a web browser", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: wayToMailbox, Behind: afterMapiSignIn,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		plain, debug := browse(ctx, e, t.MailboxURL, "web.page")
		v := viewOf(plain, debug)
		e.Web(func(w *report.WebCheck) { w.SetMailbox(v) })
		return judgeView(plain, &v)
	},
}

var webNspiPage = suite.Check{
	ID: "web.nspi-page", Group: "web", Title: "Address book URL in a web browser", Affects: "directory",
	After: []string{"discovery.mailbox-url"}, Beside: wayToMailbox, Behind: afterMapiSignIn,
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		if t.DirectoryURL == "" {
			return suite.Skip("no address book URL is named")
		}
		plain, debug := browse(ctx, e, t.DirectoryURL, "web.nspi-page")
		v := viewOf(plain, debug)
		e.Web(func(w *report.WebCheck) { w.AddressBook = &v })
		return judgeView(plain, &v)
	},
}

// browse looks at a URL and, where the status page is, at what showdebug adds. It
// has a connection of its own, as a browser has: those of the sessions stay free.
func browse(ctx context.Context, e *suite.Env, url, check string) (plain, debug *webcheck.View) {
	c := &httpc.Client{Path: e.HTTP.Path, Mechanisms: e.HTTP.Mechanisms, Policy: e.HTTP.Policy, Budget: e.HTTP.Budget,
		UserAgent: e.HTTP.UserAgent, Trace: e.HTTP.Trace}
	defer c.Close()
	plain = webcheck.Look(ctx, c, url, check)
	if plain.Page != nil {
		debug = webcheck.Look(ctx, c, webcheck.DebugURL(url), check)
	}
	return plain, debug
}

// viewOf is what the report says about a view.
func viewOf(plain, debug *webcheck.View) report.WebView {
	v := report.WebView{URL: plain.URL, Status: plain.Status, Kind: string(plain.Sight.Kind), Product: plain.Sight.Product, HeaderVersion: plain.HeaderVersion}
	if plain.Page == nil {
		return v
	}
	v.Page = pageOf(plain.Page)
	if same, known := webcheck.SameVersion(plain.Page.Version, plain.HeaderVersion); known {
		v.VersionAgrees = &same
	}
	if debug != nil {
		v.Debug = pairMap(webcheck.Added(plain.Page, debug.Page))
	}
	return v
}

func pageOf(p *webcheck.Page) *report.Page {
	return &report.Page{Version: p.Version, VDir: p.VDir, User: p.User, UPN: p.UPN, SID: p.SID, Organization: p.Organization,
		Authentication: p.Authentication, Server: p.Server, Other: pairMap(p.Other)}
}

// pairMap keeps the first of two pairs with one label.
func pairMap(pairs []webcheck.Pair) map[string]string {
	var out map[string]string
	for _, p := range pairs {
		if _, twice := out[p.Label]; twice {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[p.Label] = p.Value
	}
	return out
}

// judgeView judges what a person would see there.
func judgeView(v *webcheck.View, r *report.WebView) suite.Outcome {
	host := suite.HostOf(v.URL)
	out := judgeSight(v, host).With("url", v.URL).With("kind", r.Kind)
	if v.Status != 0 {
		out = out.With("status", v.Status)
	}
	if v.Page != nil && r.VersionAgrees != nil && !*r.VersionAgrees {
		out.Status = report.Warn
		out.Summary = fmt.Sprintf("the page says version %s, its header %s: two servers answer, or a proxy changes one of them", v.Page.Version, v.HeaderVersion)
		out = out.Saw(signal(suite.WebVersionDiffers, host, "version", v.Page.Version))
	}
	return out
}

func judgeSight(v *webcheck.View, host string) suite.Outcome {
	var refused *httpc.AuthError
	switch {
	case errors.As(v.Err, &refused):
		return suite.Skip(fmt.Sprintf("%s asks for a sign-in, which did not come about: %v", host, refused))
	case v.Err != nil:
		return failed(v.Err, host)
	case v.Page != nil:
		return suite.Pass(pageSays(v, host))
	}
	switch s := v.Sight; s.Kind {
	case webcheck.SignIn:
		return suite.Skip(host + " asks for a sign-in, as it should; the page behind it was not looked at without a password")
	case webcheck.NoPage:
		return suite.Skip(orServer(s.Product, host) + " shows no page there (404), which says nothing about MAPI over HTTP")
	case webcheck.Unavailable, webcheck.Forbidden:
		return suite.Fail(fmt.Sprintf("a browser gets status %d from %s", v.Status, host)).Saw(httpTrouble(v.Status, host))
	}
	return inFront(v.Sight, host, v.Title).Saw(sightTrouble(v.Sight, host, v.Status)...)
}

// pageSays is what the status page says.
func pageSays(v *webcheck.View, host string) string {
	text := "the status page of " + host
	if product := mapihttp.ServerProduct(v.Page.Version); product != "" {
		text = "the status page of " + product
	}
	if v.Page.User != "" {
		text += ", signed in as " + v.Page.User
	}
	if v.Page.Authentication != "" {
		text += " with " + v.Page.Authentication
	}
	return text
}

func orServer(product, host string) string {
	if product == "" {
		return host
	}
	return product + " at " + host
}

// inFront is the outcome for a page that is none of Exchange's.
func inFront(s webcheck.Sight, host, title string) suite.Outcome {
	by := cmp.Or(s.Product, suite.HostOf(s.Leads), "something in front of it")
	switch s.Kind {
	case webcheck.PreAuth:
		return suite.Fail(fmt.Sprintf("at %s a web sign-in page answers instead of Exchange (%s)", host, by)).With("leads_to", s.Leads)
	case webcheck.OWALogin:
		return suite.Fail("at "+host+" the sign-in form of Outlook on the web answers: the URL is led to /owa").With("leads_to", s.Leads)
	case webcheck.Portal:
		return suite.Fail(fmt.Sprintf("the network answers in place of %s with its own sign-in page (%s)", host, by)).With("leads_to", s.Leads)
	case webcheck.Intercepting:
		return suite.Fail(fmt.Sprintf("a web filter answers in place of %s (%s)", host, by))
	case webcheck.PlainIIS:
		return suite.Fail("at " + host + " IIS answers with its start page: no Exchange is behind that name")
	case webcheck.Redirect:
		return suite.Fail(fmt.Sprintf("%s sends a browser on to %s", host, suite.HostOf(s.Leads))).With("leads_to", s.Leads)
	}
	return suite.Fail(fmt.Sprintf("at %s another page answers than that of Exchange (%q)", host, title))
}

// sightTrouble says in signals what stands in front of Exchange.
func sightTrouble(s webcheck.Sight, host string, status int) []suite.Signal {
	detail := []any{"status", status, "product", s.Product, "url", s.Leads}
	switch s.Kind {
	case webcheck.Portal:
		return []suite.Signal{signal(suite.PortalPage, host, detail...)}
	case webcheck.Intercepting:
		return []suite.Signal{signal(suite.FilterPage, host, detail...)}
	case webcheck.PreAuth, webcheck.OWALogin, webcheck.Redirect:
		return []suite.Signal{signal(suite.LoginPage, host, detail...)}
	}
	return []suite.Signal{signal(suite.NotMAPI, host, detail...)}
}
