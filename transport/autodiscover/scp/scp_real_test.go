//go:build real && linux

package scp_test

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/auth/reallab"
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// A Samba domain controller: found by DNS, asked over LDAPS, signed in with a
// Kerberos ticket, the site as it sees it.
func TestRealDirectory(t *testing.T) {
	const password = "Alice-Passw0rd"
	d := reallab.StartDirectory(t, password)
	roots := x509.NewCertPool()
	roots.AddCert(d.CA.Cert)
	path := &netpath.Path{DNS: d.DNS, RootCAs: roots}
	id, err := kerberos.New(kerberos.Config{Path: path, User: "alice", Password: auth.NewSecret(password), Krb5Conf: d.Conf})
	if err != nil {
		t.Fatal(err)
	}
	r, err := (&scp.Finder{Path: path, Identity: id, Domain: d.Domain}).Find(t.Context(), d.Domain)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"https://autodiscover.example.test/Autodiscover/Autodiscover.xml", "https://far.example.test/Autodiscover/Autodiscover.xml"}
	if !slices.Equal(r.URLs, want) || len(r.Records) != 3 || r.Server != "dc1.example.test" || !strings.EqualFold(r.Site, "Default-First-Site-Name") {
		t.Errorf("got %+v", r)
	}
	// A certificate that nobody here trusts gets no ticket.
	other := &netpath.Path{DNS: d.DNS}
	if r, err := (&scp.Finder{Path: other, Identity: id, Domain: d.Domain}).Find(t.Context(), d.Domain); err == nil {
		t.Errorf("an unknown certificate was taken: %+v", r)
	}
	wrong, err := kerberos.New(kerberos.Config{Path: path, User: "alice", Password: auth.NewSecret("wrong"), Krb5Conf: d.Conf})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&scp.Finder{Path: path, Identity: wrong, Domain: d.Domain}).Find(t.Context(), d.Domain); kerberos.KindOf(err) != kerberos.BadPassword {
		t.Errorf("a wrong password: %v", err)
	}
}
