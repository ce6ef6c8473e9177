package autodiscover

import (
	"fmt"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Cause is why a step led to no settings.
type Cause string

// The causes.
const (
	CauseNetwork         Cause = "network"          // no HTTP answer; see Phase and the *netpath.Error inside
	CauseNoRecord        Cause = "no-record"        // srv: the domain has no usable record
	CausePolicy          Cause = "policy"           // the rules on hosts forbid asking; nothing was sent
	CauseAuth            Cause = "auth"             // 401; see the *httpc.AuthError inside
	CauseForbidden       Cause = "forbidden"        // 403
	CauseStatus          Cause = "status"           // any other HTTP status that is not an answer
	CauseNoRedirect      Cause = "no-redirect"      // http-redirect: answered, but with no redirect
	CauseRedirectRefused Cause = "redirect-refused" // a redirect the rules do not let us follow
	CauseLoop            Cause = "loop"             // a URL or address came again, or 10 hops
	CauseNotAutodiscover Cause = "not-autodiscover" // 200 with something else: a website, a login page
	CauseServerError     Cause = "server-error"     // a POX or JSON error; see the *ServerError inside
)

// Error says why a step led to no settings.
type Error struct {
	Cause  Cause
	Phase  netpath.Phase // of the request that failed; "http" or later when the server answered
	Step   Step
	URL    string // asked last, or refused
	Host   string
	Status int // HTTP status, 0 = none
	Err    error
}

func (e *Error) Unwrap() error { return e.Err }

// Error is one sentence for people.
func (e *Error) Error() string {
	switch e.Cause {
	case CausePolicy:
		return fmt.Sprintf("%s was not asked: %v", e.Host, e.Err)
	case CauseAuth:
		if e.Step == StepRoot {
			return fmt.Sprintf("%s wants a sign-in that did not succeed; it may be a website, so this says nothing about the password (%v)", e.Host, e.Err)
		}
		return fmt.Sprintf("%s did not accept the sign-in: %v", e.Host, e.Err)
	case CauseForbidden:
		return fmt.Sprintf("%s refuses access to Autodiscover (HTTP status 403)", e.Host)
	case CauseStatus:
		return fmt.Sprintf("%s answered with HTTP status %d, which is no Autodiscover answer", e.Host, e.Status)
	case CauseNoRedirect:
		return fmt.Sprintf("%s answered the http request with status %d and no redirect", e.Host, e.Status)
	case CauseRedirectRefused:
		return fmt.Sprintf("the redirect to %s was not followed: %v", e.URL, e.Err)
	case CauseNotAutodiscover:
		return fmt.Sprintf("%s answered, but not as Autodiscover: %v", e.Host, e.Err)
	}
	return e.Err.Error()
}
