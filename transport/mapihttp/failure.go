package mapihttp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// Delivery says what the server may have done with a request that failed.
type Delivery int

// The zero Delivery is the careful one.
const (
	AnswerLost Delivery = iota // sent; whether it was carried out is not known
	NotSent                    // it cannot have been carried out
	Answered                   // the server (or something in its place) answered
)

// Failure is the first rung of the ladder that failed: names, TCP, TLS, HTTP
// status, X-ResponseCode, StatusCode, ErrorCode, ReturnValue of a remote
// operation (MS-OXCMAPIHTTP 2.2.2.2, 3.1.5.6). Every request that was begun and
// failed gives one; use errors.As.
type Failure struct {
	Phase        netpath.Phase // the rung
	Host, Op     string        // Op is the X-RequestType
	Status       int           // HTTP status, 0 when none came
	ResponseCode *int          // X-ResponseCode as the server sent it, nil when none came
	Code         *mapierr.Code // StatusCode, ErrorCode or ReturnValue, by Phase
	ROP          rop.ID        // the operation that failed, in phase "rop"
	Text         string        // the server's words, plain, bounded; may name servers and users
	Dialect      Dialect       // whose numbering ResponseCode follows
	RequestID    string        // X-RequestId as sent
	Delivery     Delivery
	Err          error // the cause below, may be nil
}

// Causes that the rungs of HTTP and MAPI have beside codes.
var (
	// ErrNotMAPI is an answer without X-ResponseCode: a proxy, a login page or
	// the web server answered, not the MAPI handler.
	ErrNotMAPI = errors.New("the answer has no X-ResponseCode: a proxy or a web page answered instead of the mail server")
	// ErrNotOurs is an answer with the X-RequestId of another request.
	ErrNotOurs = errors.New("the answer belongs to another request: something on the way mixes up or caches answers")
	// ErrNoContext is a PING that was answered without saying for how long the
	// session context is kept, which is what proves it (MS-OXCMAPIHTTP 3.1.5.3).
	ErrNoContext = errors.New("the server answered but did not confirm the session context")
	// ErrNotConnected is a request in a session context that was never opened.
	ErrNotConnected = errors.New("there is no session context: connect first")
	// ErrContextGone is a request in a session context that the server has
	// already disowned; Reestablish makes a new one.
	ErrContextGone = errors.New("the server does not know the session context any more")
	// ErrWaiting is a second NotificationWait beside one that is still open.
	ErrWaiting = errors.New("a NotificationWait is already open in this session context")
)

func (f *Failure) Error() string {
	where := f.Op
	if f.Phase == netpath.PhaseROP {
		where = f.ROP.String()
	}
	if what := f.what(); what != "" {
		return joinNonEmpty(": ", strings.TrimSpace(where+" at "+f.Host), what, f.Text)
	}
	return joinNonEmpty(": ", where, errText(f.Err))
}

// what is the clause for a rung that has a code; "" for one that has only Err.
func (f *Failure) what() string {
	switch {
	case f.Phase == netpath.PhaseHTTP && f.Status != 0:
		return fmt.Sprintf("HTTP status %d %s", f.Status, http.StatusText(f.Status))
	case f.Phase == netpath.PhaseResponseCode && f.ResponseCode != nil:
		name := f.Dialect.ResponseName(*f.ResponseCode)
		return strings.TrimSuffix(fmt.Sprintf("X-ResponseCode %d (%s)", *f.ResponseCode, name), " ()")
	case f.Code != nil:
		return joinNonEmpty(": ", codeField[f.Phase]+" "+f.Code.String(), f.Code.Meaning())
	case f.Phase == netpath.PhaseResponseCode, f.Phase == netpath.PhaseStatusCode, f.Phase == netpath.PhaseBody:
		return errText(f.Err)
	}
	return ""
}

var codeField = map[netpath.Phase]string{
	netpath.PhaseStatusCode: "StatusCode",
	netpath.PhaseErrorCode:  "ErrorCode",
	netpath.PhaseROP:        "ReturnValue",
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func joinNonEmpty(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

// Unwrap gives errors.Is and errors.As the cause below and the server's own code.
func (f *Failure) Unwrap() []error {
	var out []error
	if f.Err != nil {
		out = append(out, f.Err)
	}
	if f.Code != nil {
		out = append(out, *f.Code)
	}
	return out
}

// Response is X-ResponseCode in the specification's numbering; false when none
// came.
func (f *Failure) Response() (ResponseCode, bool) {
	if f.ResponseCode == nil {
		return 0, false
	}
	return f.Dialect.Normalize(*f.ResponseCode), true
}

// ContextGone says whether err means that the server has lost the session
// context: Reestablish helps, waiting does not.
func ContextGone(err error) bool {
	if errors.Is(err, ErrContextGone) {
		return true
	}
	var f *Failure
	if !errors.As(err, &f) || f.Phase != netpath.PhaseResponseCode {
		return false
	}
	code, ok := f.Response()
	return ok && code.contextGone()
}

// Temporary says whether the server asks to come back later: it is busy, starts,
// stops, or moves the mailbox.
func Temporary(err error) bool {
	var f *Failure
	if !errors.As(err, &f) {
		return false
	}
	if code, ok := f.Response(); ok && code == ResponseEndpointShuttingDown {
		return true
	}
	if f.Phase == netpath.PhaseHTTP && f.Status == http.StatusServiceUnavailable {
		return true
	}
	if f.Code == nil {
		return false
	}
	switch *f.Code {
	case mapierr.ServerBusy, mapierr.ServerPaused, mapierr.MailboxInTransit, mapierr.MountInProgress,
		mapierr.RPCServerTooBusy, mapierr.Busy:
		return true
	case mapierr.RPCTooBusy: // of a remote operation it means a locked object
		return f.Phase == netpath.PhaseStatusCode
	}
	return false
}
