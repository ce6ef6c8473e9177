package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// desk is a server, an account, and a way to open browsers that notes what it was
// asked to open.
type desk struct {
	*exchangetest.Server
	opened string // file
}

// newDesk makes the opener end with an exit code.
func newDesk(t *testing.T, opener string, faults ...exchangetest.Fault) *desk {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("browsers are opened by xdg-open on Linux alone")
	}
	s, err := exchangetest.Start(exchangetest.Options{Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	dir := t.TempDir()
	d := &desk{s, filepath.Join(dir, "opened")}
	script := "#!/bin/sh\nprintf %s \"$*\" >" + d.opened + "\n" + opener + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("DISPLAY", ":99")
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("BROWSER", "")
	return d
}

// run runs a command with the way to the server and the password.
func (d *desk) run(t *testing.T, args ...string) (out, log string, code ExitCode) {
	t.Helper()
	user := d.User(0)
	t.Setenv(envPassword, user.Password)
	var o, l bytes.Buffer
	args = append(args, append(d.Flags(), "--user", user.Login)...)
	code = run(context.Background(), args, Streams{In: strings.NewReader(""), Out: &o, Err: &l})
	if strings.Contains(o.String()+l.String(), user.Password) {
		t.Error("the password stands in what was written")
	}
	return o.String(), l.String(), code
}

func (d *desk) browserGot() string {
	b, _ := os.ReadFile(d.opened)
	return string(b)
}

func TestWebShowsThePageAndOpensIt(t *testing.T) {
	d := newDesk(t, "exit 0")
	alice := d.User(0)
	out, log, code := d.run(t, "web", alice.Address)
	if code != ExitOK {
		t.Errorf("exit code %d\n%s", code, log)
	}
	for _, want := range []string{"Mailbox URL in a browser", "Address book URL in a browser", "the status page of Exchange (status 200)",
		"15.2.2562.45 (as the header says: Exchange/15.02.2562.045)", `CONTOSO\alice`, alice.Address, "/mapi/emsmdb/", "/mapi/nspi/", "with showdebug=yes",
		"127.0.10.1:443", "mapi healthy"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if got := d.browserGot(); got != d.MailStoreURL(alice) {
		t.Errorf("the browser was given %q", got)
	}
	if !strings.Contains(log, "opened in your browser") {
		t.Error(log)
	}
	if d.run(t, "web", alice.Address, "--address-book"); d.browserGot() != d.AddressBookURL(alice) {
		t.Errorf("with --address-book the browser was given %q", d.browserGot())
	}
}

func TestWebWithoutABrowser(t *testing.T) {
	for name, test := range map[string]struct {
		opener, display string
		args            []string
		want            string
	}{
		"asked not to": {"exit 0", ":99", []string{"--no-open"}, "open this URL in your browser and compare"},
		"no screen":    {"exit 0", "", nil, "no browser can be opened here: there is no screen"},
		"no browser":   {"exit 3", ":99", nil, "no browser can be opened here: the system's way to open one failed (exit status 3)"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, test.opener)
			t.Setenv("DISPLAY", test.display)
			alice := d.User(0)
			out, log, code := d.run(t, slices.Concat([]string{"web", alice.Address}, test.args)...)
			if code != ExitOK || !strings.Contains(log, test.want) || !strings.Contains(log, d.MailStoreURL(alice)) || !strings.Contains(out, "Version") {
				t.Errorf("exit code %d\n%s", code, log)
			}
			if opened := d.browserGot() != ""; opened != (name == "no browser") {
				t.Errorf("the opener was called: %v", opened)
			}
		})
	}
}

// TestWebOfABrowserThatStays does not wait for a browser that runs on.
func TestWebOfABrowserThatStays(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	d := newDesk(t, "echo $$ >"+pid+"; exec tail -f /dev/null")
	t.Cleanup(func() {
		b, err := os.ReadFile(pid)
		if err != nil {
			t.Fatal(err)
		}
		if err := exec.Command("kill", strings.TrimSpace(string(b))).Run(); err != nil {
			t.Error(err)
		}
	})
	if _, log, code := d.run(t, "web", d.User(0).Address); code != ExitOK || !strings.Contains(log, "opened in your browser") {
		t.Errorf("exit code %d\n%s", code, log)
	}
}

func TestWebNamesWhatStandsInFront(t *testing.T) {
	d := newDesk(t, "exit 0", exchangetest.Fault{Name: "pre-auth-proxy", Variant: "mapi-only"})
	out, log, code := d.run(t, "web", d.User(0).Address, "--no-open")
	if code != ExitFailed || !strings.Contains(out, "A web sign-in page stands in front") || !strings.Contains(strings.Join(strings.Fields(out), " "), "a web sign-in page that is not Exchange's, F5 BIG-IP APM (status 302)") {
		t.Errorf("exit code %d\n%s\n%s", code, out, log)
	}
}

func TestWebAsJSON(t *testing.T) {
	d := newDesk(t, "exit 0")
	out, log, code := d.run(t, "web", d.User(0).Address, "--no-open", "--format", "json")
	r, err := report.ReadJSON(strings.NewReader(out))
	if err != nil || code != ExitOK || r.WebCheck == nil || r.WebCheck.Page == nil || r.WebCheck.AddressBook == nil || len(r.WebCheck.Healthchecks) != 8 {
		t.Errorf("exit code %d, %v\n%s", code, err, log)
	}
}

func TestWebWithoutDiscovery(t *testing.T) {
	d := newDesk(t, "exit 0", exchangetest.Fault{Name: "autodiscover-dns"})
	out, log, code := d.run(t, "web", d.User(0).Address)
	if code != ExitFailed || d.browserGot() != "" || !strings.Contains(log, "no URL was found") || !strings.Contains(out, "NOT WORKING") {
		t.Errorf("exit code %d, opened %q\n%s\n%s", code, d.browserGot(), out, log)
	}
}

// TestRegistryDump gives a check the registry of another computer.
func TestRegistryDump(t *testing.T) {
	d := newDesk(t, "exit 0")
	file := filepath.Join(t.TempDir(), "office.reg")
	check := func(want string, wantCode ExitCode) {
		t.Helper()
		if err := os.WriteFile(file, d.RegistryExport(), 0o600); err != nil {
			t.Fatal(err)
		}
		out, log, code := d.run(t, "check", d.User(0).Address, "--registry-dump", file, "--format", "json")
		r, err := report.ReadJSON(strings.NewReader(out))
		if err != nil || code != wantCode || r.Verdict.Cause != want {
			t.Fatalf("exit code %d, %v, verdict %+v\n%s", code, err, r.Verdict, log)
		}
		if len(r.Machine.Outlook) != 1 || r.Machine.Outlook[0].Build != "16.0.17328.20124" || r.Machine.Outlook[0].MAPIHTTPCapable == nil {
			t.Errorf("outlook: %+v", r.Machine.Outlook)
		}
	}
	check("", ExitOK)
	if err := d.Set(exchangetest.Fault{Name: "client-mapihttp-disabled"}); err != nil {
		t.Fatal(err)
	}
	check("client-mapihttp-disabled", ExitFailed)
}

func TestRegistryDumpErrors(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"empty.reg": "", "page.reg": "<html>", "cut.reg": "Windows Registry Editor Version 5.00\n[HKEY_CURRENT_USER"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"empty.reg", "page.reg", "cut.reg", "missing.reg"} {
		var out, log bytes.Buffer
		code := run(context.Background(), []string{"check", "alice@contoso.test", "--registry-dump", filepath.Join(dir, name)}, Streams{In: strings.NewReader(""), Out: &out, Err: &log})
		if code != ExitUsage || out.Len() > 0 || !strings.Contains(log.String(), name) || !strings.Contains(log.String(), "hint: on the computer with Outlook: reg export") {
			t.Errorf("%s: exit code %d, %s", name, code, log.String())
		}
	}
}
