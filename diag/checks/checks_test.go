package checks

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/nspi"
)

func TestListIsSound(t *testing.T) {
	if err := suite.Sound(All()); err != nil {
		t.Fatal(err)
	}
	if n := len(All()); n <= 15 {
		t.Errorf("only %d checks", n)
	}
}

// want compares status, the codes of the signals and a part of the sentence.
func want(t *testing.T, o suite.Outcome, status report.Status, part string, codes ...string) {
	t.Helper()
	if o.Status != status || !strings.Contains(o.Summary, part) {
		t.Errorf("got %s %q, want %s with %q", o.Status, o.Summary, status, part)
	}
	for _, code := range codes {
		if !has(o.Signals, code) {
			t.Errorf("no signal %s in %v", code, o.Signals)
		}
	}
	if len(codes) == 0 && status == report.Fail {
		t.Errorf("a failure without a signal: %+v", o)
	}
}

func TestInterfaces(t *testing.T) {
	up := report.Interface{Name: "eth0", Addresses: []string{"10.1.2.3/24"}}
	auto := report.Interface{Name: "wlan0", Addresses: []string{"169.254.3.4/16", "fe80::1/64"}}
	want(t, judgeInterfaces([]report.Interface{up, auto}, false), report.Pass, "eth0 is up")
	want(t, judgeInterfaces([]report.Interface{auto}, false), report.Fail, "no network", suite.NoNetwork)
	want(t, judgeInterfaces(nil, true), report.Pass, "this computer")
}

func TestClock(t *testing.T) {
	want(t, judgeClock(suite.Clock{Host: "mail", Offset: 800 * time.Millisecond}), report.Pass, "agrees")
	want(t, judgeClock(suite.Clock{Host: "mail", Offset: -3 * time.Minute}), report.Warn, "behind", suite.ClockOff)
	want(t, judgeClock(suite.Clock{Host: "mail", Offset: 2 * time.Hour}), report.Fail, "2h ahead of", suite.ClockOff)
}

func TestDomain(t *testing.T) {
	missing := &netpath.Error{Phase: netpath.PhaseDNS, Kind: netpath.KindNotFound, Host: "x", Err: errors.New("no")}
	broken := &netpath.Error{Phase: netpath.PhaseDNS, Kind: netpath.KindDNSFailure, Host: "x", Err: errors.New("no")}
	want(t, judgeDomain("x", 2, 0, nil, missing), report.Pass, "2 mail exchangers")
	want(t, judgeDomain("x", 0, 0, missing, missing), report.Warn, "spelled", suite.DomainMissing)
	want(t, judgeDomain("x", 0, 0, broken, missing), report.Fail, "DNS server", suite.DNSFailure)
}

func TestAddresses(t *testing.T) {
	v4, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8::1")
	fail := &netpath.Error{Phase: netpath.PhaseConnect, Kind: netpath.KindTimeout, Host: "mail", Err: context.DeadlineExceeded}
	ok4, ok6 := attempt{Address: "10.0.0.1:443", addr: v4}, attempt{Address: "[2001:db8::1]:443", addr: v6}
	bad4, bad6 := ok4, ok6
	bad4.err, bad6.err = fail, fail
	want(t, judgeAddresses("mail", "443", []attempt{ok4, ok6}), report.Pass, "2 addresses")
	want(t, judgeAddresses("mail", "443", []attempt{ok4, bad6}), report.Warn, "2001:db8::1", suite.IPv6Dead)
	want(t, judgeAddresses("mail", "443", []attempt{bad4, ok6}), report.Warn, "10.0.0.1", suite.AddressDead)
	want(t, judgeAddresses("mail", "443", []attempt{bad4, bad6}), report.Fail, "mail", suite.TCPTimeout)
}

func certificate(t *testing.T, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, DNSNames: []string{"mail.contoso.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	if change != nil {
		change(c)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCertificateKinds(t *testing.T) {
	self := certificate(t, nil)
	future := certificate(t, func(c *x509.Certificate) { c.NotBefore = time.Now().AddDate(0, 1, 0) })
	cases := map[string]error{
		"name-mismatch":  x509.HostnameError{Certificate: self, Host: "x"},
		"self-signed":    x509.UnknownAuthorityError{Cert: self},
		"untrusted-root": x509.UnknownAuthorityError{},
		"expired":        x509.CertificateInvalidError{Cert: self, Reason: x509.Expired},
		"not-yet-valid":  x509.CertificateInvalidError{Cert: future, Reason: x509.Expired},
		"wrong-usage":    x509.CertificateInvalidError{Cert: self, Reason: x509.IncompatibleUsage},
	}
	for kind, err := range cases {
		wrapped := netpath.NewError(netpath.PhaseTLS, "mail", "10.0.0.1:443", &tls.CertificateVerificationError{UnverifiedCertificates: []*x509.Certificate{self}, Err: err})
		got := trouble(wrapped, "mail")
		if len(got) != 1 || got[0].Code != suite.CertInvalid || got[0].Detail["kind"] != kind || got[0].Detail["issuer"] != "CN=mail" {
			t.Errorf("%s: %+v", kind, got)
		}
	}
}

func TestHealth(t *testing.T) {
	want(t, judgeHealth("mail", 200, "200 OK<br/>EX01", "EX01"), report.Pass, "EX01")
	want(t, judgeHealth("mail", 200, "<html>", ""), report.Warn, "another page", suite.HealthPageOther)
	want(t, judgeHealth("mail", 404, "", ""), report.Skip, "no health page")
	want(t, judgeHealth("mail", 401, "", ""), report.Skip, "401")
	want(t, judgeHealth("mail", 302, "", ""), report.Warn, "redirects", suite.LoginPage)
	want(t, judgeHealth("mail", 503, "", ""), report.Fail, "503", suite.HealthBad)
	if got := healthURL("https://mail.contoso.test:8443/mapi/emsmdb/?MailboxId=x"); got != "https://mail.contoso.test:8443/mapi/healthcheck.htm" {
		t.Errorf("health page at %s", got)
	}
}

func TestOffered(t *testing.T) {
	resp := func(status int, location string, schemes ...string) *httpc.Response {
		r := &httpc.Response{Status: status, Header: http.Header{}}
		r.Header.Set("Location", location)
		for _, s := range schemes {
			r.Offered = append(r.Offered, auth.Challenge{Scheme: s})
		}
		return r
	}
	want(t, judgeOffered("mail", resp(401, "", "Negotiate", "NTLM", "ntlm")), report.Pass, "Negotiate, NTLM")
	want(t, judgeOffered("mail", resp(401, "")), report.Fail, "no way to sign in", suite.NoAuthMethods)
	want(t, judgeOffered("mail", resp(403, "")), report.Fail, "403", suite.NoAuthMethods)
	want(t, judgeOffered("mail", resp(302, "https://sso.contoso.test/login")), report.Fail, "sso.contoso.test", suite.LoginPage)
	want(t, judgeOffered("mail", resp(200, "")), report.Fail, "page", suite.NotMAPI)
	want(t, judgeOffered("mail", resp(404, "")), report.Fail, "404", suite.HTTPNotFound)
	want(t, judgeOffered("mail", resp(503, "")), report.Fail, "503", suite.HTTPUnavailable)
}

func TestSignIns(t *testing.T) {
	works := []signedIn{{"autodiscover.contoso.test", "autodiscover", "NTLM"}}
	refused := &httpc.AuthError{Reason: httpc.Refused, Host: "mail", Authn: "NTLM"}
	spent := &httpc.AuthError{Reason: httpc.BudgetUsed, Host: "mail", Err: errors.New("not again")}
	want(t, judgeSignIns(works, nil), report.Pass, "NTLM works", suite.CredentialWorks)
	want(t, judgeSignIns(nil, nil), report.Skip, "nothing was reached")
	want(t, judgeSignIns(nil, []*httpc.AuthError{refused}), report.Fail, "mail", suite.CredentialWrong)
	o := judgeSignIns(works, []*httpc.AuthError{spent, refused})
	want(t, o, report.Fail, "refuses the password", suite.CredentialWrong, suite.RefusedHereOnly)
	if has(judgeSignIns(works, []*httpc.AuthError{{Reason: httpc.HandshakeBroken, Host: "mail"}}).Signals, suite.RefusedHereOnly) {
		t.Error("a broken handshake is no refusal")
	}
}

func failure(phase netpath.Phase, change func(*mapihttp.Failure)) error {
	f := &mapihttp.Failure{Phase: phase, Host: "mail", Op: "Connect", Dialect: mapihttp.Exchange, Delivery: mapihttp.Answered}
	if change != nil {
		change(f)
	}
	return f
}

func TestTroubleOfTheLadder(t *testing.T) {
	response := func(n int) func(*mapihttp.Failure) { return func(f *mapihttp.Failure) { f.ResponseCode = &n } }
	code := func(c mapierr.Code) func(*mapihttp.Failure) { return func(f *mapihttp.Failure) { f.Code = &c } }
	gromox := 2 // its Invalid Context Cookie
	cases := []struct {
		want string
		err  error
	}{
		{suite.ContextLost, failure(netpath.PhaseResponseCode, response(10))},
		{suite.ContextLost, failure(netpath.PhaseResponseCode, response(13))},
		{suite.ContextLost, failure(netpath.PhaseResponseCode, func(f *mapihttp.Failure) { f.ResponseCode, f.Dialect = &gromox, mapihttp.Gromox })},
		{suite.EndpointDisabled, failure(netpath.PhaseResponseCode, response(16))},
		{suite.EndpointStopping, failure(netpath.PhaseResponseCode, response(18))},
		{suite.ResponseCode, failure(netpath.PhaseResponseCode, response(5))},
		{suite.NotMAPI, failure(netpath.PhaseResponseCode, func(f *mapihttp.Failure) { f.Err = mapihttp.ErrNotMAPI })},
		{suite.EndpointDisabled, failure(netpath.PhaseErrorCode, code(mapierr.ProtocolDisabled))},
		{suite.UnknownMailbox, failure(netpath.PhaseErrorCode, code(mapierr.UnknownUser))},
		{suite.LogonRefused, failure(netpath.PhaseROP, code(mapierr.AccessDenied))},
		{suite.ServerBusy, failure(netpath.PhaseROP, code(mapierr.ServerBusy))},
		{suite.ServerBusy, failure(netpath.PhaseStatusCode, code(mapierr.RPCTooBusy))},
		{suite.DatabaseDown, failure(netpath.PhaseROP, code(mapierr.MDBNotInit))},
		{suite.MAPIError, failure(netpath.PhaseROP, code(mapierr.CorruptData))},
		{suite.HTTPUnavailable, failure(netpath.PhaseHTTP, func(f *mapihttp.Failure) { f.Status = 503 })},
		{suite.HTTPNotFound, failure(netpath.PhaseHTTP, func(f *mapihttp.Failure) { f.Status = 404 })},
		{suite.AnswerEndless, failure(netpath.PhaseBody, func(f *mapihttp.Failure) { f.Err = &mapihttp.LimitError{What: "the next PENDING"} })},
		{suite.AnswerTooLarge, failure(netpath.PhaseBody, func(f *mapihttp.Failure) { f.Err = fmt.Errorf("%w: x", mapihttp.ErrTooLarge) })},
		{suite.TLSTimeout, failure(netpath.PhaseTLS, func(f *mapihttp.Failure) {
			f.Err = &netpath.Error{Phase: netpath.PhaseTLS, Kind: netpath.KindTimeout, Host: "mail", Err: context.DeadlineExceeded}
		})},
		{suite.CredentialWrong, failure(netpath.PhaseAuth, func(f *mapihttp.Failure) { f.Err = &httpc.AuthError{Reason: httpc.Refused, Host: "mail"} })},
		{suite.NoAuthMethods, &httpc.AuthError{Reason: httpc.NoCommonScheme, Host: "mail"}},
		{suite.AddressUnknown, &autodiscover.Error{Cause: autodiscover.CauseServerError, Err: &autodiscover.ServerError{Code: 500}}},
		{suite.AutodiscoverError, &autodiscover.Error{Cause: autodiscover.CauseServerError, Err: &autodiscover.ServerError{Code: 603}}},
		{suite.AutodiscoverLoop, &autodiscover.Error{Cause: autodiscover.CauseLoop, Err: errors.New("circle")}},
		{suite.RedirectUnconfirmed, &autodiscover.Error{Cause: autodiscover.CauseRedirectRefused, URL: "https://hoster.test/Autodiscover/autodiscover.xml", Err: errors.New("x")}},
		{suite.PortalAnswer, &autodiscover.Error{Cause: autodiscover.CauseRedirectRefused, Step: autodiscover.StepHTTPRedirect, URL: "http://portal.test/", Err: errors.New("x")}},
		{suite.LoginPage, &autodiscover.Error{Cause: autodiscover.CauseRedirectRefused, Status: 302, URL: "https://sso.test/", Err: errors.New("x")}},
		{suite.ConnectionLost, errors.New("something new")},
	}
	for _, c := range cases {
		if got := trouble(c.err, "mail"); len(got) != 1 || got[0].Code != c.want {
			t.Errorf("%v: %+v, want %s", c.err, got, c.want)
		}
	}
	if trouble(nil, "mail") != nil {
		t.Error("no error is no trouble")
	}
}

func TestSteps(t *testing.T) {
	settings := &autodiscover.Settings{MapiHTTP: &autodiscover.MapiHTTP{MailStore: autodiscover.URLs{External: "https://mail/mapi/emsmdb"}}}
	good := &autodiscover.Attempt{Step: autodiscover.StepAutodiscover, Answer: autodiscover.Answer{FinalURL: "https://autodiscover.x/", Settings: settings, Authn: "NTLM"}}
	fails := func(step autodiscover.Step, cause autodiscover.Cause, err error) *autodiscover.Attempt {
		return &autodiscover.Attempt{Step: step, Answer: autodiscover.Answer{FinalURL: "https://" + string(step) + ".x/"}, Err: &autodiscover.Error{Cause: cause, Step: step, Host: "x", Err: err}}
	}
	mismatch := netpath.NewError(netpath.PhaseTLS, "x", "", x509.HostnameError{Certificate: certificate(t, nil), Host: "x"})
	missing := &netpath.Error{Phase: netpath.PhaseDNS, Kind: netpath.KindNotFound, Host: "x", Err: errors.New("no")}

	want(t, judgeStep(good, good, true), report.Pass, "MAPI over HTTP", suite.AutodiscoverAnswered, suite.CredentialWorks)
	want(t, judgeStep(fails(autodiscover.StepSRV, autodiscover.CauseNoRecord, errors.New("none")), nil, true), report.Skip, "none")
	want(t, judgeStep(fails(autodiscover.StepRoot, autodiscover.CauseNotAutodiscover, errors.New("a web page")), nil, true), report.Skip, "")
	want(t, judgeStep(fails(autodiscover.StepAutodiscover, autodiscover.CauseNetwork, missing), nil, true), report.Skip, "does not exist")
	want(t, judgeStep(fails(autodiscover.StepRoot, autodiscover.CauseNetwork, mismatch), good, true), report.Warn, "", suite.RootCert)
	want(t, judgeStep(fails(autodiscover.StepRoot, autodiscover.CauseNetwork, mismatch), nil, true), report.Fail, "", suite.RootCert)
	want(t, judgeStep(fails(autodiscover.StepRoot, autodiscover.CauseNetwork, mismatch), nil, false), report.Warn, "", suite.RootCert)
	want(t, judgeStep(fails(autodiscover.StepSRV, autodiscover.CauseNetwork, mismatch), good, true), report.Skip, "not needed")
	want(t, judgeStep(fails(autodiscover.StepSRV, autodiscover.CauseNetwork, mismatch), nil, true), report.Fail, "", suite.CertInvalid)
	want(t, judgeStep(fails(autodiscover.StepAutodiscover, autodiscover.CauseAuth, errors.New("401")), nil, false), report.Pass, "wants a sign-in", suite.NoCredential)
}

func TestOffer(t *testing.T) {
	answer := func(protocols ...autodiscover.Protocol) *autodiscover.Attempt {
		return &autodiscover.Attempt{Answer: autodiscover.Answer{FinalURL: "https://autodiscover.x/", Settings: &autodiscover.Settings{Protocols: protocols}}}
	}
	version := func(v string) autodiscover.Protocol {
		return autodiscover.Protocol{Type: "EXCH", Fields: []autodiscover.Field{{Name: "ServerVersion", Value: v}}}
	}
	want(t, judgeOffer(answer(), "a@x"), report.Fail, "no way", suite.NoProtocol)
	want(t, judgeOffer(answer(version("73C18A02")), "a@x"), report.Fail, "only RPC", suite.OnlyRPC)
	want(t, judgeOffer(answer(version("73C08307")), "a@x"), report.Fail, "15.0.775", suite.OnlyRPC, suite.ServerTooOld)
}

func TestMailboxFigures(t *testing.T) {
	mib, gib, n, unread := int64(20<<20), int64(1<<30), int32(3), int32(1)
	want(t, judgeSize(&mapihttp.Summary{Size: &mib, SendQuota: &gib}), report.Pass, "20.0 MiB of 1.0 GiB")
	want(t, judgeSize(&mapihttp.Summary{Size: &gib, SendQuota: &mib}), report.Warn, "full", suite.MailboxFull)
	want(t, judgeSize(&mapihttp.Summary{}), report.Skip, "does not tell")
	want(t, judgeInbox(&mapihttp.Summary{Messages: &n, Unread: &unread}), report.Pass, "3 messages, 1 unread")
	want(t, judgeInbox(&mapihttp.Summary{}), report.Skip, "does not tell")
}

func TestNotificationChannel(t *testing.T) {
	open := &mapihttp.WaitResult{Tags: []mapihttp.Tag{{Name: "PROCESSING"}}}
	want(t, channelOnly(open, "mail", false, channelProof), report.Pass, "channel")
	want(t, channelOnly(open, "mail", true, deliveryProof), report.Fail, "did not announce", suite.NotNotified)
	want(t, channelOnly(nil, "mail", false, channelProof), report.Warn, "late", suite.WaitNotOpened)
}

func TestVersions(t *testing.T) {
	want(t, judgeVersion("15.02.2562.017"), report.Pass, "Exchange Server SE")
	want(t, judgeVersion("15.00.0775.038"), report.Fail, "older", suite.ServerTooOld)
	want(t, judgeVersion("unknown"), report.Skip, "does not tell")
}

func TestDirectory(t *testing.T) {
	target := &suite.Target{DirectoryURL: "https://mail.x/mapi/nspi/"}
	want(t, judgeDirectoryURL("https://MAIL.x/mapi/nspi/?MailboxId=1", target), report.Pass, "mail.x")
	want(t, judgeDirectoryURL("https://ex02.x/mapi/nspi/", target), report.Warn, "ex02.x", suite.DirectoryURLDiffers)
	want(t, judgeDirectoryURL("", target), report.Skip, "none")
	want(t, judgeResolve("a@x", nil, nspi.Unresolved), report.Warn, "not in the address book", suite.NotInAddressBook)
	want(t, judgeResolve("a@x", nil, nspi.Ambiguous), report.Warn, "several", suite.NotInAddressBook)
}

func TestPing(t *testing.T) {
	want(t, judgePing(nil, mapihttp.ContextInfo{Expiration: 15 * time.Minute}, 0), report.Pass, "15m")
	want(t, judgePing(failure(netpath.PhaseResponseCode, func(f *mapihttp.Failure) { n := 10; f.ResponseCode = &n }), mapihttp.ContextInfo{}, 0), report.Fail, "10", suite.ContextLost)
}
