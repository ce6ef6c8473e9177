package checks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

// authUserName looks at the name under which a refused sign-in was made. A password
// is tried under another name only when a person asked for the full test: it is one
// attempt more, and an account may be locked by it.
var authUserName = suite.Check{
	ID: "auth.user-name", Group: "auth", Title: "User name", Affects: "everything", Behind: []string{"auth.sign-in", "auth.extended-protection"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		at := refusedByPassword(e)
		switch name, _, mail := strings.Cut(e.SignInName(), "@"); {
		case !e.SignsIn:
			return suite.Skip("no password was given")
		case at == nil:
			return suite.Skip("no server refused the password")
		case !mail:
			return suite.Skip("the user name has no form of an e-mail address")
		case !e.FullAuthTest || e.SignInAs == nil:
			return suite.Skip("refused as " + e.SignInName() + "; whether DOMAIN\\" + name + " works is not tried (--full-auth-test does)")
		default:
			return tryOtherName(ctx, e, at, name)
		}
	},
}

// refusedByPassword is a request that was refused for its user name or password;
// nil when some place accepted them.
func refusedByPassword(e *suite.Env) *httpc.AuthError {
	if len(signIns(e)) > 0 {
		return nil
	}
	all := refusals(e)
	i := slices.IndexFunc(all, func(a *httpc.AuthError) bool {
		return a.Reason == httpc.Refused && a.Exchange != nil && strings.Contains(a.Authn, "NTLM")
	})
	if i < 0 {
		return nil
	}
	return all[i]
}

// tryOtherName makes one attempt with DOMAIN\name. The domain is the one that the
// server names itself, before anybody has signed in.
func tryOtherName(ctx context.Context, e *suite.Env, at *httpc.AuthError, name string) suite.Outcome {
	x := at.Exchange
	listener := &challengeListener{Mechanism: e.SignInAs(name)}
	if err := ask(ctx, e, x.URL, listener); listener.info == nil {
		return suite.Skip(fmt.Sprintf("%s does not tell its domain: %v", at.Host, err))
	}
	other := listener.info.NetBIOSDomain + `\` + name
	var refused *httpc.AuthError
	err := ask(ctx, e, x.URL, e.SignInAs(other))
	switch {
	case err == nil:
		return suite.Fail(fmt.Sprintf("%s refuses %s and accepts %s with the same password", at.Host, e.SignInName(), other)).
			Saw(signal(suite.OtherNameWorks, at.Host, "works", other, "realm", listener.info.DNSDomain))
	case errors.As(err, &refused) && refused.Reason == httpc.Refused:
		return suite.Skip(fmt.Sprintf("%s refuses %s as well: it is not the form of the user name", at.Host, other))
	}
	return suite.Skip("whether " + other + " works is not known: " + err.Error())
}

// ask makes one request on a connection of its own.
func ask(ctx context.Context, e *suite.Env, url string, m auth.Mechanism) error {
	c := &httpc.Client{Path: e.Path, Policy: e.HTTP.Policy, UserAgent: e.HTTP.UserAgent, Mechanisms: []auth.Mechanism{m}, Trace: e.HTTP.Trace}
	defer c.Close()
	resp, err := c.Do(ctx, &httpc.Request{Method: http.MethodGet, URL: url, NoReuse: true, Check: "auth.user-name"})
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.Status >= http.StatusInternalServerError {
		return fmt.Errorf("it answers %d", resp.Status)
	}
	return nil
}

// challengeListener begins an NTLM sign-in to hear what the server says of itself,
// and ends it before anything is proven.
type challengeListener struct {
	auth.Mechanism
	info *auth.NTLMInfo
}

var errHeard = errors.New("the server's challenge was all that was wanted")

// Start begins it.
func (l *challengeListener) Start(ctx context.Context, t auth.Target) (auth.Handshake, error) {
	h, err := l.Mechanism.Start(ctx, t)
	return &listening{Handshake: h, to: l}, err
}

type listening struct {
	auth.Handshake
	to    *challengeListener
	begun bool
}

func (h *listening) Next(challenge []byte) ([]byte, error) {
	if !h.begun {
		h.begun = true
		return h.Handshake.Next(challenge)
	}
	info, err := auth.ParseNTLMChallenge(challenge)
	if err != nil {
		return nil, err
	}
	h.to.info = info
	return nil, errHeard
}
