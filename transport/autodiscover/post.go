package autodiscover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// rootAnswerLimit bounds the wait for a root domain's answer: mostly a website,
// which must not hold up the search as long as a cold Exchange may.
const rootAnswerLimit = 8 * time.Second

// post sends one POX request. It is the one place that sends a mailbox's address
// and lets a credential out, so it checks both hard rules once more itself.
func (s *search) post(ctx context.Context, step Step, address string, u *url.URL, capable bool) (Answer, error) {
	a := Answer{FinalURL: u.String()}
	fail := func(cause Cause, phase netpath.Phase, err error) (Answer, error) {
		return a, &Error{Cause: cause, Phase: phase, Step: step, URL: a.FinalURL, Host: hostKey(u), Status: a.Status, Err: err}
	}
	if _, err := checkTarget(u.String()); err != nil {
		return fail(CausePolicy, netpath.PhaseHTTP, err)
	}
	if err := s.policy.Allowed(hostKey(u)); err != nil {
		return fail(CausePolicy, netpath.PhaseHTTP, err)
	}
	resp, err := s.http.Do(ctx, s.poxRequest(step, address, u, capable))
	a.take(resp)
	if err != nil {
		a.takeAuthError(err)
		a.RemoteAddr = orAddr(a.RemoteAddr, err)
		return fail(causeOf(err), phaseOf(err), err)
	}
	body, err := readBody(resp)
	switch {
	case err != nil:
		return fail(CauseNetwork, netpath.PhaseBody, err)
	case isRedirect(a.Status) && a.Location != "":
		return a, nil
	case a.Status == http.StatusUnauthorized:
		return fail(CauseAuth, netpath.PhaseAuth, fmt.Errorf("it wants a sign-in (%s) and none was tried", schemes(a.Offered)))
	case a.Status == http.StatusForbidden:
		return fail(CauseForbidden, netpath.PhaseHTTP, statusError(a.Status, body))
	case a.Status != http.StatusOK:
		return fail(CauseStatus, netpath.PhaseHTTP, statusError(a.Status, body))
	}
	if a.Settings, err = ParsePOX(body); err != nil {
		return fail(CauseNotAutodiscover, netpath.PhaseBody, err)
	}
	if a.Settings.ServerError != nil {
		return fail(CauseServerError, netpath.PhaseErrorCode, a.Settings.ServerError)
	}
	return a, nil
}

func (s *search) poxRequest(step Step, address string, u *url.URL, capable bool) *httpc.Request {
	h := http.Header{"Content-Type": {"text/xml; charset=utf-8"}}
	s.addCommon(h)
	if capable {
		h["X-MapiHttpCapability"] = []string{"1"}
		if isASCII(address) {
			h["X-AnchorMailbox"] = []string{address}
		}
	} else {
		h["X-ClientCanHandle"] = []string{"Negotiate,ExHttpInfo"}
	}
	q := &httpc.Request{Method: "POST", URL: u.String(), Header: h, Body: Request{Address: address}.Encode(), Check: s.c.Check, Kind: "Autodiscover"}
	if step == StepRoot {
		q.FirstByte = rootAnswerLimit
	}
	return q
}

// addCommon names the request for the server's logs.
func (s *search) addCommon(h http.Header) {
	h["client-request-id"] = []string{"{" + wire.NewGUID().String() + "}"}
	h["return-client-request-id"] = []string{"true"}
	if s.c.UserAgent != "" {
		h["User-Agent"] = []string{s.c.UserAgent}
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// take copies what the response says about itself.
func (a *Answer) take(r *httpc.Response) {
	if r == nil {
		return
	}
	a.Status, a.Location = r.Status, r.Header.Get("Location")
	a.Offered, a.Authn = r.Offered, r.Authn
	a.CredentialSent = r.Authn != ""
	a.Server = serverHeaders(r.Header)
	if r.Conn.RemoteAddr != nil {
		a.RemoteAddr = r.Conn.RemoteAddr.String()
	}
}

// takeAuthError tells from a failed sign-in whether anything was let out.
func (a *Answer) takeAuthError(err error) {
	var e *httpc.AuthError
	if !errors.As(err, &e) {
		return
	}
	a.Status, a.Offered, a.Authn = e.Status, e.Offered, e.Authn
	a.CredentialSent = e.Reason == httpc.Refused || e.Reason == httpc.HandshakeBroken
	if x := e.Exchange; x != nil {
		a.RemoteAddr = x.Remote
		a.Server = serverHeaders(x.Header)
		a.Server.RequestID, a.Server.FEServer, a.Server.BEServer = x.ServerRequestID, x.FEServer, x.BEServer
	}
}

func serverHeaders(h http.Header) ServerHeaders {
	be := h.Get("X-BEServer")
	if be == "" {
		be = h.Get("X-CalculatedBETarget")
	}
	return ServerHeaders{RequestID: h.Get("request-id"), FEServer: h.Get("X-FEServer"), BEServer: be, DiagInfo: h.Get("X-DiagInfo"), Server: h.Get("Server")}
}

// orAddr is the address of a failed connection when no answer told one.
func orAddr(addr string, err error) string {
	var e *netpath.Error
	if addr == "" && errors.As(err, &e) {
		return e.Addr
	}
	return addr
}

func causeOf(err error) Cause {
	var e *httpc.AuthError
	switch {
	case !errors.As(err, &e):
		return CauseNetwork
	case e.Reason == httpc.PolicyRefused:
		return CausePolicy
	}
	return CauseAuth
}

func phaseOf(err error) netpath.Phase {
	if p := netpath.PhaseOf(err); p != "" {
		return p
	}
	return netpath.PhaseAuth
}

// readBody reads a bounded body and gives the connection back.
func readBody(r *httpc.Response) ([]byte, error) {
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err == nil && len(b) > maxBody {
		err = errors.New("the answer is larger than 1 MiB")
	}
	return b, err
}

// statusError names the page that came with a status: it often says who speaks.
func statusError(status int, body []byte) error {
	if page, ok := webPage(body); ok {
		return fmt.Errorf("HTTP status %d with %s", status, page)
	}
	return fmt.Errorf("HTTP status %d", status)
}

func schemes(offered []auth.Challenge) string {
	var names []string
	for _, c := range offered {
		names = append(names, c.Scheme)
	}
	if names == nil {
		return "no scheme offered"
	}
	return strings.Join(names, ", ")
}
