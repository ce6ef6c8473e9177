package causes

import (
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// TestTLSRules has for every cause of certificates and TLS a case in which it
// must speak, and one like it in which it must keep silent.
func TestTLSRules(t *testing.T) {
	const mail = "mail.contoso.test"
	works := row("mapi.logon", report.Pass)
	tls := func(s report.Status, signals ...report.Signal) report.Check { return row("tls.mailbox", s, signals...) }
	for code, c := range map[string]struct{ speaks, silent []report.Check }{
		"tls-version": {
			[]report.Check{tls(report.Fail, sig(suite.TLSOld, mail, "what", "it speaks TLS 1.0 alone"))},
			[]report.Check{tls(report.Fail, sig(suite.TLSFailed, mail))}},
		"client-cert-requested": {
			[]report.Check{tls(report.Warn, sig(suite.ClientCert, mail)), row("mapi.connect", report.Fail, sig(suite.TLSFailed, mail))},
			[]report.Check{tls(report.Warn, sig(suite.ClientCert, mail)), works}},
		"client-cert-optional": {
			[]report.Check{tls(report.Warn, sig(suite.ClientCert, mail)), works},
			[]report.Check{tls(report.Warn, sig(suite.ClientCert, mail)), row("mapi.connect", report.Fail, sig(suite.TLSFailed, mail))}},
		"tls-interception": {
			[]report.Check{tls(report.Fail, sig(suite.CertInvalid, mail, "kind", "untrusted-root"), sig(suite.Intercepted, mail, "by", "Zscaler"))},
			[]report.Check{tls(report.Fail, sig(suite.CertInvalid, mail, "kind", "untrusted-root"))}},
		"tls-inspected": {
			[]report.Check{tls(report.Warn, sig(suite.Intercepted, mail, "by", "Zscaler")), works},
			[]report.Check{tls(report.Fail, sig(suite.CertInvalid, mail, "kind", "untrusted-root"), sig(suite.Intercepted, mail))}},
		"cert-invalid": {
			[]report.Check{row("tls.revocation", report.Fail, sig(suite.CertInvalid, mail, "kind", "revoked", "what", "it was revoked"))},
			[]report.Check{row("tls.revocation", report.Warn, sig(suite.CertRevocation, mail)), works}},
		"cert-names": {
			[]report.Check{row("tls.names", report.Warn, sig(suite.CertNames, mail, "missing", []string{"ex01"})), works},
			[]report.Check{row("tls.names", report.Pass), works}},
		"cert-principal": {
			[]report.Check{row("tls.principal", report.Warn, sig(suite.CertPrincipal, mail, "wanted", mail, "carried", "*.contoso.test")), works},
			[]report.Check{row("tls.principal", report.Pass), works}},
		"cert-revocation": {
			[]report.Check{row("tls.revocation", report.Warn, sig(suite.CertRevocation, mail, "what", "nobody says")), works},
			[]report.Check{row("tls.revocation", report.Pass), works}},
		"cert-remark": {
			[]report.Check{tls(report.Warn, sig(suite.CertRemark, mail, "kind", "differs-by-address", "what", "two nodes differ")), works},
			[]report.Check{tls(report.Pass), works}},
	} {
		t.Run(code, func(t *testing.T) {
			if got := Judge(caseOf(c.speaks...)).Verdict; got.Cause != code {
				t.Errorf("the verdict is %+v", got)
			}
			for _, f := range Judge(caseOf(c.silent...)).Findings {
				if f.Code == code {
					t.Errorf("it speaks where nothing is the matter: %s", f.Title)
				}
			}
		})
	}
}
