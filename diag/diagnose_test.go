package diag_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

func checkRow(t *testing.T, r *report.Report, id string) report.Check {
	t.Helper()
	i := slices.IndexFunc(r.Checks, func(c report.Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no check %s", id)
	}
	return r.Checks[i]
}

// TestFirstVerdictOnASilentHost is the promise to a person who waits: a host that
// accepts TCP and never speaks is named, with the phase, within five seconds.
func TestFirstVerdictOnASilentHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"mail", "*"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			o := options(start(t, exchangetest.Fault{Name: "black-hole", Host: host}))
			o.Timeout = 12 * time.Second
			var first *suite.Event
			o.Progress = func(e suite.Event) {
				if e.Kind == suite.EventVerdict && first == nil {
					first = &e
				}
			}
			begun := time.Now()
			r := diagnose(t, o)
			if took := time.Since(begun); took > o.Timeout {
				t.Errorf("took %s", took)
			}
			if first == nil || first.At > 5*time.Second {
				t.Fatalf("first verdict %+v", first)
			}
			name := "mail.contoso.test"
			if host == "*" {
				name = "autodiscover.contoso.test"
			}
			for _, v := range []report.Verdict{*first.Verdict, r.Verdict} {
				if v.Cause != "black-hole" || !strings.Contains(v.Headline, name) || !strings.Contains(v.Headline, "TLS") {
					t.Errorf("verdict %+v, want one that names %s and the phase", v, name)
				}
			}
		})
	}
}

func TestTimeoutEndsTheRun(t *testing.T) {
	t.Parallel()
	o := options(start(t, exchangetest.Fault{Name: "black-hole"}))
	o.Timeout = 1500 * time.Millisecond
	begun := time.Now()
	r := diagnose(t, o)
	if took := time.Since(begun); took > o.Timeout+time.Second {
		t.Errorf("took %s with a limit of %s", took, o.Timeout)
	}
	if !r.Run.TimedOut || r.Run.Incomplete == "" || r.Verdict.Status == report.Pass {
		t.Errorf("run %+v, verdict %+v: what was not checked must not look fine", r.Run, r.Verdict)
	}
	if c := checkRow(t, r, "dns.domain"); c.Status != report.Pass {
		t.Errorf("dns.domain is %s: what was found must be in the report", c.Status)
	}
	if c := checkRow(t, r, "tls.mailbox"); c.Status != report.Skip {
		t.Errorf("tls.mailbox is %s", c.Status)
	}
	reporttest.Valid(t, r)
}

func TestInterruptStillReports(t *testing.T) {
	t.Parallel()
	o := options(start(t, exchangetest.Fault{Name: "black-hole"}))
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(e suite.Event) {
		if e.Kind == suite.EventFinished && e.Check.ID == "network.mailbox" {
			cancel()
		}
	}
	r, err := diag.Diagnose(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Run.TimedOut || !strings.Contains(r.Run.Incomplete, "interrupted") || checkRow(t, r, "network.mailbox").Status != report.Pass {
		t.Errorf("run %+v", r.Run)
	}
	reporttest.Valid(t, r)
}

// TestNoCredentialLeavesWithoutAValidCertificate: nothing secret goes to a host
// whose certificate did not verify.
func TestNoCredentialLeavesWithoutAValidCertificate(t *testing.T) {
	t.Parallel()
	s := start(t, exchangetest.Fault{Name: "cert-invalid", Host: "*"})
	r := diagnose(t, options(s))
	if r.Verdict.Cause != "cert-invalid" {
		t.Errorf("verdict %+v\n%s", r.Verdict, failures(r))
	}
	for _, q := range s.Requests() {
		if q.Credential && (q.Host == "mail.contoso.test" || q.Host == "autodiscover.contoso.test") {
			t.Errorf("a credential went to %s%s", q.Host, q.Path)
		}
	}
}

// TestOneAttemptPerEndpoint holds the rule that keeps accounts from being locked.
func TestOneAttemptPerEndpoint(t *testing.T) {
	t.Parallel()
	s := start(t, exchangetest.Fault{Name: "bad-credentials"})
	diagnose(t, options(s))
	tries := map[string]int{}
	for _, q := range s.Requests() {
		if q.Credential {
			tries[q.Host+"/"+q.VDir+" "+q.Scheme]++
		}
	}
	if len(tries) == 0 {
		t.Error("no attempt at all")
	}
	for where, n := range tries {
		if n > 1 {
			t.Errorf("%d attempts at %s", n, where)
		}
	}
}

func TestBasicIsKeptFromTheBareDomain(t *testing.T) {
	t.Parallel()
	s := start(t, exchangetest.Fault{Name: "basic-only"})
	r := diagnose(t, options(s))
	if r.Verdict.Status != report.Pass {
		t.Errorf("verdict %+v\n%s", r.Verdict, failures(r))
	}
	for _, q := range s.Requests() {
		if q.Scheme == "Basic" && q.Host == "contoso.test" {
			t.Error("the password went to the website by Basic")
		}
	}
}

func TestThePasswordIsNowhere(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"", "bad-credentials", "extended-protection"} {
		o := options(start(t, exchangetest.Fault{Name: fault}))
		r := diagnose(t, o)
		var buf bytes.Buffer
		if err := report.WriteJSON(&buf, r); err != nil {
			t.Fatal(err)
		}
		if err := report.WriteText(&buf, r, report.View{Verbose: true}); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(buf.Bytes(), []byte(o.Password.Reveal())) || bytes.Contains(buf.Bytes(), []byte("TlRMTVNTUA")) {
			t.Errorf("%q: the password or a message made of it is in the report", fault)
		}
	}
}

func TestWithoutAPassword(t *testing.T) {
	t.Parallel()
	o := options(start(t))
	o.Password = auth.Secret{}
	r := diagnose(t, o)
	if r.Verdict.Status != report.Warn || r.Verdict.Cause != "no-credential" || r.ExitCode() != 0 {
		t.Errorf("verdict %+v, exit %d\n%s", r.Verdict, r.ExitCode(), failures(r))
	}
	if c := checkRow(t, r, "mapi.connect"); c.Status != report.Skip {
		t.Errorf("mapi.connect is %s", c.Status)
	}
	if c := checkRow(t, r, "discovery.autodiscover"); c.Status != report.Pass {
		t.Errorf("discovery.autodiscover is %s: it answered", c.Status)
	}
}

func TestGivenMailboxURL(t *testing.T) {
	t.Parallel()
	s := start(t, exchangetest.Fault{Name: "autodiscover-dns"})
	o, u := options(s), s.User(0)
	o.MapiURL, o.UserDN = s.MailStoreURL(u), u.LegacyDN
	r := diagnose(t, o)
	if r.Verdict.Status != report.Pass || r.Connections[0].Status != report.Established || r.Connections[1].Status != report.Established {
		t.Errorf("verdict %+v, connections %+v\n%s", r.Verdict, r.Connections, failures(r))
	}
	if c := checkRow(t, r, "discovery.autodiscover"); c.Status != report.Skip {
		t.Errorf("discovery.autodiscover is %s", c.Status)
	}
}

func TestGivenAutodiscoverURL(t *testing.T) {
	t.Parallel()
	s := start(t, exchangetest.Fault{Name: "autodiscover-dns"})
	o := options(s)
	o.AutodiscoverURL = "https://mail.contoso.test/autodiscover/autodiscover.xml"
	r := diagnose(t, o)
	if r.Verdict.Status != report.Pass || checkRow(t, r, "discovery.given-url").Status != report.Pass {
		t.Errorf("verdict %+v\n%s", r.Verdict, failures(r))
	}
}

func TestChannelAloneIsSaidSo(t *testing.T) {
	t.Parallel()
	o := options(start(t))
	o.Deliver = nil
	c := checkRow(t, diagnose(t, o), "mapi.notification")
	if c.Status != report.Pass || c.Evidence["proven"] != "channel" || !strings.Contains(c.Summary, "channel") {
		t.Errorf("got %+v", c)
	}
}

func TestOnly(t *testing.T) {
	t.Parallel()
	o := options(start(t))
	o.Only = []string{"tls.mailbox"}
	r := diagnose(t, o)
	if checkRow(t, r, "tls.mailbox").Status != report.Pass || checkRow(t, r, "mapi.connect").Status != report.Skip {
		t.Error("--only runs the wrong checks")
	}
	if r.Verdict.Status != report.Pass || strings.Contains(r.Verdict.Headline, "can reach") {
		t.Errorf("verdict %+v: the mailbox was not opened", r.Verdict)
	}
	reporttest.Valid(t, r)
}

func TestUsageErrors(t *testing.T) {
	cases := map[string]diag.Options{
		"not an e-mail address": {Address: "alice"},
		"did you mean":          {Address: "alice@contoso.test", Only: []string{"mapi.conect"}},
		"go together":           {Address: "alice@contoso.test", MapiURL: "https://mail.contoso.test/mapi/emsmdb/"},
		"sign-in by \"digest\"": {Address: "alice@contoso.test", Password: auth.NewSecret("x"), Auth: "digest"},
		"there is no ticket":    {Address: "alice@contoso.test", CCache: "/nonexistent/krb5cc"},
		"bearer needs a token":  {Address: "alice@contoso.test", Auth: "bearer"},
	}
	for want, o := range cases {
		_, err := diag.Diagnose(t.Context(), o)
		var usage *diag.UsageError
		if !errors.As(err, &usage) || !strings.Contains(usage.Sentence, want) {
			t.Errorf("got %v, want a usage error with %q", err, want)
		}
	}
}
