package checks

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/certificates"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// showing is a host that shows one certificate, with those problems.
func showing(t *testing.T, host string, names []string, problems ...certs.Problem) *certs.Host {
	c := certificate(t, func(c *x509.Certificate) { c.DNSNames = names })
	return &certs.Host{Endpoint: certs.Endpoint{Host: host, Port: "443"}, Problems: problems,
		Served: []*certs.Served{{Sent: []*x509.Certificate{c}, Trust: certs.Trust{Trusted: true, Chain: []*x509.Certificate{c}}, Version: tls.VersionTLS13}}}
}

func problem(k certs.Kind, s certs.Severity) certs.Problem {
	return certs.Problem{Kind: k, Severity: s, Text: "about " + string(k)}
}

func TestJudgeHost(t *testing.T) {
	const mail = "mail.contoso.test"
	engine := netpath.NewError(netpath.PhaseTLS, mail, "10.0.0.1:443", x509.HostnameError{Certificate: certificate(t, nil), Host: mail})
	for name, c := range map[string]struct {
		problems []certs.Problem
		engine   error
		status   report.Status
		part     string
		code     string
	}{
		"healthy":            {nil, nil, report.Pass, "valid certificate until", ""},
		"worth knowing":      {[]certs.Problem{problem(certs.OldTLS, certs.Info)}, nil, report.Pass, "valid certificate", ""},
		"expired":            {[]certs.Problem{problem(certs.Expired, certs.Fail)}, engine, report.Fail, "about expired", suite.CertInvalid},
		"old TLS alone":      {[]certs.Problem{problem(certs.TLSVersion, certs.Fail)}, engine, report.Fail, "about tls-version", suite.TLSOld},
		"inspected":          {[]certs.Problem{problem(certs.Intercepted, certs.Warn)}, nil, report.Warn, "about tls-interception", suite.Intercepted},
		"ends soon":          {[]certs.Problem{{Kind: certs.ExpiresSoon, Severity: certs.Warn, Days: 5, Text: "it ends"}}, nil, report.Warn, "it ends", suite.CertExpires},
		"revocation":         {[]certs.Problem{problem(certs.RevocationSlow, certs.Warn)}, nil, report.Warn, "about revocation-slow", suite.CertRevocation},
		"different nodes":    {[]certs.Problem{problem(certs.DiffersByAddress, certs.Warn)}, nil, report.Warn, "about differs", suite.CertRemark},
		"the engine says no": {nil, engine, report.Fail, "", suite.CertInvalid},
		"common name alone":  {[]certs.Problem{problem(certs.CommonNameOnly, certs.Warn)}, engine, report.Fail, "about common-name-only", suite.CertInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			h := showing(t, mail, []string{mail}, c.problems...)
			h.Served[0].Intercept = &certs.Interception{By: "Squid"}
			codes := []string{c.code}
			if c.code == "" {
				codes = nil
			}
			want(t, judgeHost(h, c.engine, time.Now()), c.status, c.part, codes...)
		})
	}
	nothing := &certs.Host{Endpoint: certs.Endpoint{Host: mail}, Err: netpath.NewError(netpath.PhaseConnect, mail, "", errors.New("x"))}
	want(t, judgeHost(nothing, nil, time.Now()), report.Fail, "cannot connect", suite.ConnectionLost)
}

func TestClientCertificateIsSeen(t *testing.T) {
	h := showing(t, "mail", []string{"mail"}, problem(certs.ClientCertRequested, certs.Warn))
	h.Served[0].ClientCert = true
	want(t, judgeHost(h, nil, time.Now()), report.Warn, "about client-cert", suite.ClientCert)
}

func TestRevocationOutcome(t *testing.T) {
	h := showing(t, "mail", []string{"mail"})
	answered := func(s certs.Status) certs.Revocation {
		return certs.Revocation{Status: s, Source: certs.SourceOCSP, Took: 34 * time.Millisecond, Answers: []certs.Answer{{Source: certs.SourceOCSP, Status: s, Cert: h.First().Leaf()}}}
	}
	want(t, revocationOutcome(h, asked{Revocation: answered(certs.Good)}), report.Pass, "not revoked (OCSP, 34ms)")
	want(t, revocationOutcome(h, asked{answered(certs.Revoked), []certs.Problem{problem(certs.RevokedKind, certs.Fail)}}), report.Fail, "about revoked", suite.CertInvalid)
	want(t, revocationOutcome(h, asked{answered(certs.Unreachable), []certs.Problem{problem(certs.RevocationUnanswered, certs.Warn)}}), report.Warn, "about revocation", suite.CertRevocation)
	want(t, revocationOutcome(h, asked{Revocation: certs.Revocation{Status: certs.NoSource}}), report.Skip, "names nobody")
	want(t, revocationOutcome(h, asked{Revocation: certs.Revocation{Status: certs.NotAsked}}), report.Skip, "not asked")
}

func TestNamesWantedAndCarried(t *testing.T) {
	s := &autodiscover.Settings{MapiHTTP: &autodiscover.MapiHTTP{MailStore: autodiscover.URLs{Internal: "https://ex01.corp.test/mapi", External: "https://mail.contoso.test/mapi"}}}
	wanted := wantedNames(s, []autodiscover.Attempt{{Answer: autodiscover.Answer{FinalURL: "https://autodiscover.contoso.test/autodiscover/autodiscover.xml", Settings: s}}})
	if len(wanted) != 3 || wanted[0].Name != "ex01.corp.test" || wanted[0].Sources[0] != "MAPI InternalUrl" {
		t.Fatalf("%+v", wanted)
	}
	e := &suite.Env{}
	good := showing(t, "mail.contoso.test", []string{"mail.contoso.test", "autodiscover.contoso.test", "*.corp.test"})
	at := map[string]*certs.Host{"mail.contoso.test": good}
	want(t, judgeNames(e, certificates.NewMatrix(wanted, at), good), report.Pass, "all 3 names")
	short := showing(t, "mail.contoso.test", []string{"mail.contoso.test", "autodiscover.contoso.test"})
	at["mail.contoso.test"] = short
	want(t, judgeNames(e, certificates.NewMatrix(wanted, at), short), report.Warn, "does not carry ex01.corp.test", suite.CertNames)
	at["ex01.corp.test"] = showing(t, "ex01.corp.test", []string{"ex01.corp.test"}) // a server of its own
	want(t, judgeNames(e, certificates.NewMatrix(wanted, at), short), report.Pass, "all 3 names")
	at["ex01.corp.test"] = showing(t, "ex01.corp.test", []string{"ex01"})
	want(t, judgeNames(e, certificates.NewMatrix(wanted, at), short), report.Warn, "ex01.corp.test", suite.CertNames)
}

func TestPrincipal(t *testing.T) {
	want(t, judgePrincipal("mail", certs.Principal{Wanted: "mail", Carried: "mail", OK: true}), report.Pass, "compares")
	want(t, judgePrincipal("mail", certs.Principal{Wanted: "mail", Carried: "*.contoso.test"}), report.Warn, "shows one for *.contoso.test", suite.CertPrincipal)
}
