package rpchttp

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/dcerpc"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Stage is how far RPC over HTTP came.
type Stage string

// The stages, in order.
const (
	StageRequest Stage = "request" // nothing was sent
	StageEcho    Stage = "echo"    // the proxy alone
	StageConnect Stage = "connect" // both channels, up to CONN/C2
	StageCall    Stage = "call"    // the open connection
)

// Error is an RPC proxy that refused, or could not be asked.
type Error struct {
	Stage    Stage
	Channel  Channel
	Host     string           // the proxy
	Status   int              // of its answer, 0 when there was none
	Reason   string           // reason phrase of the answer
	Code     dcerpc.Status    // of "RPC Error: 6ba" in the reason
	HasCode  bool             // Code was there
	Offered  []auth.Challenge // of a 401
	Exchange *httpc.Exchange  // of the answer; may be nil
	Err      error            // the failure below; nil when the status says it all
}

func (e *Error) Unwrap() error { return e.Err }

func (e *Error) Error() string {
	return fmt.Sprintf("RPC over HTTP, %s channel, %s: %s", e.Channel, e.Stage, e.sentence())
}

func (e *Error) sentence() string {
	switch {
	case e.HasCode:
		return fmt.Sprintf("the RPC proxy %s answers RPC error %v", e.Host, e.Code)
	case e.CutOff():
		return fmt.Sprintf("%s cut the connection after the request; a firewall or proxy may not let RPC over HTTP through", e.Host)
	case e.Err != nil:
		return e.Err.Error()
	}
	switch e.Status {
	case http.StatusUnauthorized:
		if e.Stage == StageConnect && e.Exchange != nil && e.Exchange.Authn != "" {
			return fmt.Sprintf("%s accepted the sign-in before and refuses it now (401); another proxy may stand in front of it", e.Host)
		}
		return fmt.Sprintf("%s refuses the sign-in (401)", e.Host)
	case http.StatusForbidden:
		return fmt.Sprintf("%s forbids RPC over HTTP (403)", e.Host)
	case http.StatusNotFound:
		return fmt.Sprintf("%s has no RPC over HTTP, or does not know the RPC server asked for (404)", e.Host)
	}
	return fmt.Sprintf("%s answers with status %d %s", e.Host, e.Status, e.Reason)
}

// CutOff tells a connection that ended when the headers of a channel were out:
// devices that check HTTP dislike the methods and the length. The last leg of a
// sign-in carries them too, and the echo has shown that signing in works.
func (e *Error) CutOff() bool {
	if e.Stage != StageConnect {
		return false
	}
	err := e.Err
	var a *httpc.AuthError
	if errors.As(err, &a) {
		if a.Reason != httpc.HandshakeBroken {
			return false
		}
		err = a.Err
	}
	kind := netpath.KindOf(err)
	return kind == netpath.KindReset || kind == netpath.KindClosed
}

// codeOf reads "RPC Error: 6ba" (MS-RPCH 2.1.2.1.3), with or without what may
// follow after a comma.
func codeOf(reason string) (dcerpc.Status, bool) {
	_, rest, found := strings.Cut(reason, "RPC Error:")
	if !found {
		return 0, false
	}
	digits, _, _ := strings.Cut(rest, ",")
	code, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 32)
	if err != nil {
		return 0, false
	}
	return dcerpc.Status(code), true
}
