package httpc

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"crypto/x509"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
	"github.com/mapiscope/mapiscope/transport/auth/kdctest"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
)

// domain is a server that takes tickets, with Extended Protection required, and a
// realm that issues them.
type domain struct {
	kdc      *kdctest.KDC
	kerberos *acceptor.Kerberos
	leaf     *x509.Certificate
	forge    bool // answers with a proof that is none

	mu       sync.Mutex
	services []string
	requests []string // schemes
}

func newDomain(t *testing.T) (*domain, *Client, *kerberos.Identity) {
	t.Helper()
	d := &domain{services: []string{kerberos.SPN(testHost)}}
	var err error
	d.kdc, err = kdctest.Start(kdctest.Options{Realm: "CONTOSO.TEST", Services: d.held,
		Password: func(user string) (string, int32, bool) { return rightPassword, 0, user == "alice" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kdc.Close)
	d.kerberos = &acceptor.Kerberos{Keys: d.kdc.Keytab()}
	addr, leaf := serve(t, d)
	d.leaf = leaf
	conf := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(conf, []byte(d.kdc.Conf(d.kdc.Addr())), 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := kerberos.New(kerberos.Config{User: "alice", Password: auth.NewSecret(rightPassword), Krb5Conf: conf})
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{Path: pathTo(addr), Policy: &auth.Policy{}}
	c.Policy.Allow(testHost)
	t.Cleanup(c.Close)
	return d, c, id
}

func (d *domain) held() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.services
}

func (d *domain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	d.mu.Lock()
	d.requests = append(d.requests, scheme)
	d.mu.Unlock()
	raw, _ := base64.StdEncoding.DecodeString(token)
	switch {
	case scheme == "Basic" && string(raw) == "alice:"+rightPassword, scheme == "Bearer" && token == "t0ken":
		w.Write(body)
		return
	case scheme == "Negotiate":
		reply, _, err := d.kerberos.Accept(raw, d.leaf, acceptor.Require)
		if d.forge && len(reply) > 0 {
			reply[len(reply)-1] ^= 1
		}
		if len(reply) > 0 {
			w.Header().Set("WWW-Authenticate", "Negotiate "+base64.StdEncoding.EncodeToString(reply))
		}
		if err == nil {
			w.Write(body)
			return
		}
	}
	for _, s := range []string{"Bearer", "Negotiate", `Basic realm="x"`} {
		w.Header().Add("WWW-Authenticate", s)
	}
	w.WriteHeader(401)
}

func hello(t *testing.T, c *Client) (*Response, error) {
	return c.Do(t.Context(), &Request{Method: "POST", URL: "https://" + testHost + "/mapi/emsmdb/", Body: []byte("hello")})
}

func TestKerberosSignsInEachRequest(t *testing.T) {
	d, c, id := newDomain(t)
	c.Mechanisms = []auth.Mechanism{id.Mechanism(kerberos.Options{})}
	for range 3 {
		r, err := hello(t, c)
		if got := body200(t, r, err); got != "hello" || r.Authn != "Negotiate (Kerberos)" {
			t.Fatalf("%q by %q", got, r.Authn)
		}
	}
	if got := strings.Join(d.requests, " "); got != " Negotiate Negotiate Negotiate" {
		t.Errorf("requests %q", got)
	}
	if u := id.Uses(); len(u) != 1 || !u[0].Proven || !u[0].Bindings {
		t.Errorf("uses %+v", u)
	}
}

// A host without a ticket leaves the next mechanism its turn; what Kerberos
// wanted is on record.
func TestNextMechanismWithoutATicket(t *testing.T) {
	d, c, id := newDomain(t)
	d.services = nil
	basic := auth.Basic(auth.Credential{User: "alice", Password: auth.NewSecret(rightPassword)})
	c.Mechanisms = []auth.Mechanism{id.Mechanism(kerberos.Options{}), basic}
	r, err := hello(t, c)
	if body200(t, r, err); r.Authn != "Basic" {
		t.Errorf("by %q", r.Authn)
	}
	if u := id.Uses(); len(u) != 1 || kerberos.KindOf(u[0].Err) != kerberos.SPNUnknown {
		t.Errorf("uses %+v", u)
	}
	c.Mechanisms = c.Mechanisms[:1]
	alone := &Client{Path: c.Path, Policy: c.Policy, Mechanisms: c.Mechanisms[:1]}
	defer alone.Close()
	_, err = hello(t, alone)
	var a *AuthError
	if !errors.As(err, &a) || a.Reason != MechanismFailed || kerberos.KindOf(err) != kerberos.SPNUnknown {
		t.Errorf("alone: %v", err)
	}
}

// A password that the KDC refused is not tried by the next mechanism.
func TestRefusedByTheKDCIsFinal(t *testing.T) {
	d, c, _ := newDomain(t)
	conf := filepath.Join(t.TempDir(), "krb5.conf")
	if err := os.WriteFile(conf, []byte(d.kdc.Conf(d.kdc.Addr())), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := auth.NewSecret("last year's")
	id, err := kerberos.New(kerberos.Config{User: "alice", Password: wrong, Krb5Conf: conf})
	if err != nil {
		t.Fatal(err)
	}
	c.Mechanisms = []auth.Mechanism{id.Mechanism(kerberos.Options{}), auth.Basic(auth.Credential{User: "alice", Password: wrong})}
	if _, err = hello(t, c); kerberos.KindOf(err) != kerberos.BadPassword {
		t.Errorf("got %v", err)
	}
	if got := strings.Join(d.requests, " "); got != "" {
		t.Errorf("requests %q", got)
	}
}

func TestForgedProofIsNoSignIn(t *testing.T) {
	d, c, id := newDomain(t)
	d.forge = true
	c.Mechanisms = []auth.Mechanism{id.Mechanism(kerberos.Options{})}
	if _, err := hello(t, c); kerberos.KindOf(err) != kerberos.Unproven {
		t.Errorf("got %v", err)
	}
}

// A ticket that is bound to another certificate is refused, and not shown again.
func TestKerberosRefusedForItsBinding(t *testing.T) {
	d, c, id := newDomain(t)
	d.leaf = nil // bound to another certificate than the client sees
	c.Mechanisms = []auth.Mechanism{id.Mechanism(kerberos.Options{})}
	_, err := hello(t, c)
	var a *AuthError
	if !errors.As(err, &a) || a.Reason != Refused || a.Authn != "Negotiate (Kerberos)" {
		t.Fatalf("got %v", err)
	}
	if _, err := hello(t, c); !errors.As(err, &a) || a.Reason != BudgetUsed {
		t.Errorf("a second time: %v", err)
	}
}

func TestBearerGoesOutAsItIs(t *testing.T) {
	_, c, _ := newDomain(t)
	c.Mechanisms = []auth.Mechanism{auth.Bearer(func(context.Context, string) (auth.Secret, error) { return auth.NewSecret("t0ken"), nil })}
	r, err := hello(t, c)
	if body200(t, r, err); r.Authn != "Bearer" {
		t.Errorf("by %q", r.Authn)
	}
}
