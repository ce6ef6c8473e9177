package exchangetest

import (
	"context"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/rop"
)

// Record is one HTTP request as the server saw it.
type Record struct {
	Time            time.Time
	Conn            int    // number of the TCP connection, from 1
	TLS             bool   // came over TLS
	From            string // address:port of the client
	Host            string // Host header
	Method          string
	Path            string
	Query           string
	VDir            string // first path element, lower case: "mapi", "autodiscover"
	RequestType     string // X-RequestType
	RequestID       string // X-RequestId
	ClientInfo      string // X-ClientInfo
	ClientRequestID string // client-request-id
	UserAgent       string
	Cookies         []string // names of the cookies sent, in order
	Scheme          string   // scheme of the Authorization header, "" when none came
	Credential      bool     // the header carried a password or a proof of one, not a mere first leg
	Ticket          bool     // it was a Kerberos ticket
	User            string   // login that was authenticated, "" when nobody
	BytesIn         int64    // request body
	ROPs            []rop.ID // remote operations of an Execute
	Status          int      // HTTP status, 0 while the answer is not begun
	ResponseCode    int      // X-ResponseCode, -1 when none was sent
	Done            bool     // the handler is through
}

// Query is one DNS question as the server saw it.
type Query struct {
	Name string // lower case, with the final dot
	Type string // "A", "SRV", …
}

type recorder struct {
	mu      sync.Mutex
	records []*Record
	queries []Query
	conns   int
	open    int           // requests being answered
	quiet   chan struct{} // closed when none is; nil while nobody waits for it
}

func (r *recorder) add(rec *Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records = append(r.records, rec)
	r.open++
}

// done notes that the handler of rec is through.
func (r *recorder) done(rec *Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec.Done = true
	if r.open--; r.open == 0 && r.quiet != nil {
		close(r.quiet)
		r.quiet = nil
	}
}

// update changes rec under the lock that readers hold.
func (r *recorder) update(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

func (r *recorder) connection() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns++
	return r.conns
}

func (r *recorder) query(q Query) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queries = append(r.queries, q)
}

// Requests is every HTTP request so far, in order of arrival.
func (s *Server) Requests() []Record {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	out := make([]Record, len(s.seen.records))
	for i, r := range s.seen.records {
		out[i] = *r
		out[i].ROPs = append([]rop.ID(nil), r.ROPs...)
	}
	return out
}

// Quiet waits until no request is being answered: a NotificationWait whose client
// went away with a goodbye is over a moment later. The error is that of ctx.
func (s *Server) Quiet(ctx context.Context) error {
	r := &s.seen
	r.mu.Lock()
	if r.open == 0 {
		r.mu.Unlock()
		return nil
	}
	if r.quiet == nil {
		r.quiet = make(chan struct{})
	}
	quiet := r.quiet
	r.mu.Unlock()
	select {
	case <-quiet:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Queries is every DNS question so far, in order of arrival.
func (s *Server) Queries() []Query {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	return append([]Query(nil), s.seen.queries...)
}

// Connections is the number of TCP connections accepted so far.
func (s *Server) Connections() int {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	return s.seen.conns
}

// Forget empties the record of requests, queries and connections.
func (s *Server) Forget() {
	s.seen.mu.Lock()
	defer s.seen.mu.Unlock()
	s.seen.records, s.seen.queries, s.seen.conns = nil, nil, 0
}
