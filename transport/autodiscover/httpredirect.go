package autodiscover

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// httpRedirect asks http://autodiscover.<domain> for a redirect to https
// (MS-OXDISCO 3.1.5.3). The request is anonymous and names no mailbox; anybody
// on the way can forge its answer, so the target goes through all the rules.
func (s *search) httpRedirect(ctx context.Context, address, domain string) []Attempt {
	raw := "http://autodiscover." + domain + "/autodiscover/autodiscover.xml"
	a := s.begin(StepHTTPRedirect, address, raw)
	a.FinalURL = raw
	if isPublicSuffix(domain) {
		a.fail(CausePolicy, netpath.PhaseHTTP, raw, 0, errPublicSuffix)
		return []Attempt{a.end()}
	}
	h := http.Header{}
	s.addCommon(h)
	resp, err := s.http.Do(ctx, &httpc.Request{Method: "GET", URL: raw, Header: h, Anonymous: true, NoReuse: true, Check: s.c.Check, Kind: "Autodiscover"})
	if err != nil {
		a.RemoteAddr = orAddr("", err)
		a.fail(CauseNetwork, phaseOf(err), raw, 0, err)
		return []Attempt{a.end()}
	}
	resp.Body.Close() // whatever it says does not count: it came over http
	a.take(resp)
	if hop := a.nextHop(); hop == nil {
		a.fail(CauseNoRedirect, netpath.PhaseHTTP, raw, a.Status, errors.New("no redirect"))
	} else {
		s.followFrom(ctx, &a, hop, raw)
	}
	return []Attempt{a.end()}
}

func (s *search) followFrom(ctx context.Context, a *Attempt, hop *Hop, raw string) {
	from, err := url.Parse(raw)
	if err != nil {
		a.fail(CausePolicy, netpath.PhaseHTTP, raw, 0, err)
		return
	}
	a.Hops = append(a.Hops, *hop)
	if to := s.takeHop(a, from, map[string]bool{}); to != nil {
		s.follow(ctx, a, to)
	}
}
