package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/certificates"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

func certRun(ctx context.Context, args ...string) (out, log string, code ExitCode) {
	var o, l bytes.Buffer
	code = run(ctx, append([]string{"cert"}, args...), Streams{In: strings.NewReader(""), Out: &o, Err: &l})
	return o.String(), l.String(), code
}

func exchange(t *testing.T, faults ...exchangetest.Fault) *exchangetest.Server {
	t.Helper()
	s, err := exchangetest.Start(exchangetest.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestCert(t *testing.T) {
	s := exchange(t)
	out, log, code := certRun(t.Context(), append(s.Flags(), s.MailHost(), "autodiscover.contoso.test", "--ciphers")...)
	if code != ExitOK || log != "" {
		t.Errorf("exit code %d\n%s%s", code, out, log)
	}
	for _, part := range []string{"PASS  The certificates of all 2 hosts are in order", "└─ Contoso Issuing CA", "1.3 yes, 1.2 yes, 1.1 no, 1.0 no", "TLS 1.2 accepts", "in its list of names"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not in\n%s", part, out)
		}
	}
	for _, r := range s.Requests() {
		t.Errorf("a request was sent: %s %s", r.Method, r.Path)
	}
}

func TestCertExitCodes(t *testing.T) {
	for _, c := range []struct {
		fault exchangetest.Fault
		code  ExitCode
		cause string
	}{
		{exchangetest.Fault{Name: "cert-invalid", Variant: "expired"}, ExitFailed, "cert-invalid"},
		{exchangetest.Fault{Name: "cert-invalid", Variant: "revoked"}, ExitFailed, "cert-invalid"},
		{exchangetest.Fault{Name: "tls-version"}, ExitFailed, "tls-version"},
		{exchangetest.Fault{Name: "tls-interception"}, ExitFailed, "tls-interception"},
		{exchangetest.Fault{Name: "connection-refused"}, ExitFailed, "unreachable-host"},
		{exchangetest.Fault{Name: "cert-expires"}, ExitOK, "cert-expires"},
		{exchangetest.Fault{Name: "client-cert-requested"}, ExitOK, "client-cert-requested"},
	} {
		t.Run(c.fault.Name+" "+c.fault.Variant, func(t *testing.T) {
			s := exchange(t, c.fault)
			out, log, code := certRun(t.Context(), append(s.Flags(), s.MailHost(), "--format", "json")...)
			var r certificates.Result
			if err := json.Unmarshal([]byte(out), &r); err != nil {
				t.Fatalf("%v\n%s%s", err, out, log)
			}
			if code != c.code || r.Verdict.Cause != c.cause || r.Schema != certificates.Schema {
				t.Errorf("exit code %d, verdict %+v", code, r.Verdict)
			}
		})
	}
}

func TestCertNames(t *testing.T) {
	s := exchange(t)
	out, _, code := certRun(t.Context(), append(s.Flags(), s.MailHost(), "--name", "EX01.corp.contoso.test", "--name", "autodiscover.contoso.test")...)
	if code != ExitFailed || !strings.Contains(out, "No certificate that was shown carries ex01.corp.contoso.test.") || !strings.Contains(out, "-DomainName mail.contoso.test,ex01.corp.contoso.test") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestCertHistory(t *testing.T) {
	s := exchange(t)
	file := filepath.Join(t.TempDir(), "certificates.json")
	if _, log, code := certRun(t.Context(), append(s.Flags(), s.MailHost(), "--history", file)...); code != ExitOK {
		t.Fatalf("exit code %d: %s", code, log)
	}
	b, err := os.ReadFile(file)
	if err != nil || certificates.NetworkName() != "" && !strings.Contains(string(b), s.MailHost()) {
		t.Errorf("%v: %s", err, b)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, log, code := certRun(t.Context(), append(s.Flags(), s.MailHost(), "--history", file)...); code != ExitUsage || !strings.Contains(log, "remove the file") {
		t.Errorf("exit code %d: %s", code, log)
	}
}

func TestCertInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, code := certRun(ctx, "127.0.0.1:1"); code != ExitInterrupted {
		t.Errorf("exit code %d", code)
	}
}

func TestParseEndpoint(t *testing.T) {
	for arg, want := range map[string]certs.Endpoint{
		"mail.contoso.com": {Host: "mail.contoso.com", Port: "443"}, "mail.contoso.com:8443": {Host: "mail.contoso.com", Port: "8443"},
		"https://Mail.contoso.com/mapi/": {Host: "mail.contoso.com", Port: "443"}, "https://mail.contoso.com:444/": {Host: "mail.contoso.com", Port: "444"},
		"192.0.2.1": {Host: "192.0.2.1", Port: "443"}, "192.0.2.1:25": {Host: "192.0.2.1", Port: "25"}, "2001:db8::1": {Host: "2001:db8::1", Port: "443"},
		"[2001:db8::1]:993": {Host: "2001:db8::1", Port: "993"}, "[2001:db8::1]": {Host: "2001:db8::1", Port: "443"}, "bücher.example": {Host: "xn--bcher-kva.example", Port: "443"},
	} {
		if got, err := parseEndpoint(arg); err != nil || got != want {
			t.Errorf("%s: %+v %v", arg, got, err)
		}
	}
	for _, arg := range []string{"", "alice@contoso.com", "http://mail.contoso.com/", "mail:port", "mail:0", "mail:99999", "a b", "https://"} {
		if got, err := parseEndpoint(arg); err == nil {
			t.Errorf("%q is taken for %+v", arg, got)
		} else if codeOf(err) != ExitUsage {
			t.Errorf("%q: %v", arg, err)
		}
	}
}
