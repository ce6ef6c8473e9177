package causes

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

func TestRulesAreSound(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, r := range Rules() {
		if !kebab.MatchString(r.Code) || seen[r.Code] {
			t.Errorf("code %q is malformed or there twice", r.Code)
		}
		seen[r.Code] = true
		if len(r.Any)+len(r.All) == 0 || r.Title == "" || r.Explanation == "" || len(r.Actions) == 0 {
			t.Errorf("%s lacks signals, a sentence, an explanation or an action", r.Code)
		}
		texts := []string{r.Title, r.Explanation}
		for _, a := range r.Actions {
			texts = append(texts, a.Text, a.Command)
		}
		for _, text := range texts {
			for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
				if _, ok := fallbacks[m[1]]; !ok {
					t.Errorf("%s names {%s}, which has no fallback", r.Code, m[1])
				}
			}
		}
		if !strings.HasSuffix(r.Title, ".") && !strings.HasSuffix(r.Title, "?") {
			t.Errorf("%s: the title is no sentence: %s", r.Code, r.Title)
		}
	}
}

// row is a check that saw something.
func row(id string, s report.Status, signals ...report.Signal) report.Check {
	group, _, _ := strings.Cut(id, ".")
	return report.Check{ID: id, Group: group, Title: "Title of " + id, Status: s, Summary: "what " + id + " saw", Signals: signals}
}

func sig(code, subject string, detail ...any) report.Signal {
	s := report.Signal{Code: code, Subject: subject, Detail: map[string]any{}}
	for i := 0; i+1 < len(detail); i += 2 {
		s.Detail[detail[i].(string)] = detail[i+1]
	}
	return s
}

func caseOf(rows ...report.Check) *Case {
	return &Case{Checks: rows, Address: "alice@contoso.test", Domain: "contoso.test", Server: "EX01",
		Run: Circumstances{SignsIn: true, Summary: "mailbox and address book answer"}}
}

func TestJudgeNamesTheCause(t *testing.T) {
	mail := "mail.contoso.test"
	cases := []struct {
		want string
		rows []report.Check
	}{
		{"unreachable-host", []report.Check{row("network.mailbox", report.Fail, sig(suite.TCPTimeout, mail, "phase", "connect"))}},
		{"black-hole", []report.Check{row("tls.mailbox", report.Fail, sig(suite.TLSTimeout, mail, "phase", "tls"))}},
		{"cert-invalid", []report.Check{row("tls.mailbox", report.Fail, sig(suite.CertInvalid, mail, "kind", "expired"))}},
		{"cert-root-domain", []report.Check{row("mapi.logon", report.Pass), row("discovery.root", report.Warn, sig(suite.RootCert, "contoso.test", "kind", "name-mismatch"))}},
		{"bad-credentials", []report.Check{row("mapi.connect", report.Fail, sig(suite.CredentialWrong, mail, "scheme", "NTLM"))}},
		{"extended-protection", []report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail), sig(suite.RefusedHereOnly, mail))}},
		{"proxy-breaks-ntlm", []report.Check{row("mapi.connect", report.Fail, sig(suite.HandshakeBroken, mail, "scheme", "NTLM"))}},
		{"vdir-no-auth", []report.Check{row("auth.offered", report.Fail, sig(suite.NoAuthMethods, mail))}},
		{"external-blocked", []report.Check{row("dns.mailbox", report.Fail, sig(suite.MailboxURLNoName, "ex01"), sig(suite.OnlyInternalURL, "ex01"), sig(suite.NameMissing, "ex01"))}},
		{"vdir-url-wrong", []report.Check{row("dns.mailbox", report.Fail, sig(suite.MailboxURLNoName, "ex01"), sig(suite.NameMissing, "ex01"))}},
		{"ipv6-broken", []report.Check{row("network.mailbox", report.Warn, sig(suite.IPv6Dead, mail, "address_tried", "[2001:db8::1]:443")), row("mapi.logon", report.Pass)}},
		{"clock-skew", []report.Check{row("machine.clock", report.Fail, sig(suite.ClockOff, mail, "offset", "2h ahead of"))}},
		{"proxy-unreachable", []report.Check{row("machine.proxy", report.Fail, sig(suite.ProxyUnreachable, "proxy.corp.test"))}},
		{"no-network", []report.Check{row("machine.interfaces", report.Fail, sig(suite.NoNetwork, "")), row("dns.domain", report.Fail, sig(suite.DNSFailure, "contoso.test"))}},
		{"mailbox-access-denied", []report.Check{row("mapi.logon", report.Fail, sig(suite.LogonRefused, mail))}},
		{"database-down", []report.Check{row("mapi.logon", report.Fail, sig(suite.DatabaseDown, mail))}},
		{"client-version-blocked", []report.Check{row("mapi.connect", report.Fail, sig(suite.VersionBlocked, mail))}},
		{"redirect-consent", []report.Check{row("discovery.http-redirect", report.Fail, sig(suite.RedirectUnconfirmed, "hoster.test", "url", "https://hoster.test/autodiscover/autodiscover.xml"))}},
		{"vdir-missing", []report.Check{row("auth.offered", report.Fail, sig(suite.HTTPNotFound, mail))}},
		{"sign-in-scheme", []report.Check{row("mapi.connect", report.Fail, sig(suite.NoCommonScheme, mail, "offered", []string{"Bearer"}))}},
		{"notification-lost", []report.Check{row("mapi.notification", report.Fail, sig(suite.NotNotified, mail))}},
		{"proxy-buffers-long-poll", []report.Check{row("mapi.logon", report.Pass), row("mapi.notification", report.Warn, sig(suite.WaitNotOpened, mail))}},
		{"proxy-buffers-long-poll", []report.Check{row("mapi.logon", report.Pass), row("resume.long-poll", report.Fail, sig(suite.WaitNotOpened, mail))}},
		{"idle-timeout", []report.Check{row("mapi.logon", report.Pass), row("resume.idle-timeout", report.Fail, sig(suite.RestCut, mail, "rest", "1s"))}},
		{"idle-timeout", []report.Check{row("mapi.logon", report.Pass), row("resume.idle-timeout", report.Warn, sig(suite.RestCut, mail, "rest", "5m0s"))}},
		{"session-bound-to-connection", []report.Check{row("mapi.logon", report.Pass), row("resume.context", report.Fail, sig(suite.ContextNotKept, mail))}},
		{"mailbox-full", []report.Check{row("mapi.logon", report.Pass), row("mapi.mailbox", report.Warn, sig(suite.MailboxFull, ""))}},
		{"cert-expires", []report.Check{row("mapi.logon", report.Pass), row("tls.mailbox", report.Warn, sig(suite.CertExpires, mail, "days", 3))}},
		{NoKnownCause, []report.Check{row("dns.domain", report.Pass), row("mapi.ping", report.Fail, sig(suite.MAPIError, mail)), row("mapi.inbox", report.Fail)}},
	}
	for _, c := range cases {
		t.Run(c.want, func(t *testing.T) {
			j := Judge(caseOf(c.rows...))
			if j.Verdict.Cause != c.want {
				t.Errorf("verdict %+v", j.Verdict)
			}
			failed := slices.ContainsFunc(c.rows, func(r report.Check) bool { return r.Status == report.Fail })
			if (j.Verdict.Status == report.Fail) != failed {
				t.Errorf("status %s", j.Verdict.Status)
			}
			if strings.ContainsAny(j.Verdict.Headline, "{}") {
				t.Errorf("headline %q", j.Verdict.Headline)
			}
		})
	}
}

func TestHealthyIsASentenceAUserUnderstands(t *testing.T) {
	j := Judge(caseOf(row("mapi.logon", report.Pass, sig(suite.CredentialWorks, "mail.contoso.test"))))
	if j.Verdict.Status != report.Pass || j.Verdict.Headline != "Outlook can reach this mailbox: mailbox and address book answer." || len(j.Findings) != 0 {
		t.Errorf("got %+v", j)
	}
}

func TestNothingOpenedIsNoPassForTheMailbox(t *testing.T) {
	j := Judge(caseOf(row("dns.domain", report.Pass)))
	if strings.Contains(j.Verdict.Headline, "can reach") {
		t.Errorf("got %+v", j.Verdict)
	}
	c := caseOf(row("dns.domain", report.Pass))
	c.Run.Incomplete = "the run was interrupted"
	if j := Judge(c); j.Verdict.Status != report.Warn || !strings.Contains(j.Verdict.Headline, "interrupted") {
		t.Errorf("got %+v", j.Verdict)
	}
}

// TestConsequencesAreFolded: what was skipped behind the cause is listed under it,
// and a generic cause stands back behind one that explains the same.
func TestConsequencesAreFolded(t *testing.T) {
	skip := row("mapi.connect", report.Skip)
	skip.After = []string{"dns.mailbox"}
	further := row("mapi.logon", report.Skip)
	further.After = []string{"mapi.connect"}
	j := Judge(caseOf(row("dns.mailbox", report.Fail, sig(suite.MailboxURLNoName, "ex01"), sig(suite.NameMissing, "ex01")), skip, further))
	if len(j.Findings) != 1 || j.Findings[0].Code != "vdir-url-wrong" {
		t.Fatalf("findings %+v", j.Findings)
	}
	if got := j.Findings[0].Explains; !slices.Equal(got, []string{"dns.mailbox", "mapi.connect", "mapi.logon"}) {
		t.Errorf("explains %v", got)
	}
}

func TestTheCauseThatExplainsMostComesFirst(t *testing.T) {
	clock := row("machine.clock", report.Fail, sig(suite.ClockOff, "mail"))
	down := row("web.healthcheck", report.Fail, sig(suite.HealthBad, "mail"))
	skip := row("mapi.connect", report.Skip)
	skip.After = []string{"web.healthcheck"}
	j := Judge(caseOf(clock, down, skip))
	if len(j.Findings) != 2 || j.Findings[0].Code != "server-component-down" || j.Findings[1].Code != "clock-skew" {
		t.Errorf("findings %+v", j.Findings)
	}
}

// TestCommandsHoldNothingAShellCouldActOn: names in commands come from servers.
func TestCommandsHoldNothingAShellCouldActOn(t *testing.T) {
	c := caseOf(row("auth.offered", report.Fail, sig(suite.NoAuthMethods, `mail"; Remove-Mailbox alice; "`)))
	c.Server = "EX01; Restart-Computer"
	c.Address = "alice$(calc)@contoso.test"
	for _, f := range Judge(c).Findings {
		for _, a := range f.Actions {
			if strings.Contains(a.Command, "Remove-Mailbox") || strings.Contains(a.Command, "Restart-Computer") || strings.Contains(a.Command, "$(") {
				t.Errorf("command %s", a.Command)
			}
		}
	}
	c.Server, c.Address = "EX01", "alice@contoso.test"
	found := false
	for _, a := range Judge(c).Findings[0].Actions {
		found = found || strings.Contains(a.Command, "-Server EX01")
	}
	if !found {
		t.Error("a harmless server name is not filled in")
	}
}

func TestOwnFaultIsNoVerdictOnTheServer(t *testing.T) {
	j := Judge(caseOf(row("mapi.logon", report.Pass), row("dns.srv", report.Skip, sig(suite.ProgramFault, "dns.srv"))))
	if j.Verdict.Status != report.Warn || j.Verdict.Cause != report.ProgramFault {
		t.Errorf("got %+v", j.Verdict)
	}
}
