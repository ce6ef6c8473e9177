package causes

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestAlikeFaultsAreToldApart has what the lab found mistaken for something else.
func TestAlikeFaultsAreToldApart(t *testing.T) {
	const mail, discover, root = "mail.contoso.test", "autodiscover.contoso.test", "contoso.test"
	works := row("mapi.logon", report.Pass)
	noAnswer := row("discovery.answer", report.Skip, sig(suite.NoAutodiscover, root))
	noName := row("dns.autodiscover", report.Fail, sig(suite.NameMissing, discover), sig(suite.NoAutodiscover, root))
	gateway := row("network.mailbox", report.Fail, sig(suite.ProxyGateway, mail, "phase", "proxy"))
	for _, c := range []struct {
		name, want string
		rows       []report.Check
	}{
		{"misspelled domain", "domain-unknown", []report.Check{row("dns.domain", report.Warn, sig(suite.DomainMissing, root)), noName, noAnswer}},
		{"domain with Autodiscover alone", "", []report.Check{row("dns.domain", report.Warn, sig(suite.DomainMissing, root)), row("discovery.answer", report.Pass), works}},
		{"names are there, another answers", "pre-auth-proxy", []report.Check{noAnswer, row("dns.autodiscover", report.Pass), row("discovery.autodiscover", report.Fail, sig(suite.LoginPage, discover))}},
		{"no name", "autodiscover-dns", []report.Check{noAnswer, noName}},
		{"proxy cannot reach one host", "unreachable-host", []report.Check{gateway, row("discovery.autodiscover", report.Pass, sig(suite.AutodiscoverAnswered, discover))}},
		{"proxy cannot reach any", "proxy-unreachable", []report.Check{gateway}},
		{"redirect to a page of the organisation", "pre-auth-proxy", []report.Check{noAnswer,
			row("discovery.http-redirect", report.Fail, sig(suite.PortalAnswer, discover, "url", "https://mail.contoso.test/my.policy")),
			row("discovery.root", report.Fail, sig(suite.RootCert, root, "kind", "self-signed")),
			row("discovery.autodiscover", report.Fail, sig(suite.LoginPage, discover))}},
		{"redirect to a page elsewhere", "captive-portal", []report.Check{noAnswer,
			row("discovery.http-redirect", report.Fail, sig(suite.PortalAnswer, discover, "url", "http://portal.hotspot.test/login")),
			row("tls.autodiscover", report.Fail, sig(suite.CertInvalid, discover, "kind", "name-mismatch"))}},
		{"blank in the name, mailbox not found", "legacydn-trailing-space", []report.Check{
			row("discovery.answer", report.Warn, sig(suite.LegacyDNTrailing, "alice@contoso.test")), row("mapi.connect", report.Fail, sig(suite.UnknownMailbox, mail))}},
		{"blank in the name, all works", "legacydn-trailing-space", []report.Check{works, row("discovery.answer", report.Warn, sig(suite.LegacyDNTrailing, "alice@contoso.test"))}},
		{"session lost where the connection changed", "session-bound-to-connection", []report.Check{works,
			row("mapi.ping", report.Fail, sig(suite.ContextLost, mail)), row("resume.context", report.Fail, sig(suite.ContextNotKept, mail))}},
		{"attempt used up by a lost answer", "unreachable-host", []report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialUnsent, mail, "reason", "budget")),
			row("mapi.connect", report.Fail, sig(suite.AnswerTimeout, mail), sig(suite.CredentialUnsent, mail, "reason", "budget"))}},
		{"password kept back by a rule", "sign-in-scheme", []report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialUnsent, mail, "reason", "policy"))}},
		{"consent wanted, nothing else there", "redirect-consent", []report.Check{noAnswer, row("network.autodiscover", report.Fail, sig(suite.TCPRefused, discover)),
			row("discovery.http-redirect", report.Fail, sig(suite.RedirectUnconfirmed, discover, "url", "https://autodiscover.hoster.example/autodiscover/autodiscover.xml"))}},
		{"website inspected", "tls-interception", []report.Check{noAnswer, row("discovery.root", report.Fail, sig(suite.RootCert, root, "kind", "untrusted-root"), sig(suite.Intercepted, root, "by", "Zscaler"))}},
		{"access denied, seen over RPC alone", "mailbox-access-denied", []report.Check{works, row("rpc.mailbox", report.Warn, sig(suite.LogonRefused, mail))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if j := Judge(caseOf(c.rows...)); j.Verdict.Cause != c.want {
				t.Errorf("verdict %+v", j.Verdict)
			}
		})
	}
}
