package outlook

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

const germanList = "\r\nDerzeit gespeicherte Anmeldeinformationen:\r\n\r\n" +
	"    Ziel: LegacyGeneric:target=MicrosoftOffice16_Data:SSPI:alice@contoso.test\r\n    Typ: Generisch \r\n    Benutzer: CONTOSO\\alice\r\n    Lokaler Computer, best\x84ndig\r\n\r\n" +
	"    Ziel: Domain:target=mail.contoso.test\r\n    Typ: Dom\x84nenkennwort\r\n    Benutzer: a:target=\r\n\r\n" +
	"    Cible : LegacyGeneric:target=git:https://git.test/a b\r\n    Cible\u00a0: WindowsLive:target=virtualapp/didlogical\r\n"

func TestParseCredentialList(t *testing.T) {
	want := []Credential{{"LegacyGeneric", "MicrosoftOffice16_Data:SSPI:alice@contoso.test"}, {"Domain", "mail.contoso.test"},
		{"LegacyGeneric", "git:https://git.test/a b"}, {"WindowsLive", "virtualapp/didlogical"}}
	for name, data := range map[string][]byte{"code page": []byte(germanList), "UTF-16": utf16File(strings.ReplaceAll(germanList, "\x84", "\u00e4"), binary.LittleEndian)} {
		if got, err := ParseCredentialList(data); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if s := want[1].String(); s != "Domain:target=mail.contoso.test" {
		t.Errorf("cmdkey would be given %s", s)
	}
	if got, err := ParseCredentialList([]byte("Currently stored credentials:\r\n\r\n* NONE *\r\n")); err != nil || len(got) != 0 {
		t.Errorf("an empty list: %v, %v", got, err)
	}
	for _, bad := range [][]byte{[]byte("hello"), make([]byte, MaxCredentialList+1), []byte(strings.Repeat("x", 10))} {
		if got, err := ParseCredentialList(bad); err == nil {
			t.Errorf("%.20q is taken for a list: %v", bad, got)
		}
	}
}

func TestOfOutlook(t *testing.T) {
	for target, want := range map[string]bool{
		"MicrosoftOffice16_Data:SSPI:alice@contoso.test": true, "MicrosoftOffice16_Data:SSPI:bob@other.test": false, "MicrosoftOffice15_Data:SSPI:mail.contoso.test": true,
		"MicrosoftOffice16_Data:ADAL:12345": false, "MicrosoftOffice16_Data:orgid:alice@contoso.test": false, "MS.Outlook.15:Alice@Contoso.test:PUT": true,
		"mail.contoso.test": true, "*.contoso.test": true, "fileserver.contoso.test": false, "git:https://contoso.test": false, "": false,
	} {
		got := OfOutlook([]Credential{{"LegacyGeneric", target}}, "alice@contoso.test", []string{"mail.contoso.test", "contoso.test", ""})
		if (len(got) == 1) != want {
			t.Errorf("%q: %v, want %v", target, got, want)
		}
	}
}

func FuzzParseCredentialList(f *testing.F) {
	f.Add([]byte(germanList))
	f.Add(utf16File(germanList, binary.LittleEndian))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ParseCredentialList(data)
		if err != nil && list != nil {
			t.Fatal("a list and an error")
		}
		for _, c := range list {
			again, err := ParseCredentialList([]byte("Target: " + c.String()))
			if err != nil || len(again) != 1 || again[0] != c {
				t.Fatalf("%q is read back as %v, %v", c.String(), again, err)
			}
		}
	})
}

func TestConnectionHTTPS(t *testing.T) {
	for _, c := range []struct{ proxy, bypass, host, want string }{
		{"p:8080", "", "mail.contoso.test", "p:8080"}, {"p", "", "a.b", "p:80"}, {"http://p:3128/", "", "a.b", "p:3128"},
		{"http=a:1;https=b:2", "", "a.b", "b:2"}, {"http=a:1", "", "a.b", ""}, {"", "", "a.b", ""}, {"[fd00::1]:8", "", "a.b", "[fd00::1]:8"},
		{"p:1", "*.contoso.test;<local>", "mail.Contoso.test", ""}, {"p:1", "<local>", "intranet", ""}, {"p:1", "<local>", "a.b", "p:1"},
		{"p:1", "mail.*", "mail.x", ""}, {"p:1", "mail.x", "mail.x", ""}, {"p:1", "aa*aa", "aaa", "p:1"},
	} {
		if got := (&Connection{Proxy: c.proxy, Bypass: c.bypass}).HTTPS(c.host); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
