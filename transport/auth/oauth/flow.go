package oauth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
)

// DeviceCode shows a person an address and a code to enter there (RFC 8628).
func DeviceCode(show func(address, code string, until time.Time)) Flow {
	return func(ctx context.Context, c *oauth2.Config) (*oauth2.Token, error) {
		if c.Endpoint.DeviceAuthURL == "" {
			return nil, errors.New("the authority offers no sign-in by device code; use the browser")
		}
		d, err := c.DeviceAuth(ctx)
		if err != nil {
			return nil, err
		}
		show(d.VerificationURI, d.UserCode, d.Expiry)
		return c.DeviceAccessToken(ctx, d)
	}
}

// patience is how long a page in the browser may wait for a person.
const patience = 5 * time.Minute

// Browser opens the authority's page in the user's browser and waits for it to
// come back to this machine (RFC 8252 7.3), protected by PKCE and state. open
// must return at once.
func Browser(open func(url string) error) Flow {
	return func(ctx context.Context, c *oauth2.Config) (*oauth2.Token, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		redirected := *c
		redirected.RedirectURL = "http://" + l.Addr().String() + "/"
		state, verifier := rand.Text(), oauth2.GenerateVerifier()
		answers := make(chan url.Values, 1)
		s := &http.Server{Handler: landing(state, answers), ReadHeaderTimeout: 10 * time.Second}
		go s.Serve(l)
		defer s.Close()
		if err := open(redirected.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))); err != nil {
			return nil, fmt.Errorf("the browser cannot be opened: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, errors.New("nobody signed in within the time")
		case v := <-answers:
			if code := v.Get("error"); code != "" {
				return nil, fmt.Errorf("the authority refuses the sign-in: %.60s", code)
			}
			return redirected.Exchange(ctx, v.Get("code"), oauth2.VerifierOption(verifier))
		}
	}
}

// landing takes the one redirect that carries our state; whoever else on this
// machine connects gets nothing.
func landing(state string, answers chan<- url.Values) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := r.URL.Query()
		if r.URL.Path != "/" || subtle.ConstantTimeCompare([]byte(v.Get("state")), []byte(state)) != 1 {
			http.NotFound(w, r)
			return
		}
		select {
		case answers <- v:
		default: // a reload
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintln(w, "You are signed in. You can close this page.")
	})
}
