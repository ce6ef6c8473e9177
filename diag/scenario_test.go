package diag_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/causes"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/redact"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// expected is the cause that a fault must lead to, where that is another than the
// fault itself says, by name or by name/variant. "" is none: nothing is wrong.
var expected = map[string]string{
	// The first thing that fails is TCP to an address that DNS gives; that the
	// address is wrong, and not the server down, cannot be told from a client.
	"autodiscover-dns/wrong-address": "connection-refused",
	"vdir-url-wrong/old-address":     "connection-refused",
	// The server is on its way down, not switched off.
	"endpoint-disabled/shutting-down": "server-component-down",
	"throttled/unavailable":           "server-component-down",
	// The domain controller tells these two apart.
	"account-locked/password-expired": "password-expired",
	// Not meant to be healthy, nor to have a cause of its own.
	"slow-bytes":        "endless-pending",
	"wrong-server/loop": "wrong-server",
	// An answer of UDP that is cut short is asked for again over TCP.
	"dns-trouble/truncated": "",
	// A server that asks and does not insist stops nobody.
	"client-cert-requested/asked": "client-cert-optional",
	// Which of the two switches it is, each with the remark that mail works all the same.
	"healthy-legacy/computer": "client-mapihttp-disabled",
}

// remarked are findings that a scenario leads to beside its cause, or without one.
var remarked = map[string]string{
	"healthy-legacy/organisation": "healthy-legacy", "healthy-legacy/cert-principal": "cert-principal", "healthy-legacy/computer": "healthy-legacy", "not-in-address-book/": "not-in-address-book",
	"mailbox-online/": "mailbox-online", "autodiscover-dns/unknown-domain": "domain-unknown",
}

// alsoFits are the causes that leave the same signs as the one that is named, so
// that the report has to say how to tell.
var alsoFits = map[string]string{
	"autodiscover-dns": "external-blocked", "external-blocked": "vdir-url-wrong", "vdir-url-wrong": "external-blocked",
	"bad-credentials": "account-locked", "unknown-user-dn": "wrong-server", "black-hole": "server-component-down",
	"captive-portal": "web-filter", "pre-auth-proxy": "captive-portal",
	"connection-refused": "vdir-url-wrong", "cert-invalid/untrusted-root": "tls-interception",
	// Of one variant: something tells the two apart there, or something else fits.
	"autodiscover-dns/wrong-address": "autodiscover-dns", "pre-auth-proxy/mapi-only": "", "captive-portal/port-80": "",
	"dns-trouble/servfail": "", "dns-trouble/silent": "", "autodiscover-dns/unknown-domain": "",
	"upn-mismatch": "bad-credentials", "stale-network-state/off-vpn": "unreachable-host", "unreachable-host/no-route": "external-blocked",
	"notification-lost": "proxy-buffers-long-poll", "endless-pending": "proxy-buffers-long-poll",
}

// shownElsewhere are the causes that no server can show: they are about the computer,
// or about how the program was called.
var shownElsewhere = map[string]string{
	"no-network": "the computer's interfaces: causes_test", "proxy-unreachable": "a proxy between: causes_test",
	"program-fault": "a mistake of our own: causes_test", "no-credential": "a run without a password: TestWithoutAPassword",
	"name-missing": "a symptom, behind which every server shows a cause: causes_test",
}

// TestEveryCauseIsShown wants a scenario for every cause, or the word where it is
// tested instead.
func TestEveryCauseIsShown(t *testing.T) {
	shown := map[string]bool{}
	for _, info := range exchangetest.Faults() {
		shown[info.Cause] = true
	}
	for _, m := range []map[string]string{expected, remarked} {
		for _, code := range m {
			shown[code] = true
		}
	}
	for _, r := range causes.Rules() {
		if where := shownElsewhere[r.Code]; shown[r.Code] == (where != "") {
			t.Errorf("%s: shown by a scenario is %v, and elsewhere is %q", r.Code, shown[r.Code], where)
		}
	}
}

// warned are the causes with which mail still works: exit code 0.
var warned = []string{"ntlmv1", "kerberos-fallback", "modern-auth-mixed", "cert-expires", "cert-root-domain", "client-cert-optional", "latency-loss",
	"scp-wrong", "outlook-anywhere-basic", "tls-inspected", "cert-remark", "cert-revocation", "cert-names", "cross-forest-residue", "address-dead",
	"autodiscover-contradicts", "srv-target-broken", "service-down", "directory-url-differs", "mailbox-full", "legacydn-trailing-space/accepted"}

// slow are the faults that end with a limit of many seconds.
var slow = []string{"endless-pending", "slow-bytes", "ipv6-swallowed", "latency-loss"}

// TestEveryScenarioIsNamed diagnoses every fault of the embedded Exchange, in
// every variant, and the healthy ones.
func TestEveryScenarioIsNamed(t *testing.T) {
	t.Run("healthy", func(t *testing.T) { scenario(t, exchangetest.Fault{}, "", 0, false) })
	for _, info := range exchangetest.Faults() {
		variants := info.Variants
		if len(variants) == 0 {
			variants = []string{""}
		}
		for _, variant := range variants {
			name := strings.TrimSuffix(info.Name+"/"+variant, "/")
			want := info.Cause
			for _, key := range []string{info.Name, name} {
				if other, ok := expected[key]; ok {
					want = other
				}
			}
			t.Run(strings.ReplaceAll(name, "/", " "), func(t *testing.T) {
				if slices.Contains(slow, info.Name) && testing.Short() {
					t.Skip("takes as long as a limit of a check")
				}
				t.Parallel()
				scenario(t, exchangetest.Fault{Name: info.Name, Variant: variant}, want, info.Hold, info.Warns)
			})
		}
	}
}

func scenario(t *testing.T, f exchangetest.Fault, want string, hold time.Duration, warns bool) {
	s := start(t, f)
	o := options(s)
	o.Hold = hold
	r := diagnose(t, o)
	if r.Verdict.Cause != want {
		t.Errorf("cause %q, want %q: %s\n%s", r.Verdict.Cause, want, r.Verdict.Headline, failures(r))
	}
	status, exit := report.Pass, 0
	if want != "" {
		status, exit = report.Fail, 1
	}
	if slices.Contains(warned, want) || slices.Contains(warned, f.Name+"/"+f.Variant) || warns {
		status, exit = report.Warn, 0
	}
	if r.Verdict.Status != status || r.ExitCode() != exit {
		t.Errorf("verdict %s, exit %d; want %s, %d\n%s", r.Verdict.Status, r.ExitCode(), status, exit, failures(r))
	}
	also := alsoFits[want]
	if other, ok := alsoFits[f.Name+"/"+f.Variant]; ok {
		also = other
	}
	if got := strings.Join(r.Verdict.Or, " "); got != also || len(r.Verdict.Unexplained) > 0 {
		t.Errorf("or %q, want %q; unexplained %v", got, also, r.Verdict.Unexplained)
	}
	if code := remarked[f.Name+"/"+f.Variant]; code != "" && !slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return f.Code == code }) {
		t.Errorf("no finding %s", code)
	}
	reporttest.Valid(t, r)
	strict, err := redact.Apply(r, redact.Strict)
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Valid(t, strict)
	if want == "" {
		healthy(t, r)
	} else {
		usefulFinding(t, r)
	}
}

// healthy is what a report without a fault must hold.
func healthy(t *testing.T, r *report.Report) {
	t.Helper()
	ran := 0
	for _, c := range r.Checks {
		if c.Status == report.Pass {
			ran++
		}
	}
	if ran <= 15 {
		t.Errorf("only %d checks passed", ran)
	}
	if len(r.Connections) < 4 || r.Connections[2].Protocol != "RPC/HTTP" || r.Connections[3].Protocol != "RPC/HTTP" {
		t.Fatalf("connections %+v, want two over HTTP and two over RPC/HTTP", r.Connections)
	}
	for _, c := range r.Connections[:2] {
		if c.Status != report.Established || c.Protocol != "HTTP" || c.Requests == 0 || c.Failures != 0 || c.Authn == "" || c.Encrypt == "" {
			t.Errorf("connection %+v", c)
		}
	}
	if r.Connections[0].Notification != "async" {
		t.Errorf("notification %q", r.Connections[0].Notification)
	}
	for _, x := range r.Exchanges {
		if strings.Contains(x.URL, "/mapi/e") && x.RequestType != "" && x.Check == "" {
			t.Errorf("exchange %d (%s) names no check", x.Seq, x.RequestType)
		}
	}
	if len(r.Exchanges) < 10 || !strings.HasPrefix(r.Verdict.Headline, "Outlook can reach this mailbox") {
		t.Errorf("%d exchanges, headline %q", len(r.Exchanges), r.Verdict.Headline)
	}
}

// usefulFinding wants the finding behind a failing verdict to say who does what.
func usefulFinding(t *testing.T, r *report.Report) {
	t.Helper()
	if len(r.Findings) == 0 {
		t.Fatal("no finding")
	}
	f := r.Findings[0]
	if f.Code != r.Verdict.Cause || f.Title == "" || f.Explanation == "" || len(f.Actions) == 0 || len(f.Explains) == 0 {
		t.Errorf("finding %+v", f)
	}
	for _, a := range f.Actions {
		if strings.ContainsAny(a.Text+a.Command+f.Title+f.Explanation, "{}") && !strings.Contains(a.Command, "'{") {
			t.Errorf("a placeholder is left in %+v", f)
		}
	}
}

func start(t *testing.T, faults ...exchangetest.Fault) *exchangetest.Server {
	t.Helper()
	s, err := exchangetest.Start(exchangetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, f := range faults {
		if f.Name == "" {
			continue
		}
		if err := s.Set(f); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func options(s *exchangetest.Server) diag.Options {
	u := s.User(0)
	registry, err := outlook.ParseRegFile(s.RegistryExport())
	if err != nil {
		panic(err) // our own server wrote it
	}
	krb5Conf := ""
	if s.SignsInWithTickets() {
		krb5Conf = s.Krb5Conf()
	}
	var credentials []outlook.Credential
	if list := s.CredentialList(); list != nil {
		if credentials, err = outlook.ParseCredentialList(list); err != nil {
			panic(err)
		}
	}
	var cache []autodiscover.Cached
	if kept := s.AutodiscoverCache(0); kept != nil {
		c, err := autodiscover.ParseCached("AutoD."+u.Address+".xml", kept)
		if err != nil {
			panic(err)
		}
		cache = append(cache, c)
	}
	return diag.Options{
		Address: u.Address, User: u.Login, Password: auth.NewSecret(u.Password), Path: s.Path(), Krb5Conf: krb5Conf, Trigger: "test",
		Registry: registry, Credentials: credentials, Cache: cache, Names: &suite.Names{Lookup: s.SystemLookup, HostsFile: s.SystemHosts},
		Deliver: func(context.Context) error { s.Deliver(u.Address, "hello"); return nil },
	}
}

func diagnose(t *testing.T, o diag.Options) *report.Report {
	t.Helper()
	r, err := diag.Diagnose(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func failures(r *report.Report) string {
	var out strings.Builder
	for _, c := range r.Checks {
		if c.Status == report.Fail || c.Status == report.Warn {
			fmt.Fprintf(&out, "%s %s: %s %v\n", c.Status, c.ID, c.Summary, c.Signals)
		}
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&out, "finding %s explains %v\n", f.Code, f.Explains)
	}
	return out.String()
}
