package webcheck

import (
	"reflect"
	"strings"
	"testing"
)

const statusPage = "<html>\r\n<head>\r\n<title>Exchange MAPI/HTTP Connectivity Endpoint</title>\r\n</head>\r\n<body>\r\n" +
	"<p>Exchange MAPI/HTTP Connectivity Endpoint<br><br>Version: 15.1.2176.9<br>Vdir Path: /mapi/nspi/<br><br>" +
	`<b>User:</b> CONTOSO\alice&amp;co<br><b>UPN:</b> alice@contoso.com<br><b>SID:</b> S-1-5-21-1<br><b>Organization:</b> contoso.com<br>` +
	"<b>Authentication:</b> Negotiate<br><b>PUID:</b> <br><b>Cafe:</b> ex01.corp.contoso.com<br><b>Mailbox:</b> ex02.corp.contoso.com<br>" +
	"<b>Created:</b> 11/22/2026 10:15:00 AM<br></p>\r\n</body>\r\n</html>\r\n"

func TestParsePage(t *testing.T) {
	got, ok := ParsePage([]byte(statusPage))
	if !ok {
		t.Fatal("the status page is not recognised")
	}
	got.Pairs = nil
	want := &Page{Version: "15.1.2176.9", VDir: "/mapi/nspi/", User: `CONTOSO\alice&co`, UPN: "alice@contoso.com", SID: "S-1-5-21-1",
		Organization: "contoso.com", Authentication: "Negotiate", Server: "ex02.corp.contoso.com",
		Other: []Pair{{"PUID", ""}, {"Cafe", "ex01.corp.contoso.com"}, {"Created", "11/22/2026 10:15:00 AM"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// TestPageForms reads the same two pairs in every form that a page could have.
func TestPageForms(t *testing.T) {
	const head = "<title>Exchange MAPI/HTTP Connectivity Endpoint</title>"
	for name, body := range map[string]string{
		"plain lines":     "User: CONTOSO\\alice<br>UPN: alice@contoso.com",
		"colon not bold":  "<b>User</b>: CONTOSO\\alice<br/><strong>UPN</strong>: alice@contoso.com",
		"no blank":        "<b>User:</b>CONTOSO\\alice<br><b>UPN:</b>alice@contoso.com",
		"one line":        "<p><b>User:</b> CONTOSO\\alice <b>UPN:</b> alice@contoso.com</p>",
		"table":           "<table><tr><td>User</td><td>CONTOSO\\alice</td></tr><tr><th>UPN:</th><td>alice@<i>contoso</i>.com</td></tr></table>",
		"definition list": "<dl><dt>User:</dt><dd>CONTOSO\\alice</dd><dt>UPN:</dt><dd>alice@contoso.com</dd></dl>",
		"entities":        "<b>User&#58;</b> CONTOSO&#92;alice<br><b>UPN:</b>&nbsp;alice&commat;contoso.com",
		"unclosed":        "<div><b>User:</b> CONTOSO\\alice<div><b>UPN:</b> alice@contoso.com",
		"capitals":        "<B>USER:</B> CONTOSO\\alice<BR><B>upn:</B> alice@contoso.com<SCRIPT>User: x</SCRIPT>",
	} {
		p, ok := ParsePage([]byte(head + "<body>" + body))
		if !ok || p.User != `CONTOSO\alice` || p.UPN != "alice@contoso.com" || len(p.Other) != 0 {
			t.Errorf("%s: %v %+v", name, ok, p)
		}
	}
}

func TestParsePageRefusesOthers(t *testing.T) {
	for _, body := range []string{"", "200 OK<br/>EX01", "<html><title>IIS Windows Server</title>User: x", "Version: 15.1.2.3", strings.Repeat("<b>", 10000)} {
		if p, ok := ParsePage([]byte(body)); ok {
			t.Errorf("%.40q is taken for a status page: %+v", body, p)
		}
	}
}

// TestPageIsBounded feeds a page without end.
func TestPageIsBounded(t *testing.T) {
	p, ok := ParsePage([]byte("<h1>Exchange MAPI/HTTP Connectivity Endpoint</h1>" + strings.Repeat("<b>Label:</b> "+strings.Repeat("ü", 2000)+"<br>", 500)))
	if !ok || len(p.Pairs) != maxPairs {
		t.Fatalf("%v, %d pairs", ok, len(p.Pairs))
	}
	for _, pair := range p.Pairs {
		if len(pair.Value) > maxValue || strings.Trim(pair.Value, "ü") != "" {
			t.Fatalf("a value of %d bytes, cut inside a character: %q", len(pair.Value), pair.Value[len(pair.Value)-3:])
		}
	}
}

func TestAdded(t *testing.T) {
	plain, _ := ParsePage([]byte(statusPage))
	debug, _ := ParsePage([]byte(strings.Replace(statusPage, "<br></p>", "<br><b>Mailbox Server:</b> ex02<br></p>", 1)))
	if got, want := Added(plain, debug), []Pair{{"Mailbox Server", "ex02"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("added %v, want %v", got, want)
	}
	if Added(plain, nil) != nil || len(Added(plain, plain)) != 0 {
		t.Error("pairs are added by no page, or by the same one")
	}
}

func TestSameVersion(t *testing.T) {
	for _, test := range []struct {
		page, header string
		same, known  bool
	}{
		{"15.1.2176.9", "Exchange/15.01.2176.009", true, true},
		{"15.2.2562.45", "15.2.2562.45", true, true},
		{"15.1.2176.9", "Exchange/15.01.2176.010", false, true},
		{"", "Exchange/15.01.2176.009", false, false},
		{"15.1.2176.9", "", false, false},
	} {
		if same, known := SameVersion(test.page, test.header); same != test.same || known != test.known {
			t.Errorf("%s and %s: %v %v", test.page, test.header, same, known)
		}
	}
}

func TestDebugURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://m/mapi/emsmdb/?MailboxId=a@b": "https://m/mapi/emsmdb/?MailboxId=a@b&showdebug=yes",
		"https://m/mapi/nspi/":                 "https://m/mapi/nspi/?showdebug=yes",
	} {
		if got := DebugURL(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func TestParseHealth(t *testing.T) {
	for body, want := range map[string]string{
		"200 OK<br/>EX01.CORP.CONTOSO.COM":      "EX01.CORP.CONTOSO.COM",
		" 200 OK <BR> ex01 \r\n":                "ex01",
		"200 OK":                                "",
		"<html><body>200 OK<br>ex02</body>":     "ex02",
		"200 OK<br/>two words":                  "",
		"<html><title>Sign in</title>Welcome":   "",
		"200 OK<br>" + strings.Repeat("a", 300): "",
	} {
		if got := ParseHealth([]byte(body)); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

func FuzzParsePage(f *testing.F) {
	f.Add([]byte(statusPage))
	f.Add([]byte("<table><tr><td>User</td><td>x</td></tr></table><title>Exchange MAPI/HTTP Connectivity Endpoint"))
	f.Add([]byte("200 OK<br/>EX01"))
	f.Add([]byte("<form><input type='password'><noscript><b>User:</b></noscript><!-- MAPI/HTTP connectivity"))
	f.Fuzz(func(t *testing.T, body []byte) {
		page, ok := ParsePage(body)
		if ok != (page != nil) {
			t.Fatal("ok and page disagree")
		}
		if page != nil {
			if len(page.Pairs) > maxPairs || len(page.Other) > len(page.Pairs) {
				t.Fatalf("%d pairs, %d of them others", len(page.Pairs), len(page.Other))
			}
			for _, p := range page.Pairs {
				if p.Label == "" || len(p.Label) > maxLabel || len(p.Value) > maxValue {
					t.Fatalf("pair %q", p)
				}
			}
		}
		if len(ParseHealth(body)) > maxHost {
			t.Fatal("a host name without bound")
		}
		s := Recognise(Answer{URL: "https://m/", Status: 200, Body: body})
		if (s.Kind == StatusPage) != ok {
			t.Fatalf("recognised as %q, parsed %v", s.Kind, ok)
		}
	})
}
