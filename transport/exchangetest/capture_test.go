package exchangetest

import (
	"bufio"
	"encoding/hex"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/nspi"
)

// captured reads the header of a stored answer: from the status line to the first
// empty line.
func captured(t *testing.T, file string) http.Header {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "HTTP/1.1 ")
	if !ok {
		t.Fatalf("%s has no status line", file)
	}
	_, rest, _ = strings.Cut(rest, "\n")
	rest, _, _ = strings.Cut(strings.ReplaceAll(rest, "\r\n", "\n"), "\n\n")
	h, err := textproto.NewReader(bufio.NewReader(strings.NewReader(rest + "\n\n"))).ReadMIMEHeader()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return http.Header(h)
}

// sameHeaders compares which headers there are; values are compared for those
// named. Transfer-Encoding is taken out of the header by net/http.
func sameHeaders(t *testing.T, what string, got, want http.Header, values ...string) {
	t.Helper()
	names := func(h http.Header) (out []string) {
		for name := range h {
			if name != "Transfer-Encoding" && name != "Connection" {
				out = append(out, name)
			}
		}
		slices.Sort(out)
		return out
	}
	if g, w := names(got), names(want); !slices.Equal(g, w) {
		t.Errorf("%s: headers\n got %v\nwant %v", what, g, w)
	}
	for _, name := range values {
		if got.Get(name) != want.Get(name) {
			t.Errorf("%s: %s is %q, want %q", what, name, got.Get(name), want.Get(name))
		}
	}
}

// cookieShapes are the Set-Cookie lines without their values, in order.
func cookieShapes(h http.Header) (out []string) {
	for _, line := range h.Values("Set-Cookie") {
		parts := strings.Split(line, "; ")
		for i, p := range parts {
			if name, _, ok := strings.Cut(p, "="); ok && (i == 0 || name == "expires") {
				parts[i] = name
			}
		}
		out = append(out, strings.Join(parts, "; "))
	}
	return out
}

func TestAnswersAsExchangeSE(t *testing.T) {
	s := start(t, Options{})
	c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
	r := c.do("Connect", (&emsmdb.ConnectRequest{UserDN: c.user.LegacyDN}).Encode())
	want := captured(t, "exchange-se/connect-response-headers.txt")
	sameHeaders(t, "Connect", r.header, want, "Cache-Control", "Content-Type", "Server", "X-Serverapplication", "X-Requesttype",
		"X-Tunnelexpirationtime", "X-Pendingperiod", "X-Expirationinfo", "X-Responsecode", "X-Aspnet-Version", "X-Powered-By")
	if got, want := cookieShapes(r.header), cookieShapes(want); !slices.Equal(got, want) {
		t.Errorf("cookies\n got %q\nwant %q", got, want)
	}
	if r.header.Get("X-RequestId") != "{E2EA6C1C-E61B-49E9-9CFB-38184F907552}:1" {
		t.Errorf("X-RequestId %q is not echoed", r.header.Get("X-RequestId"))
	}
	sequence := c.cookies["MapiSequence"]
	r = c.do("Execute", executeBody(t, emptyBatch, 0))
	if c.cookies["MapiSequence"] == sequence || r.header.Get("X-ExpirationInfo") != "900000" || r.header.Get("X-TunnelExpirationTime") != "" {
		t.Errorf("Execute: sequence %q, expiration %q", c.cookies["MapiSequence"], r.header.Get("X-ExpirationInfo"))
	}
	if !slices.Equal(r.tags, []string{"PROCESSING", "DONE"}) || r.extra.Get("X-ElapsedTime") == "" || r.extra.Get("X-StartTime") == "" {
		t.Errorf("Execute: tags %v, additional headers %v", r.tags, r.extra)
	}
}

func TestAutodiscoverAsExchangeSE(t *testing.T) {
	s := start(t, Options{})
	raw, err := os.ReadFile("testdata/exchange-se/autodiscover-mapihttp.xml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := autodiscover.ParsePOX(raw)
	if err != nil {
		t.Fatal(err)
	}
	got, err := autodiscover.ParsePOX(s.discover(t, s.User(0), "X-MapiHttpCapability", "1").body)
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(p *autodiscover.Settings) (out []string) {
		for _, x := range p.Protocols {
			out = append(out, x.Type)
		}
		return out
	}
	if !slices.Equal(kinds(got), kinds(want)) {
		t.Errorf("protocols %v, want %v", kinds(got), kinds(want))
	}
	if got.MapiHTTP == nil || got.MapiHTTP.MailStore.External != s.MailStoreURL(s.User(0)) || got.MapiHTTP.AddressBook.Internal != s.AddressBookURL(s.User(0)) {
		t.Errorf("mapiHttp %+v", got.MapiHTTP)
	}
	if got.LegacyDN != s.User(0).LegacyDN || got.DisplayName != "Alice Example" {
		t.Errorf("user %q, %q", got.DisplayName, got.LegacyDN)
	}
	legacy, err := autodiscover.ParsePOX(s.discover(t, s.User(0), "X-ClientCanHandle", "Negotiate,ExHttpInfo").body)
	if err != nil || legacy.MapiHTTP != nil || !slices.Equal(kinds(legacy), []string{"EXCH", "EXPR", "EXHTTP", "EXHTTP", "WEB"}) {
		t.Errorf("without the capability: %v, %v", kinds(legacy), err)
	}
}

func TestAnswersAsGromox(t *testing.T) {
	s := start(t, Options{Manner: Gromox})
	c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
	dn := (&emsmdb.ConnectRequest{UserDN: c.user.LegacyDN}).Encode()

	r := c.do("Connect", (&emsmdb.ConnectRequest{UserDN: "/o=X"}).Encode())
	sameHeaders(t, "Connect, wrong DN", r.header, captured(t, "gromox/c4-connect-wrongdn.txt"), "X-Responsecode", "X-Serverapplication")
	if got := hex.EncodeToString(r.body); !strings.HasPrefix(got, "000000001501048000000000000000000000000000000024") {
		t.Errorf("Connect, wrong DN: payload %s", got)
	}
	r = c.do("Connect", dn)
	sameHeaders(t, "Connect", r.header, captured(t, "gromox/c2-connect-alice.txt"), "X-Requesttype", "X-Pendingperiod", "X-Expirationinfo", "X-Serverapplication")
	const payload = "000000000000000060ea000006000000102700000041006c0069006300650020004500780061006d0070006c006500000024000000000004001c001c0008000117030000000c00010a0c00000000840c240800014801000000"
	if got := hex.EncodeToString(r.body); got != payload {
		t.Errorf("Connect: payload\n got %s\nwant %s", got, payload)
	}
	if !slices.Equal(r.tags, []string{"PROCESSING", "DONE"}) || len(c.cookies["sid"]) != 32 || len(c.cookies["sequence"]) != 36 {
		t.Errorf("Connect: tags %v, cookies %v", r.tags, c.cookies)
	}
	r = c.do("PING", nil)
	sameHeaders(t, "PING", r.header, captured(t, "gromox/d1-ping.txt"), "Content-Length", "X-Responsecode")
	r = c.do("Disconnect", nil)
	sameHeaders(t, "Disconnect", r.header, captured(t, "gromox/d2-disconnect.txt"), "X-Responsecode")
	r = c.do("Connect", dn)
	sameHeaders(t, "bad cookie", r.header, captured(t, "gromox/c14-bad-cookie.txt"), "X-Responsecode", "Content-Length", "Content-Type")
	clear(c.cookies)
	c.header["X-RequestId"] = nil
	r = c.do("Connect", dn)
	sameHeaders(t, "no request id", r.header, captured(t, "gromox/c8-no-requestid.txt"), "X-Responsecode", "Content-Length", "Content-Type")
}

func TestAddressBookAsGromox(t *testing.T) {
	s := start(t, Options{Manner: Gromox})
	c := newClient(t, s, s.User(0), s.AddressBookURL(s.User(0)))
	body := func(q nspi.Request) []byte {
		b, err := q.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	r := c.do("bind", body(&nspi.BindRequest{Stat: nspi.DefaultStat()}))
	sameHeaders(t, "bind", r.header, captured(t, "gromox/e2-nspi-bind.txt"), "X-Requesttype", "X-Responsecode")
	if len(r.body) != 28 {
		t.Errorf("bind: %d bytes", len(r.body))
	}
	r = c.do("getmailboxurl", body(&nspi.GetMailboxURLRequest{ServerDN: s.serverDN(s.User(0))}))
	sameHeaders(t, "getmailboxurl", r.header, captured(t, "gromox/e3-nspi-getmailboxurl.txt"), "X-Requesttype", "X-Responsecode")
	r = c.do("unbind", body(&nspi.UnbindRequest{}))
	sameHeaders(t, "unbind", r.header, captured(t, "gromox/e6-nspi-unbind.txt"), "X-Requesttype", "X-Responsecode")
	if got := hex.EncodeToString(r.body); got != "000000000100000000000000" {
		t.Errorf("unbind: payload %s", got)
	}
}

func TestAutodiscoverAsGromox(t *testing.T) {
	raw, err := os.ReadFile("testdata/gromox/b3-ad-auth-cap.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, captured, _ := strings.Cut(string(raw), "<?xml")
	want, err := autodiscover.ParsePOX([]byte("<?xml" + strings.TrimSpace(captured)))
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Manner: Gromox, Domain: "example.test"})
	got, err := autodiscover.ParsePOX(s.discover(t, s.User(0), "X-MapiHttpCapability", "1").body)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range want.Protocols {
		if i >= len(got.Protocols) || got.Protocols[i].Type != p.Type {
			t.Fatalf("protocols %+v, want %+v", got.Protocols, want.Protocols)
		}
	}
	host := func(u string) string { return strings.Split(u, "?")[0] }
	if host(got.MapiHTTP.MailStore.External) != host(want.MapiHTTP.MailStore.External) || host(got.MapiHTTP.AddressBook.Internal) != host(want.MapiHTTP.AddressBook.Internal) {
		t.Errorf("mapiHttp %+v, want %+v", got.MapiHTTP, want.MapiHTTP)
	}
}

func TestRefusesAsGromox(t *testing.T) {
	s := start(t, Options{Manner: Gromox})
	get := func(url string, u User) *http.Response {
		return s.get(t, url, func(r *http.Request) {
			if u.Login != "" {
				r.SetBasicAuth(u.Login, u.Password)
			}
		})
	}
	alice := s.User(0)
	r := get(s.MailStoreURL(alice), User{})
	sameHeaders(t, "GET", r.Header, captured(t, "gromox/a1-get-emsmdb-noauth.txt"), "Content-Length", "Content-Type")
	if r.StatusCode != 404 {
		t.Errorf("GET: %s", r.Status)
	}
	alice.Password = "wrong"
	r = get(s.MailStoreURL(alice), alice)
	sameHeaders(t, "bad password", r.Header, captured(t, "gromox/a3-get-emsmdb-badpw.txt"), "Content-Length", "Www-Authenticate")
	if r.StatusCode != 401 {
		t.Errorf("bad password: %s", r.Status)
	}
	discover := "https://" + s.names.autodiscover + "/autodiscover/autodiscover.xml"
	r = get(discover, s.User(0))
	sameHeaders(t, "Autodiscover, GET", r.Header, captured(t, "gromox/b5-ad-get-auth.txt"), "Content-Type")
	r = get("https://"+s.names.mail+"/mapi/healthcheck.htm", User{})
	if r.StatusCode != 404 {
		t.Errorf("healthcheck: %s", r.Status)
	}
}
