package mapihttp

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/nspi"
)

// answer is one answer of an endpoint, taken apart (MS-OXCMAPIHTTP 2.2.2.2, 2.2.7).
type answer struct {
	Status          int
	Tags            []Tag       // empty for an answer without meta-tags
	Header          http.Header // initial headers, overridden by the additional ones
	ResponseCode    int         // raw; see Dialect
	HasResponseCode bool
	Body            []byte // behind the additional headers
	Dialect         Dialect
	RequestID       string        // X-RequestId as sent
	Elapsed         time.Duration // from the start of the request to the last byte

	op       string
	host     string
	exchange *httpc.Exchange
}

// finish joins the two sets of headers and reads the code from the result: an
// additional X-ResponseCode overrides the initial one (3.2.5.2).
func (a *answer) finish(in *inner, known Dialect) {
	a.Tags, a.Body = in.tags, in.body
	if len(in.headers) > 0 {
		maps.Copy(a.Header, in.headers)
	}
	a.ResponseCode, a.HasResponseCode = responseCode(a.Header)
	// Manners do not change, but a proxy may lead elsewhere, and a refusal is
	// where a wrong numbering would mislead.
	a.Dialect = known
	if known == UnknownDialect || a.ResponseCode != 0 {
		a.Dialect = cmp.Or(detectDialect(a.Header, a.Body), known)
	}
	if a.HasResponseCode {
		code := uint32(a.ResponseCode)
		a.exchange.ResponseCode = &code
	}
}

// responseCode takes the last value when a server or proxy joined several.
func responseCode(h http.Header) (int, bool) {
	values := h.Values("X-ResponseCode")
	if len(values) == 0 {
		return 0, false
	}
	last := values[len(values)-1]
	last = last[strings.LastIndexByte(last, ',')+1:]
	n, err := strconv.ParseUint(strings.TrimSpace(last), 10, 31)
	return int(n), err == nil
}

// judge climbs the rungs that HTTP has: status and X-ResponseCode. nil means
// that the body is one of MAPI/HTTP.
func (a *answer) judge() error {
	ours := echoes(a.Header, a.RequestID)
	if a.Status == http.StatusOK && a.HasResponseCode && a.ResponseCode == 0 && ours {
		return nil
	}
	f := a.failure(netpath.PhaseHTTP, nil)
	f.Text = diagnostics(a.Header, a.Body)
	switch {
	case a.Status == http.StatusUnauthorized:
		f.Phase, f.Err = netpath.PhaseAuth, errors.New("the server demands a sign-in (401)")
	case a.Status != http.StatusOK:
	case !a.HasResponseCode:
		f.Phase, f.Err = netpath.PhaseResponseCode, ErrNotMAPI
	case !ours:
		f.Phase, f.Err, f.ResponseCode, f.Delivery = netpath.PhaseResponseCode, ErrNotOurs, nil, AnswerLost
	default:
		f.Phase = netpath.PhaseResponseCode
	}
	return f
}

// echoes says whether an answer belongs to the request with this X-RequestId. The
// braces may come back or not; a refusal of gromox echoes nothing.
func echoes(h http.Header, id string) bool {
	got := h.Get("X-RequestId")
	return got == "" || got == id || strings.EqualFold(withoutBraces(got), withoutBraces(id))
}

func withoutBraces(id string) string {
	return strings.ReplaceAll(strings.ReplaceAll(id, "{", ""), "}", "")
}

// judgeBody climbs the two rungs of the body. decodeErr is what decoding it
// said, success what ErrorCode counts as success.
func (a *answer) judgeBody(status, code mapierr.Code, decodeErr error, success func(mapierr.Code) bool) error {
	own := uint32(status)
	if own == 0 {
		own = uint32(code)
	}
	a.exchange.ErrorCode = &own
	switch {
	case noStatus(decodeErr):
		return a.failure(netpath.PhaseStatusCode, decodeErr)
	case decodeErr != nil:
		return a.failure(netpath.PhaseBody, decodeErr)
	case status != mapierr.OK:
		return a.refused(netpath.PhaseStatusCode, status)
	case !success(code):
		return a.refused(netpath.PhaseErrorCode, code)
	}
	return nil
}

// noStatus is a body that refuses without saying why.
func noStatus(err error) bool {
	return errors.Is(err, emsmdb.ErrEmptyBody) || errors.Is(err, emsmdb.ErrFailureBody) ||
		errors.Is(err, nspi.ErrEmptyBody) || errors.Is(err, nspi.ErrFailureBody)
}

// succeeded is what counts as success nearly everywhere: no error, or success
// with reservations.
func succeeded(c mapierr.Code) bool { return c == mapierr.OK || c.Warning() }

func (a *answer) refused(phase netpath.Phase, code mapierr.Code) *Failure {
	f := a.failure(phase, nil)
	f.Code = &code
	return f
}

func (a *answer) failure(phase netpath.Phase, err error) *Failure {
	f := &Failure{Phase: phase, Host: a.host, Op: a.op, Status: a.Status, Dialect: a.Dialect,
		RequestID: a.RequestID, Delivery: Answered, Err: err}
	if a.HasResponseCode {
		code := a.ResponseCode
		f.ResponseCode = &code
	}
	return f
}

// processing is what the server says it worked on the request (X-ElapsedTime:
// milliseconds, whole seconds from gromox).
func (a *answer) processing() (time.Duration, bool) {
	d, ok := millis(a.Header, "X-ElapsedTime")
	if a.Dialect == Gromox {
		d *= 1000
	}
	return d, ok
}
