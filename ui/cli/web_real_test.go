//go:build real && linux

package cli

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// chromium is a real browser with a home of its own, that trusts the server's
// authority and finds its names.
type chromium struct {
	home, program string
	rules         string // --host-resolver-rules
}

// need finds a program that a test with real parts wants. Where continuous
// integration runs, its absence is a failure.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is missing; .ci/setup-real installs it", program)
		}
		t.Skipf("left out: %s is not installed (make setup-real)", program)
	}
	return path
}

func newChromium(t *testing.T, s *exchangetest.Server) *chromium {
	t.Helper()
	c := &chromium{program: need(t, "chromium"), home: t.TempDir()}
	certutil := need(t, "certutil")
	db := filepath.Join(c.home, ".pki", "nssdb")
	if err := os.MkdirAll(db, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-d", "sql:" + db, "-N", "--empty-password"},
		{"-d", "sql:" + db, "-A", "-t", "C,,", "-n", "exchangetest", "-i", s.CAFile()},
	} {
		if out, err := exec.Command(certutil, args...).CombinedOutput(); err != nil {
			t.Fatalf("certutil %v: %v\n%s", args, err, out)
		}
	}
	c.rules = "MAP " + s.MailHost() + ":443 " + realAddress(t, s) + ", MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
	return c
}

// realAddress is where https of the mail host is really listened on.
func realAddress(t *testing.T, s *exchangetest.Server) string {
	t.Helper()
	for _, flag := range s.Flags() {
		if real, ok := strings.CutPrefix(flag, "127.0.10.1:443:"); ok {
			return real
		}
	}
	t.Fatal("the mail host has no address")
	return ""
}

// browserLimits: a page takes 2 to 4 s on an idle machine, and machines that
// test are not idle.
const browserTime = 90 * time.Second

// dom is what the browser made of a page.
func (c *chromium) dom(t *testing.T, page string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), browserTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--user-data-dir="+filepath.Join(c.home, "profile"), "--host-resolver-rules="+c.rules, "--dump-dom", page)
	cmd.Env = append(os.Environ(), "HOME="+c.home, "XDG_CONFIG_HOME="+c.home, "XDG_CACHE_HOME="+c.home)
	cmd.WaitDelay = time.Second
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, log.String())
	}
	if out.Len() == 0 {
		t.Fatalf("chromium shows nothing\n%s", log.String())
	}
	return out.String()
}

var (
	lineEnds = regexp.MustCompile(`(?i)<(br|/p|/div|/h[1-6])[^>]*>`)
	tags     = regexp.MustCompile(`<[^>]*>`)
)

// lines are the lines of text of a page, by other means than the program's own
// parser: what it made of the page must not be judged by itself.
func lines(dom string) map[string]bool {
	_, body, _ := strings.Cut(dom, "<body")
	out := map[string]bool{}
	for _, l := range strings.Split(lineEnds.ReplaceAllString("<body"+body, "\n"), "\n") {
		if l = strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(l, ""))); l != "" {
			out[strings.Join(strings.Fields(l), " ")] = true
		}
	}
	return out
}

// TestRealChromium opens both URLs in a real browser, plain and with showdebug,
// and holds every field that the report has against what the page shows.
func TestRealChromium(t *testing.T) {
	for _, scheme := range []string{"Basic", "NTLM"} {
		t.Run(scheme, func(t *testing.T) {
			s, err := exchangetest.Start(exchangetest.Options{Schemes: []string{scheme}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(s.Close)
			browser := newChromium(t, s)
			r := webReport(t, s)
			alice := s.User(0)
			for _, v := range []report.WebView{r.WebCheck.Mailbox(), *r.WebCheck.AddressBook} {
				if v.Page == nil || v.Page.Authentication != scheme {
					t.Fatalf("the report has no page signed in with %s: %+v", scheme, v)
				}
				shown := lines(browser.dom(t, signedIn(t, v.URL, alice)))
				if n := agree(t, shown, v.Page, v.Page.Other); n < 9 {
					t.Errorf("only %d fields of %s were compared", n, v.URL)
				}
				debug := lines(browser.dom(t, signedIn(t, v.URL+"&showdebug=yes", alice)))
				if n := agree(t, debug, v.Page, withoutTimes(v.Debug)); n < 10 {
					t.Errorf("only %d fields of %s with showdebug were compared", n, v.URL)
				}
				for label := range v.Debug {
					if has(shown, label+":") || !has(debug, label+":") {
						t.Errorf("%q is not what showdebug alone adds", label)
					}
				}
			}
			seen := false
			for _, q := range s.Requests() {
				seen = seen || strings.Contains(q.UserAgent, "Chrome") && q.User != "" && q.Status == 200
			}
			if !seen {
				t.Error("the server saw no signed-in request of the browser: something else made the page")
			}
		})
	}
}

// TestRealChromiumWithoutAPage: what has no page in the report has none in the browser.
func TestRealChromiumWithoutAPage(t *testing.T) {
	s, err := exchangetest.Start(exchangetest.Options{Schemes: []string{"Basic"}, Faults: []exchangetest.Fault{{Name: "pre-auth-proxy", Variant: "page"}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	dom := newChromium(t, s).dom(t, s.MailStoreURL(s.User(0)))
	if !strings.Contains(dom, `type="password"`) || strings.Contains(dom, "Connectivity Endpoint") {
		t.Errorf("the browser shows\n%s", dom)
	}
}

// webReport is what "mapiscope web" reports.
func webReport(t *testing.T, s *exchangetest.Server) *report.Report {
	t.Helper()
	d := &desk{Server: s}
	out, log, code := d.run(t, "web", s.User(0).Address, "--no-open", "--format", "json", "--redact", "none")
	r, err := report.ReadJSON(strings.NewReader(out))
	if err != nil || code != ExitOK || r.WebCheck == nil || r.WebCheck.AddressBook == nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, log)
	}
	return r
}

// signedIn puts the account into a URL, which is how a browser without a person
// is told it.
func signedIn(t *testing.T, page string, u exchangetest.User) string {
	t.Helper()
	parsed, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	parsed.User = url.UserPassword(u.Login, u.Password)
	return parsed.String()
}

// agree wants each field of the report as a line of the page, and says how many
// there were.
func agree(t *testing.T, shown map[string]bool, p *report.Page, others map[string]string) int {
	t.Helper()
	n := 0
	compare := func(label, value string) {
		n++
		if want := strings.TrimSpace(fmt.Sprintf("%s: %s", label, value)); !shown[want] {
			t.Errorf("the report says %q, the browser shows %v", want, shown)
		}
	}
	for _, f := range p.Fields() {
		if f[1] == "" {
			t.Errorf("the report has no %s", f[0])
			continue
		}
		compare(f[0], f[1])
	}
	for label, value := range others {
		compare(label, value)
	}
	return n
}

// withoutTimes leaves out what is another value a second later.
func withoutTimes(pairs map[string]string) map[string]string {
	out := map[string]string{}
	for label, value := range pairs {
		if label != "Created" {
			out[label] = value
		}
	}
	return out
}

// has says whether a line begins so.
func has(shown map[string]bool, begins string) bool {
	for l := range shown {
		if strings.HasPrefix(l, begins) {
			return true
		}
	}
	return false
}
