package httpc

import (
	"crypto/x509"
	"net/http"
	"time"
)

// Trace watches the exchanges of a client.
type Trace struct {
	// Done is called exactly once for each HTTP request on the wire, each leg of
	// a sign-in included: when its body is closed, or when it failed. Calls
	// may be concurrent.
	Done func(*Exchange)
}

// Exchange is the record of one HTTP request on the wire. It holds no
// credential: Authorization is gone, of cookies only the names are kept.
type Exchange struct {
	Seq             int // 1, 2, ... in order of start
	Started         time.Time
	Check           string // id of the check that caused it
	Method, URL     string
	Local, Remote   string // address:port
	Proto, TLS      string // "HTTP/1.1", "TLS 1.3"
	Reused          bool   // the connection was used before
	RequestType     string
	RequestID       string // X-RequestId
	ClientInfo      string // X-ClientInfo
	ClientRequestID string // client-request-id
	ServerRequestID string // request-id of the answer
	FEServer        string // X-FEServer
	BEServer        string // X-BEServer, or X-CalculatedBETarget
	Authn           string
	Status          int
	// ResponseCode and ErrorCode are set by the layer above before it closes the body.
	ResponseCode, ErrorCode                        *uint32
	DNS, Connect, Proxy, TLSTime, FirstByte, Total time.Duration
	BytesOut, BytesIn                              int64 // HTTP bytes, headers included, TLS overhead not
	Err                                            error
	// Peer is the certificate chain that the connection showed, leaf first; nil without TLS.
	Peer []*x509.Certificate
	// RequestHeader and Header are redacted; filled for a Trace, Header also for a 401.
	RequestHeader, Header http.Header

	brokenWrite bool // the server stopped reading the request
}
