package autodiscover

import (
	"context"
	"net/url"
)

// asked is one URL asked for one address, by whichever step came first: several
// steps often lead to one server, and one question is enough for it.
type asked struct {
	step  Step
	done  chan struct{}
	reply Attempt // the parts that ask fills
}

// ask puts the answer of u for a's address into a, with the comparison.
func (s *search) ask(ctx context.Context, a *Attempt, u *url.URL) {
	key := a.Address + " " + u.String()
	s.mu.Lock()
	q, known := s.asked[key]
	if !known {
		q = &asked{step: a.Step, done: make(chan struct{})}
		s.asked[key] = q
	}
	s.mu.Unlock()
	if known {
		<-q.done // it ends with ctx, as its own context is the same
	} else {
		q.reply = s.askTwice(ctx, *a, u)
		close(q.done)
	}
	a.Answer, a.Legacy, a.LegacyErr, a.Difference, a.Err = q.reply.Answer, q.reply.Legacy, q.reply.LegacyErr, q.reply.Difference, q.reply.Err
	a.SharedWith = ""
	if known {
		a.SharedWith = q.step
	}
}

// askTwice asks as a client of MAPI/HTTP, then as one that knows RPC/HTTP only.
func (s *search) askTwice(ctx context.Context, a Attempt, u *url.URL) Attempt {
	a.Answer, a.Err = s.post(ctx, a.Step, a.Address, u, true)
	if a.Usable() {
		s.tell(s.c.Found, a.end())
	}
	if set := a.Settings; !s.compare || set == nil || set.RedirectURL != "" || set.RedirectAddr != "" {
		return a
	}
	legacy, err := s.post(ctx, a.Step, a.Address, u, false)
	a.Legacy, a.LegacyErr = legacy.Settings, err
	a.Difference = Compare(a.Settings, a.Legacy)
	return a
}
