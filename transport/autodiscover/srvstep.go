package autodiscover

import (
	"context"
	"errors"
	"math/rand/v2"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// maxSRVTargets bounds how many targets are tried one after the other; real
// domains have one or two.
const maxSRVTargets = 8

// srv asks the targets of _autodiscover._tcp.<domain> in the order of RFC 2782:
// the next one only when the one before cannot be reached or may not be asked.
// DNS answers can be forged, so targets outside the e-mail domain want a yes.
func (s *search) srv(ctx context.Context, address, domain string) []Attempt {
	name := "_autodiscover._tcp." + domain
	a := s.begin(StepSRV, address, "")
	if isPublicSuffix(domain) {
		a.fail(CausePolicy, netpath.PhaseDNS, domain, 0, errPublicSuffix)
		return []Attempt{a.end()}
	}
	answer, err := s.path.LookupSRV(ctx, "autodiscover", "tcp", domain)
	switch {
	case netpath.KindOf(err) == netpath.KindNotFound:
		a.fail(CauseNoRecord, netpath.PhaseDNS, name, 0, err)
		return []Attempt{a.end()}
	case err != nil:
		a.fail(CauseNetwork, netpath.PhaseDNS, name, 0, err)
		return []Attempt{a.end()}
	}
	a.SRV = SelectSRV(answer, rand.IntN)
	if len(a.SRV) == 0 || a.SRV[0].Order == 0 {
		a.fail(CauseNoRecord, netpath.PhaseDNS, name, 0, errors.New("the domain's SRV records name no server on port 443"))
		return []Attempt{a.end()}
	}
	return s.srvTargets(ctx, a, name)
}

func (s *search) srvTargets(ctx context.Context, a Attempt, name string) (out []Attempt) {
	for _, r := range a.SRV[:min(len(a.SRV), maxSRVTargets)] {
		if r.Order == 0 {
			break
		}
		if r.Order > 1 {
			a = s.begin(StepSRV, a.Address, "")
		}
		a.URL = poxURL(r.Target)
		s.srvTarget(ctx, &a, name)
		out = append(out, a.end())
		var e *Error
		if !errors.As(a.Err, &e) || e.Cause != CauseNetwork && e.Cause != CausePolicy {
			break
		}
	}
	return out
}

func (s *search) srvTarget(ctx context.Context, a *Attempt, name string) {
	u, err := checkTarget(a.URL)
	if err == nil {
		err = s.admit(name, u)
	}
	if err != nil {
		a.fail(CausePolicy, netpath.PhaseDNS, a.URL, 0, err)
		return
	}
	s.follow(ctx, a, u)
}
