package webcheck_test

import (
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

func start(t *testing.T, o exchangetest.Options) *exchangetest.Server {
	t.Helper()
	s, err := exchangetest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// client signs in as the first user of s; without a password it is anonymous.
func client(t *testing.T, s *exchangetest.Server, password string) *httpc.Client {
	t.Helper()
	c := &httpc.Client{Path: s.Path(), Policy: &auth.Policy{}, Budget: &auth.Budget{}}
	c.Policy.Allow(s.MailHost())
	if password != "" {
		c.Mechanisms = []auth.Mechanism{auth.NTLM(auth.Credential{User: s.User(0).Login, Password: auth.NewSecret(password)}, auth.NTLMOptions{})}
	}
	t.Cleanup(c.Close)
	return c
}

// TestLook opens both URLs, with and without showdebug.
func TestLook(t *testing.T) {
	s := start(t, exchangetest.Options{})
	alice := s.User(0)
	c := client(t, s, alice.Password)
	for url, vdir := range map[string]string{s.MailStoreURL(alice): "/mapi/emsmdb/", s.AddressBookURL(alice): "/mapi/nspi/"} {
		v := webcheck.Look(t.Context(), c, url, "test")
		if v.Err != nil || v.Status != 200 || v.Page == nil || v.Authn != "NTLM" || v.FEServer != "EX01" {
			t.Fatalf("%s: %+v", url, v)
		}
		if p := v.Page; p.VDir != vdir || p.User != alice.Login || p.UPN != alice.Address || p.Authentication != "NTLM" || !strings.HasPrefix(p.SID, "S-1-5-21-") {
			t.Errorf("%s shows %+v", url, p)
		}
		if same, known := webcheck.SameVersion(v.Page.Version, v.HeaderVersion); !same || !known {
			t.Errorf("the page says %q, the header %q", v.Page.Version, v.HeaderVersion)
		}
		debug := webcheck.Look(t.Context(), c, webcheck.DebugURL(url), "test")
		if added := webcheck.Added(v.Page, debug.Page); len(added) == 0 {
			t.Errorf("showdebug adds nothing to %+v", v.Page)
		}
	}
}

func TestLookWithoutPage(t *testing.T) {
	s := start(t, exchangetest.Options{})
	alice := s.User(0)
	for _, test := range []struct {
		fault    exchangetest.Fault
		password string
		kind     webcheck.Kind
		product  string
	}{
		{exchangetest.Fault{}, "", webcheck.SignIn, ""},
		{exchangetest.Fault{}, "wrong", webcheck.SignIn, ""},
		{exchangetest.Fault{Name: "gromox"}, "", webcheck.NoPage, "grommunio gromox"},
		{exchangetest.Fault{Name: "pre-auth-proxy", Variant: "redirect"}, alice.Password, webcheck.PreAuth, "F5 BIG-IP APM"},
		{exchangetest.Fault{Name: "pre-auth-proxy", Variant: "page"}, alice.Password, webcheck.PreAuth, ""},
		{exchangetest.Fault{Name: "server-component-down"}, alice.Password, webcheck.Unavailable, ""},
		{exchangetest.Fault{Name: "server-version-unsupported"}, alice.Password, webcheck.NoPage, ""},
		{exchangetest.Fault{Name: "connection-refused"}, alice.Password, webcheck.Nothing, ""},
	} {
		s.Clear("")
		if test.fault.Name != "" {
			if err := s.Set(test.fault); err != nil {
				t.Fatal(err)
			}
		}
		v := webcheck.Look(t.Context(), client(t, s, test.password), s.MailStoreURL(alice), "test")
		if v.Sight.Kind != test.kind || v.Sight.Product != test.product || v.Page != nil {
			t.Errorf("%+v: %+v", test.fault, v)
		}
		if test.kind == webcheck.SignIn && len(v.Offered) == 0 {
			t.Errorf("%+v: no schemes are seen", test.fault)
		}
	}
}

// TestHealthchecks asks every directory, and tells the one that is down.
func TestHealthchecks(t *testing.T) {
	s := start(t, exchangetest.Options{})
	ask := func() []webcheck.Health {
		t.Helper()
		all, err := webcheck.Healthchecks(t.Context(), client(t, s, ""), s.MailHost(), "443", webcheck.VDirs, "test")
		if err != nil || len(all) != len(webcheck.VDirs) {
			t.Fatalf("%v, %d answers", err, len(all))
		}
		return all
	}
	for _, h := range ask() {
		if !h.OK() || h.Down() || h.Server != "EX01.CORP.CONTOSO.TEST" || h.Address != "127.0.10.1:443" {
			t.Errorf("healthy: %+v", h)
		}
	}
	if err := s.Set(exchangetest.Fault{Name: "server-component-down"}); err != nil {
		t.Fatal(err)
	}
	for _, h := range ask() {
		if h.Down() != (h.VDir == "mapi") || h.OK() == h.Down() {
			t.Errorf("mapi is down: %+v", h)
		}
	}
	for _, r := range s.Requests() {
		if r.Credential || r.Scheme != "" {
			t.Errorf("a credential was sent: %+v", r)
		}
	}
}

func TestHealthchecksOfNoName(t *testing.T) {
	s := start(t, exchangetest.Options{})
	if _, err := webcheck.Healthchecks(t.Context(), client(t, s, ""), "nowhere."+s.Domain(), "443", webcheck.VDirs, "test"); err == nil {
		t.Error("a name without an address has no error")
	}
}
