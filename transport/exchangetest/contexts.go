package exchangetest

import (
	"net/http"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// How long a session context lives without a request: less after Connect, until
// the first Execute (as seen in captures of Exchange; gromox has the longer one
// from the start).
const (
	lifeAfterConnect = 300 * time.Second
	lifeAfterExecute = 900 * time.Second
)

// sessionContext is what cookies stand for (MS-OXCMAPIHTTP 3.2.1). It belongs to
// an endpoint and an identity, not to a TCP connection.
type sessionContext struct {
	id       wire.GUID
	endpoint string // "emsmdb", "nspi"
	user     *User
	session  *session // mailbox side; nil for nspi
	conn     int      // connection that it was opened on
	gone     chan struct{}

	// Guarded by the store. Ordinary requests are held to the sequence: the token
	// of the last ordinary answer is good, older ones are not. A NotificationWait
	// runs beside them, so neither side can know which of two answers came first:
	// it may carry any token, and the ones it was answered with stay good.
	serial, wait  wire.GUID
	waits         map[wire.GUID]bool
	busy, waiting bool
	life          time.Duration
	expires       time.Time
}

type contextStore struct {
	now func() time.Time

	mu  sync.Mutex
	all map[wire.GUID]*sessionContext
}

func newContextStore(now func() time.Time) *contextStore {
	return &contextStore{now: now, all: map[wire.GUID]*sessionContext{}}
}

// open makes a context; it is busy with its Connect or Bind until done.
func (t *contextStore) open(endpoint string, u *User, life time.Duration, se *session) *sessionContext {
	x := &sessionContext{
		id: wire.NewGUID(), endpoint: endpoint, user: u, session: se, gone: make(chan struct{}),
		serial: wire.NewGUID(), waits: map[wire.GUID]bool{}, busy: true, life: life, expires: t.now().Add(life),
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all[x.id] = x
	return x
}

// on notes the connection that a context was opened on.
func (t *contextStore) on(x *sessionContext, conn int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x.conn = conn
}

// openedOn says that a context was opened on that connection, or is not known.
func (t *contextStore) openedOn(id wire.GUID, conn int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := t.all[id]
	return x == nil || x.conn == conn
}

// close ends a context: requests that still wait in it end too.
func (t *contextStore) close(x *sessionContext) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget(x)
}

func (t *contextStore) forget(x *sessionContext) {
	if t.all[x.id] != x {
		return
	}
	delete(t.all, x.id)
	close(x.gone)
	if x.session != nil {
		x.session.end()
	}
}

// cookieNames are the names of the context and the sequence cookie.
func cookieNames(m Manner) (context, sequence string) {
	if m == Gromox {
		return "sid", "sequence"
	}
	return "MapiContext", "MapiSequence"
}

// find gives the context that the cookies of r name, if endpoint and identity
// agree and it is alive.
func (t *contextStore) find(r *http.Request, m Manner, endpoint string, u *User) (*sessionContext, refusal) {
	name, _ := cookieNames(m)
	cookie, err := r.Cookie(name)
	if err != nil {
		return nil, missingCookie
	}
	id, err := parseCookie(cookie.Value)
	if err != nil {
		return nil, invalidCookie
	}
	x := t.all[id]
	if x == nil || x.endpoint != endpoint || x.user != u {
		return nil, contextNotFound
	}
	if !x.busy && !x.waiting && t.now().After(x.expires) {
		t.forget(x)
		return nil, contextNotFound
	}
	return x, accepted
}

// turn is what a request does with its context.
type turn int

const (
	ordinary turn = iota // one at a time, rotates the sequence
	waits                // NotificationWait: beside an ordinary one
)

// enter begins a request in the context that its cookies name. twice says that a
// NotificationWait is already open; the context is not entered then. After an
// accepted enter that is not twice, leave must follow.
func (t *contextStore) enter(r *http.Request, m Manner, endpoint string, u *User, how turn, strict bool) (x *sessionContext, twice bool, why refusal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x, why = t.find(r, m, endpoint, u); why != accepted {
		return nil, false, why
	}
	if strict {
		if why := x.checkSequence(r, m, how); why != accepted {
			return nil, false, why
		}
	}
	if how == waits {
		if x.waiting {
			return x, true, accepted
		}
		x.waiting, x.wait = true, wire.NewGUID()
		x.waits[x.wait] = true
		return x, false, accepted
	}
	if x.busy {
		return nil, false, invalidSequence
	}
	x.busy = true
	if strict { // rotated before the work is done: a lost answer cannot be repeated
		x.serial = wire.NewGUID()
	}
	return x, false, accepted
}

func (x *sessionContext) checkSequence(r *http.Request, m Manner, how turn) refusal {
	_, name := cookieNames(m)
	cookie, err := r.Cookie(name)
	if err != nil {
		return missingCookie
	}
	token, err := parseCookie(cookie.Value)
	if err != nil || how == ordinary && token != x.serial && !x.waits[token] {
		return invalidSequence
	}
	return accepted
}

// leave ends a request; the idle clock starts when no other is open.
func (t *contextStore) leave(x *sessionContext, how turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if how == waits {
		x.waiting = false
	} else {
		x.busy = false
	}
	x.expires = t.now().Add(x.life)
}

// sequence is the token that an answer of this kind carries.
func (t *contextStore) sequence(x *sessionContext, how turn) wire.GUID {
	t.mu.Lock()
	defer t.mu.Unlock()
	if how == waits {
		return x.wait
	}
	return x.serial
}

// extend gives a context the longer life.
func (t *contextStore) extend(x *sessionContext) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x.life = lifeAfterExecute
}

// replace ends the context that the cookies name, if it belongs to u: Connect and
// Bind with old cookies start anew (MS-OXCMAPIHTTP 3.2.5.6). The sequence cookie
// is not looked at.
func (t *contextStore) replace(r *http.Request, m Manner, endpoint string, u *User) refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, why := t.find(r, m, endpoint, u)
	if why == accepted {
		t.forget(x)
	}
	return why
}

// Contexts is the number of session contexts that are alive, of both endpoints.
func (s *Server) Contexts() int {
	s.contexts.mu.Lock()
	defer s.contexts.mu.Unlock()
	return len(s.contexts.all)
}

// ExpireContexts ends every session context, as a restart of the server does.
func (s *Server) ExpireContexts() {
	s.contexts.mu.Lock()
	defer s.contexts.mu.Unlock()
	for _, x := range s.contexts.all {
		s.contexts.forget(x)
	}
}
