package netpath

import "fmt"

// Error is one sentence: what did not work, at which host, and why. Resolver
// addresses and local ports of the underlying error stay out of it.
func (e *Error) Error() string {
	where := e.Host
	if e.Addr != "" && e.Addr != e.Host {
		where = fmt.Sprintf("%s (%s)", e.Host, e.Addr)
	}
	return fmt.Sprintf("%s %s: %s", phaseVerb(e.Phase), where, e.reason())
}

func phaseVerb(p Phase) string {
	switch p {
	case PhaseDNS:
		return "cannot look up"
	case PhaseConnect:
		return "cannot connect to"
	case PhaseProxy:
		return "cannot get through the proxy to"
	case PhaseTLS:
		return "cannot set up TLS with"
	case PhaseWrite:
		return "cannot send the request to"
	case PhaseFirstByte:
		return "no answer from"
	case PhaseBody:
		return "the answer broke off from"
	case PhaseAuth:
		return "cannot sign in at"
	}
	return "unusable answer from"
}

var reasons = map[Kind]string{
	KindNotFound:      "the name does not exist in DNS",
	KindDNSFailure:    "the DNS server failed to answer the question",
	KindRefused:       "connection refused",
	KindUnreachable:   "no route to that address",
	KindTimeout:       "no answer within the time limit",
	KindCanceled:      "canceled",
	KindReset:         "connection reset",
	KindClosed:        "the connection was closed",
	KindNotTLS:        "the server does not speak TLS on this port",
	KindCertAuthority: "the certificate is not from an authority this computer trusts",
	KindCertExpired:   "the certificate has expired or is not valid yet",
}

func (e *Error) reason() string {
	if r := reasons[e.Kind]; r != "" && e.Phase != PhaseAuth {
		return r
	}
	return e.Err.Error()
}
