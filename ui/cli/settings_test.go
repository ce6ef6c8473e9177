package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/zalando/go-keyring"
)

// windowCommand is "window" with a configuration file of the test's own.
func windowCommand(t *testing.T, file, text string) *cobra.Command {
	t.Helper()
	t.Setenv(envConfig, "")
	if text != "" {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd, _, err := newRoot(Streams{Out: io.Discard, Err: io.Discard}).Find([]string{"window"})
	if err == nil {
		err = cmd.ParseFlags([]string{"--config", file})
	}
	if err != nil {
		t.Fatal(err)
	}
	return cmd
}

// What the window changes is changed; comments, order and other keys stay.
func TestSaveConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	cmd := windowCommand(t, file, "# mine\naddress: old@contoso.com # the first one\ntimeout: 30s\nproxy: none\n")
	if err := saveConfig(cmd, map[string]string{"address": "alice@contoso.com", "proxy": "", "user": `CONTOSO\alice`}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "# mine\naddress: alice@contoso.com # the first one\ntimeout: 30s\nuser: CONTOSO\\alice\n"
	if string(text) != want {
		t.Errorf("the file is\n%s\nwant\n%s", text, want)
	}
	got, from, err := configValues(cmd, []string{"address", "user", "proxy"})
	if err != nil || from != file || configFile(cmd) != file {
		t.Fatal(from, err)
	}
	if got["address"] != "alice@contoso.com" || got["user"] != `CONTOSO\alice` || got["proxy"] != "" {
		t.Errorf("read back: %v", got)
	}
}

// A file that is not there yet comes about, with its folder, for its owner alone.
func TestSaveConfigAnew(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "config.yaml")
	if err := saveConfig(windowCommand(t, file, ""), map[string]string{"auth": "ntlm"}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// What no command would take is not written, and what cannot be edited stays as it is.
func TestSaveConfigRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		values     map[string]string
		says       string
	}{
		"no such key":         {"config.yaml", "timeout: 30s\n", map[string]string{"colour": "red"}, "no configuration key"},
		"no such word":        {"config.yaml", "timeout: 30s\n", map[string]string{"auth": "magic"}, "magic"},
		"no address":          {"config.yaml", "timeout: 30s\n", map[string]string{"address": "alice"}, "not an e-mail address"},
		"no proxy":            {"config.yaml", "timeout: 30s\n", map[string]string{"proxy": "ftp://proxy"}, "proxy"},
		"not YAML":            {"config.toml", "timeout = \"30s\"\n", map[string]string{"auth": "ntlm"}, "YAML"},
		"a broken file":       {"config.yaml", "timeout: [\n", map[string]string{"auth": "ntlm"}, "broken"},
		"a list, not a table": {"config.yaml", "- a\n", map[string]string{"auth": "ntlm"}, "key: value"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), c.file)
			err := saveConfig(windowCommand(t, file, c.text), c.values)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one with %q", err, c.says)
			}
			if text, err := os.ReadFile(file); err != nil || string(text) != c.text {
				t.Errorf("the file is now %q (%v)", text, err)
			}
		})
	}
}

func TestKeepPassword(t *testing.T) {
	keyring.MockInit()
	if err := keepPassword(t.Context(), "alice", "s3cret"); err != nil {
		t.Fatal(err)
	}
	if got, err := keyring.Get(keyringService, "alice"); err != nil || got != "s3cret" {
		t.Errorf("%q, %v", got, err)
	}
	t.Cleanup(keyring.MockInit)
	locked := errors.New("locked")
	keyring.MockInitWithError(locked)
	if err := keepPassword(t.Context(), "alice", "s3cret"); !errors.Is(err, locked) {
		t.Errorf("a locked keyring: %v", err)
	}
}
