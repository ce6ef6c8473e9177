package diag_test

import (
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// TestWebCheck holds what a healthy server shows a browser.
func TestWebCheck(t *testing.T) {
	t.Parallel()
	s := start(t)
	alice := s.User(0)
	r := diagnose(t, options(s))
	reporttest.Valid(t, r)
	w := r.WebCheck
	if w == nil || w.AddressBook == nil {
		t.Fatalf("web check %+v", w)
	}
	for vdir, v := range map[string]report.WebView{"/mapi/emsmdb/": w.Mailbox(), "/mapi/nspi/": *w.AddressBook} {
		if v.Kind != "status-page" || v.Status != 200 || v.VersionAgrees == nil || !*v.VersionAgrees || v.Product != "" || v.Page == nil {
			t.Errorf("%s: %+v", vdir, v)
			continue
		}
		if p := v.Page; p.VDir != vdir || p.User != alice.Login || p.UPN != alice.Address || p.SID == "" || p.Organization != s.Domain() || p.Server == "" {
			t.Errorf("page %+v", p)
		}
		if v.Debug["Mailbox Server"] == "" || v.Debug["User"] != "" {
			t.Errorf("showdebug adds %v", v.Debug)
		}
	}
	if len(w.Healthchecks) != 8 {
		t.Errorf("%d health pages", len(w.Healthchecks))
	}
	for _, h := range w.Healthchecks {
		if h.Healthy == nil || !*h.Healthy || h.Server == "" || h.Address == "" {
			t.Errorf("health page %+v", h)
		}
	}
	seq := map[int]bool{}
	for _, x := range r.Exchanges {
		if seq[x.Seq] {
			t.Errorf("two exchanges have number %d", x.Seq)
		}
		seq[x.Seq] = true
	}
}

// TestOneBadNode: of two addresses behind the name, the bad one is named.
func TestOneBadNode(t *testing.T) {
	t.Parallel()
	r := diagnose(t, options(start(t, exchangetest.Fault{Name: "server-component-down", Variant: "one-node"})))
	if r.Verdict.Cause != "server-component-down" || !strings.Contains(r.Verdict.Headline, "127.0.10.5:443") || strings.Contains(r.Verdict.Headline, "127.0.10.1") {
		t.Errorf("verdict %+v\n%s", r.Verdict, failures(r))
	}
	if c := checkRow(t, r, "mapi.logon"); c.Status != report.Pass {
		t.Errorf("the mailbox opens over the other address, and mapi.logon is %s", c.Status)
	}
}

// TestWebCheckWithoutExchange: other answers are told for what they are, and only
// those that stop Outlook are held against anybody.
func TestWebCheckWithoutExchange(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault   exchangetest.Fault
		kind    string
		product string
		status  report.Status // of web.page
		cause   string
	}{
		{exchangetest.Fault{Name: "gromox"}, "no-page", "grommunio gromox", report.Skip, ""},
		{exchangetest.Fault{Name: "pre-auth-proxy", Variant: "mapi-only"}, "pre-auth-proxy", "F5 BIG-IP APM", report.Skip, "pre-auth-proxy"},
		{exchangetest.Fault{Name: "server-component-down"}, "unavailable", "", report.Skip, "server-component-down"},
		{exchangetest.Fault{Name: "bad-credentials"}, "", "", report.Skip, "bad-credentials"},
	} {
		t.Run(test.fault.Name, func(t *testing.T) {
			t.Parallel()
			r := diagnose(t, options(start(t, test.fault)))
			if r.Verdict.Cause != test.cause || checkRow(t, r, "web.page").Status != test.status {
				t.Errorf("verdict %+v, web.page %s\n%s", r.Verdict, checkRow(t, r, "web.page").Status, failures(r))
			}
			if test.kind == "" {
				return
			}
			if r.WebCheck == nil || r.WebCheck.Kind != test.kind || r.WebCheck.Product != test.product || r.WebCheck.Page != nil {
				t.Errorf("web check %+v", r.WebCheck)
			}
		})
	}
}

// TestWebCheckWithoutAPassword sees the 401 and sends nothing.
func TestWebCheckWithoutAPassword(t *testing.T) {
	t.Parallel()
	s := start(t)
	o := options(s)
	o.Password = auth.Secret{}
	o.MapiURL, o.UserDN = s.MailStoreURL(s.User(0)), s.User(0).LegacyDN // Autodiscover tells nobody without one
	r := diagnose(t, o)
	if c := checkRow(t, r, "web.page"); c.Status != report.Skip || r.WebCheck == nil || r.WebCheck.Kind != "sign-in" || r.WebCheck.Status != 401 {
		t.Errorf("web.page %+v, web check %+v", c, r.WebCheck)
	}
	for _, q := range s.Requests() {
		if q.Credential {
			t.Errorf("a credential was sent to %s", q.Path)
		}
	}
}

// TestPortalOfAFirewall is one that cuts https off instead of showing a certificate.
func TestPortalOfAFirewall(t *testing.T) {
	t.Parallel()
	r := diagnose(t, options(start(t, exchangetest.Fault{Name: "captive-portal", Variant: "port-80"})))
	if r.Verdict.Cause != "captive-portal" || !strings.Contains(r.Findings[0].Explanation, "fgtauth") {
		t.Errorf("verdict %+v\n%s", r.Verdict, failures(r))
	}
}

// TestOutlookInTheReport: what the registry says is in the report; where there is
// none, the checks say so and nothing is claimed.
func TestOutlookInTheReport(t *testing.T) {
	t.Parallel()
	s := start(t)
	r := diagnose(t, options(s))
	if len(r.Machine.Outlook) != 1 {
		t.Fatalf("outlook %+v", r.Machine.Outlook)
	}
	o := r.Machine.Outlook[0]
	if o.Build != "16.0.17328.20124" || o.MAPIHTTPCapable == nil || !*o.MAPIHTTPCapable || o.Registry[`HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover\ExcludeExplicitO365Endpoint`] != "1" {
		t.Errorf("outlook %+v", o)
	}
	if registry, _ := outlook.Read(); registry != nil {
		return // a Windows machine has one of its own
	}
	bare := options(s)
	bare.Registry = nil
	r = diagnose(t, bare)
	if checkRow(t, r, "machine.outlook").Status != report.Skip || checkRow(t, r, "machine.registry").Status != report.Skip || r.Machine.Outlook != nil || r.Verdict.Status != report.Pass {
		t.Errorf("verdict %+v, outlook %+v", r.Verdict, r.Machine.Outlook)
	}
}

// TestRegistryWarnings are settings that are worth a look while mail works.
func TestRegistryWarnings(t *testing.T) {
	t.Parallel()
	s := start(t)
	for cause, set := range map[string]func(*outlook.Registry){
		"ntlmv1": func(r *outlook.Registry) {
			r.Set(`HKLM\SYSTEM\CurrentControlSet\Control\Lsa`, "LmCompatibilityLevel", outlook.DWORDValue(1))
		},
		"registry-override": func(r *outlook.Registry) {
			const key = `HKCU\Software\Policies\Microsoft\Office\16.0\Outlook\AutoDiscover`
			r.Set(key, "PreferLocalXML", outlook.DWORDValue(1))
			r.Set(key, s.Domain(), outlook.StringValue(`C:\old.xml`))
		},
		"online-content-blocked": func(r *outlook.Registry) {
			r.Set(`HKCU\Software\Microsoft\Office\16.0\Common\Internet`, "UseOnlineContent", outlook.DWORDValue(0))
		},
	} {
		t.Run(cause, func(t *testing.T) {
			t.Parallel()
			o := options(s)
			set(o.Registry)
			r := diagnose(t, o)
			if r.Verdict.Status != report.Warn || r.Verdict.Cause != cause || r.ExitCode() != 0 {
				t.Errorf("verdict %+v, exit code %d\n%s", r.Verdict, r.ExitCode(), failures(r))
			}
		})
	}
}
