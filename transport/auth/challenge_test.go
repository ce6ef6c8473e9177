package auth

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseChallenges(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []string
		want   []Challenge
	}{
		{"Exchange", []string{"Negotiate", "NTLM", `Basic realm="mail.contoso.com"`}, []Challenge{
			{Scheme: "Negotiate"}, {Scheme: "NTLM"}, {Scheme: "Basic", Params: map[string]string{"realm": "mail.contoso.com"}}}},
		{"one line", []string{"Negotiate, NTLM,Basic realm=x"}, []Challenge{
			{Scheme: "Negotiate"}, {Scheme: "NTLM"}, {Scheme: "Basic", Params: map[string]string{"realm": "x"}}}},
		{"token", []string{"NTLM TlRMTVNTUAACAAAA=="}, []Challenge{{Scheme: "NTLM", Token: "TlRMTVNTUAACAAAA=="}}},
		{"token, then another", []string{"Negotiate oYG2, NTLM"}, []Challenge{{Scheme: "Negotiate", Token: "oYG2"}, {Scheme: "NTLM"}}},
		{"modern", []string{`Bearer client_id="0002", trusted_issuers="0001@t1,0004@t2", token_types="a b", authorization_uri="https://login.windows.net/common/oauth2/authorize",Basic Realm=""`},
			[]Challenge{{Scheme: "Bearer", Params: map[string]string{"client_id": "0002", "trusted_issuers": "0001@t1,0004@t2", "token_types": "a b",
				"authorization_uri": "https://login.windows.net/common/oauth2/authorize"}}, {Scheme: "Basic", Params: map[string]string{"realm": ""}}}},
		{"escapes", []string{`Basic realm="a \"b\", c"`}, []Challenge{{Scheme: "Basic", Params: map[string]string{"realm": `a "b", c`}}}},
		{"spaces around =", []string{`Digest realm = "x" , nonce = y`}, []Challenge{{Scheme: "Digest", Params: map[string]string{"realm": "x", "nonce": "y"}}}},
		{"empty elements", []string{", ,NTLM,,"}, []Challenge{{Scheme: "NTLM"}}},
		{"open quote", []string{`Basic realm="x`, "NTLM"}, []Challenge{{Scheme: "Basic", Params: map[string]string{"realm": "x"}}, {Scheme: "NTLM"}}},
		{"rubbish", []string{`"", @@, NTLM`}, []Challenge{{Scheme: "NTLM"}}},
		{"nothing", nil, nil},
		{"first of two counts", []string{"Basic realm=a, realm=b"}, []Challenge{{Scheme: "Basic", Params: map[string]string{"realm": "a"}}}},
	} {
		if got := ParseChallenges(c.values); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, want %#v", c.name, got, c.want)
		}
	}
}

func FuzzParseChallenges(f *testing.F) {
	f.Add(`Bearer a="b,c", Negotiate oYG2==, NTLM , Basic realm=x`)
	f.Add(`x = "\`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range ParseChallenges([]string{s}) {
			if c.Scheme == "" || strings.ContainsAny(c.Scheme, " ,\"=") {
				t.Errorf("scheme %q", c.Scheme)
			}
			if len(c.Scheme)+len(c.Token) > len(s) {
				t.Error("more out than in")
			}
		}
	})
}
