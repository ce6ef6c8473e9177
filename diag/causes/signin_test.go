package causes

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestSignInCauses: one case in which each must speak, and one in which it must
// keep silent.
func TestSignInCauses(t *testing.T) {
	const mail, discover = "mail.contoso.test", "autodiscover.contoso.test"
	works := row("mapi.logon", report.Pass, sig(suite.CredentialWorks, mail))
	spn := []any{"spn", "HTTP/" + mail, "kind", "missing", "realm", "CONTOSO.TEST"}
	cases := []struct {
		name, want string
		rows       []report.Check
	}{
		{"SPN missing, nothing else works", "kerberos-spn", []report.Check{row("auth.kerberos", report.Fail, sig(suite.KerberosSPN, mail, spn...)), row("auth.sign-in", report.Fail, sig(suite.KerberosSPN, mail, spn...))}},
		{"SPN missing, NTLM works", "kerberos-fallback", []report.Check{works, row("auth.kerberos", report.Warn, sig(suite.KerberosSPN, mail, spn...))}},
		{"ticket refused everywhere", "kerberos-spn", []report.Check{row("auth.sign-in", report.Fail, sig(suite.TicketRefused, mail, "spn", "HTTP/"+mail))}},
		{"ticket refused at /mapi alone", "extended-protection", []report.Check{
			row("auth.sign-in", report.Fail, sig(suite.TicketRefused, mail), sig(suite.RefusedHereOnly, mail)),
			row("auth.extended-protection", report.Fail, sig(suite.BindingRefused, mail, "issuer", "CN=Guardian"))}},
		{"refused through a proxy that shows itself", "proxy-breaks-ntlm", []report.Check{
			row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail), sig(suite.RefusedHereOnly, mail), sig(suite.BehindProxy, mail, "proxy", "nginx")),
			row("auth.extended-protection", report.Fail, sig(suite.BindingRefused, mail))}},
		{"refused through an inspecting product", "extended-protection", []report.Check{
			row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, mail), sig(suite.RefusedHereOnly, mail), sig(suite.BehindProxy, mail, "proxy", "zscaler")),
			row("auth.extended-protection", report.Fail, sig(suite.BindingRefused, mail, "by", "Zscaler"))}},
		{"locked", "account-locked", []report.Check{row("auth.sign-in", report.Fail, sig(suite.AccountLocked, discover, "code", 18))}},
		{"locked, and 401 from a server", "account-locked", []report.Check{row("auth.sign-in", report.Fail, sig(suite.AccountLocked, discover, "code", 18), sig(suite.CredentialWrong, mail))}},
		{"expired", "password-expired", []report.Check{row("auth.sign-in", report.Fail, sig(suite.PasswordExpired, discover))}},
		{"wrong password", "bad-credentials", []report.Check{row("auth.sign-in", report.Fail, sig(suite.CredentialWrong, discover))}},
		{"KDC clock", "clock-skew", []report.Check{row("auth.kerberos", report.Fail, sig(suite.KerberosClock, mail, "offset", "2h behind")), row("auth.sign-in", report.Fail, sig(suite.KerberosClock, mail))}},
		{"NTLMv1 server", "ntlmv1-server", []report.Check{row("auth.sign-in", report.Fail, sig(suite.NTLMv1, mail))}},
		{"half set", "modern-auth-half-set", []report.Check{row("auth.modern", report.Fail, sig(suite.ModernHalfSet, mail, "dir", "mapi")), row("auth.sign-in", report.Fail, sig(suite.NoCommonScheme, mail))}},
		{"mixed", "modern-auth-mixed", []report.Check{works, row("auth.modern", report.Warn, sig(suite.ModernHalfSet, mail, "dir", "mapi"))}},
		{"KDC out of reach", "", []report.Check{works, row("auth.kerberos", report.Skip)}},
		{"all well", "", []report.Check{works, row("auth.kerberos", report.Pass), row("auth.modern", report.Pass), row("auth.extended-protection", report.Pass)}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if j := Judge(caseOf(c.rows...)); j.Verdict.Cause != c.want {
				t.Errorf("verdict %+v", j.Verdict)
			}
		})
	}
}
