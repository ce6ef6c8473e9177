package causes

import (
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

const testKey = `HKCU\Software\Microsoft\Exchange`

// TestClientCauses has a case for each cause on the user's own computer, with the
// severity that it then has.
func TestClientCauses(t *testing.T) {
	logon := row("mapi.logon", report.Pass)
	for _, c := range []struct {
		want   string
		status report.Status
		row    report.Check
	}{
		{"client-version-unsupported", report.Fail, row("machine.outlook", report.Fail, sig(suite.OutlookTooOld, "", "product", "Outlook 2007", "needs", "a newer Outlook"))},
		{"client-mapihttp-disabled", report.Fail, row("machine.registry", report.Fail, sig(suite.MapiHTTPOff, "", "key", testKey, "name", "MapiHttpDisabled"))},
		{"registry-override", report.Fail, row("machine.registry", report.Fail, sig(suite.StepsExcluded, "", "names", "ExcludeSrvRecord"))},
		{"registry-override", report.Warn, row("machine.registry", report.Warn, sig(suite.LocalXML, "", "names", "PreferLocalXML"))},
		{"online-content-blocked", report.Fail, row("machine.registry", report.Fail, sig(suite.OnlineContentOff, ""))},
		{"online-content-blocked", report.Warn, row("machine.registry", report.Warn, sig(suite.OnlineContentOff, ""))},
		{"ntlmv1", report.Warn, row("machine.registry", report.Warn, sig(suite.NTLMv1Allowed, "", "level", "2"))},
		{"web-filter", report.Fail, row("auth.offered", report.Fail, sig(suite.FilterPage, "mail", "product", "Squid"))},
		{"service-down", report.Warn, row("web.services", report.Warn, sig(suite.ServiceDown, "mail", "service", "ews"))},
		{"pac-broken", report.Fail, row("machine.proxy-script", report.Fail, sig(suite.PACDeadProxy, "proxy", "what", "leads nowhere", "script", "http://pac.contoso.test/proxy.pac"))},
		{"pac-broken", report.Warn, row("machine.proxy-script", report.Warn, sig(suite.PACTrouble, "pac", "what", "is slow", "script", "http://pac.contoso.test/proxy.pac"))},
		{"winhttp-proxy", report.Warn, row("machine.winhttp", report.Warn, sig(suite.WinHTTPDead, "mail", "what", "x", "way", "by the proxy p:1"))},
		{"stale-credential", report.Warn, row("machine.credentials", report.Warn, sig(suite.StaleCredential, "", "target", "mail", "store", "Domain", "saved", "1 saved credential"))},
		{"autodiscover-cache-stale", report.Warn, row("machine.autodiscover-cache", report.Warn, sig(suite.CacheStale, "", "fact", "mailbox server", "cached", "a", "live", "b"))},
		{"o365-direct-connect", report.Warn, row("discovery.direct-connect", report.Warn, sig(suite.DirectConnect, "contoso.test", "sign", "MX", "state", "is not set"))},
		{"", report.Pass, row("machine.registry", report.Pass)},
	} {
		j := Judge(caseOf(c.row, logon))
		if j.Verdict.Cause != c.want || j.Verdict.Status != c.status || strings.ContainsAny(j.Verdict.Headline, "{}") {
			t.Errorf("%s: verdict %+v", c.want, j.Verdict)
		}
	}
}

// TestRegistryCommand: the key of the value stands in the command, ready to paste,
// and one that could leave its quotes does not.
func TestRegistryCommand(t *testing.T) {
	for key, want := range map[string]string{
		testKey:             `reg delete "` + testKey + `" /v MapiHttpDisabled /f`,
		testKey + `\`:       `reg delete "KEY" /v MapiHttpDisabled /f`,
		`HKCU" & calc & "x`: `reg delete "KEY" /v MapiHttpDisabled /f`,
	} {
		j := Judge(caseOf(row("machine.registry", report.Fail, sig(suite.MapiHTTPOff, "", "key", key, "name", "MapiHttpDisabled"))))
		if got := j.Findings[0].Actions[1].Command; got != want {
			t.Errorf("command %s, want %s", got, want)
		}
	}
}

func TestOneBadNodeIsNamed(t *testing.T) {
	const node = "mail.contoso.test at 192.0.2.2:443"
	j := Judge(caseOf(row("web.services", report.Fail, sig(suite.HealthBad, "mail.contoso.test", "node", node, "status", 503)), row("mapi.logon", report.Pass)))
	if j.Verdict.Cause != "server-component-down" || !strings.Contains(j.Verdict.Headline, node) {
		t.Errorf("verdict %+v", j.Verdict)
	}
}

// TestPortals: the page of a known portal is enough; a redirect from plain http
// alone is not, for many websites have one.
func TestPortals(t *testing.T) {
	refused := row("network.autodiscover", report.Fail, sig(suite.TCPRefused, "autodiscover.contoso.test"))
	known := row("discovery.http-redirect", report.Fail, sig(suite.PortalPage, "autodiscover.contoso.test", "product", "FortiGate captive portal", "url", "http://10.0.0.1/fgtauth"))
	website := row("discovery.http-redirect", report.Fail, sig(suite.PortalAnswer, "autodiscover.contoso.test", "url", "https://www.contoso.test/"))
	answered := row("discovery.autodiscover", report.Pass, sig(suite.AutodiscoverAnswered, "autodiscover.contoso.test"))
	if j := Judge(caseOf(refused, known)); j.Verdict.Cause != "captive-portal" {
		t.Errorf("a known portal: %+v", j.Verdict)
	}
	if j := Judge(caseOf(refused, website)); j.Verdict.Cause != "connection-refused" {
		t.Errorf("a website: %+v", j.Verdict)
	}
	if j := Judge(caseOf(answered, known)); j.Verdict.Cause == "captive-portal" {
		t.Errorf("a portal for a server that answered: %+v", j.Verdict)
	}
}

// TestCredentialCommands: each entry has its own command, and one that could leave
// its quotes stays a placeholder.
func TestCredentialCommands(t *testing.T) {
	saved := func(store, target string) report.Signal {
		return sig(suite.StaleCredential, "", "target", target, "store", store)
	}
	j := Judge(caseOf(row("machine.credentials", report.Warn, saved("LegacyGeneric", "MicrosoftOffice16_Data:SSPI:alice@contoso.test"),
		saved("Domain", "mail.contoso.test"), saved("Domain", `x" & calc & "`)), row("mapi.logon", report.Pass)))
	var got []string
	for _, a := range j.Findings[0].Actions[1:] {
		got = append(got, a.Command)
	}
	want := `cmdkey /delete:"LegacyGeneric:target=MicrosoftOffice16_Data:SSPI:alice@contoso.test"|cmdkey /delete:"Domain:target=mail.contoso.test"|cmdkey /delete:"Domain:target=TARGET"`
	if strings.Join(got, "|") != want {
		t.Errorf("commands %q", got)
	}
}
