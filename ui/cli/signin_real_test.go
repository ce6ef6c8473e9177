//go:build real && linux

package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/auth/reallab"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// signInLab is an embedded Exchange behind a foreign front: the password that the
// front hands on is known to it alone.
type signInLab struct {
	server *exchangetest.Server
	realm  *reallab.Realm
	front  reallab.Front
	caFile string
}

const realPassword = "Kinit-Passw0rd"

func newSignInLab(t *testing.T, o reallab.Option) *signInLab {
	t.Helper()
	s, err := exchangetest.Start(exchangetest.Options{Schemes: []string{"Basic"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	l := &signInLab{server: s, realm: reallab.StartRealm(t, s.Domain(), realPassword, o)}
	ca := reallab.NewAuthority(t, "Contoso Lab CA")
	l.front = reallab.Front{Realm: l.realm, NTLM: "CONTOSO:alice:" + realPassword,
		BackendAuth: "Basic " + base64.StdEncoding.EncodeToString([]byte(s.User(0).Login+":"+s.User(0).Password))}
	l.front.Cert, l.front.CertFile, l.front.Key = ca.Issue(t, "mail.contoso.test", "autodiscover.contoso.test")
	_, l.front.BackendPort, _ = net.SplitHostPort(realAddress(t, s))
	l.trust(t, ca)
	return l
}

func (l *signInLab) trust(t *testing.T, authorities ...*reallab.Authority) {
	t.Helper()
	l.caFile = filepath.Join(t.TempDir(), "ca.pem")
	var all []byte
	for _, a := range authorities {
		all = append(all, a.PEM()...)
	}
	if err := os.WriteFile(l.caFile, all, 0o600); err != nil {
		t.Fatal(err)
	}
}

// check runs "mapiscope check" against the front and reads its report.
func (l *signInLab) check(t *testing.T, addr string, flags ...string) (*report.Report, ExitCode) {
	t.Helper()
	args := []string{"check", l.server.User(0).Address, "--format", "json", "--redact", "none", "--ca-file", l.caFile, "--dns", l.server.DNS(),
		"--connect-to", "127.0.10.1:443:" + addr, "--connect-to", "127.0.10.2:443:" + addr, "--krb5-conf", l.realm.Conf}
	var out, errs bytes.Buffer
	code := Main(append(args, flags...), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	r := &report.Report{}
	if err := json.Unmarshal(out.Bytes(), r); err != nil {
		t.Fatalf("exit %d: %v\n%s", code, err, errs.String())
	}
	if strings.Contains(out.String()+errs.String(), realPassword) {
		t.Error("the password is in what the program writes")
	}
	return r, code
}

func authnOf(r *report.Report) string { return r.Connections[0].Authn }

func troubles(r *report.Report) string {
	var out strings.Builder
	for _, c := range r.Checks {
		if c.Status == report.Fail || c.Status == report.Warn || c.Group == "auth" {
			out.WriteString(string(c.Status) + " " + c.ID + ": " + c.Summary + "\n")
		}
	}
	return out.String()
}

// A ticket of the real kinit, the real mod_auth_gssapi, no password anywhere.
func TestRealTicketThroughApache(t *testing.T) {
	l := newSignInLab(t, reallab.Option{})
	addr := l.front.Apache(t)
	cache := l.realm.Kinit(t, realPassword)
	r, code := l.check(t, addr, "--ccache", cache)
	if code != ExitOK || authnOf(r) != "Negotiate (Kerberos)" || r.Connections[0].Status != report.Established || r.Connections[1].Status != report.Established {
		t.Errorf("exit %d, %q, %+v\n%s", code, authnOf(r), r.Verdict, troubles(r))
	}
	t.Log(troubles(r))
}

func TestRealNTLMThroughApache(t *testing.T) {
	l := newSignInLab(t, reallab.Option{})
	addr := l.front.Apache(t)
	for choice, want := range map[string]string{"ntlm": "NTLM", "negotiate": "Negotiate (NTLM)"} {
		t.Setenv("MAPISCOPE_PASSWORD", realPassword)
		r, code := l.check(t, addr, "--auth", choice, "--user", `CONTOSO\alice`, "--krb5-conf", "")
		if code != ExitOK || authnOf(r) != want {
			t.Errorf("%s: exit %d, %q, %+v\n%s", choice, code, authnOf(r), r.Verdict, troubles(r))
		}
	}
}

// MIT's own acceptor demands the bindings below /mapi: both schemes pass.
func TestRealChannelBindingsRequired(t *testing.T) {
	l := newSignInLab(t, reallab.Option{})
	addr := l.front.Acceptor(t)
	r, code := l.check(t, addr, "--ccache", l.realm.Kinit(t, realPassword))
	if code != ExitOK || authnOf(r) != "Negotiate (Kerberos)" {
		t.Errorf("exit %d, %q, %+v\n%s", code, authnOf(r), r.Verdict, troubles(r))
	}
	if s := summaryOf(r, "auth.extended-protection"); !strings.Contains(s, "/mapi (required)") {
		t.Errorf("Extended Protection: %q\n%s", s, troubles(r))
	}
	t.Log(troubles(r))
	for _, choice := range []string{"ntlm", "negotiate"} {
		t.Setenv("MAPISCOPE_PASSWORD", realPassword)
		r, code := l.check(t, addr, "--auth", choice, "--user", `CONTOSO\alice`, "--krb5-conf", "", "--full-auth-test")
		if code != ExitOK || !strings.Contains(authnOf(r), "NTLM") {
			t.Errorf("%s: exit %d, %q, %+v\n%s", choice, code, authnOf(r), r.Verdict, troubles(r))
		}
		if s := summaryOf(r, "auth.extended-protection"); !strings.Contains(s, "/mapi (required)") {
			t.Errorf("Extended Protection by NTLM: %q", s)
		}
	}
}

func summaryOf(r *report.Report, id string) string {
	for _, c := range r.Checks {
		if c.ID == id {
			return c.Summary
		}
	}
	return ""
}

// The same with something in between that shows a certificate of its own, from an
// authority that the computer trusts.
func TestRealCertificateSwapped(t *testing.T) {
	l := newSignInLab(t, reallab.Option{})
	scanner := reallab.NewAuthority(t, "Guardian Web Filter CA")
	cert, _, _ := scanner.Issue(t, "mail.contoso.test", "autodiscover.contoso.test")
	addr := reallab.Bridge(t, cert, l.front.Acceptor(t))
	l.trust(t, scanner)
	cache := l.realm.Kinit(t, realPassword)
	for name, flags := range map[string][]string{
		"Kerberos": {"--ccache", cache},
		"NTLM":     {"--auth", "negotiate", "--user", `CONTOSO\alice`, "--krb5-conf", ""},
	} {
		t.Setenv("MAPISCOPE_PASSWORD", realPassword)
		r, code := l.check(t, addr, flags...)
		if code != ExitFailed || r.Verdict.Cause != "extended-protection" && r.Verdict.Cause != "tls-interception" {
			t.Errorf("%s: exit %d, %+v\n%s", name, code, r.Verdict, troubles(r))
			continue
		}
		if f := r.Findings[0]; !strings.Contains(f.Explanation, "Guardian Web Filter CA") {
			t.Errorf("%s: the issuer is not named: %s", name, f.Explanation)
		}
	}
}

func TestRealSPNMissing(t *testing.T) {
	l := newSignInLab(t, reallab.Option{Services: []string{"HTTP/other.contoso.test"}})
	r, code := l.check(t, l.front.Apache(t), "--ccache", l.realm.Kinit(t, realPassword))
	if code != ExitFailed || r.Verdict.Cause != "kerberos-spn" {
		t.Errorf("exit %d, %+v\n%s", code, r.Verdict, troubles(r))
	}
}

func TestRealClockTwoHoursOff(t *testing.T) {
	l := newSignInLab(t, reallab.Option{Ahead: "+2h"})
	t.Setenv("MAPISCOPE_PASSWORD", realPassword)
	r, code := l.check(t, l.front.Apache(t), "--auth", "kerberos", "--user", "alice@CONTOSO.TEST")
	if code != ExitFailed || r.Verdict.Cause != "clock-skew" || !strings.Contains(r.Verdict.Headline, "2h ") && !strings.Contains(r.Verdict.Headline, "1h59m") {
		t.Errorf("exit %d, %+v\n%s", code, r.Verdict, troubles(r))
	}
}

func TestRealWrongPassword(t *testing.T) {
	l := newSignInLab(t, reallab.Option{})
	t.Setenv("MAPISCOPE_PASSWORD", "not "+realPassword[:5])
	r, code := l.check(t, l.front.Apache(t), "--auth", "kerberos", "--user", "alice@CONTOSO.TEST")
	if code != ExitFailed || r.Verdict.Cause != "bad-credentials" {
		t.Errorf("exit %d, %+v\n%s", code, r.Verdict, troubles(r))
	}
}
