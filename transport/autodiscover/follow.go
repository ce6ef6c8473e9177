package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// follow asks u and whatever it redirects to, as far as the rules allow, and
// puts what comes of it into a. u has passed checkTarget and admit.
func (s *search) follow(ctx context.Context, a *Attempt, u *url.URL) {
	seen := map[string]bool{}
	for {
		seen[u.String()] = true
		s.ask(ctx, a, u)
		hop := a.nextHop()
		if hop == nil {
			return
		}
		a.Hops = append(a.Hops, *hop)
		if hop.Kind == HopAddr {
			return // the search goes on with the new address
		}
		if u = s.takeHop(a, u, seen); u == nil {
			return
		}
	}
}

// takeHop is where the last of a.Hops leads; nil when a rule forbids to go there,
// which is a's error then.
func (s *search) takeHop(a *Attempt, from *url.URL, seen map[string]bool) *url.URL {
	hop := &a.Hops[len(a.Hops)-1]
	to, cause, err := s.checkHop(a, hop, from, seen)
	if err != nil {
		hop.Refused = err.Error()
		a.fail(cause, netpath.PhaseHTTP, hop.To, hop.Status, err)
		return nil
	}
	hop.To = to.String()
	return to
}

// nextHop is the redirect in the answer at hand, nil if it is final.
func (a *Attempt) nextHop() *Hop {
	hop := &Hop{From: a.FinalURL, Status: a.Status, CredentialSent: a.CredentialSent}
	switch s := a.Settings; {
	case a.Err != nil:
		return nil
	case isRedirect(a.Status) && a.Location != "":
		hop.Kind, hop.To = HopHTTP, a.Location
	case s != nil && s.RedirectURL != "":
		hop.Kind, hop.To = HopURL, s.RedirectURL
	case s != nil && s.RedirectAddr != "":
		hop.Kind, hop.To = HopAddr, s.RedirectAddr
	default:
		return nil
	}
	return hop
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

var errNoAutodiscoverPath = errors.New("it does not lead to an Autodiscover address but to another page")

// checkHop applies every rule on redirects: number, circles, https, path, host.
func (s *search) checkHop(a *Attempt, hop *Hop, from *url.URL, seen map[string]bool) (*url.URL, Cause, error) {
	if s.hops+len(a.Hops) > maxHops {
		return nil, CauseLoop, fmt.Errorf("more than %d redirects", maxHops)
	}
	to, err := from.Parse(hop.To)
	if err != nil {
		return nil, CauseRedirectRefused, errors.New("it is not a valid URL")
	}
	to, err = checkTarget(to.String())
	if err != nil {
		return nil, CauseRedirectRefused, err
	}
	if hop.Kind == HopHTTP && !hasAutodiscoverPath(to) {
		return nil, CauseRedirectRefused, errNoAutodiscoverPath
	}
	if seen[to.String()] {
		return nil, CauseLoop, fmt.Errorf("the redirects go in a circle: %s came before", to)
	}
	if err := s.admit(from.String(), to); err != nil {
		return nil, CauseRedirectRefused, err
	}
	return to, "", nil
}

// fail gives the attempt its error; host is taken from rawURL.
func (a *Attempt) fail(cause Cause, phase netpath.Phase, rawURL string, status int, err error) {
	host := rawURL
	if u, perr := url.Parse(rawURL); perr == nil && u.Host != "" {
		host = hostKey(u)
	}
	a.Err = &Error{Cause: cause, Phase: phase, Step: a.Step, URL: rawURL, Host: host, Status: status, Err: err}
}

// refuseHop says why the last redirect was not followed.
func (a *Attempt) refuseHop(err error) {
	if n := len(a.Hops); n > 0 {
		a.Hops[n-1].Refused = err.Error()
	}
	a.Err = err
}
