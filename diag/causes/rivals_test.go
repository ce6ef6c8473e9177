package causes

import (
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestRivals: where another cause leaves the same signs, the verdict names it, with
// a step that decides, and is less sure; where a signal rules it out, it is not.
func TestRivals(t *testing.T) {
	const mail = "mail.contoso.test"
	works := row("mapi.logon", report.Pass, sig(suite.CredentialWorks, mail))
	for name, c := range map[string]struct {
		rows       []report.Check
		cause      string
		or         []string
		confidence report.Confidence
	}{
		"a port that is closed": {[]report.Check{row("network.mailbox", report.Fail, sig(suite.TCPRefused, mail))},
			"connection-refused", []string{"autodiscover-dns"}, report.Possible},
		"a port that is closed where Autodiscover leads": {[]report.Check{row("discovery.answer", report.Pass, sig(suite.AutodiscoverAnswered, mail)), row("network.mailbox", report.Fail, sig(suite.TCPRefused, mail))},
			"connection-refused", []string{"vdir-url-wrong"}, report.Possible},
		"a handshake that breaks off was answered": {[]report.Check{row("tls.mailbox", report.Fail, sig(suite.TLSFailed, mail))},
			"unreachable-host", nil, report.Likely},
		"refused at /mapi alone, nothing compared": {[]report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail), sig(suite.RefusedHereOnly, mail))},
			"extended-protection", []string{"proxy-breaks-ntlm"}, report.Possible},
		"refused with the binding alone": {[]report.Check{row("auth.sign-in", report.Fail, sig(suite.RefusedHereOnly, mail)), row("auth.extended-protection", report.Fail, sig(suite.BindingRefused, mail))},
			"extended-protection", nil, report.Likely},
		"a private authority": {[]report.Check{row("tls.mailbox", report.Fail, sig(suite.CertInvalid, mail, "kind", "untrusted-root"))},
			"cert-invalid", []string{"tls-interception"}, report.Possible},
		"a certificate that has expired": {[]report.Check{row("tls.mailbox", report.Fail, sig(suite.CertInvalid, mail, "kind", "expired"))},
			"cert-invalid", nil, report.Certain},
		"what the server says itself": {[]report.Check{works, row("mapi.logon", report.Fail, sig(suite.DatabaseDown, mail))},
			"database-down", nil, report.Certain},
		"two that explain the same": {[]report.Check{row("mapi.connect", report.Fail, sig(suite.AnswerTooLarge, mail), sig(suite.ContextLost, mail))},
			"session-context-lost", []string{"huge-length"}, report.Possible},
		"two that explain different failures": {[]report.Check{row("mapi.connect", report.Fail, sig(suite.AnswerTooLarge, mail)), row("mapi.inbox", report.Fail, sig(suite.AnswerTooLarge, mail)), row("auth.sign-in", report.Fail, sig(suite.HandshakeBroken, mail))},
			"proxy-breaks-ntlm", nil, report.Likely},
	} {
		j := Judge(caseOf(c.rows...))
		f := j.Findings[0]
		if f.Code != c.cause || j.Verdict.Cause != c.cause || f.Confidence != c.confidence || !slices.Equal(j.Verdict.Or, c.or) {
			t.Errorf("%s: %s, %s, or %v; findings %+v", name, f.Code, f.Confidence, j.Verdict.Or, j.Findings)
		}
		for _, o := range f.Or {
			if o.Title == "" || o.Decide.Who == "" || strings.ContainsAny(o.Title+o.Decide.Text, "{}") {
				t.Errorf("%s: %+v does not say how to tell", name, o)
			}
		}
	}
}

func TestRivalriesAreSound(t *testing.T) {
	for _, r := range rivalries {
		if ruleOf(r.Cause).Title == "" || ruleOf(r.Rival).Title == "" {
			t.Errorf("%s or %s is no cause", r.Cause, r.Rival)
		}
		if ruleOf(r.Cause).Confidence == report.Certain {
			t.Errorf("%s is certain and has a rival", r.Cause)
		}
		for _, code := range r.Unless {
			if suite.SignalWords(code) == "" {
				t.Errorf("%s: signal %s has no words", r.Cause, code)
			}
		}
	}
}

// TestWhatIsNotExplainedIsSaid: a failure that no finding accounts for is listed, and
// none is when all are.
func TestWhatIsNotExplainedIsSaid(t *testing.T) {
	down := row("mapi.logon", report.Fail, sig(suite.DatabaseDown, "mail"))
	j := Judge(caseOf(down, row("dns.srv", report.Fail, sig(suite.MAPIError, "x"))))
	if j.Verdict.Cause != "database-down" || !slices.Equal(j.Verdict.Unexplained, []string{"dns.srv"}) {
		t.Errorf("verdict %+v", j.Verdict)
	}
	if j := Judge(caseOf(down)); len(j.Verdict.Unexplained) > 0 {
		t.Errorf("verdict %+v", j.Verdict)
	}
	if f := Judge(caseOf(row("dns.srv", report.Fail))).Findings[0]; f.Code != NoKnownCause || f.Confidence != "" || len(f.Or) > 0 {
		t.Errorf("a guess: %+v", f)
	}
}

// TestDescribe wants every cause to say what it needs, in words, with nothing left
// to fill in.
func TestDescribe(t *testing.T) {
	list := Describe()
	if len(list) != len(Rules())+1 || list[len(list)-1].Code != NoKnownCause {
		t.Fatalf("%d descriptions for %d rules", len(list), len(Rules()))
	}
	for _, d := range list {
		all := slices.Concat(d.Needs.Any, d.Needs.All, d.RuledOutBy)
		if len(d.Needs.Any)+len(d.Needs.All) == 0 && d.Needs.Also == "" {
			t.Errorf("%s needs nothing", d.Code)
		}
		for _, s := range all {
			if s.Means == "" {
				t.Errorf("%s: signal %s has no words", d.Code, s.Signal)
			}
		}
		if strings.ContainsAny(d.Title+d.Explanation, "{}") || len(d.Actions) == 0 || d.Family == "" {
			t.Errorf("%+v", d)
		}
	}
	for _, r := range Rules() {
		if (r.When != nil) != (r.WhenSays != "") {
			t.Errorf("%s: When and WhenSays do not go together", r.Code)
		}
	}
}
