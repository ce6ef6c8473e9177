package checks

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

func TestProtectionIsCompared(t *testing.T) {
	discover := seat{Host: "autodiscover.contoso.test", Dir: "autodiscover", Accepted: true}
	mapi := seat{Host: "mail.contoso.test", Dir: "mapi", Issuer: "CN=Guardian", Scheme: "NTLM"}
	good, required := mapi, mapi
	good.Accepted, required.Accepted, required.Setting = true, true, "required"
	none, rpc, broken := good, mapi, mapi
	none.Setting, rpc.Dir, broken.broken = "none", "rpc", true
	absent := mapi
	absent.Without = "accepted"
	want(t, judgeProtection([]seat{discover, mapi}), report.Fail, "CN=Guardian", suite.BindingRefused)
	want(t, judgeProtection([]seat{absent}), report.Fail, "CN=Guardian", suite.BindingRefused)
	want(t, judgeProtection([]seat{discover, required}), report.Pass, "satisfied at /mapi (required)")
	want(t, judgeProtection([]seat{discover, none}), report.Pass, "not enforced at /mapi")
	want(t, judgeProtection([]seat{discover, good}), report.Pass, "--full-auth-test")
	want(t, judgeProtection([]seat{discover, good, rpc}), report.Pass, "")
	want(t, judgeProtection([]seat{mapi}), report.Skip, "nothing to compare")
	want(t, judgeProtection([]seat{discover, broken}), report.Skip, "before Extended Protection")
}

func TestModernIsCompared(t *testing.T) {
	on := bearerAt{Host: "autodiscover.contoso.test", Dir: "autodiscover", Offer: &auth.BearerOffer{AuthorizationURI: "https://login.contoso.test/authorize"}, Schemes: []string{"NTLM"}}
	off := bearerAt{Host: "mail.contoso.test", Dir: "mapi", Schemes: []string{"NTLM"}}
	oauth := bearerAt{Host: "mail.contoso.test", Dir: "mapi", Offer: &auth.BearerOffer{}}
	both := oauth
	both.Schemes = []string{"NTLM"}
	want(t, judgeModern([]bearerAt{on, on}), report.Pass, "login.contoso.test")
	want(t, judgeModern([]bearerAt{off, on}), report.Warn, "off at /mapi", suite.ModernHalfSet)
	want(t, judgeModern([]bearerAt{oauth, on}), report.Fail, "accepts nothing else", suite.ModernHalfSet)
	want(t, judgeModern([]bearerAt{oauth}), report.Fail, "does not say", suite.ModernHalfSet)
	want(t, judgeModern([]bearerAt{both}), report.Pass, "for other servers")
}

func TestKerberosTrouble(t *testing.T) {
	for kind, code := range map[kerberos.Kind]string{
		kerberos.SPNUnknown: suite.KerberosSPN, kerberos.WrongAccount: suite.KerberosSPN, kerberos.ClockSkew: suite.KerberosClock,
		kerberos.Revoked: suite.AccountLocked, kerberos.PasswordExpired: suite.PasswordExpired, kerberos.BadPassword: suite.CredentialWrong,
		kerberos.NoCommonCipher: suite.KerberosFailed, kerberos.KDCUnreachable: suite.KerberosFailed,
	} {
		err := &httpc.AuthError{Reason: httpc.MechanismFailed, Host: "mail", Err: &auth.Unavailable{Err: &kerberos.Error{Kind: kind, SPN: "HTTP/mail", Off: -2 * time.Hour}}}
		if s := authTrouble(err); s.Code != code {
			t.Errorf("%s is %s, want %s", kind, s.Code, code)
		}
	}
	if s := kerberosTrouble(errors.New("else"), "mail"); s != nil {
		t.Errorf("got %v", s)
	}
	if s := authTrouble(&httpc.AuthError{Reason: httpc.Refused, Authn: "Negotiate (Kerberos)", Host: "mail"}); s.Code != suite.TicketRefused {
		t.Errorf("a refused ticket is %s", s.Code)
	}
	if s := authTrouble(&httpc.AuthError{Reason: httpc.MechanismFailed, Err: auth.ErrNTLMv1}); s.Code != suite.NTLMv1 {
		t.Errorf("NTLMv1 is %s", s.Code)
	}
}

func TestProxyBeforeARefusal(t *testing.T) {
	x := func(server string, status int) *httpc.Exchange {
		return &httpc.Exchange{Authn: "NTLM", Status: status, Header: http.Header{"Server": {server}}}
	}
	refused := &httpc.AuthError{Reason: httpc.Refused, Authn: "NTLM", Exchange: x("nginx", 401)}
	if p := proxyBefore([]*httpc.Exchange{x("Microsoft-IIS/10.0", 200)}, refused); p != "nginx" {
		t.Errorf("got %q", p)
	}
	if p := proxyBefore([]*httpc.Exchange{x("nginx", 200)}, refused); p != "" {
		t.Errorf("NTLM gets through %q elsewhere", p)
	}
	plain := &httpc.AuthError{Reason: httpc.Refused, Authn: "NTLM", Exchange: x("Microsoft-IIS/10.0", 401)}
	if p := proxyBefore(nil, plain); p != "" {
		t.Errorf("IIS is taken for a proxy: %q", p)
	}
}

func TestTicketsAreShownWithoutSecrets(t *testing.T) {
	got := ticketOf(kerberos.Use{SPN: "HTTP/mail", Cipher: 18, Until: time.Now().Add(90 * time.Minute), Bindings: true, Proven: true})
	if got.Cipher != "AES-256" || got.Minutes < 88 || !got.Bound || !got.Proven || !strings.HasSuffix(got.Until, "Z") {
		t.Errorf("got %+v", got)
	}
}
