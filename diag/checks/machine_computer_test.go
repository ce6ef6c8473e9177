package checks

import (
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// TestCredentials: saved is no fault by itself.
func TestCredentials(t *testing.T) {
	one := []outlook.Credential{{Kind: "LegacyGeneric", Target: "MicrosoftOffice16_Data:SSPI:alice@contoso.test"}}
	for name, c := range map[string]struct {
		ours         []outlook.Credential
		works, given bool
		status       report.Status
		signals      int
	}{
		"none":                         {nil, true, true, report.Pass, 0},
		"saved, nobody signed in":      {one, false, true, report.Pass, 0},
		"saved, somebody asks":         {one, true, true, report.Warn, 1},
		"saved, and nobody complained": {one, true, false, report.Pass, 1},
		"two saved, both are named":    {append(one, outlook.Credential{Kind: "Domain", Target: "mail.contoso.test"}), true, true, report.Warn, 2},
		"saved, no sign-in, not given": {one, false, false, report.Pass, 0},
	} {
		o := judgeCredentials(c.ours, 5, c.works, c.given)
		if o.Status != c.status || len(o.Signals) != c.signals {
			t.Errorf("%s: %s, %d signals: %s", name, o.Status, len(o.Signals), o.Summary)
		}
		if len(c.ours) > 0 && !strings.Contains(o.Summary, "cannot be seen") {
			t.Errorf("%s: it claims to know what is saved: %s", name, o.Summary)
		}
	}
}

func settingsOf(host string) *autodiscover.Settings {
	urls := autodiscover.URLs{External: "https://" + host + "/mapi/emsmdb/?MailboxId=x", Internal: "https://inside.test/mapi/emsmdb/?MailboxId=x"}
	return &autodiscover.Settings{LegacyDN: "/o=X/cn=alice", DeploymentID: "1", MapiHTTP: &autodiscover.MapiHTTP{MailStore: urls}}
}

func TestCache(t *testing.T) {
	live := settingsOf("mail.contoso.test")
	same := []autodiscover.Cached{{File: "AutoD.a.xml", Settings: settingsOf("MAIL.contoso.test")}}
	if o := judgeCache(same, live); o.Status != report.Pass || len(o.Signals) > 0 {
		t.Errorf("the same: %+v", o)
	}
	other := []autodiscover.Cached{same[0], {File: `C:\Users\alice\AutoD.b.xml`, Settings: settingsOf("old.contoso.test")}}
	o := judgeCache(other, live)
	if o.Status != report.Warn || len(o.Signals) != 1 || o.Signals[0].Detail["file"] != "AutoD.b.xml" || o.Signals[0].Detail["cached"] != "old.contoso.test" {
		t.Errorf("another server: %+v", o)
	}
}

// TestScriptTargets: without an answer of Autodiscover the usual hosts are asked about.
func TestScriptTargets(t *testing.T) {
	e := suite.NewEnv(t.Context(), suite.Input{Address: "alice@contoso.test", HTTP: &httpc.Client{}}, time.Now())
	var hosts []string
	for _, u := range scriptTargets(e) {
		hosts = append(hosts, u.Host)
	}
	if got := strings.Join(hosts, " "); got != "autodiscover.contoso.test contoso.test" {
		t.Errorf("asked about %s", got)
	}
}

func TestDirectConnect(t *testing.T) {
	e := suite.NewEnv(t.Context(), suite.Input{Address: "alice@contoso.test", HTTP: &httpc.Client{}}, time.Now())
	if o := judgeDirectConnect(e, &outlook.Client{}, "MX"); o.Status != report.Skip || len(o.Signals) > 0 {
		t.Errorf("nobody knows where the mailbox is: %+v", o)
	}
	old := &outlook.Client{Installed: []outlook.Installed{{Major: 15}}}
	if o := judgeDirectConnect(e, old, "MX"); o.Status != report.Pass || len(o.Signals) > 0 {
		t.Errorf("Outlook 2013: %+v", o)
	}
}

// TestWinHTTPWays has settings that need no way to be tried.
func TestWinHTTPWays(t *testing.T) {
	e := suite.NewEnv(t.Context(), suite.Input{Address: "alice@contoso.test", HTTP: &httpc.Client{}, Path: &netpath.Path{}}, time.Now())
	c := &outlook.Client{WinHTTP: &outlook.Connection{Proxy: "p:1", Bypass: "*.contoso.test"}, WinHTTP32: &outlook.Connection{}}
	if o := judgeWinHTTP(t.Context(), e, c); o.Status != report.Pass || !strings.Contains(o.Summary, "32-bit: services go straight") {
		t.Errorf("hosts that the proxy is not for: %+v", o)
	}
	if way := wayOf(&outlook.Connection{PAC: "http://x/p.pac"}, ""); !strings.Contains(way, "http://x/p.pac") {
		t.Errorf("a script is not named: %s", way)
	}
}
