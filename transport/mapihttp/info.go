package mapihttp

import (
	"cmp"
	"crypto/tls"
	"time"

	"github.com/mapiscope/mapiscope/transport/httpc"
)

// ContextInfo is what is known of a session context and of the server behind it:
// the row of a connection status table, as a snapshot.
type ContextInfo struct {
	URL        string
	State      State
	ContextID  string // GUID of X-RequestId: one per session context, searchable in the server's log
	ClientInfo string // X-ClientInfo

	Opened        time.Time     // zero without a context
	Age           time.Duration // since Opened
	Expires       time.Time     // when the server forgets an idle context; zero while a request is pending
	Expiration    time.Duration // X-ExpirationInfo
	PendingPeriod time.Duration // between PENDING tags
	InFlight      int           // requests without an answer

	Dialect       Dialect
	ServerVersion string // X-ServerApplication without its name, "15.02.2562.045"
	ServerProduct string // see ServerProduct
	FEServer      string // X-FEServer
	BEServer      string // X-BEServer, or X-CalculatedBETarget
	Authn         string // how the connection was signed in
	LocalAddr     string // address:port of the last answer's connection
	RemoteAddr    string
	TLS           *tls.ConnectionState

	Requests, Failures int
	AvgResponse        time.Duration // round trip as we measure it, NotificationWait left out
	AvgProcessing      time.Duration // the server's share of it (X-ElapsedTime); whole seconds from gromox
}

// serverFacts is what answers tell of the server.
type serverFacts struct {
	dialect                Dialect
	version, fe, be, authn string
	conn                   httpc.ConnInfo
}

// learn notes what an answer of the MAPI handler tells.
func (e *endpoint) learn(a *answer, resp *httpc.Response) {
	if !a.HasResponseCode {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s := &e.server
	s.dialect = a.Dialect
	s.authn, s.conn = resp.Authn, resp.Conn
	note(&s.version, versionPart(a.Header.Get("X-ServerApplication")))
	note(&s.fe, a.Header.Get("X-FEServer"))
	note(&s.be, cmp.Or(a.Header.Get("X-BEServer"), a.Header.Get("X-CalculatedBETarget"), s.be))
}

// note keeps what a server says, printable and bounded; nothing said changes nothing.
func note(dst *string, said string) {
	if said != "" && said != *dst {
		*dst = squeeze(said)
	}
}

func (e *endpoint) dialect() Dialect {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.server.dialect
}

// info is a snapshot.
func (e *endpoint) info() ContextInfo {
	e.mu.Lock()
	defer e.mu.Unlock()
	sv := &e.server
	i := ContextInfo{URL: e.target, Dialect: sv.dialect, ServerVersion: sv.version, ServerProduct: ServerProduct(sv.version),
		FEServer: sv.fe, BEServer: sv.be, Authn: sv.authn, TLS: sv.conn.TLS,
		Requests: e.figures.requests, Failures: e.figures.failures,
		AvgResponse: e.figures.response.mean(), AvgProcessing: e.figures.processing.mean()}
	if sv.conn.LocalAddr != nil && sv.conn.RemoteAddr != nil {
		i.LocalAddr, i.RemoteAddr = sv.conn.LocalAddr.String(), sv.conn.RemoteAddr.String()
	}
	if s := e.current; s != nil {
		i.State, i.ContextID, i.ClientInfo = s.state, s.guid.String(), s.clientInfo
		i.Opened, i.Age = s.opened, e.cfg.wall().Sub(s.opened)
		i.Expires, i.Expiration, i.PendingPeriod, i.InFlight = s.expires(), s.expiration, s.pendingPeriod, s.pending
	}
	return i
}

// figures counts as Outlook's connection status does.
type figures struct {
	requests, failures   int
	response, processing average
}

type average struct {
	sum time.Duration
	n   int
}

func (a *average) add(d time.Duration) { a.sum, a.n = a.sum+d, a.n+1 }

func (a *average) mean() time.Duration {
	if a.n == 0 {
		return 0
	}
	return a.sum / time.Duration(a.n)
}

// count adds one call. What the caller gave up is no failure of the connection;
// a refused remote operation is none either, it is an answer.
func (g *figures) count(c *call, a *answer, f *Failure, took time.Duration, givenUp bool) {
	g.requests++
	if f != nil && !givenUp {
		g.failures++
	}
	if c.wait || a == nil || f != nil && f.Delivery != Answered {
		return
	}
	g.response.add(took)
	if d, ok := a.processing(); ok {
		g.processing.add(d)
	}
}
