package exchangetest

import (
	"io"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rop"
)

func TestScenarios(t *testing.T) {
	s := start(t, Options{})
	seen := map[string]bool{}
	for _, scenario := range Scenarios() {
		if seen[scenario.Name] || scenario.Title == "" {
			t.Errorf("scenario %q is there twice or has no title", scenario.Name)
		}
		seen[scenario.Name] = true
		if err := Apply(s, scenario); err != nil {
			t.Fatal(err)
		}
		want := 1
		if scenario.Name == "healthy" || scenario.Event != "" {
			want = 0
		}
		if len(s.active) != want {
			t.Errorf("%s: %d faults are set", scenario.Name, len(s.active))
		}
	}
	for _, name := range []string{"healthy", "server-mapihttp-disabled", "bad-credentials", "cert-invalid", "autodiscover-dns", "vdir-url-wrong",
		"server-component-down", "session-context-lost", "mailbox-mapi-disabled",
		"network-switch", "sleep", "context-expired", "idle-timeout", "proxy-buffers-long-poll"} {
		if !seen[name] {
			t.Errorf("no scenario %s", name)
		}
	}
}

func TestUnknownFault(t *testing.T) {
	if s, err := Start(Options{Faults: []Fault{{Name: "no-such-thing"}}}); err == nil {
		s.Close()
		t.Error("Start took a fault that does not exist")
	}
	s := start(t, Options{Faults: []Fault{{Name: "vdir-no-auth"}}})
	if err := s.Set(Fault{Name: "cert-invalid", Variant: "blue"}); err == nil || !strings.Contains(err.Error(), "name-mismatch") {
		t.Errorf("unknown variant: %v", err)
	}
	if r := s.get(t, s.MailStoreURL(s.User(0)), nil); r.Header.Get("Www-Authenticate") != "" {
		t.Error("the fault of the options is not set")
	}
}

// A fault for one user leaves the others alone, and two faults go together.
func TestFaultForOneUser(t *testing.T) {
	s := start(t, Options{})
	alice, bob := s.User(0), s.User(1)
	if err := s.Set(Fault{Name: "mailbox-mapi-disabled", User: alice.Address}); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(Fault{Name: "bad-credentials", User: bob.Address}); err != nil {
		t.Fatal(err)
	}
	if code := s.connectCode(t, alice); code != mapierr.ProtocolDisabled {
		t.Errorf("Alice: %v", code)
	}
	if code := s.connectCode(t, bob); code != mapierr.OK { // with the right password
		t.Errorf("Bob: %v", code)
	}
	if s.User(0).Password != alice.Password || s.User(1).Password == bob.Password {
		t.Error("the wrong password is not Bob's alone")
	}
	if env := strings.Join(s.Env(), " "); !strings.Contains(env, alice.Password) || strings.Contains(strings.Join(s.Flags(), " "), alice.Password) {
		t.Error("the password belongs into the environment and not into the flags")
	}
}

// Sign-in on one connection survives a new fault; a dropped connection does not.
func TestDropConnections(t *testing.T) {
	s := start(t, Options{})
	c, logon, _ := opened(t, s, 0)
	w := c.wait()
	s.DropConnections()
	if _, err := io.ReadAll(w.body); err == nil {
		t.Error("the wait ended well though its connection was cut")
	}
	w.resp.Body.Close()
	c.execute([]uint32{logon}, &rop.GetStoreStateRequest{}) // the context is still there
}
