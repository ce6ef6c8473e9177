package cli

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"
)

func TestReadPassword(t *testing.T) {
	for in, want := range map[string]string{"secret": "secret", "secret\n": "secret", "secret\r\nmore\n": "secret", " sp ace \n": " sp ace "} {
		if got, err := readPassword(strings.NewReader(in)); err != nil || got != want {
			t.Errorf("readPassword(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "\n", strings.Repeat("x", maxPassword+1)} {
		if _, err := readPassword(strings.NewReader(bad)); codeOf(err) != ExitUsage {
			t.Errorf("%d bytes: %v, want a usage error", len(bad), err)
		}
	}
}

// TestWherePasswordsComeFrom holds the order: standard input, environment,
// keyring, and none at all where nobody can be asked.
func TestWherePasswordsComeFrom(t *testing.T) {
	keyring.MockInit()
	if err := keyring.Set(keyringService, "alice", "from the keyring"); err != nil {
		t.Fatal(err)
	}
	s := Streams{In: strings.NewReader("from stdin\n"), Err: &strings.Builder{}}
	ctx := context.Background()
	expect := func(user string, stdin bool, want string) {
		t.Helper()
		if got, err := findPassword(ctx, s, user, stdin); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	t.Setenv(envPassword, "from the environment")
	expect("alice", true, "from stdin")
	expect("alice", false, "from the environment")
	if _, left := os.LookupEnv(envPassword); left {
		t.Error("the password is still in the environment of child processes")
	}
	expect("alice", false, "from the keyring")
	expect("bob", false, "")
}
