package autodiscover

import "testing"

func TestDomainOf(t *testing.T) {
	for in, want := range map[string]string{
		"alice@Contoso.Test": "contoso.test", `"a@b"@contoso.test`: "contoso.test", "616c@dev.local": "dev.local",
		"a@Müller.de": "xn--mller-kva.de", "a@host_1.corp.test": "host_1.corp.test", "a@…": "",
		"alice": "", "@contoso.test": "", "alice@": "", "alice@a..b": "", "alice@-a.test": "", "alice@a b.test": "", "alice@evil.test/x": "", "alice@evil.test:8443": "", "alice@contoso.test.": "",
	} {
		got, err := domainOf(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("domainOf(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestWithinNeverGoesUp(t *testing.T) {
	for host, want := range map[string]bool{
		"sales.contoso.test": true, "mail.sales.contoso.test": true,
		"contoso.test": false, "test": false, "notsales.contoso.test": false, "sales.contoso.test.evil.test": false, "": false,
	} {
		if got := within(host, "sales.contoso.test"); got != want {
			t.Errorf("within(%q) = %v", host, got)
		}
	}
}

func TestPublicSuffixes(t *testing.T) {
	for host, want := range map[string]bool{"com": true, "co.uk": true, "github.io": true, "corp": true, "contoso.com": false, "dev.local": false, "mail.contoso.co.uk": false} {
		if got := isPublicSuffix(host); got != want {
			t.Errorf("isPublicSuffix(%q) = %v", host, got)
		}
	}
}

func TestCheckTarget(t *testing.T) {
	for raw, ok := range map[string]bool{
		"https://mail.contoso.test/autodiscover/autodiscover.xml": true,
		"HTTPS://mail.contoso.test:8443/x":                        true,
		"https://192.0.2.7/x":                                     true,
		"http://mail.contoso.test/autodiscover/autodiscover.xml":  false,
		"//mail.contoso.test/x":                                   false,
		"/autodiscover/autodiscover.xml":                          false,
		"https://alice:pw@mail.contoso.test/x":                    false,
		"https://co.uk/x":                                         false,
		"https:///x":                                              false,
		"https://a_b c.test/":                                     false,
		"ftp://mail.contoso.test/":                                false,
		"javascript:alert(1)":                                     false,
		"https://[::1":                                            false,
	} {
		if _, err := checkTarget(raw); (err == nil) != ok {
			t.Errorf("checkTarget(%q): %v", raw, err)
		}
	}
}

func TestHasAutodiscoverPath(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://a.test/autodiscover/autodiscover.xml": true, "https://a.test/Autodiscover/Autodiscover.XML": true, "https://a.test/autodiscover/x/autodiscover.xml?y": true,
		"https://a.test/": false, "https://a.test/owa/": false, "https://a.test/autodiscover/autodiscover.json": false, "https://a.test/?/autodiscover/autodiscover.xml": false,
	} {
		u, err := checkTarget(raw)
		if err != nil || hasAutodiscoverPath(u) != want {
			t.Errorf("hasAutodiscoverPath(%q) = %v, %v", raw, !want, err)
		}
	}
}

func TestRewriteMailboxID(t *testing.T) {
	const id = "11111111-2222-3333-4444-555555555555@contoso.test"
	for raw, want := range map[string]string{
		"https://m.test/mapi/emsmdb/?MailboxId=old@x.test":          "https://m.test/mapi/emsmdb/?MailboxId=" + id,
		"https://m.test/mapi/emsmdb?a=%20b&mailboxId=old&showdebug": "https://m.test/mapi/emsmdb?a=%20b&mailboxId=" + id + "&showdebug",
	} {
		if got, err := RewriteMailboxID(raw, id); err != nil || got != want {
			t.Errorf("RewriteMailboxID(%q) = %q, %v; want %q", raw, got, err, want)
		}
	}
	if got, err := RewriteMailboxID("https://m.test/mapi/emsmdb/?x=MailboxId", id); err != ErrNoMailboxID {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "guid", "@x.test", "g@", "g&a=b@x.test", "g@x.test/y", "g@x.test&y=z"} {
		if got, err := RewriteMailboxID("https://m.test/?MailboxId=1", bad); err == nil {
			t.Errorf("id %q gave %q", bad, got)
		}
	}
}
