package scp

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

func entry(binding string, keywords ...string) *ldap.Entry {
	return ldap.NewEntry("CN=EX1,CN=Autodiscover", map[string][]string{"keywords": keywords, "serviceBindingInformation": {binding}})
}

func TestOrderOfURLs(t *testing.T) {
	records := recordsOf([]*ldap.Entry{
		entry("https://far.contoso.test/a", urlKeyword, "Site=Far"),
		entry("https://any.contoso.test/a", urlKeyword),
		entry("https://here.contoso.test/a", strings.ToLower(urlKeyword), "site=HERE"),
		entry("https://any.contoso.test/a", urlKeyword, "Site=Here"),
		entry("http://plain.contoso.test/a", urlKeyword, "Site=Here"),
		entry("LDAP://other.test", pointerKeyword, "Domain=contoso.test"),
		entry("ldap://", pointerKeyword), entry("://", urlKeyword),
	})
	cases := map[string][]string{
		"Here": {"https://here.contoso.test/a", "https://any.contoso.test/a", "https://far.contoso.test/a"},
		"":     {"https://any.contoso.test/a", "https://far.contoso.test/a", "https://here.contoso.test/a"},
	}
	for site, want := range cases {
		if got := inOrder(records, site); !slices.Equal(got, want) {
			t.Errorf("site %q: %q, want %q", site, got, want)
		}
	}
}

func TestPointers(t *testing.T) {
	records := recordsOf([]*ldap.Entry{
		entry("LDAP://fallback.test", pointerKeyword), entry("LDAP://contoso-dc.test", pointerKeyword, "Domain=Contoso.test"),
		entry("LDAP://other.test", pointerKeyword, "Domain=other.test"),
	})
	if got := pointers(records, "contoso.test"); !slices.Equal(got, []string{"contoso-dc.test"}) {
		t.Errorf("got %q", got)
	}
	if got := pointers(records, "fabrikam.test"); !slices.Equal(got, []string{"fallback.test"}) {
		t.Errorf("fallback: %q", got)
	}
}

func TestOffDomain(t *testing.T) {
	f := &Finder{Path: &netpath.Path{}, Domain: "contoso.test"}
	if _, err := f.Find(t.Context(), "contoso.test"); !errors.Is(err, ErrOffDomain) {
		t.Errorf("got %v", err)
	}
}

// netlogon is an answer whose names point into each other, as a domain controller
// writes them.
func netlogon() []byte {
	b := make([]byte, 24)
	b[0] = 23
	b = append(b, "\x07example\x04test\x00"...) // forest, at 24
	b = append(b, 0xc0, 24)                     // domain
	b = append(b, "\x03dc1\xc0\x18"...)         // host
	b = append(b, "\x07EXAMPLE\x00"...)
	b = append(b, "\x03DC1\x00"...)
	b = append(b, 0) // user
	b = append(b, "\x06Berlin\x00"...)
	return append(b, "\x06London\x00"...)
}

func TestNetlogon(t *testing.T) {
	if site, err := ParseNetlogon(netlogon()); err != nil || site != "London" {
		t.Errorf("%q, %v", site, err)
	}
	for _, bad := range []string{"", hex.EncodeToString(make([]byte, 30)), "1700" + strings.Repeat("00", 22) + "c018c018"} {
		b, _ := hex.DecodeString(bad)
		if site, err := ParseNetlogon(b); err == nil {
			t.Errorf("%s: %q", bad, site)
		}
	}
}

func FuzzParseNetlogon(f *testing.F) {
	f.Add(netlogon())
	f.Fuzz(func(t *testing.T, b []byte) {
		if site, err := ParseNetlogon(b); err != nil && site != "" {
			t.Error("a site out of nothing")
		}
	})
}
