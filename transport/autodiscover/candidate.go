package autodiscover

import (
	"context"
	"errors"
	"net/url"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

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
