package httpc

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
)

// Request is one HTTP request. It is not changed by Do and may be sent again.
type Request struct {
	Method, URL string
	// Header goes out sorted, with the names spelled as the keys are. Host,
	// Content-Length and Authorization are Do's own.
	Header http.Header
	// Body is sent with Content-Length; nil sends "Content-Length: 0" for
	// methods that have a body.
	Body []byte

	Anonymous bool // never sign in and never use a signed-in connection
	NoReuse   bool // a new connection, closed after the answer

	// FirstByte limits the wait for status line and headers, Idle the silence
	// between two reads of the body; 0 keeps the limits of the path. The whole
	// is limited by the context.
	FirstByte, Idle time.Duration

	Check string // id of the check that caused it, for the trace
	Kind  string // X-RequestType, for the trace
}

// Response is the answer. Body streams; Close ends it at once, also while a
// Read is waiting, and gives the connection back only when the body was read to
// its end.
type Response struct {
	Status     int
	StatusText string // the reason phrase
	Proto      string // "HTTP/1.1"
	Header     http.Header
	Length     int64 // Content-Length; -1 when the answer is chunked or ends with the connection
	Body       io.ReadCloser
	Conn       ConnInfo
	Authn      string           // how the connection or request is signed in, "" when it is not
	Offered    []auth.Challenge // of the first 401 of this Do, else of this answer
	Exchange   *Exchange        // the record of this exchange; not nil
}

// ConnInfo is the connection an answer came over.
type ConnInfo struct {
	LocalAddr, RemoteAddr net.Addr // RemoteAddr is the logical one
	TLS                   *tls.ConnectionState
	Reused                bool
}
