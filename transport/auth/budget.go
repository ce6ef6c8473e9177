package auth

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Budget keeps accounts from being locked out. Within its life (one run, one
// credential):
//
//   - A password refused at an endpoint is not sent there again, except by a
//     mechanism that the endpoint accepted before.
//   - A host that refused it at one endpoint and accepted it at none is not
//     asked at another one.
//   - While a host has accepted nothing, one attempt is under way and the others
//     wait for its verdict.
//
// The zero value is ready. Safe for concurrent use.
type Budget struct {
	// Ledger, if there is one, keeps the verdicts on User. What it knows of earlier
	// runs forbids an attempt, unless a person has Asked for this run.
	Ledger Ledger
	User   string
	Asked  bool

	mu    sync.Mutex
	hosts map[string]*hostBudget
}

type hostBudget struct {
	verdicts map[attempt]Verdict
	running  chan struct{} // closed when the attempt under way ends; nil when none is
}

type attempt struct{ dir, scheme string }

// Endpoint is what one sign-in setting of a server covers: origin and virtual
// directory.
type Endpoint struct {
	Origin string // "https://mail.contoso.test:443"
	Dir    string // first path segment in lower case, "mapi"
}

func (e Endpoint) String() string { return e.Origin + "/" + e.Dir }

// EndpointOf is the endpoint of a URL.
func EndpointOf(u *url.URL) Endpoint {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	dir, _, _ := strings.Cut(strings.TrimLeft(u.Path, "/"), "/")
	return Endpoint{
		Origin: u.Scheme + "://" + net.JoinHostPort(canonicalHost(u.Hostname()), port),
		Dir:    strings.ToLower(dir),
	}
}

// Verdict is what came of an attempt.
type Verdict int

// The verdicts.
const (
	NotTried Verdict = iota // the password, or proof of it, was not sent completely, or to nobody who could judge
	Accepted
	Refused
	Unclear // it was sent, and no verdict came back: counts as used up
)

// BudgetError is an attempt that may not be made.
type BudgetError struct {
	Endpoint Endpoint  // where the budget was used up
	Scheme   string    // by which mechanism
	Verdict  Verdict   // Refused or Unclear
	Earlier  time.Time // in an earlier run; zero: in this one
}

func (e *BudgetError) Error() string {
	if !e.Earlier.IsZero() {
		return fmt.Sprintf("%s refused this account on %s, and it is not tried again until somebody asks for it", e.Endpoint.Origin, e.Earlier.Local().Format("2 January 15:04"))
	}
	if e.Verdict == Unclear {
		return fmt.Sprintf("the one attempt to sign in at %s (%s) was not answered, and there is no second one in this run", e.Endpoint, e.Scheme)
	}
	return fmt.Sprintf("%s has refused this password already (%s), and it is not sent there again in this run", e.Endpoint, e.Scheme)
}

// Begin asks for an attempt at e by a mechanism (its Authn). It waits while the
// first attempt at the same host is under way. On success the caller calls
// release exactly once. Errors: *BudgetError, or that of ctx.
func (b *Budget) Begin(ctx context.Context, e Endpoint, scheme string) (release func(Verdict), err error) {
	for {
		wait, first, err := b.try(e, scheme)
		if err != nil {
			return nil, err
		}
		if wait == nil {
			return func(v Verdict) { b.end(e, scheme, v, first) }, nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try gives the channel to wait for, or nil when the attempt may begin; first
// says that others wait for it.
func (b *Budget) try(e Endpoint, scheme string) (wait <-chan struct{}, first bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.host(e.Origin)
	mine := attempt{e.Dir, scheme}
	if h.verdicts[mine] == Accepted {
		return nil, false, nil
	}
	if used, v, ok := h.usedUp(e.Dir); ok {
		return nil, false, &BudgetError{Endpoint: Endpoint{e.Origin, used.dir}, Scheme: used.scheme, Verdict: v}
	}
	if h.running != nil {
		return h.running, false, nil
	}
	if b.Ledger != nil && !b.Asked {
		if at := b.Ledger.Refused(e.Origin, b.User); !at.IsZero() {
			return nil, false, &BudgetError{Endpoint: e, Scheme: scheme, Verdict: Refused, Earlier: at}
		}
	}
	h.running = make(chan struct{})
	return nil, true, nil
}

func (b *Budget) host(origin string) *hostBudget {
	if b.hosts == nil {
		b.hosts = map[string]*hostBudget{}
	}
	if b.hosts[origin] == nil {
		b.hosts[origin] = &hostBudget{verdicts: map[attempt]Verdict{}}
	}
	return b.hosts[origin]
}

// usedUp finds the attempt that forbids a new one in dir.
func (h *hostBudget) usedUp(dir string) (used attempt, v Verdict, found bool) {
	accepted := false
	for a, verdict := range h.verdicts {
		switch {
		case verdict == Accepted:
			accepted = true
		case a.dir == dir:
			return a, verdict, true
		default:
			used, v, found = a, verdict, true
		}
	}
	return used, v, found && !accepted
}

// end notes the verdict and wakes those who wait for it.
func (b *Budget) end(e Endpoint, scheme string, v Verdict, first bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.host(e.Origin)
	mine := attempt{e.Dir, scheme}
	if v == Accepted || v == Refused || v == Unclear && h.verdicts[mine] != Accepted {
		h.verdicts[mine] = v
		if b.Ledger != nil {
			b.Ledger.Note(e.Origin, b.User, v, time.Now()) // without it only the next run is bolder
		}
	}
	if first {
		close(h.running)
		h.running = nil
	}
}
