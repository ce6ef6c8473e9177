package httpc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Reason says why a sign-in did not come about.
type Reason string

// The reasons.
const (
	NoCommonScheme  Reason = "no-common-scheme" // the server offers none of ours; see Offered
	SchemeRefused   Reason = "scheme-refused"   // offered, but not answered with a challenge; no proof of the password was sent
	Refused         Reason = "refused"          // the credential was refused after the last leg
	HandshakeBroken Reason = "handshake-broken" // the legs did not reach one server on one connection
	PolicyRefused   Reason = "policy"           // the host may not get a credential; nothing was sent
	BudgetUsed      Reason = "budget"           // the attempt for this endpoint is used up; nothing was sent
	MechanismFailed Reason = "mechanism"        // our side could not make a token
)

// AuthError is a sign-in that did not come about. It is found with errors.As in
// the *netpath.Error (phase "auth") that Do returns.
type AuthError struct {
	Reason   Reason
	Host     string
	Scheme   string           // the scheme tried, "" when none was
	Authn    string           // the mechanism tried
	Offered  []auth.Challenge // what the server offered at first
	Status   int              // of the last answer, 0 when there was none
	Detail   string           // one clause more, "" when Reason says it all
	Exchange *Exchange        // of the last answer, with its headers; may be nil
	Err      error            // *auth.PolicyError, *auth.BudgetError, ...; may be nil
}

func (e *AuthError) Error() string {
	s := e.sentence()
	if e.Detail != "" {
		s += " (" + e.Detail + ")"
	}
	return s
}

func (e *AuthError) sentence() string {
	switch e.Reason {
	case NoCommonScheme:
		return "the server offers only sign-in schemes that are not enabled here: " + schemes(e.Offered)
	case SchemeRefused:
		return fmt.Sprintf("the server offers %s and then refuses to begin it", e.Scheme)
	case Refused:
		return fmt.Sprintf("the server refused the credential sent by %s", e.Authn)
	case HandshakeBroken:
		return fmt.Sprintf("the %s handshake broke; a proxy or load balancer may be spreading one connection over several", e.Authn)
	case PolicyRefused, BudgetUsed:
		return e.Err.Error()
	}
	return fmt.Sprintf("%s could not make its token: %v", e.Authn, e.Err)
}

func (e *AuthError) Unwrap() error { return e.Err }

func schemes(offered []auth.Challenge) string {
	if len(offered) == 0 {
		return "none"
	}
	var names []string
	for _, c := range offered {
		names = append(names, c.Scheme)
	}
	return strings.Join(names, ", ")
}

// sendError says how far a request got; it sits inside the *netpath.Error.
type sendError struct {
	written bool // the request went out completely
	err     error
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

// NotSent says that the server cannot have acted on the request: it never went
// out completely. It is safe to send it again.
func NotSent(err error) bool {
	var s *sendError
	if errors.As(err, &s) {
		return !s.written
	}
	switch netpath.PhaseOf(err) {
	case netpath.PhaseDNS, netpath.PhaseConnect, netpath.PhaseProxy, netpath.PhaseTLS:
		return true
	}
	return false
}

// AnswerLost says that the request went out completely and no usable answer
// came: the server may have acted on it.
func AnswerLost(err error) bool {
	var s *sendError
	return errors.As(err, &s) && s.written
}
