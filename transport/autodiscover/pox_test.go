package autodiscover

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustParse(t *testing.T, name string) *Settings {
	t.Helper()
	s, err := ParsePOX(readFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParsePOXExchangeSE(t *testing.T) {
	s := mustParse(t, "exchange-se.xml")
	if s.DisplayName != "Lab Test User" || s.SMTPAddress != "developer@dev.local" || s.Action != "settings" || s.MicrosoftOnline != "False" ||
		!strings.HasSuffix(s.LegacyDN, "-Lab Test User") || s.DeploymentID != "00000000-0000-0000-0000-000000000000" {
		t.Errorf("user and account: %+v", s)
	}
	if len(s.Protocols) != 2 || s.Protocols[0].Type != "mapiHttp" || s.Protocols[1].Type != "WEB" {
		t.Fatalf("the Protocol nested in WEB must not count: %+v", s.Protocols)
	}
	const mailbox = "https://exchange-lab-01/mapi/emsmdb/?MailboxId=00000000-0000-0000-0000-000000000000@dev.local"
	if u, internal := s.MailboxURL(false); u != mailbox || !internal {
		t.Errorf("MailboxURL = %q, internal %v: the only URL there is must be picked, verbatim", u, internal)
	}
	if u, _ := s.AddressBookURL(true); !strings.Contains(u, "/mapi/nspi/?MailboxId=") {
		t.Errorf("AddressBookURL = %q", u)
	}
	if o := s.Protocols[1].OWA; len(o) != 1 || !o[0].Internal || o[0].Authentication != "Basic, Fba" {
		t.Errorf("OWA = %+v", o)
	}
	if want := []string{"exchange-lab-01", "exchange-lab-01.dev.local"}; !reflect.DeepEqual(s.Hosts(), want) {
		t.Errorf("Hosts = %q, want %q", s.Hosts(), want)
	}
	if a := s.AlternativeMailboxes; len(a) != 1 || a[0].Type != "Delegate" || a[0].SMTPAddress != "shared@dev.local" {
		t.Errorf("AlternativeMailboxes = %+v", a)
	}
	if s.Offer() != OfferMapiHTTP {
		t.Errorf("Offer = %s", s.Offer())
	}
}

func TestParsePOXGromox(t *testing.T) {
	s := mustParse(t, "gromox-settings.xml")
	var types []string
	for _, p := range s.Protocols {
		types = append(types, p.Type)
	}
	if want := []string{"EXHTTP", "mapiHttp", "EXCH", "EXPR"}; !reflect.DeepEqual(types, want) {
		t.Errorf("types = %q, want %q", types, want)
	}
	exhttp := s.Protocol("exhttp")
	if exhttp.Value("ecpurl-PHOTO") != "thumbnail.php" || !exhttp.SSL() || exhttp.CertPrincipalName() != "None" {
		t.Errorf("EXHTTP = %+v", exhttp)
	}
	v, err := ParseServerVersion(s.Protocol("EXCH").Value("ServerVersion"))
	if err != nil || v.String() != "15.0.847" {
		t.Errorf("ServerVersion = %s, %v", v, err)
	}
	if want := []string{"mail.example.test"}; !reflect.DeepEqual(s.Hosts(), want) {
		t.Errorf("Hosts = %q, want %q", s.Hosts(), want)
	}
	if s.PublicFolderAddress != "public.folder.root@example.test" {
		t.Errorf("PublicFolderAddress = %q", s.PublicFolderAddress)
	}
}

func TestParsePOXRPCOnly(t *testing.T) {
	s := mustParse(t, "rpc-only.xml")
	if s.MapiHTTP != nil || s.Offer() != OfferRPC {
		t.Errorf("Offer = %s, MapiHTTP = %v", s.Offer(), s.MapiHTTP)
	}
	if !strings.HasSuffix(s.LegacyDN, "cn=alice ") {
		t.Errorf("LegacyDN = %q: the blank at its end is evidence", s.LegacyDN)
	}
	if got := s.Protocol("EXPR").CertPrincipalName(); got != "msstd:Outlook.contoso.test" {
		t.Errorf("CertPrincipalName = %q", got)
	}
	if want := []string{"ews.contoso.test", "outlook.contoso.test"}; !reflect.DeepEqual(s.Hosts(), want) {
		t.Errorf("Hosts = %q, want %q", s.Hosts(), want)
	}
	if u, _ := s.MailboxURL(true); u != "" {
		t.Errorf("MailboxURL = %q without mapiHttp", u)
	}
}

func TestParsePOXErrors(t *testing.T) {
	for name, code := range map[string]int{"gromox-600.xml": 600, "gromox-404.xml": 404} {
		s := mustParse(t, name)
		if s.ServerError == nil || s.ServerError.Code != code || s.ServerError.ID != "1895363361" || s.Offer() != OfferNone {
			t.Errorf("%s: %+v", name, s.ServerError)
		}
	}
	meanings := map[string]bool{}
	for _, code := range []int{500, 501, 600, 601, 602, 603, 7} {
		meanings[(&ServerError{Code: code}).Meaning()] = true
	}
	if len(meanings) != 7 {
		t.Errorf("%d different meanings for 7 codes", len(meanings))
	}
}

func TestParsePOXRedirects(t *testing.T) {
	s, err := ParsePOX([]byte(`<Autodiscover><Response><Account><Action>redirectUrl</Action><RedirectUrl> https://a.test/autodiscover/autodiscover.xml?a=1&amp;b=2 </RedirectUrl></Account></Response></Autodiscover>`))
	if err != nil || s.Action != "redirectUrl" || s.RedirectURL != "https://a.test/autodiscover/autodiscover.xml?a=1&b=2" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestParsePOXSomethingElse(t *testing.T) {
	for name, c := range map[string]struct{ in, says string }{
		"website":   {"<!DOCTYPE html><html><head><title>\n Contoso &amp; Sons\n</title>", `a web page titled "Contoso & Sons"`},
		"login":     {`<html><input type="password">`, "a login page"},
		"empty":     {"", "not one XML document"},
		"text":      {"Unauthorized", "not one XML document"},
		"other xml": {"<feed/>", `root element "feed"`},
		"no answer": {"<Autodiscover><Response><User/></Response></Autodiscover>", "neither Account nor Error"},
		"cut off":   {"<Autodiscover><Response>", "EOF"},
		"too deep":  {strings.Repeat("<a>", 100), "deeply nested"},
		"too many":  {"<a>" + strings.Repeat("<a/>", maxElements) + "</a>", "too many"},
		"too large": {"<a>" + strings.Repeat(" ", maxBody) + "</a>", "1 MiB"},
		"entities":  {`<!DOCTYPE a [<!ENTITY x "y">]><Autodiscover><Response>&x;</Response></Autodiscover>`, "entity"},
	} {
		_, err := ParsePOX([]byte(c.in))
		if !errors.Is(err, ErrNotAutodiscover) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want it to say %q", name, err, c.says)
		}
	}
}

func TestRequestRoundTrip(t *testing.T) {
	for _, q := range []Request{
		{Address: "o'hara&sons@contoso.test", Schema: responseSchema},
		{Address: "a@b.test", LegacyDN: "/o=A<B>/cn=x ", Schema: "other"},
	} {
		got, err := ParseRequest(q.Encode())
		if err != nil || got != q {
			t.Errorf("ParseRequest(Encode(%+v)) = %+v, %v", q, got, err)
		}
	}
	body := string(Request{Address: "a@b.test"}.Encode())
	for _, want := range []string{`xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"`, "<EMailAddress>a@b.test</EMailAddress>", responseSchema} {
		if !strings.Contains(body, want) {
			t.Errorf("the request lacks %s:\n%s", want, body)
		}
	}
}

func TestParseServerVersion(t *testing.T) {
	for in, want := range map[string]string{"738180DA": "14.1.218", "73C0834F": "15.0.847", "73C28A02": "15.2.2562", "0": "0.0.0", " 7FFFFFFF ": "63.63.32767"} {
		if v, err := ParseServerVersion(in); err != nil || v.String() != want {
			t.Errorf("ParseServerVersion(%q) = %s, %v; want %s", in, v, err, want)
		}
	}
	for _, in := range []string{"", "xyz", "123456789", "-1"} {
		if v, err := ParseServerVersion(in); err == nil {
			t.Errorf("ParseServerVersion(%q) = %s, want an error", in, v)
		}
	}
}
