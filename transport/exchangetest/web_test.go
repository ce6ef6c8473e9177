package exchangetest

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// tlsDial opens a bare connection to port 443 of host.
func tlsDial(t *testing.T, s *Server, host string) net.Conn {
	t.Helper()
	raw, err := s.Client().Transport.(*http.Transport).DialContext(t.Context(), "tcp", host+":443")
	if err != nil {
		t.Fatal(err)
	}
	c := tls.Client(raw, &tls.Config{RootCAs: s.RootCAs(), ServerName: host})
	t.Cleanup(func() { c.Close() })
	return c
}

// get asks for url; the body is read into the response.
func (s *Server) get(t *testing.T, url string, prepare func(*http.Request)) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if prepare != nil {
		prepare(req)
	}
	c := s.Client()
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(strings.NewReader(string(body)))
	return resp
}

func text(r *http.Response) string {
	b, _ := io.ReadAll(r.Body)
	return string(b)
}

const poxRequestBody = `<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="` + requestNamespace + `"><Request><EMailAddress>ADDRESS</EMailAddress><AcceptableResponseSchema>` + outlookNamespace + `</AcceptableResponseSchema></Request></Autodiscover>`

// discover asks Autodiscover for u's settings, with a header.
func (s *Server) discover(t *testing.T, u User, name, value string) *response {
	t.Helper()
	return s.discoverAt(t, "https://"+s.names.autodiscover+"/Autodiscover/Autodiscover.xml", u, name, value)
}

func (s *Server) discoverAt(t *testing.T, url string, u User, name, value string) *response {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader(strings.ReplaceAll(poxRequestBody, "ADDRESS", u.Address)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set(name, value)
	req.SetBasicAuth(u.Login, u.Password)
	c := s.Client()
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return parse(resp, body)
}

func TestStatusPage(t *testing.T) {
	s := start(t, Options{})
	alice := s.User(0)
	r := s.get(t, s.MailStoreURL(alice)+"&showdebug=yes", func(q *http.Request) { q.SetBasicAuth(alice.Address, alice.Password) })
	page := text(r)
	for _, want := range []string{"<title>Exchange MAPI/HTTP Connectivity Endpoint</title>", "Version: 15.2.2562.45<br>", "Vdir Path: /mapi/emsmdb/<br>",
		`<b>User:</b> CONTOSO\alice<br><b>UPN:</b> alice@contoso.test<br>`, "<b>Authentication:</b> Basic<br>", "<b>Mailbox Server:</b> ex01.corp.contoso.test<br>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page %s", want, page)
		}
	}
	for name, want := range map[string]string{"X-ServerApplication": "Exchange/15.02.2562.045", "X-FEServer": "EX01", "Content-Type": "text/html"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if page := text(s.get(t, s.AddressBookURL(alice), func(q *http.Request) { q.SetBasicAuth(alice.Login, alice.Password) })); !strings.Contains(page, "/mapi/nspi/") || strings.Contains(page, "Mailbox Server") {
		t.Errorf("address book: %s", page)
	}
}

func TestOtherPages(t *testing.T) {
	s := start(t, Options{})
	for _, test := range []struct{ url, status, want string }{
		{"https://mail.contoso.test/mapi/healthcheck.htm", "200", "200 OK<br/>EX01.CORP.CONTOSO.TEST"},
		{"https://mail.contoso.test/Microsoft-Server-ActiveSync/healthcheck.htm", "200", "200 OK"},
		{"https://mail.contoso.test/mapi/other/", "404", ""},
		{"https://mail.contoso.test/mapi/emsmdb/", "401", ""},
		{"https://mail.contoso.test/owa/", "302", ""},
		{"https://mail.contoso.test/owa/auth/logon.aspx", "200", "Outlook"},
		{"https://contoso.test/", "200", "Welcome to Contoso"},
		{"https://contoso.test/autodiscover/autodiscover.xml", "404", ""},
		{"http://mail.contoso.test/owa/", "302", ""},
		{"https://autodiscover.contoso.test/autodiscover/autodiscover.json?Email=alice@contoso.test&Protocol=AutodiscoverV1", "200", `"Url":"https://autodiscover.contoso.test/autodiscover/autodiscover.xml"`},
		{"https://autodiscover.contoso.test/autodiscover/autodiscover.json/v1.0/alice@contoso.test?Protocol=Ews", "200", `"Protocol":"Ews"`},
		{"https://autodiscover.contoso.test/autodiscover/autodiscover.json?Email=alice@contoso.test&Protocol=Telex", "400", "ProtocolNotSupported"},
		{"https://autodiscover.contoso.test/autodiscover/autodiscover.json?Email=zoe@contoso.test&Protocol=Ews", "404", "UserNotFound"},
		{"https://autodiscover.contoso.test/autodiscover/autodiscover.json?Protocol=Ews", "400", "MandatoryParameterMissing"},
	} {
		r := s.get(t, test.url, nil)
		if body := text(r); !strings.HasPrefix(r.Status, test.status) || !strings.Contains(body, test.want) {
			t.Errorf("%s: %s, %s", test.url, r.Status, body)
		}
	}
	for _, r := range s.Requests() {
		if r.Scheme != "" || r.Credential || r.User != "" || !r.Done || r.Status == 0 {
			t.Errorf("record %+v", r)
		}
	}
}
