package kerberos_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
	"github.com/mapiscope/mapiscope/transport/auth/kdctest"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
)

const mailSPN = "HTTP/mail.contoso.test"

func realm(t *testing.T, change func(*kdctest.Options)) *kdctest.KDC {
	t.Helper()
	o := kdctest.Options{Realm: "CONTOSO.TEST", Services: func() []string { return []string{mailSPN} },
		Password: func(user string) (string, int32, bool) {
			switch user {
			case "alice":
				return "right", 0, true
			case "locked":
				return "right", 18, true
			case "expired":
				return "right", 23, true
			}
			return "", 0, false
		}}
	if change != nil {
		change(&o)
	}
	k, err := kdctest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// conf writes a krb5.conf that leads to the KDC.
func conf(t *testing.T, k *kdctest.KDC) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(file, []byte(k.Conf(k.Addr())), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func identity(t *testing.T, k *kdctest.KDC, user, password string) *kerberos.Identity {
	t.Helper()
	i, err := kerberos.New(kerberos.Config{User: user, Password: auth.NewSecret(password), Krb5Conf: conf(t, k)})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.contoso.test"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func start(t *testing.T, i *kerberos.Identity, o kerberos.Options, leaf *x509.Certificate) (auth.Handshake, []byte) {
	t.Helper()
	hs, err := i.Mechanism(o).Start(t.Context(), auth.Target{Host: "mail.contoso.test", Leaf: leaf})
	if err != nil {
		t.Fatal(err)
	}
	token, err := hs.Next(nil)
	if err != nil || !hs.Done() {
		t.Fatalf("token: %v", err)
	}
	return hs, token
}

// Every setting of Extended Protection against every binding a client can send.
func TestChannelBindings(t *testing.T) {
	k := realm(t, nil)
	i := identity(t, k, "alice@CONTOSO.TEST", "right")
	server := &acceptor.Kerberos{Keys: k.Keytab()}
	leaf := certificate(t)
	bindings := map[string]kerberos.Options{"right": {}, "none": {NoBindings: true}, "wrong": {WrongBindings: true}}
	for setting, passes := range map[acceptor.Bindings]string{acceptor.Off: "right none wrong", acceptor.Allow: "right none", acceptor.Require: "right"} {
		for name, o := range bindings {
			hs, token := start(t, i, o, leaf)
			if !acceptor.IsTicket(token) {
				t.Fatal("the token is not recognised")
			}
			reply, who, err := server.Accept(token, leaf, setting)
			if want := strings.Contains(passes, name); want != (err == nil) {
				t.Errorf("setting %d, %s bindings: %v", setting, name, err)
			}
			if err != nil {
				continue
			}
			if who.User != "alice" || who.Domain != "CONTOSO.TEST" {
				t.Errorf("signed in as %+v", who)
			}
			if err := hs.(auth.Verifier).Verify(reply, true); err != nil {
				t.Errorf("the server's proof: %v", err)
			}
			if _, _, err := server.Accept(token, leaf, setting); !errors.Is(err, acceptor.ErrReplay) {
				t.Errorf("a second time: %v", err)
			}
		}
	}
	u := i.Uses()
	if len(u) != 1 || u[0].SPN != mailSPN || !u[0].Proven || u[0].Cipher != 18 || time.Until(u[0].Until) < 9*time.Hour {
		t.Errorf("uses %+v", u)
	}
	if n := len(k.Requests()); n != 3 {
		t.Errorf("%d questions to the KDC for nine sign-ins, want 3: %+v", n, k.Requests())
	}
}

// A proof that belongs to another request is none.
func TestServerMustProveItself(t *testing.T) {
	k := realm(t, nil)
	i := identity(t, k, "alice", "right")
	server := &acceptor.Kerberos{Keys: k.Keytab()}
	_, first := start(t, i, kerberos.Options{}, nil)
	second, _ := start(t, i, kerberos.Options{}, nil)
	reply, _, err := server.Accept(first, nil, acceptor.Off)
	if err != nil {
		t.Fatal(err)
	}
	v := second.(auth.Verifier)
	if err := v.Verify(reply, true); kerberos.KindOf(err) != kerberos.Unproven {
		t.Errorf("a proof for another request: %v", err)
	}
	for _, b := range [][]byte{{1, 2, 3}, reply[:len(reply)-3]} {
		if v.Verify(b, true) == nil {
			t.Errorf("%x passed as a proof", b)
		}
	}
}

func TestFailures(t *testing.T) {
	cases := []struct {
		name, user, password string
		change               func(*kdctest.Options)
		kind                 kerberos.Kind
		final                bool
		off                  time.Duration
	}{
		{name: "wrong password", user: "alice", password: "wrong", kind: kerberos.BadPassword, final: true},
		{name: "unknown user", user: "nobody", password: "right", kind: kerberos.ClientUnknown},
		{name: "locked", user: "locked", password: "right", kind: kerberos.Revoked, final: true},
		{name: "expired", user: "expired", password: "right", kind: kerberos.PasswordExpired, final: true},
		{name: "no SPN", user: "alice", password: "right", kind: kerberos.SPNUnknown,
			change: func(o *kdctest.Options) { o.Services = nil }},
		{name: "clock", user: "alice", password: "right", kind: kerberos.ClockSkew, off: -2 * time.Hour,
			change: func(o *kdctest.Options) { o.Clock = func() time.Time { return time.Now().Add(2 * time.Hour) } }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := realm(t, c.change)
			i := identity(t, k, c.user, c.password)
			m := i.Mechanism(kerberos.Options{})
			var err error
			for range 3 {
				_, err = m.Start(t.Context(), auth.Target{Host: "mail.contoso.test"})
			}
			var e *kerberos.Error
			if !errors.As(err, &e) || e.Kind != c.kind || (e.Off-c.off).Abs() > 2*time.Second {
				t.Fatalf("got %v (%+v), want %s", err, e, c.kind)
			}
			if errors.As(err, new(*auth.Unavailable)) == c.final {
				t.Errorf("may another mechanism be tried? %T", err)
			}
			proofs := 0
			for _, r := range k.Requests() {
				if r.Proof {
					proofs++
				}
			}
			if proofs > 1 {
				t.Errorf("%d proofs of the password were sent", proofs)
			}
			if strings.Contains(err.Error(), c.password) && c.password == "right" {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

// The service name is at an account whose key the server has not.
func TestWrongAccount(t *testing.T) {
	k := realm(t, func(o *kdctest.Options) { o.WrongKey = func(string) bool { return true } })
	hs, token := start(t, identity(t, k, "alice", "right"), kerberos.Options{}, nil)
	reply, _, err := (&acceptor.Kerberos{Keys: k.Keytab()}).Accept(token, nil, acceptor.Off)
	if !errors.Is(err, acceptor.ErrTicket) {
		t.Fatal(err)
	}
	if err := hs.(auth.Verifier).Verify(reply, false); kerberos.KindOf(err) != kerberos.WrongAccount {
		t.Errorf("got %v", err)
	}
}

func TestServerClock(t *testing.T) {
	k := realm(t, nil)
	hs, token := start(t, identity(t, k, "alice", "right"), kerberos.Options{}, nil)
	late := &acceptor.Kerberos{Keys: k.Keytab(), Clock: func() time.Time { return time.Now().Add(-time.Hour) }}
	reply, _, err := late.Accept(token, nil, acceptor.Off)
	if !errors.Is(err, acceptor.ErrSkew) {
		t.Fatal(err)
	}
	var e *kerberos.Error
	if err := hs.(auth.Verifier).Verify(reply, false); !errors.As(err, &e) || e.Kind != kerberos.ClockSkew || (e.Off-time.Hour).Abs() > 2*time.Second {
		t.Errorf("got %v", err)
	}
}

// A server that wants NTLM leaves the way open for it.
func TestOtherMechanism(t *testing.T) {
	k := realm(t, nil)
	hs, token := start(t, identity(t, k, "alice", "right"), kerberos.Options{}, nil)
	conn := (&acceptor.NTLM{}).Accept(nil)
	if _, _, err := conn.Step(token, acceptor.Off); err == nil {
		t.Error("NTLM took a ticket")
	}
	// NegTokenResp { request-mic absent, supportedMech NTLMSSP }
	reply := []byte{0xa1, 0x10, 0x30, 0x0e, 0xa1, 0x0c, 0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a}
	if err := hs.(auth.Verifier).Verify(reply, false); !errors.As(err, new(*auth.Unavailable)) || kerberos.KindOf(err) != kerberos.OtherMechanism {
		t.Errorf("got %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	k := realm(t, nil)
	file := conf(t, k)
	k.Close()
	i, err := kerberos.New(kerberos.Config{User: "alice", Password: auth.NewSecret("x"), Krb5Conf: file})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Ticket(t.Context(), mailSPN); kerberos.KindOf(err) != kerberos.KDCUnreachable {
		t.Errorf("got %v", err)
	}
}

func TestConcurrentFirstUse(t *testing.T) {
	k := realm(t, nil)
	i := identity(t, k, "alice", "right")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := i.Ticket(t.Context(), mailSPN); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(k.Requests()); n != 3 {
		t.Errorf("%d questions, want 3", n)
	}
}

func TestCaches(t *testing.T) {
	for name, want := range map[string]string{
		"KEYRING:persistent:1000": "kinit -c FILE:", "KCM:1000": "KCM", "API:1": "API", "MSLSA:": "Windows user", "WEIRD:x": "WEIRD",
	} {
		_, err := kerberos.New(kerberos.Config{CCache: name, Krb5Conf: os.DevNull})
		if kerberos.KindOf(err) == "" || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"empty": "", "text": "hello", "short": "\x05\x04\x00", "huge": "\x05\x04\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := kerberos.New(kerberos.Config{CCache: file}); kerberos.KindOf(err) != kerberos.NoTicket {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kerberos.HasTickets(filepath.Join(dir, "nothing")) {
		t.Error("tickets out of nothing")
	}
}

func TestConfigurations(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.conf")
	if err := os.WriteFile(broken, []byte("[libdefaults]\n ticket_lifetime = for ever\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]kerberos.Config{
		"missing": {Krb5Conf: filepath.Join(dir, "none"), User: "a@B", Password: auth.NewSecret("x")},
		"broken":  {Krb5Conf: broken, User: "a@B", Password: auth.NewSecret("x")},
		"realm":   {Krb5Conf: os.DevNull, User: "alice", Password: auth.NewSecret("x")},
		"keytab":  {Krb5Conf: os.DevNull, Keytab: broken},
	} {
		if _, err := kerberos.New(c); kerberos.KindOf(err) != kerberos.BadConfig {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := kerberos.New(kerberos.Config{Krb5Conf: os.DevNull}); kerberos.KindOf(err) != kerberos.NoTicket {
		t.Errorf("nothing to sign in with: %v", err)
	}
}
