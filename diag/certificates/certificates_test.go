package certificates

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"math/big"
	"net"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

const mail = "mail.contoso.test"

type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func issue(t *testing.T, parent *pair, name string, change func(*x509.Certificate)) *pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0), BasicConstraintsValid: true}
	change(template)
	signer := &pair{template, key}
	if parent != nil {
		signer = parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, key.Public(), signer.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &pair{c, key}
}

func ca(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign }

// serve lets mail show a certificate, and gives options to look at it.
func serve(t *testing.T, root *pair, config *tls.Config) Options {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(io.Discard, c); c.Close() }()
		}
	}()
	p := &netpath.Path{Resolve: map[string][]netip.Addr{mail + ":443": {netip.MustParseAddr("192.0.2.1")}},
		ConnectTo: map[string]string{"192.0.2.1:443": l.Addr().String()}, RootCAs: x509.NewCertPool()}
	p.RootCAs.AddCert(root.cert)
	return Options{Endpoints: []certs.Endpoint{{Host: mail, Port: "443"}}, Inspector: &certs.Inspector{Path: p, Revocation: true}}
}

func with(leaf *pair, above ...*pair) *tls.Config {
	out := tls.Certificate{PrivateKey: leaf.key, Certificate: [][]byte{leaf.cert.Raw}}
	for _, c := range above {
		out.Certificate = append(out.Certificate, c.cert.Raw)
	}
	return &tls.Config{Certificates: []tls.Certificate{out}}
}

func shown(t *testing.T, r *Result) string {
	t.Helper()
	var out bytes.Buffer
	if err := WriteText(&out, r, report.View{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in\n%s", p, text)
		}
	}
}

func TestHealthy(t *testing.T) {
	root := issue(t, nil, "Contoso Root", ca)
	leaf := issue(t, root, mail, func(c *x509.Certificate) { c.DNSNames = []string{mail, "*.contoso.test"} })
	o := serve(t, root, with(leaf))
	o.Names = []string{"autodiscover.contoso.test"}
	r := Check(t.Context(), o)
	if r.Verdict.Status != report.Pass || len(r.Findings) > 0 || r.Hosts[0].Status != report.Pass {
		t.Errorf("%+v\n%+v", r.Verdict, r.Findings)
	}
	contains(t, shown(t, r), "PASS  The certificate is in order, for another 364 days.", "└─ Contoso Root", "root that this computer trusts",
		"autodiscover.contoso.test  carried by the certificate of mail.contoso.test", "mail.contoso.test          in its list of names",
		"1.3 yes, 1.2 yes, 1.1 no, 1.0 no", Thumbprint(leaf.cert), "name nobody to ask", "no request and no password was sent")
}

func TestWhatIsWrongComesWithItsCommand(t *testing.T) {
	root := issue(t, nil, "Contoso Root", ca)
	mid := issue(t, root, "Contoso Issuing CA", ca)
	for name, c := range map[string]struct {
		config  *tls.Config
		names   []string
		cause   string
		kind    certs.Kind
		status  report.Status
		command string
	}{
		"expired": {with(issue(t, root, mail, func(c *x509.Certificate) {
			c.DNSNames, c.NotBefore, c.NotAfter = []string{mail}, time.Now().AddDate(-1, 0, 0), time.Now().AddDate(0, 0, -3)
		})), nil, "cert-invalid", certs.Expired, report.Fail, "Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services IIS -Server SERVER"},
		"ends soon": {with(issue(t, root, mail, func(c *x509.Certificate) { c.DNSNames, c.NotAfter = []string{mail}, time.Now().AddDate(0, 0, 9) })), nil,
			"cert-expires", certs.ExpiresSoon, report.Warn, "New-ExchangeCertificate -GenerateRequest"},
		"another name": {with(issue(t, root, "ex01.corp.test", func(c *x509.Certificate) { c.DNSNames = []string{"ex01.corp.test", "evil;rm -rf.test"} })), nil,
			"cert-invalid", certs.NameMismatch, report.Fail, "-DomainName mail.contoso.test,ex01.corp.test -PrivateKeyExportable"},
		"a name too few": {with(issue(t, root, mail, func(c *x509.Certificate) { c.DNSNames = []string{mail} })), []string{"autodiscover.contoso.test"},
			"cert-names", certs.NameMismatch, report.Fail, "-DomainName mail.contoso.test,autodiscover.contoso.test"},
		"missing": {with(issue(t, mid, mail, func(c *x509.Certificate) { c.DNSNames = []string{mail} })), nil,
			"cert-invalid", certs.MissingIntermediate, report.Fail, "certutil -addstore CA ISSUER.cer"},
		"Exchange's own": {with(issue(t, nil, "EX01", func(c *x509.Certificate) {
			c.DNSNames, c.NotAfter = []string{"EX01", "EX01.corp.test"}, time.Now().AddDate(5, 0, 0)
		})), nil, "cert-invalid", certs.SelfSignedKind, report.Fail, "-Services IIS -Server EX01"},
	} {
		t.Run(name, func(t *testing.T) {
			o := serve(t, root, c.config)
			o.Names = c.names
			r := Check(t.Context(), o)
			if r.Verdict.Status != c.status || r.Verdict.Cause != c.cause || len(r.Findings) == 0 || r.Findings[0].Evidence["kind"] != string(c.kind) {
				t.Errorf("%+v\n%+v", r.Verdict, r.Findings)
			}
			text := shown(t, r)
			contains(t, text, strings.ToUpper(string(c.status)), "Next steps", c.command)
			for line := range strings.Lines(text) {
				if strings.Contains(line, "New-Exchange") && strings.Contains(line, ";") {
					t.Errorf("a name from a server made it into a command: %s", line)
				}
			}
		})
	}
}

func TestUnreachableHost(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	r := Check(t.Context(), Options{Endpoints: []certs.Endpoint{{Host: host, Port: port}}, Inspector: &certs.Inspector{}})
	if r.Verdict.Status != report.Fail || r.Verdict.Cause != "unreachable-host" {
		t.Errorf("%+v", r.Verdict)
	}
	contains(t, shown(t, r), "connection refused", "Test-NetConnection 127.0.0.1 -Port "+port)
}

// The rows are those of a report, so they fit its schema.
func TestRowsFitTheReport(t *testing.T) {
	root := issue(t, nil, "Contoso Root", ca)
	leaf := issue(t, root, mail, func(c *x509.Certificate) {
		c.DNSNames, c.CRLDistributionPoints, c.NotAfter = []string{mail}, []string{"ldap:///CN=x"}, time.Now().AddDate(0, 0, 9)
	})
	o := serve(t, root, with(leaf))
	o.Inspector.Suites = true
	res := Check(t.Context(), o)
	r := reporttest.Sample()
	r.Certificates = res.Certificates
	reporttest.Valid(t, r)
	row := res.Certificates[0]
	if *row.DaysLeft != 8 || row.Problems[0] != "expires-soon" || row.Revocations[0].Status != "unsupported" || row.WithoutSNI != "same" || len(row.Offers) != 4 {
		t.Errorf("%+v", row)
	}
	var doc bytes.Buffer
	if err := WriteJSON(&doc, res); err != nil {
		t.Fatal(err)
	}
	var back Result
	if err := json.Unmarshal(doc.Bytes(), &back); err != nil || back.Schema != Schema || !reflect.DeepEqual(back.Verdict, res.Verdict) || len(back.Hosts[0].Chain) != 2 {
		t.Errorf("%v\n%s", err, doc.String())
	}
}

func TestDaysLeft(t *testing.T) {
	now := time.Now()
	at := func(d time.Duration) *x509.Certificate { return &x509.Certificate{NotAfter: now.Add(d)} }
	for _, c := range []struct {
		chain []*x509.Certificate
		want  int
	}{
		{[]*x509.Certificate{at(48 * time.Hour)}, 2}, {[]*x509.Certificate{at(time.Hour)}, 0}, {[]*x509.Certificate{at(-time.Hour)}, -1},
		{[]*x509.Certificate{at(-25 * time.Hour)}, -2}, {[]*x509.Certificate{at(48 * time.Hour), at(24 * time.Hour)}, 1},
	} {
		if got := daysLeft(c.chain, now); got != c.want {
			t.Errorf("%d, want %d", got, c.want)
		}
	}
}

func TestTextIsHarmless(t *testing.T) {
	r := &Result{Hosts: []Host{{Host: mail, Port: "443", Chain: []Link{{Subject: "a\x1b[31mb\nc", From: "sent"}}}},
		Findings: []report.Finding{{Actions: []report.Action{{Who: "admin", Text: "x\x1b[2J", Command: "y\x07"}}}}}
	if text := shown(t, r); strings.ContainsAny(text, "\x1b\x07") {
		t.Errorf("%q", text)
	}
}
