package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// TokenSource gives an access token for the service at a host.
type TokenSource func(ctx context.Context, host string) (Secret, error)

// Bearer is RFC 6750 with tokens of source. Like Basic it goes to https hosts
// only. It binds nothing to the TLS channel: Extended Protection does not touch it.
func Bearer(source TokenSource) Mechanism { return bearer{source} }

type bearer struct{ source TokenSource }

func (bearer) Scheme() string      { return "Bearer" }
func (bearer) Authn() string       { return "Bearer" }
func (bearer) PerConnection() bool { return false }

func (b bearer) Start(ctx context.Context, t Target) (Handshake, error) {
	token, err := b.source(ctx, t.Host)
	if err != nil {
		return nil, &Unavailable{Err: err}
	}
	if !isToken68(token.Reveal()) {
		return nil, &Unavailable{Err: errors.New("there is no access token, or it has characters that no token has")}
	}
	return &bearerHandshake{token: token}, nil
}

func isToken68(s string) bool { return s != "" && token68(s) == s }

type bearerHandshake struct {
	token Secret
	done  bool
}

func (h *bearerHandshake) Done() bool { return h.done }

// Verbatim says that the token goes out as it is.
func (h *bearerHandshake) Verbatim() {}

func (h *bearerHandshake) Next([]byte) ([]byte, error) {
	if h.done {
		return nil, errors.New("Bearer has only one step")
	}
	h.done = true
	return []byte(h.token.Reveal()), nil
}

// Verbatim is a Handshake whose tokens are text already and go out without base64.
type Verbatim interface{ Verbatim() }

// BearerOffer is what a server says about modern authentication in its Bearer
// challenge.
type BearerOffer struct {
	// AuthorizationURI is where a person signs in. Without it the server takes
	// tokens of other servers only: OAuth is on, hybrid modern authentication is not.
	AuthorizationURI string   `json:"authorization_uri,omitempty"`
	ClientID         string   `json:"client_id,omitempty"` // of the service
	TrustedIssuers   []string `json:"trusted_issuers,omitempty"`
	IssuerKind       string   `json:"issuer_kind,omitempty"` // "AzureAD", ...
	Error            string   `json:"error,omitempty"`       // "invalid_token", ...
}

// FindBearer is the Bearer offer among challenges, nil when there is none.
func FindBearer(offered []Challenge) *BearerOffer {
	for _, c := range offered {
		if !strings.EqualFold(c.Scheme, "Bearer") {
			continue
		}
		o := &BearerOffer{AuthorizationURI: c.Params["authorization_uri"], ClientID: c.Params["client_id"],
			IssuerKind: c.Params["issuer_kind"], Error: c.Params["error"]}
		for _, issuer := range strings.Split(c.Params["trusted_issuers"], ",") {
			if issuer = strings.TrimSpace(issuer); issuer != "" {
				o.TrustedIssuers = append(o.TrustedIssuers, issuer)
			}
		}
		return o
	}
	return nil
}

// Modern says that people may sign in with a token.
func (o *BearerOffer) Modern() bool { return o != nil && o.AuthorizationURI != "" }

// Claims are what a JSON web token says about itself (RFC 7519 4.1 and what
// Microsoft adds). They are shown, never trusted: the signature is the server's
// business. Opaque tokens have none.
type Claims struct {
	Audience string    `json:"aud,omitempty"`
	Issuer   string    `json:"iss,omitempty"`
	Tenant   string    `json:"tid,omitempty"`
	User     string    `json:"user,omitempty"` // upn, preferred_username, unique_name or sub
	Scopes   string    `json:"scp,omitempty"`
	Until    time.Time `json:"exp,omitzero"`
}

// ErrOpaque is a token that is no JSON web token: it may be good, nothing can be
// read from it.
var ErrOpaque = errors.New("the token is opaque")

// maxToken bounds what is decoded of a token.
const maxToken = 64 << 10

// ParseClaims reads the claims of a token. Errors: ErrOpaque.
func ParseClaims(token Secret) (Claims, error) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 || len(parts[1]) > maxToken {
		return Claims{}, ErrOpaque
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}, ErrOpaque
	}
	var raw map[string]any
	if json.Unmarshal(b, &raw) != nil {
		return Claims{}, ErrOpaque
	}
	c := Claims{Audience: text(raw["aud"]), Issuer: text(raw["iss"]), Tenant: text(raw["tid"]), Scopes: text(raw["scp"])}
	for _, name := range []string{"upn", "preferred_username", "unique_name", "sub"} {
		if c.User == "" {
			c.User = text(raw[name])
		}
	}
	if exp, ok := raw["exp"].(float64); ok && exp > 0 && exp < 1<<40 {
		c.Until = time.Unix(int64(exp), 0).UTC()
	}
	return c, nil
}

// text is a claim that is a text or a list of them.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, fmt.Sprint(e))
		}
		return strings.Join(out, " ")
	}
	return ""
}
