package mapihttp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// endpoint is what Mailbox and Directory share: one URL, the session context
// open on it, and how requests travel in that context.
type endpoint struct {
	cfg  Config
	main lane // one request in flight (MS-OXCMAPIHTTP 3.1.5.5)
	wait lane // and one NotificationWait beside it
	turn lane // one Resume
	gate gate // shut while paused

	mu        sync.Mutex
	target    string   // the URL; a redirect changes it
	name      string   // the host in it
	current   *session // nil: no session context
	last      error    // what the server said when it disowned the context
	replacing Why      // the context is gone, and the one in its place is not complete
	server    serverFacts
	figures   figures
}

func newEndpoint(cfg Config) *endpoint {
	e := &endpoint{cfg: cfg.withDefaults(), main: newLane(), wait: newLane(), turn: newLane()}
	e.setURL(cfg.URL)
	return e
}

// call is one request of a session context.
type call struct {
	op      string // X-RequestType
	body    []byte
	session *session
	wait    bool // a NotificationWait: beside the others, and minutes long
	// repeatable says that carrying it out twice does no harm, so that it may be
	// sent again when its answer is lost.
	repeatable bool
	onTag      func(Tag) // told of each meta-tag as it arrives; may be nil
	// read takes the body of an answer with X-ResponseCode 0 and returns the
	// failure of one of the upper rungs; nil where there is no body.
	read func(*answer) error
}

// stamp is what makes a request this request: a resend carries it as it is
// (MS-OXCMAPIHTTP 3.1.7.1).
type stamp struct {
	id     string
	header http.Header
	sentAt int // session.sent when it went out
}

// open gives the session context that requests travel in.
func (e *endpoint) open() (*session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.current == nil:
		return nil, ErrNotConnected
	case e.current.state == Gone:
		return nil, &goneError{e.last}
	}
	return e.current, nil
}

// goneError is ErrContextGone with the refusal that told so.
type goneError struct{ refusal error }

func (g *goneError) Error() string   { return ErrContextGone.Error() + ": " + errText(g.refusal) }
func (g *goneError) Unwrap() []error { return []error{ErrContextGone, g.refusal} }

// install makes s the session context of the endpoint; nil forgets it.
func (e *endpoint) install(s *session) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.current = s; s != nil {
		s.state, s.opened = Active, e.cfg.wall()
	}
}

// stamp numbers and dresses a request with the newest cookies known.
func (e *endpoint) stamp(c *call) stamp {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := c.session
	s.pending++
	if !c.wait {
		s.sent++
	}
	id, cookies := s.nextID(), s.jar.header()
	values := [...]string{c.op, id, s.clientInfo, e.cfg.Application, "{" + wire.NewGUID().String() + "}", cookies}
	h := http.Header{
		"Accept":              mapiBody,
		"Content-Type":        mapiBody,
		"X-RequestType":       values[0:1:1],
		"X-RequestId":         values[1:2:2],
		"X-ClientInfo":        values[2:3:3],
		"X-ClientApplication": values[3:4:4],
		"client-request-id":   values[4:5:5],
	}
	if cookies != "" {
		h["Cookie"] = values[5:6:6]
	}
	return stamp{id: id, header: h, sentAt: s.sent}
}

const contentType = "application/mapi-http"

var mapiBody = []string{contentType}

// enter waits for the main lane and for the end of a pause.
func (e *endpoint) enter(ctx context.Context) (leave func(), err error) {
	if isResuming(ctx) {
		return func() {}, nil
	}
	if err := e.main.enter(ctx); err != nil {
		return nil, err
	}
	if err := e.gate.pass(ctx); err != nil {
		e.main.leave()
		return nil, err
	}
	return e.main.leave, nil
}

// send carries out a call. One that a pause cut off is carried out again after it
// where that cannot do harm.
func (e *endpoint) send(ctx context.Context, c *call) (*answer, error) {
	for {
		a, f := e.sendOnce(ctx, c)
		if f == nil {
			return a, nil
		}
		if !errors.Is(f.Err, ErrPaused) || isResuming(ctx) {
			return a, f
		}
		if harmless := f.Delivery == NotSent || c.repeatable || c.wait; !harmless || e.gate.pass(ctx) != nil {
			return a, f
		}
		if err := e.stillHolds(c.session); err != nil {
			return a, err
		}
	}
}

// stillHolds says whether a call that was cut may go on in its session context.
func (e *endpoint) stillHolds(s *session) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.state == Gone || s.state != NotConnected && s != e.current {
		return &goneError{e.last}
	}
	return nil
}

// sendOnce is one stamped request, sent once more when its connection broke and
// that cannot do harm.
func (e *endpoint) sendOnce(ctx context.Context, c *call) (*answer, *Failure) {
	fl, ok := e.gate.fly(ctx, c.wait)
	if !ok {
		return nil, e.heldBack(c, stamp{})
	}
	defer e.gate.land(fl)
	st := e.stamp(c)
	start := time.Now()
	a, f := e.attempt(ctx, c, st, fl)
	if f != nil && ctx.Err() == nil && retry(f, c) {
		a, f = e.attempt(ctx, c, st, fl)
	}
	if f != nil && noStatus(f.Err) {
		e.cfg.HTTP.DropIdle() // gromox leaves stray bytes behind such an answer
	}
	e.settle(ctx, c, a, f, time.Since(start))
	return a, f
}

// retry decides on a resend: for a connection that broke, not for one that never
// came about, nor for a limit that passed, which would only pass twice. What was
// sent whole and got lost may have been carried out (MS-OXCMAPIHTTP 3.1.7.2).
func retry(f *Failure, c *call) bool {
	switch {
	case netpath.Timeout(f.Err), errors.Is(f.Err, ErrPaused):
		return false
	case f.Delivery == NotSent:
		return f.Phase == netpath.PhaseWrite
	default:
		return f.Delivery == AnswerLost && c.repeatable
	}
}

// settle draws the conclusions of a call for context and figures.
func (e *endpoint) settle(ctx context.Context, c *call, a *answer, f *Failure, took time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := c.session
	s.pending--
	e.figures.count(c, a, f, took, ctx.Err() != nil)
	if a != nil && a.HasResponseCode {
		s.idleSince = e.cfg.wall() // only the MAPI handler restarts the clock
	}
	switch {
	case f == nil:
		if s == e.current && s.state != Gone {
			s.state = Active
		}
	case f.Delivery == AnswerLost && !c.wait:
		s.state = max(s.state, Uncertain)
	case ContextGone(f):
		e.disown(c, s, f)
	}
}

// disown believes the server that the context is gone. A wait that is refused
// for its sequence alone proves nothing: nobody documents which cookie a
// parallel wait should carry.
func (e *endpoint) disown(c *call, s *session, f *Failure) {
	if code, _ := f.Response(); c.wait && code == ResponseInvalidSequence {
		s.state = max(s.state, Uncertain)
		return
	}
	s.state = Gone
	if s == e.current {
		e.last = f
	}
}

// setURL points the endpoint elsewhere; there is no session context then.
func (e *endpoint) setURL(u string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.target, e.name, e.current, e.server = u, "", nil, serverFacts{}
	if parsed, err := url.Parse(u); err == nil {
		e.name = parsed.Hostname()
	}
}

func (e *endpoint) url() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.target
}

// host is the name in the URL, for failures.
func (e *endpoint) host() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.name
}

// close ends the session context with a Disconnect or Unbind. Afterwards there is
// none, whatever the server said.
func (e *endpoint) close(ctx context.Context, c *call) error {
	if e.gate.isShut() {
		ctx = resuming(ctx) // a goodbye is said all the same
	}
	leave, err := e.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	s, err := e.open()
	if err != nil {
		e.install(nil)
		return err
	}
	c.session = s
	_, err = e.send(ctx, c)
	e.install(nil)
	return err
}

// ping proves that the server still holds the session context and restarts its
// clock; without a context it asks whether the endpoint answers at all.
func (e *endpoint) ping(ctx context.Context) (*answer, error) {
	leave, err := e.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	c := &call{op: "PING", repeatable: true}
	e.mu.Lock()
	none := e.current == nil
	e.mu.Unlock()
	if none {
		c.session = newSession(e.cfg.Instance.next(), jar{})
		return e.send(ctx, c)
	}
	s, err := e.open()
	if err != nil {
		return nil, err
	}
	c.session = s
	c.read = func(a *answer) error {
		if a.Header.Get("X-ExpirationInfo") == "" {
			return a.failure(noContextPhase, ErrNoContext)
		}
		return nil
	}
	return e.send(ctx, c)
}
