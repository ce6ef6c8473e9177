package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// search is one Lookup: what has been asked, which hosts are admitted.
type search struct {
	c      *Client
	http   *httpc.Client
	path   *netpath.Path
	policy *auth.Policy

	home    string // the domain whose hosts are admitted; "" = none
	compare bool   // ask a second time without the capability header
	hops    int    // redirectAddr followed so far

	mu    sync.Mutex
	asked map[string]*asked // by address and URL

	gate      sync.Mutex // one question to the person at a time
	confirmed map[string]error

	hooks sync.Mutex
}

func newSearch(c *Client) *search {
	s := &search{c: c, http: c.HTTP, path: c.Path, policy: c.Policy, compare: true, asked: map[string]*asked{}, confirmed: map[string]error{}}
	if s.http == nil {
		s.http = &httpc.Client{}
	}
	if s.path == nil {
		s.path = s.http.Path
	}
	if s.path == nil {
		s.path = &netpath.Path{}
	}
	if s.policy == nil {
		s.policy = s.http.Policy
	}
	if s.policy == nil {
		s.policy = &auth.Policy{} // admits hosts for this search; HTTP itself will send no credential
	}
	return s
}

// run is a round of all steps, and another for every new address.
func (s *search) run(ctx context.Context, address string) *Result {
	r := &Result{Address: address}
	domain, err := domainOf(address)
	if err != nil {
		r.Err = err
		return r
	}
	if !isPublicSuffix(domain) {
		s.home = domain
	}
	best, first, seen := -1, 0, map[string]bool{}
	for next := address; ; s.hops++ {
		seen[strings.ToLower(next)] = true
		first = len(r.Attempts)
		r.Attempts = append(r.Attempts, s.round(ctx, next)...)
		if first == 0 {
			r.SRV, r.V2 = records(r.Attempts)
		}
		if best = firstAnswer(r.Attempts, first); best < 0 {
			break
		}
		if next = r.Attempts[best].redirectAddr(); next == "" {
			break
		}
		if r.Err = s.checkAddress(next, seen); r.Err != nil {
			r.Attempts[best].refuseHop(r.Err)
			best = -1
			break
		}
	}
	r.Disagreements = Disagreements(r.Attempts[first:])
	if best >= 0 {
		r.Best = &r.Attempts[best]
		r.Difference = r.Best.Difference
	}
	return r
}

// firstAnswer is the index of the attempt that Outlook would follow, from first on.
func firstAnswer(attempts []Attempt, first int) int {
	for i := first; i < len(attempts); i++ {
		if attempts[i].Usable() || attempts[i].redirectAddr() != "" {
			return i
		}
	}
	return -1
}

func (a *Attempt) redirectAddr() string {
	if a.Err != nil || a.Settings == nil {
		return ""
	}
	return a.Settings.RedirectAddr
}

// checkAddress guards against going round in circles (MS-OXDSCLI 3.1.5).
func (s *search) checkAddress(next string, seen map[string]bool) error {
	if _, err := domainOf(next); err != nil {
		return fmt.Errorf("Autodiscover points to another address, but %w", err)
	}
	if seen[strings.ToLower(next)] {
		return &Error{Cause: CauseLoop, Err: fmt.Errorf("Autodiscover goes in a circle: it points back to %s", next)}
	}
	if s.hops+1 >= maxHops {
		return &Error{Cause: CauseLoop, Err: fmt.Errorf("Autodiscover redirects more than %d times", maxHops)}
	}
	return nil
}

func records(attempts []Attempt) (srv []SRVRecord, v2 []V2Query) {
	for i := range attempts {
		if attempts[i].SRV != nil {
			srv = attempts[i].SRV
		}
		v2 = append(v2, attempts[i].V2...)
	}
	return srv, v2
}

// round takes every step for one address at the same time.
func (s *search) round(ctx context.Context, address string) (out []Attempt) {
	domain, err := domainOf(address)
	if err != nil {
		return nil // run has checked it
	}
	steps := s.c.Steps
	if steps == nil {
		steps = Steps()
	}
	results := make([][]Attempt, len(Steps()))
	var wg sync.WaitGroup
	for _, step := range steps {
		wg.Go(func() {
			rank := step.rank()
			if rank == len(results) {
				return
			}
			results[rank] = s.step(ctx, step, address, domain)
			for _, a := range results[rank] {
				s.tell(s.c.Finished, a)
			}
		})
	}
	wg.Wait()
	for _, attempts := range results {
		out = append(out, attempts...)
	}
	return out
}

func (s *search) step(ctx context.Context, step Step, address, domain string) []Attempt {
	switch step {
	case StepGiven:
		return s.fromList(ctx, step, address, s.c.GivenURL)
	case StepSCP:
		return s.fromList(ctx, step, address, s.c.SCP...)
	case StepRoot:
		return s.candidate(ctx, step, address, domain, domain)
	case StepAutodiscover:
		return s.candidate(ctx, step, address, domain, "autodiscover."+domain)
	case StepHTTPRedirect:
		return s.httpRedirect(ctx, address, domain)
	case StepSRV:
		return s.srv(ctx, address, domain)
	}
	return s.json(ctx, address, domain)
}

// fromList asks URLs that the person or the directory gave: naming them allowed
// their hosts.
func (s *search) fromList(ctx context.Context, step Step, address string, urls ...string) (out []Attempt) {
	for _, raw := range urls {
		if raw == "" {
			continue
		}
		a := s.begin(step, address, raw)
		u, err := checkTarget(raw)
		if err != nil {
			a.fail(CausePolicy, netpath.PhaseHTTP, raw, 0, err)
		} else {
			s.policy.Allow(hostKey(u))
			s.follow(ctx, &a, u)
		}
		out = append(out, a.end())
	}
	return out
}

// candidate asks a host made from the e-mail domain: the domain itself, or
// autodiscover. below it.
func (s *search) candidate(ctx context.Context, step Step, address, domain, host string) []Attempt {
	raw := poxURL(host)
	a := s.begin(step, address, raw)
	if u, err := s.admitCandidate(address, domain, raw); err != nil {
		a.fail(CausePolicy, netpath.PhaseHTTP, raw, 0, err)
	} else {
		s.follow(ctx, &a, u)
	}
	return []Attempt{a.end()}
}

// admitCandidate refuses domains under which anyone can register names, and
// asks when a redirectAddr led to a domain other than the person's own.
func (s *search) admitCandidate(address, domain, raw string) (*url.URL, error) {
	if isPublicSuffix(domain) {
		return nil, errPublicSuffix
	}
	u, err := checkTarget(raw)
	if err != nil {
		return nil, err
	}
	return u, s.admit(address, u)
}

var errNotConfirmed = errors.New("it is outside the e-mail domain and was not confirmed; allow it if you know it, or give the Autodiscover URL")

// admit decides whether a host may be asked at all, and tells the policy.
func (s *search) admit(from string, u *url.URL) error {
	host := hostKey(u)
	if within(host, s.home) {
		s.policy.Allow(host)
	}
	if s.policy.Allowed(host) == nil {
		return nil
	}
	s.gate.Lock()
	defer s.gate.Unlock()
	err, known := s.confirmed[host]
	if !known {
		err = errNotConfirmed
		if s.c.ConfirmRedirect != nil && s.c.ConfirmRedirect(from, u.String()) {
			s.policy.Allow(host)
			err = nil
		}
		s.confirmed[host] = err
	}
	return err
}

func poxURL(host string) string { return "https://" + host + "/autodiscover/autodiscover.xml" }

func (s *search) begin(step Step, address, url string) Attempt {
	return Attempt{Step: step, Address: address, URL: url, Started: time.Now()}
}

func (a Attempt) end() Attempt {
	a.Duration = time.Since(a.Started)
	return a
}

// tell calls a hook, one at a time.
func (s *search) tell(hook func(Attempt), a Attempt) {
	if hook == nil {
		return
	}
	s.hooks.Lock()
	defer s.hooks.Unlock()
	hook(a)
}
