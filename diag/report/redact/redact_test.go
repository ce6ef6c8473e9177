package redact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/report/reporttest"
)

// TestEveryFieldIsPlaced holds the rule that a new field of the report is placed
// in the redaction table, and that the table has no field that is gone.
func TestEveryFieldIsPlaced(t *testing.T) {
	var paths []string
	fields("", reflect.TypeFor[report.Report](), &paths)
	if len(paths) < 120 {
		t.Fatalf("found only %d fields: the walk is broken", len(paths))
	}
	for _, p := range paths {
		if table[p] == 0 {
			t.Errorf("%s is not in the redaction table", p)
		}
	}
	for p := range table {
		if !slices.Contains(paths, p) {
			t.Errorf("%s is in the redaction table and not in the report", p)
		}
	}
}

func fields(path string, typ reflect.Type, out *[]string) {
	switch {
	case typ == reflect.TypeFor[report.Time]():
		*out = append(*out, path)
	case typ.Kind() == reflect.Pointer:
		fields(path, typ.Elem(), out)
	case typ.Kind() == reflect.Slice:
		fields(path+"[]", typ.Elem(), out)
	case typ.Kind() == reflect.Map:
		fields(path+"{}", typ.Elem(), out)
	case typ.Kind() == reflect.Struct:
		for f := range typ.Fields() {
			name, _ := jsonName(f)
			fields(join(path, name), f.Type, out)
		}
	default:
		*out = append(*out, path)
	}
}

// canaries fills every string field that is not Keep with something of its class.
func canaries() (*report.Report, []string) {
	r := reporttest.Sample()
	r.Exchanges[0].Error = "x"
	var planted []string
	n := 0
	each(r, func(c Class, s string) string {
		n++
		value := map[Class]string{
			Keep:    s,
			Text:    fmt.Sprintf("see canary%[1]d@secretorg%[1]d.com on fe%[1]d.canaryhost%[1]d.net at 10.66.%[1]d.9 and 2a02:8109:%[1]d::5, DN /o=Canary/ou=X/cn=canary%[1]d", n),
			Address: fmt.Sprintf("canary%d@canaryaddr%d.org", n, n),
			User:    fmt.Sprintf(`CANARYDOM%d\canaryuser%d`, n, n),
			Person:  fmt.Sprintf("Canary Person %d", n),
			Host:    fmt.Sprintf("canary%d.canaryhost.de", n),
			IP:      fmt.Sprintf("10.77.%d.1:443", n),
			URL:     fmt.Sprintf("https://canary%[1]d.canaryurl.com/mapi/emsmdb/?MailboxId=%08[1]x-aaaa-bbbb-cccc-ddddeeeeffff@canaryurl.com", n),
			ID:      fmt.Sprintf("{%08x-BBBB-4aaa-8aaa-123456789abc}:7", n),
		}[c]
		if c != Keep {
			planted = append(planted, value)
		}
		return value
	})
	return r, planted
}

func TestStrictLeavesNoName(t *testing.T) {
	r, planted := canaries()
	out, err := Apply(r, Strict)
	if err != nil {
		t.Fatal(err)
	}
	b := asJSON(t, out)
	for _, p := range planted {
		if strings.Contains(b, p) {
			t.Errorf("still there: %s", p)
		}
	}
	for _, form := range []string{`(?i)canary`, `10\.(66|77)\.`, `2a02:`, `(?i)secretorg`, `-bbbb-`, `-aaaa-`} {
		if m := regexp.MustCompile(form).FindAllString(b, -1); len(m) > 0 {
			at := strings.Index(b, m[0])
			t.Errorf("%d of %q are left, first in …%s…", len(m), form, b[max(0, at-80):min(len(b), at+60)])
		}
	}
	if out.Run.Redaction != "strict" {
		t.Errorf("the report says %q", out.Run.Redaction)
	}
	reporttest.Valid(t, out)
}

func TestStandInsAreStableAndFromDocumentationRanges(t *testing.T) {
	r := reporttest.Sample()
	r.Checks[0].Summary = "MAIL.contoso.test (10.9.8.7) refused alice@contoso.test, and 10.9.8.7 again"
	a, err := Apply(r, Strict)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Apply(r, Strict)
	if asJSON(t, a) != asJSON(t, b) {
		t.Error("the same report gives two results")
	}
	got := a.Checks[0].Summary
	ip := regexp.MustCompile(`\d+\.\d+\.\d+\.\d+`).FindAllString(got, -1)
	if len(ip) != 2 || ip[0] != ip[1] || !netip.MustParsePrefix("192.0.2.0/24").Contains(netip.MustParseAddr(ip[0])) {
		t.Errorf("addresses in %q", got)
	}
	host := a.Certificates[0].Host
	if !strings.HasPrefix(host, "mail.domain") || !strings.HasPrefix(got, host) || !strings.Contains(a.Exchanges[0].URL, host) {
		t.Errorf("host %q, summary %q, url %q: the same host must stay the same", host, got, a.Exchanges[0].URL)
	}
	if user, _, _ := strings.Cut(a.Account.Address, "@"); !strings.HasSuffix(a.Account.User, user) {
		t.Errorf("%q and %q were the same person", a.Account.Address, a.Account.User)
	}
}

func TestStrictKeepsWhatMatters(t *testing.T) {
	r := reporttest.Sample()
	r.Checks[0].Evidence = map[string]any{"address": "127.0.0.1:443", "at": "2026-03-01T11:00:00.000Z", "status": 401.0, "none": nil}
	out, err := Apply(r, Strict)
	if err != nil {
		t.Fatal(err)
	}
	if e := out.Checks[0].Evidence; e["address"] != "127.0.0.1:443" || e["at"] != "2026-03-01T11:00:00.000Z" || e["status"] != 401.0 {
		t.Errorf("evidence became %v", e)
	}
	if c := out.Connections[0]; c.ServerVersion != "15.02.2562.017" || c.ServerProduct != "Exchange Server SE RTM" || c.Authn != "NTLM" {
		t.Errorf("connection became %+v", c)
	}
	if !strings.HasPrefix(out.Exchanges[0].RequestID, "{00000000-0000-4000-8000-") || !strings.HasSuffix(out.Exchanges[0].RequestID, "}:1") {
		t.Errorf("request id became %q: the counter must stay", out.Exchanges[0].RequestID)
	}
	if r.Account.Address != "alice@contoso.test" {
		t.Error("the original was changed")
	}
}

func TestNormalTakesSecretsAndNothingElse(t *testing.T) {
	r := reporttest.Sample()
	before := asJSON(t, r)
	out, err := Apply(r, None)
	if err != nil || asJSON(t, out) != before {
		t.Errorf("a report without secrets was changed (%v)", err)
	}
	r.Checks[0].Evidence["body"] = "the password is Summer-2026! they say"
	r.Exchanges[0].Error = "Authorization: NTLM TlRMTVNTUAADAAAA"
	for _, level := range []Level{None, Normal, Strict} {
		out, err := Apply(r, level, "Summer-2026!")
		if err != nil {
			t.Fatal(err)
		}
		if b := asJSON(t, out); strings.Contains(b, "Summer") || strings.Contains(b, "TlRM") {
			t.Errorf("%s: a secret got out", level)
		}
	}
}

func TestScrub(t *testing.T) {
	gone := []string{
		"Authorization: Basic YWxpY2U6cGFzcw==", "Proxy-Authorization: Digest abc", "Set-Cookie: MapiContext=MAPIAAAAAABBBB; path=/",
		"Cookie: sid=0123456789abcdef", "sent MapiContext=MAPIAAAA1234BBBB now", "WWW-Authenticate: Negotiate oYG2MIGzoAMKAQGhCwYJ",
		"got NTLM TlRMTVNTUAACAAAA", "Bearer eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "https://alice:hunter2@mail.contoso.test/",
		`{"password":"hunter2"}`, "access_token=abcdefgh&x=1", "SPNEGO YIIGdwYGKwYBBQUCoIIGazCCBmegMDAuBgkqhkiC9x==",
	}
	for _, s := range gone {
		out := Scrub(s)
		if !strings.Contains(out, "[secret]") || regexp.MustCompile(`YWxp|0123456789abcdef|hunter2|MAPIAAAA|oYG2|TlRM|eyJ|abcdefgh|YIIG|Digest`).MatchString(out) {
			t.Errorf("%q became %q", s, out)
		}
	}
	kept := []string{
		"NTLM handshake broken", "Negotiate (NTLM)", "Basic authentication is off", "offers Negotiate, NTLM, Basic",
		"the password was refused", "https://mail.contoso.test:443/mapi", "the cookie was not echoed", "",
	}
	for _, s := range kept {
		if out := Scrub(s); out != s {
			t.Errorf("%q became %q", s, out)
		}
	}
	if out := Scrub("a cat and ab", "ab"); out != "a cat and [secret]" {
		t.Errorf("short secret: %q", out)
	}
	if out := Scrub("a cabbage", "ab"); out != "a cabbage" {
		t.Errorf("short secret inside a word: %q", out)
	}
}

func TestParseLevel(t *testing.T) {
	for _, s := range []string{"none", "normal", "STRICT"} {
		if _, err := ParseLevel(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	if l, err := ParseLevel("lax"); err == nil || l != Strict {
		t.Errorf("unknown level: %v %v, want an error and the strictest", l, err)
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("Authorization: Basic YWxpY2U6cGFzcw==", "pass")
	f.Add("a word", "word")
	f.Fuzz(func(t *testing.T, text, secret string) {
		out := Scrub(text, secret)
		if len(secret) >= shortSecret && !strings.Contains("[secret]", secret) && !strings.Contains(secret, "[secret]") &&
			strings.Contains(out, secret) && !strings.Contains(Scrub(out, secret), gone) {
			t.Errorf("%q is left in %q", secret, out)
		}
	})
}

func asJSON(t *testing.T, r *report.Report) string {
	t.Helper()
	var buf bytes.Buffer
	if err := report.WriteJSON(&buf, r); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(buf.Bytes()) {
		t.Fatal("not JSON")
	}
	return buf.String()
}
