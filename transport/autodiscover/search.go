package autodiscover

import (
	"context"
	"fmt"
	"slices"
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
		return fmt.Errorf("the answer points to another address, but %w", err)
	}
	if seen[strings.ToLower(next)] {
		return &Error{Cause: CauseLoop, Err: fmt.Errorf("the redirects go in a circle: back to %s", next)}
	}
	if s.hops+1 >= maxHops {
		return &Error{Cause: CauseLoop, Err: fmt.Errorf("more than %d redirects", maxHops)}
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
	all := Steps()
	results := make([][]Attempt, len(all))
	var wg sync.WaitGroup
	for i, step := range all {
		if s.c.Steps != nil && !slices.Contains(s.c.Steps, step) {
			continue
		}
		wg.Go(func() {
			results[i] = s.step(ctx, step, address, domain)
			for _, a := range results[i] {
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
		urls := s.c.SCP
		if s.c.FindSCP != nil {
			urls = slices.Concat(urls, s.c.FindSCP(ctx, domain))
		}
		return s.fromList(ctx, step, address, urls...)
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
