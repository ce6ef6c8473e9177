package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// json asks Autodiscover v2 at autodiscover.<domain>, in both forms, never with
// a credential and without following redirects; then POX where it points to.
func (s *search) json(ctx context.Context, address, domain string) []Attempt {
	host := "autodiscover." + domain
	forms := v2URLs(host, address)
	a := s.begin(StepJSON, address, forms[0])
	if _, err := s.admitCandidate(address, domain, forms[0]); err != nil {
		a.fail(CausePolicy, netpath.PhaseHTTP, forms[0], 0, err)
		return []Attempt{a.end()}
	}
	a.V2 = make([]V2Query, len(forms))
	var wg sync.WaitGroup
	for i, form := range forms {
		wg.Go(func() { a.V2[i] = s.askV2(ctx, form) })
	}
	wg.Wait()
	for _, q := range a.V2 {
		if q.Answer != nil && q.Answer.URL != "" {
			s.followV2(ctx, &a, q)
			return []Attempt{a.end()}
		}
	}
	q := a.V2[0]
	a.FinalURL, a.RemoteAddr, a.Status, a.Location, a.Server, a.Err = q.URL, q.RemoteAddr, q.Status, q.Location, q.Server, q.Err
	return []Attempt{a.end()}
}

func (s *search) followV2(ctx context.Context, a *Attempt, q V2Query) {
	u, err := checkTarget(q.Answer.URL)
	if err == nil {
		err = s.admit(q.URL, u)
	}
	if err != nil {
		a.fail(CauseRedirectRefused, netpath.PhaseHTTP, q.Answer.URL, q.Status, err)
		return
	}
	s.follow(ctx, a, u)
}

func (s *search) askV2(ctx context.Context, form string) V2Query {
	q, start, h := V2Query{URL: form}, time.Now(), http.Header{"Accept": {"application/json"}}
	s.addCommon(h)
	resp, err := s.http.Do(ctx, &httpc.Request{Method: "GET", URL: form, Header: h, Anonymous: true, Check: s.c.Check, Kind: "AutodiscoverV2"})
	var a Attempt // for its error
	a.Step = StepJSON
	if err != nil {
		q.RemoteAddr = orAddr("", err)
		a.fail(CauseNetwork, phaseOf(err), form, 0, err)
	} else {
		a.take(resp)
		q.Status, q.Location, q.RemoteAddr, q.Server = a.Status, a.Location, a.RemoteAddr, a.Server
		q.Answer = a.readV2(resp, form)
	}
	q.Err, q.Duration = a.Err, time.Since(start)
	return q
}

// readV2 reads the JSON of an answer; errors come with status 4xx as well.
func (a *Attempt) readV2(resp *httpc.Response, form string) *V2Answer {
	body, err := readBody(resp)
	if err != nil {
		a.fail(CauseNetwork, netpath.PhaseBody, form, a.Status, err)
		return nil
	}
	answer, err := ParseV2(body)
	switch {
	case err == nil && answer.ErrorCode != "":
		a.fail(CauseServerError, netpath.PhaseErrorCode, form, a.Status, fmt.Errorf("the server answered %q: %.200s", answer.ErrorCode, answer.ErrorMessage))
	case isRedirect(a.Status):
		a.fail(CauseRedirectRefused, netpath.PhaseHTTP, a.Location, a.Status, errors.New("redirects of Autodiscover v2 are not followed"))
	case a.Status != http.StatusOK:
		a.fail(CauseStatus, netpath.PhaseHTTP, form, a.Status, statusError(a.Status, body))
	case err != nil:
		a.fail(CauseNotAutodiscover, netpath.PhaseBody, form, a.Status, err)
	}
	return answer
}
