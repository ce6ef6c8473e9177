package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/zalando/go-keyring"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/oauth"
)

// provider is a small OpenID provider; like every one of our kind of application
// the client has no secret.
func provider(t *testing.T) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	err = m.AddMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.ParseForm()
			if r.Form.Get("client_secret") != "" {
				t.Error("a secret was sent")
			}
			r.Form.Set("client_secret", m.ClientSecret)
			next.ServeHTTP(w, r)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(l, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	return m
}

// browser follows the authority's redirects as a browser does.
func browser(t *testing.T) func(string) error {
	return func(url string) error {
		go func() {
			resp, err := http.Get(url)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("the browser ends at %s with %d", resp.Request.URL, resp.StatusCode)
			}
		}()
		return nil
	}
}

func TestBrowserAndKeyring(t *testing.T) {
	keyring.MockInit()
	m := provider(t)
	c := oauth.Config{Authority: m.Issuer(), ClientID: m.ClientID, Scopes: []string{"openid", "email"}, Store: oauth.Keyring("mapiscope-test"), Account: "alice@contoso.test"}
	s, err := oauth.New(c, oauth.Browser(browser(t)))
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Token(t.Context(), "mail.contoso.test")
	if err != nil || token.Empty() {
		t.Fatal(err)
	}
	claims, err := auth.ParseClaims(token)
	if err != nil || claims.Audience != m.ClientID || claims.Issuer != m.Issuer() || time.Until(claims.Until) <= 0 {
		t.Errorf("claims %+v, %v", claims, err)
	}
	kept, err := c.Store.Get("oauth:alice@contoso.test:" + m.ClientID + "@" + m.Issuer())
	if err != nil || kept.Empty() || kept.Reveal() == token.Reveal() {
		t.Errorf("the store holds %v (%v): want the refresh token alone", kept, err)
	}
	// The next run asks nobody.
	again, err := oauth.New(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := again.Token(t.Context(), ""); err != nil || token.Empty() {
		t.Errorf("with the refresh token: %v", err)
	}
}

// authority is one that does nothing but device codes.
func authority(t *testing.T, answer func(w http.ResponseWriter, poll int)) *httptest.Server {
	t.Helper()
	polls := 0
	mux := http.NewServeMux()
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token", "device_authorization_endpoint": s.URL + "/device"})
	})
	mux.HandleFunc("/device", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"device_code":"d","user_code":"ABCD-EFGH","verification_uri":"%s/enter","expires_in":60,"interval":1}`, s.URL)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		polls++
		w.Header().Set("Content-Type", "application/json")
		answer(w, polls)
	})
	return s
}

func TestDeviceCode(t *testing.T) {
	s := authority(t, func(w http.ResponseWriter, poll int) {
		if poll == 1 {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"authorization_pending"}`)
			return
		}
		fmt.Fprint(w, `{"access_token":"opaque","token_type":"Bearer","expires_in":3600}`)
	})
	var shown string
	session, err := oauth.New(oauth.Config{Authority: s.URL, ClientID: "app"}, oauth.DeviceCode(func(address, code string, _ time.Time) { shown = address + " " + code }))
	if err != nil {
		t.Fatal(err)
	}
	token, err := session.Token(t.Context(), "")
	if err != nil || token.Reveal() != "opaque" || shown != s.URL+"/enter ABCD-EFGH" {
		t.Errorf("token %v, %v; shown %q", token, err, shown)
	}
	if _, err := auth.ParseClaims(token); !errors.Is(err, auth.ErrOpaque) {
		t.Errorf("claims of an opaque token: %v", err)
	}
}

// What an authority says in a refusal is not repeated beyond its code, and
// nobody is asked twice.
func TestRefused(t *testing.T) {
	asked := 0
	s := authority(t, func(w http.ResponseWriter, _ int) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"access_denied","error_description":"canary-in-a-description"}`)
	})
	session, err := oauth.New(oauth.Config{Authority: s.URL, ClientID: "app"}, oauth.DeviceCode(func(string, string, time.Time) { asked++ }))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := session.Token(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "access_denied") || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v", err)
		}
	}
	if asked != 1 {
		t.Errorf("the person was asked %d times", asked)
	}
}

func TestStrangersAtTheDoor(t *testing.T) {
	m := provider(t)
	ctx, cancel := context.WithCancel(t.Context())
	open := func(url string) error {
		defer cancel()
		back := url[strings.Index(url, "redirect_uri=")+len("redirect_uri="):]
		back, _, _ = strings.Cut(back, "&")
		back = strings.NewReplacer("%3A", ":", "%2F", "/").Replace(back)
		resp, err := http.Get(back + "?code=stolen&state=guessed")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode != http.StatusNotFound {
				t.Errorf("a guessed state got %d", resp.StatusCode)
			}
		}
		return err
	}
	session, err := oauth.New(oauth.Config{Authority: m.Issuer(), ClientID: m.ClientID}, oauth.Browser(open))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Token(ctx, ""); err == nil {
		t.Error("a stranger's code was taken")
	}
}

func TestUnusableAuthorities(t *testing.T) {
	for _, a := range []string{"", "http://login.contoso.test", "login.contoso.test", "https://user@login.contoso.test"} {
		if _, err := oauth.New(oauth.Config{Authority: a, ClientID: "app"}, nil); err == nil {
			t.Errorf("%q was accepted", a)
		}
	}
	if _, err := oauth.New(oauth.Config{Authority: "https://login.contoso.test"}, nil); err == nil {
		t.Error("no application id was accepted")
	}
}
