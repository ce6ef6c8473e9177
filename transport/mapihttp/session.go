package mapihttp

import (
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Instance is one running client: its GUID stays, its number counts session
// contexts (X-ClientInfo, MS-OXCMAPIHTTP 2.2.3.3.4). Share one between the
// Mailbox and Directory values of a program; it is safe for concurrent use.
type Instance struct {
	id wire.GUID
	n  atomic.Uint32
}

// NewInstance is an Instance with a random GUID.
func NewInstance() *Instance { return &Instance{id: wire.NewGUID()} }

// next is the X-ClientInfo of a new session context.
func (i *Instance) next() string { return fmt.Sprintf("{%s}:%d", i.id, i.n.Add(1)) }

// State is what is known of a session context.
type State int

// The states of a session context.
const (
	NotConnected State = iota // never opened, or closed by Disconnect or Unbind
	Active                    // the last answer came from it
	Uncertain                 // an answer was lost on the way: it may or may not have been carried out
	Gone                      // the server said that it does not know the context any more
)

func (s State) String() string {
	return [...]string{"not connected", "active", "uncertain", "gone"}[s]
}

// session is one session context: what the server's memory of us hangs on. It
// is no TCP connection; it survives any number of them (MS-OXCMAPIHTTP 1.3,
// 3.1.5.7). endpoint.mu guards it.
//
// Sequence rule. One request is in flight (the main lane), one NotificationWait
// beside it. Each request carries the newest cookies known when it is sent. The
// answer to a wait begins at once but says nothing about which of two answers
// holds the newer sequence cookie, so once a main request was sent after the
// wait, the sequence cookie comes from the main lane alone.
type session struct {
	guid       wire.GUID // of X-RequestId, one per context (2.2.3.3.2)
	idPrefix   string    // "{GUID}:"
	requests   uint64    // the counter behind it
	clientInfo string    // X-ClientInfo, kept when the context is re-established
	jar        jar
	state      State
	sent       int // requests sent on the main lane: who was first?

	opened     time.Time
	expiration time.Duration // X-ExpirationInfo, 0 when never said
	idleSince  time.Time     // when the last answer was complete
	pending    int           // requests without an answer: the clock stands (3.2.5.5)

	pendingPeriod time.Duration
}

func newSession(clientInfo string, cookies jar) *session {
	id := wire.NewGUID()
	return &session{guid: id, idPrefix: "{" + id.String() + "}:", clientInfo: clientInfo, jar: cookies, pendingPeriod: defaultPendingPeriod}
}

// nextID is the X-RequestId of a new request: {GUID}:N.
func (s *session) nextID() string {
	s.requests++
	return s.idPrefix + strconv.FormatUint(s.requests, 10)
}

// began takes the initial headers of an answer. They hold all cookies (3.2.5.2),
// so a parallel request can already use them while this answer still runs.
// sentAt is s.sent when the request went out.
func (s *session) began(h http.Header, now time.Time, wait bool, sentAt int) {
	s.jar.merge(h, now, wait && s.sent != sentAt)
	if d, ok := millis(h, "X-PendingPeriod"); ok {
		s.pendingPeriod = min(max(d, minPendingPeriod), maxPendingPeriod)
	}
	if d, ok := millis(h, "X-ExpirationInfo"); ok {
		s.expiration = min(d, maxExpiration)
	}
}

// expires is when the server forgets the context unless it hears from us; zero
// when it never said, or while a request is pending. Wall clock, because it goes
// on while the machine sleeps.
func (s *session) expires() time.Time {
	if s.expiration == 0 || s.pending > 0 || s.idleSince.IsZero() {
		return time.Time{}
	}
	return s.idleSince.Add(s.expiration)
}

// millis reads a header that counts milliseconds. Nothing a server says makes it
// negative or longer than an hour count that overflows.
func millis(h http.Header, name string) (time.Duration, bool) {
	n, err := strconv.ParseUint(h.Get(name), 10, 32)
	if err != nil {
		return 0, false
	}
	return time.Duration(n) * time.Millisecond, true
}
