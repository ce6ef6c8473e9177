package webcheck

import (
	"net/http"
	"strings"
	"testing"
)

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

const form = `<html><title>Welcome</title><form action="/do"><input name=u><INPUT Type="Password" name=p></form>`

func TestRecognise(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		header  http.Header
		body    string
		kind    Kind
		product string
	}{
		{"status page", 200, header("Content-Type", "text/html"), statusPage, StatusPage, ""},
		{"status page behind a load balancer", 200, header("Set-Cookie", "NSC_TMAS=x"), statusPage, StatusPage, ""},
		{"health page", 200, nil, "200 OK<br/>EX01", HealthPage, ""},
		{"401", 401, header("Www-Authenticate", "NTLM"), "", SignIn, ""},
		{"401 behind a proxy with cookies", 401, header("Www-Authenticate", "NTLM", "Set-Cookie", "MRHSession=1"), "", SignIn, ""},
		{"gromox", 404, header("Content-Type", "text/plain; charset=utf-8"), "Not Found\r\n", NoPage, "grommunio gromox"},
		{"404 of IIS", 404, header("Content-Type", "text/html", "Server", "Microsoft-IIS/10.0"), "<h1>404 - File or directory not found.</h1>", NoPage, ""},
		{"403", 403, nil, "no", Forbidden, ""},
		{"503", 503, nil, "", Unavailable, ""},
		{"F5", 302, header("Location", "/my.policy"), "", PreAuth, "F5 BIG-IP APM"},
		{"F5 by its cookie", 302, header("Location", "/else", "Set-Cookie", "LastMRH_Session=1; path=/", "Set-Cookie", "a=b"), "", PreAuth, "F5 BIG-IP APM"},
		{"NetScaler", 302, header("Location", "https://gw.contoso.com/logon/LogonPoint/index.html"), "", PreAuth, "Citrix NetScaler"},
		{"Entra", 302, header("Location", "https://login.microsoftonline.com/common/oauth2/authorize"), "", PreAuth, "Microsoft Entra application proxy"},
		{"TMG", 200, nil, `<form action="/CookieAuth.dll?Logon"><input type="password">`, PreAuth, "Forefront TMG"},
		{"a redirect to some sign-in", 302, header("Location", "https://portal.contoso.com/login"), "", PreAuth, ""},
		{"a form", 200, nil, form, PreAuth, ""},
		{"a redirect elsewhere", 301, header("Location", "https://www.contoso.com/"), "", Redirect, ""},
		{"a redirect nowhere", 302, header("Location", "::bad"), "", Redirect, ""},
		{"OWA", 302, header("Location", "/owa/auth/logon.aspx?url=x"), "", OWALogin, ""},
		{"OWA session over", 440, nil, "", OWALogin, ""},
		{"portal by status", 511, nil, form, Portal, ""},
		{"portal by product", 302, header("Location", "http://10.0.0.1:1000/fgtauth?0a"), "", Portal, "FortiGate captive portal"},
		{"portal by WISPr", 200, nil, "<HTML><!-- <WISPAccessGatewayParam> --></HTML>", Portal, "a hotspot that speaks WISPr"},
		{"filter", 403, header("X-Squid-Error", "ERR_ACCESS_DENIED 0"), "", Intercepting, "Squid"},
		{"IIS", 200, header("Server", "Microsoft-IIS/10.0"), "<title>IIS Windows Server</title>", PlainIIS, ""},
		{"some page", 200, nil, "<title>Contoso</title>Welcome", Other, ""},
		{"nothing", 0, nil, "", Nothing, ""},
	} {
		h := test.header
		if h == nil {
			h = http.Header{}
		}
		s := Recognise(Answer{URL: "https://mail.contoso.com/mapi/emsmdb/?MailboxId=a@b", Status: test.status, Header: h, Body: []byte(test.body)})
		if s.Kind != test.kind || s.Product != test.product {
			t.Errorf("%s: %q %q, want %q %q", test.name, s.Kind, s.Product, test.kind, test.product)
		}
		if front := test.kind == PreAuth || test.kind == OWALogin || test.kind == Portal || test.kind == Intercepting || test.kind == PlainIIS; s.InFront() != front {
			t.Errorf("%s: in front %v", test.name, s.InFront())
		}
	}
}

// TestProductsCanBeTold holds that each product has a mark, in lower case, and
// that no mark belongs to two of them.
func TestProductsCanBeTold(t *testing.T) {
	owner := map[string]string{}
	for _, p := range products {
		n := 0
		for at, marks := range map[string][]string{"location": p.location, "cookie": p.cookie, "server": p.server, "header": p.header, "page": p.page} {
			for _, m := range marks {
				n++
				if at != "header" && m != strings.ToLower(m) {
					t.Errorf("%s: the mark %q can never fit, for it is compared in lower case", p.name, m)
				}
				if other := owner[at+m]; other != "" {
					t.Errorf("%s and %s share the mark %q", p.name, other, m)
				}
				owner[at+m] = p.name
			}
		}
		if n == 0 || p.kind == "" || p.name == "" {
			t.Errorf("the product %+v cannot be told", p)
		}
	}
}
