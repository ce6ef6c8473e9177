// Package oauth gets access tokens for modern authentication: by device code
// (RFC 8628) or in the user's browser (RFC 8252, RFC 7636), from an authority and
// for an application that the configuration names. No application of anybody is
// built in. What is kept between runs, the refresh token, is in the system's
// keyring and nowhere else.
package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Config says who may issue tokens and for what.
type Config struct {
	Authority string // URL below which .well-known/openid-configuration is
	ClientID  string // of the application registered for this purpose
	Scopes    []string
	Path      *netpath.Path // nil = the system's way
	Store     Store         // nil keeps nothing
	Account   string        // whose refresh token the store is asked for
}

// Flow is one way to sign a person in.
type Flow func(ctx context.Context, c *oauth2.Config) (*oauth2.Token, error)

// Store keeps one secret for each name between runs.
type Store interface {
	Get(name string) (auth.Secret, error) // ErrNotStored when there is none
	Set(name string, value auth.Secret) error
	Delete(name string) error
}

// ErrNotStored says that the store has nothing under a name.
var ErrNotStored = errors.New("nothing is stored")

// endpoints are the parts of OpenID Provider Metadata that are used (OpenID
// Connect Discovery 1.0, section 3; RFC 8628, section 4).
type endpoints struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Device        string `json:"device_authorization_endpoint"`
}

// limit is for one request to the authority.
const limit = 10 * time.Second

// Session gives tokens, signing in at the first use. Safe for concurrent use.
type Session struct {
	config Config
	flow   Flow
	client *http.Client

	mu     sync.Mutex
	source oauth2.TokenSource
	failed error // a person is asked once
}

// New checks the configuration; it sends nothing. flow is used when the store
// has no refresh token that still works; nil signs nobody in anew.
func New(c Config, flow Flow) (*Session, error) {
	if _, err := sound(c.Authority); err != nil {
		return nil, fmt.Errorf("the authority cannot be used: %w", err)
	}
	if c.ClientID == "" {
		return nil, errors.New("no application id is configured: register one with your identity provider")
	}
	return &Session{config: c, flow: flow, client: client(c.Path)}, nil
}

// sound checks a URL of the authority: https, or http on this very machine.
func sound(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%.100q is not a URL", raw)
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	if u.Scheme != "https" && !(u.Scheme == "http" && ip.IsLoopback()) {
		return nil, fmt.Errorf("%s is not https", u.Redacted())
	}
	return u, nil
}

// client is net/http on the way that everything else takes.
func client(p *netpath.Path) *http.Client {
	if p == nil {
		p = &netpath.Path{}
	}
	dial := func(ctx context.Context, scheme, addr string) (net.Conn, error) {
		c, err := p.DialURL(ctx, &url.URL{Scheme: scheme, Host: addr})
		if err != nil {
			return nil, err
		}
		return c.Conn, nil
	}
	return &http.Client{
		Timeout: limit,
		Transport: &http.Transport{
			DialTLSContext: func(ctx context.Context, _, addr string) (net.Conn, error) { return dial(ctx, "https", addr) },
			DialContext: func(ctx context.Context, _, addr string) (net.Conn, error) {
				host, port, err := net.SplitHostPort(addr)
				if err != nil {
					return nil, err
				}
				c, err := p.DialTCP(ctx, host, port)
				if err != nil {
					return nil, err
				}
				return c.Conn, nil
			},
			DisableKeepAlives: true, // a handful of requests, minutes apart
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Token is an access token that is valid now. It is an auth.TokenSource; the host
// does not matter, since the scopes name the resource.
func (s *Session) Token(ctx context.Context, _ string) (auth.Secret, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return auth.Secret{}, s.failed
	}
	if s.source == nil {
		if err := s.begin(ctx); err != nil {
			if ctx.Err() == nil {
				s.failed = err
			}
			return auth.Secret{}, err
		}
	}
	t, err := s.source.Token()
	if err != nil {
		return auth.Secret{}, readable(err)
	}
	s.keep(t)
	return auth.NewSecret(t.AccessToken), nil
}

// begin gets the first token: by the refresh token of an earlier run, or by
// asking the person.
func (s *Session) begin(ctx context.Context) error {
	o, err := s.discover(ctx)
	if err != nil {
		return err
	}
	background := context.WithValue(context.WithoutCancel(ctx), oauth2.HTTPClient, s.client)
	if kept := s.kept(); !kept.Empty() {
		source := o.TokenSource(background, &oauth2.Token{RefreshToken: kept.Reveal()})
		if t, err := source.Token(); err == nil {
			s.source = oauth2.ReuseTokenSource(t, source)
			return nil
		}
		s.config.Store.Delete(s.name()) // it has expired or was revoked
	}
	if s.flow == nil {
		return errors.New("nobody has signed in yet")
	}
	t, err := s.flow(context.WithValue(ctx, oauth2.HTTPClient, s.client), o)
	if err != nil {
		return readable(err)
	}
	s.source = o.TokenSource(background, t)
	return nil
}

// discover asks the authority where its endpoints are.
func (s *Session) discover(ctx context.Context) (*oauth2.Config, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.config.Authority, "/")+"/.well-known/openid-configuration", nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the authority does not answer: %w", err)
	}
	defer resp.Body.Close()
	var e endpoints
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(b, &e) != nil {
		return nil, fmt.Errorf("the authority %s gives no OpenID configuration (status %d)", s.config.Authority, resp.StatusCode)
	}
	for _, u := range []string{e.Authorization, e.Token} {
		if _, err := sound(u); err != nil {
			return nil, fmt.Errorf("the authority names an endpoint that cannot be used: %w", err)
		}
	}
	if _, err := sound(e.Device); err != nil {
		e.Device = ""
	}
	return &oauth2.Config{ClientID: s.config.ClientID, Scopes: s.config.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: e.Authorization, TokenURL: e.Token, DeviceAuthURL: e.Device, AuthStyle: oauth2.AuthStyleInParams}}, nil
}

func (s *Session) name() string {
	return "oauth:" + s.config.Account + ":" + s.config.ClientID + "@" + s.config.Authority
}

func (s *Session) kept() auth.Secret {
	if s.config.Store == nil {
		return auth.Secret{}
	}
	kept, err := s.config.Store.Get(s.name())
	if err != nil {
		return auth.Secret{}
	}
	return kept
}

// keep stores a new refresh token. Access tokens are not kept: they live an hour,
// and Windows' store takes 2560 bytes.
func (s *Session) keep(t *oauth2.Token) {
	if s.config.Store != nil && t.RefreshToken != "" && t.RefreshToken != s.kept().Reveal() {
		s.config.Store.Set(s.name(), auth.NewSecret(t.RefreshToken)) // without it the person is asked again
	}
}

// readable leaves out what an authority's answer may hold besides its error code:
// the library's text quotes the whole body.
func readable(err error) error {
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) {
		return err
	}
	code := r.ErrorCode
	if code == "" && r.Response != nil {
		code = r.Response.Status
	}
	return fmt.Errorf("the authority refuses the sign-in: %s", code)
}
