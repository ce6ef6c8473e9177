package auth

import (
	"context"
	"errors"
	"strings"
)

// Basic is RFC 7617. It goes to https hosts only; the client sees to that.
func Basic(c Credential) Mechanism { return basic{c} }

type basic struct{ credential Credential }

func (basic) Scheme() string      { return "Basic" }
func (basic) Authn() string       { return "Basic" }
func (basic) PerConnection() bool { return false }

func (b basic) Start(context.Context, Target) (Handshake, error) {
	domain, user := b.credential.Account()
	if user == "" || b.credential.Password.Empty() {
		return nil, errNoCredential
	}
	if domain != "" {
		user = domain + `\` + user
	}
	if strings.Contains(user, ":") {
		return nil, errors.New("a user name with a colon cannot be sent by Basic")
	}
	return &basicHandshake{user: user, password: b.credential.Password}, nil
}

var errNoCredential = errors.New("user name or password is empty")

type basicHandshake struct {
	user     string
	password Secret
	done     bool
}

func (h *basicHandshake) Done() bool { return h.done }

func (h *basicHandshake) Next([]byte) ([]byte, error) {
	if h.done {
		return nil, errors.New("Basic has only one step")
	}
	h.done = true
	return []byte(h.user + ":" + h.password.Reveal()), nil
}
