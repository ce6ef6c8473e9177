package netpath

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// Phase names the part of a request that failed. The first ten happen below
// MAPI; the last three are verdicts of the layers above.
type Phase string

// The phases, in the order in which a request meets them.
const (
	PhaseDNS          Phase = "dns"
	PhaseConnect      Phase = "connect"
	PhaseProxy        Phase = "proxy"
	PhaseTLS          Phase = "tls"
	PhaseWrite        Phase = "write"
	PhaseFirstByte    Phase = "first-byte"
	PhaseAuth         Phase = "auth"
	PhaseHTTP         Phase = "http"
	PhaseBody         Phase = "body"
	PhaseResponseCode Phase = "response-code"
	PhaseStatusCode   Phase = "status-code"
	PhaseErrorCode    Phase = "error-code"
	PhaseROP          Phase = "rop"
)

// Kind is the cause of a failure as far as the network tells it.
type Kind string

// The kinds. KindOther is everything that has no name of its own.
const (
	KindOther         Kind = ""
	KindNotFound      Kind = "not-found"    // the name has no such record (NXDOMAIN or no data)
	KindDNSFailure    Kind = "dns-failure"  // the DNS server answered with an error, or not at all
	KindRefused       Kind = "refused"      // TCP RST to our SYN
	KindUnreachable   Kind = "unreachable"  // no route to host or network
	KindTimeout       Kind = "timeout"      // the limit of the phase passed
	KindCanceled      Kind = "canceled"     // the caller gave up
	KindReset         Kind = "reset"        // RST in the middle
	KindClosed        Kind = "closed"       // orderly end where more was due
	KindMalformed     Kind = "malformed"    // the bytes are not what the protocol wants
	KindTooLarge      Kind = "too-large"    // a bound of ours was passed
	KindProxyStatus   Kind = "proxy-status" // the proxy refused CONNECT; see ProxyError
	KindNotTLS        Kind = "not-tls"      // something answered, but not TLS
	KindTLSAlert      Kind = "tls-alert"    // the server ended the handshake with an alert
	KindCertAuthority Kind = "certificate-unknown-authority"
	KindCertHost      Kind = "certificate-hostname"
	KindCertExpired   Kind = "certificate-expired" // or not valid yet
	KindCertOther     Kind = "certificate"
)

// Error is a failure below HTTP semantics: which phase, of which host, why.
// Its text names neither resolvers nor local addresses.
type Error struct {
	Phase    Phase
	Kind     Kind
	Host     string    // host name as asked for, without port
	Addr     string    // "address:port" or "host:port" in play, "" when none
	Attempts []Attempt // connect phase: every address that was tried
	Err      error     // the underlying error, never nil
}

// Attempt is one TCP connection attempt.
type Attempt struct {
	Addr    netip.AddrPort
	Elapsed time.Duration
	Kind    Kind
	Err     error // nil for the one that won
}

// ProxyError is a proxy that refused CONNECT (RFC 9110 9.3.6).
type ProxyError struct {
	Proxy   string   // host:port
	Status  int      // 407 = the proxy wants a sign-in of its own
	Offered []string // Proxy-Authenticate values
}

func (e *ProxyError) Error() string {
	if e.Status == 407 {
		return fmt.Sprintf("the proxy %s demands a sign-in (407)", e.Proxy)
	}
	return fmt.Sprintf("the proxy %s refused the tunnel with status %d", e.Proxy, e.Status)
}

func (e *Error) Unwrap() error { return e.Err }

// PhaseOf is the phase of the *Error inside err, "" when there is none.
func PhaseOf(err error) Phase {
	var e *Error
	if errors.As(err, &e) {
		return e.Phase
	}
	return ""
}

// KindOf is the kind of the *Error inside err, or what can be told from err itself.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Classify(err)
}

// Timeout says whether err comes from a limit that passed.
func Timeout(err error) bool { return err != nil && KindOf(err) == KindTimeout }

// NewError wraps err with its phase and what Classify makes of it.
func NewError(phase Phase, host, addr string, err error) *Error {
	return &Error{Phase: phase, Kind: Classify(err), Host: host, Addr: addr, Err: err}
}

// Classify tells the kind of an error of the standard library.
func Classify(err error) Kind {
	switch {
	case err == nil:
		return KindOther
	case errors.Is(err, context.Canceled):
		return KindCanceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return KindTimeout
	}
	if k := classifyCertificate(err); k != KindOther {
		return k
	}
	return classifyNetwork(err)
}

func classifyCertificate(err error) Kind {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &authority):
		return KindCertAuthority
	case errors.As(err, &host):
		return KindCertHost
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return KindCertExpired
	case errors.As(err, &invalid), errors.As(err, &verify):
		return KindCertOther
	}
	return KindOther
}

func classifyNetwork(err error) Kind {
	var dns *net.DNSError
	var record tls.RecordHeaderError
	var op *net.OpError
	var netErr net.Error
	var proxy *ProxyError
	var errno syscall.Errno
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return KindNotFound
	case errors.As(err, &dns) && !dns.IsTimeout:
		return KindDNSFailure
	case errors.As(err, &proxy):
		return KindProxyStatus
	case errors.As(err, &netErr) && netErr.Timeout():
		return KindTimeout
	case errors.As(err, &record):
		return KindNotTLS
	case errors.As(err, &op) && op.Op == "remote error": // crypto/tls hides its alert type behind it
		return KindTLSAlert
	case errors.As(err, &errno) && errnoKinds[errno] != KindOther:
		return errnoKinds[errno]
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return KindClosed
	}
	return KindOther
}
