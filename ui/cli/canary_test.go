package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// canaryPassword must be found in nothing that the program writes.
const canaryPassword = "C4nary-9f3a71-Passw0rd"

// canaryForms are the shapes in which it could get out.
func canaryForms(user exchangetest.User) map[string][]byte {
	var wide []byte
	for _, u := range utf16.Encode([]rune(canaryPassword)) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	return map[string][]byte{
		"plain":  []byte(canaryPassword),
		"hex":    []byte(hex.EncodeToString([]byte(canaryPassword))),
		"base64": []byte(base64.StdEncoding.EncodeToString([]byte(canaryPassword))[:20]),
		"Basic":  []byte(base64.StdEncoding.EncodeToString([]byte(user.Login + ":" + canaryPassword))),
		"UTF-16": wide,
		"token":  []byte(base64.RawURLEncoding.EncodeToString([]byte("token of"))), // what Server.Token begins with
	}
}

// canaryRun is one process of the program in a home of its own.
type canaryRun struct {
	server *exchangetest.Server
	home   string
	out    bytes.Buffer
}

func newCanaryRun(t *testing.T, fault string) *canaryRun {
	t.Helper()
	users := exchangetest.DefaultUsers("contoso.test")
	users[0].Password = canaryPassword
	s, err := exchangetest.Start(exchangetest.Options{Users: users})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if fault != "" {
		if err := s.Set(exchangetest.Fault{Name: fault}); err != nil {
			t.Fatal(err)
		}
	}
	return &canaryRun{server: s, home: t.TempDir()}
}

// command is the program with these flags, the password on standard input.
func (r *canaryRun) command(flags ...string) *exec.Cmd {
	args := append([]string{"mapiscope", "check", r.server.User(0).Address, "--user", r.server.User(0).Login, "--password-stdin"}, r.server.Flags()...)
	if r.server.SignsInWithTickets() {
		args = append(args, "--krb5-conf", r.server.Krb5Conf())
	}
	cmd := &exec.Cmd{Path: os.Args[0], Args: append(args, flags...), Dir: r.home, Stdin: strings.NewReader(canaryPassword + "\n"), Stdout: &r.out, Stderr: &r.out,
		Env: append(os.Environ(), "HOME="+r.home, "XDG_CONFIG_HOME="+r.home, "XDG_STATE_HOME="+r.home, "XDG_RUNTIME_DIR="+r.home, "TMPDIR="+r.home)}
	return cmd
}

// search looks through the output and every file in the home.
func (r *canaryRun) search(t *testing.T, what string) {
	t.Helper()
	if r.out.Len() == 0 {
		t.Errorf("%s: the program wrote nothing", what)
	}
	all := map[string][]byte{"output": r.out.Bytes()}
	err := filepath.WalkDir(r.home, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			all[name], err = os.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for form, needle := range canaryForms(r.server.User(0)) {
		for name, content := range all {
			if bytes.Contains(content, needle) {
				t.Errorf("%s: the password is in %s as %s", what, name, form)
			}
		}
	}
	r.out.Reset()
}

// TestCanary: reports of every form and level, for sign-ins of every kind that
// work and fail.
func TestCanary(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"", "basic-only", "kerberos", "kerberos-spn", "extended-protection", "proxy-breaks-ntlm", "account-locked", "modern-auth"} {
		t.Run("fault "+fault, func(t *testing.T) {
			t.Parallel()
			r := newCanaryRun(t, fault)
			for i, level := range []string{"none", "normal", "strict"} {
				format := report.FormatNames()[i%len(report.FormatNames())]
				cmd := r.command("--verbose", "--redact", level, "--format", format)
				if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() > 1 {
					t.Fatalf("%v\n%s", err, r.out.String())
				}
				r.search(t, format+" "+level)
			}
		})
	}
}

// TestCanaryInAProcess: a process that hangs in a sign-in shows it neither in the
// process list nor in what it writes when it is made to crash.
func TestCanaryInAProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	t.Parallel()
	r := newCanaryRun(t, "black-hole")
	cmd := r.command("--verbose", "--timeout", "30s")
	cmd.Env = append(cmd.Env, "GOTRACEBACK=all")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tick, late := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for r.server.Connections() == 0 { // until it is in the middle of its work
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the program connects to nothing: %s", r.out.String())
		}
	}
	for _, file := range []string{"cmdline", "environ", "status"} {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for form, needle := range canaryForms(r.server.User(0)) {
			if bytes.Contains(b, needle) {
				t.Errorf("the password is in /proc/PID/%s as %s", file, form)
			}
		}
	}
	cmd.Process.Signal(syscall.SIGQUIT)
	cmd.Wait()
	if !strings.Contains(r.out.String(), "goroutine ") {
		t.Errorf("no crash was written: %.300s", r.out.String())
	}
	r.search(t, "crash")
}
