package mapihttp

import "context"

// Reestablished says how a session context was re-established.
type Reestablished struct {
	// WithOldCookies: the server replaced the old context, named by its cookies,
	// with a new one. Otherwise it refused them, and the new context began with
	// an empty jar.
	WithOldCookies bool
	// Refusal is what the server said to the old cookies; nil if it took them.
	Refusal error
}

// reestablish opens a new session context: the same request as the first time,
// with the old cookies (MS-OXCMAPIHTTP 3.1.5.7), and where the server cannot make
// anything of these (gromox after the context expired), once with none. open
// sends the Connect or Bind in the context it is given.
func (e *endpoint) reestablish(ctx context.Context, open func(context.Context, *session) error) (*Reestablished, error) {
	leave, err := e.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	cookies, clientInfo := e.inherit()
	first := newSession(clientInfo, cookies)
	err = open(ctx, first)
	if err == nil {
		e.install(first)
		return &Reestablished{WithOldCookies: true}, nil
	}
	if !ContextGone(err) || len(cookies.cookies) == 0 {
		return nil, err
	}
	fresh := newSession(clientInfo, jar{})
	if again := open(ctx, fresh); again != nil {
		return nil, again
	}
	e.install(fresh)
	return &Reestablished{Refusal: err}, nil
}

// inherit is what a new session context takes over from the one before: its
// cookies, and its X-ClientInfo, which may be used again (2.2.3.3.4).
func (e *endpoint) inherit() (jar, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current == nil {
		return jar{}, e.cfg.Instance.next()
	}
	return e.current.jar.clone(), e.current.clientInfo
}

// begin opens a first session context. One that is open is forgotten: its clock
// at the server runs out.
func (e *endpoint) begin(ctx context.Context, open func(context.Context, *session) error) error {
	leave, err := e.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	s := newSession(e.cfg.Instance.next(), jar{})
	if err := open(ctx, s); err != nil {
		return err // what cookies a refusal set are of no use
	}
	e.install(s)
	return nil
}
