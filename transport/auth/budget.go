package auth

import (
	"context"
	"net/url"
)

// Budget keeps accounts from being locked out. Within its life (one run, one
// credential) a password that was refused at an endpoint is not sent there
// again, and while nothing is known about a host only one attempt is under way.
// The zero value is ready. Safe for concurrent use.
type Budget struct{}

// Endpoint is what one sign-in setting of a server covers: origin and virtual directory.
type Endpoint struct {
	Origin string // "https://mail.contoso.test:443"
	Dir    string // first path segment in lower case, "mapi"
}

// EndpointOf is the endpoint of a URL.
func EndpointOf(u *url.URL) Endpoint { return Endpoint{} }

// Verdict is what came of an attempt.
type Verdict int

// The verdicts.
const (
	NotTried Verdict = iota // the password, or proof of it, was never sent completely
	Accepted
	Refused
	Unclear // it was sent, and no verdict came back: counts as used up
)

// BudgetError is an attempt that may not be made.
type BudgetError struct {
	Endpoint Endpoint
	Scheme   string // the scheme of the attempt that used up the budget
	Verdict  Verdict
}

func (e *BudgetError) Error() string { return "budget used" }

// Begin asks for an attempt. It waits while the first attempt at the same host
// is under way. On success the caller calls release exactly once.
func (b *Budget) Begin(ctx context.Context, e Endpoint, scheme string) (release func(Verdict), err error) {
	return func(Verdict) {}, nil
}
