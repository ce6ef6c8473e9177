package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestBearerOffers(t *testing.T) {
	hybrid := ParseChallenges([]string{`Bearer client_id="00000002-0000-0ff1-ce00-000000000000", trusted_issuers="00000001-0000-0000-c000-000000000000@*,00000004@contoso.test", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.contoso.test/common/oauth2/authorize", issuer_kind="AzureAD",Basic Realm=""`})
	o := FindBearer(hybrid)
	if !o.Modern() || o.AuthorizationURI != "https://login.contoso.test/common/oauth2/authorize" || o.IssuerKind != "AzureAD" ||
		!slices.Equal(o.TrustedIssuers, []string{"00000001-0000-0000-c000-000000000000@*", "00000004@contoso.test"}) {
		t.Errorf("got %+v", o)
	}
	server := FindBearer(ParseChallenges([]string{"Negotiate", `Bearer client_id="x", trusted_issuers="y@*"`}))
	if server == nil || server.Modern() {
		t.Errorf("OAuth between servers taken for modern authentication: %+v", server)
	}
	if none := FindBearer(ParseChallenges([]string{"Negotiate", "NTLM"})); none != nil || none.Modern() {
		t.Errorf("got %+v", none)
	}
}

func TestBearerMechanism(t *testing.T) {
	source := func(token string, err error) TokenSource {
		return func(context.Context, string) (Secret, error) { return NewSecret(token), err }
	}
	hs, err := Bearer(source("abc.def-_~+/==", nil)).Start(t.Context(), Target{Host: "mail.contoso.test"})
	if err != nil {
		t.Fatal(err)
	}
	if token, err := hs.Next(nil); err != nil || string(token) != "abc.def-_~+/==" || !hs.Done() {
		t.Errorf("%q, %v", token, err)
	}
	for _, bad := range []TokenSource{source("", nil), source("two words", nil), source("line\r\nEvil: yes", nil), source("", errors.New("nobody signed in"))} {
		if _, err := Bearer(bad).Start(t.Context(), Target{}); !errors.As(err, new(*Unavailable)) {
			t.Errorf("got %v", err)
		}
	}
}

func TestClaims(t *testing.T) {
	jwt := func(body string) Secret {
		return NewSecret("e30." + base64.RawURLEncoding.EncodeToString([]byte(body)) + ".sig")
	}
	c, err := ParseClaims(jwt(`{"aud":["https://mail.contoso.test/","x"],"iss":"https://sts/","tid":"t","upn":"alice@contoso.test","scp":"EWS.AccessAsUser.All","exp":1893456000}`))
	if err != nil || c.Audience != "https://mail.contoso.test/ x" || c.User != "alice@contoso.test" || !c.Until.Equal(time.Unix(1893456000, 0)) {
		t.Errorf("%+v, %v", c, err)
	}
	for _, bad := range []Secret{{}, NewSecret("opaque"), NewSecret("a.b.c"), jwt(`[1]`), jwt(`{`)} {
		if _, err := ParseClaims(bad); !errors.Is(err, ErrOpaque) {
			t.Errorf("got %v", err)
		}
	}
}

func FuzzParseClaims(f *testing.F) {
	f.Add("e30.eyJhdWQiOiJ4IiwiZXhwIjoxfQ.x")
	f.Fuzz(func(t *testing.T, token string) {
		if c, err := ParseClaims(NewSecret(token)); err != nil && c != (Claims{}) {
			t.Error(fmt.Sprint("claims of what is no token: ", c))
		}
	})
}
