package httpc

import "github.com/mapiscope/mapiscope/transport/auth"

// Reason says why a sign-in did not come about.
type Reason string

// The reasons.
const (
	NoCommonScheme  Reason = "no-common-scheme" // the server offers none of ours; see Offered
	Refused         Reason = "refused"          // the credential was refused after the last leg
	HandshakeBroken Reason = "handshake-broken" // the legs did not reach one server on one connection
	PolicyRefused   Reason = "policy"           // the host may not get a credential; nothing was sent
	BudgetUsed      Reason = "budget"           // the attempt for this endpoint is used up; nothing was sent
	MechanismFailed Reason = "mechanism"        // our side could not make a token
)

// AuthError is a 401 that could not be turned into a sign-in.
type AuthError struct {
	Reason  Reason
	Host    string
	Scheme  string           // the scheme tried, "" when none was
	Authn   string           // the mechanism tried
	Offered []auth.Challenge // what the server offered at first
	Status  int              // of the last answer
	Detail  string           // one clause for people, "" when Reason says it all
	Err     error            // *auth.PolicyError, *auth.BudgetError, ...; may be nil
}

func (e *AuthError) Error() string { return string(e.Reason) }
func (e *AuthError) Unwrap() error { return e.Err }

// NotSent says that the server cannot have acted on the request: it never went
// out completely. It is safe to send it again.
func NotSent(err error) bool { return false }

// AnswerLost says that the request went out completely and no usable answer
// came: the server may have acted on it.
func AnswerLost(err error) bool { return false }
