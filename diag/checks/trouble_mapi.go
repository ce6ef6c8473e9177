package checks

import (
	"errors"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// byCode places the codes of the upper rungs.
var byCode = map[mapierr.Code]string{
	mapierr.ProtocolDisabled:    suite.EndpointDisabled,
	mapierr.UnknownUser:         suite.UnknownMailbox,
	mapierr.LoginPerm:           suite.LogonRefused,
	mapierr.AccessDenied:        suite.LogonRefused,
	mapierr.WrongServer:         suite.WrongServer,
	mapierr.ServerBusy:          suite.ServerBusy,
	mapierr.ServerPaused:        suite.ServerBusy,
	mapierr.RPCServerTooBusy:    suite.ServerBusy,
	mapierr.MailboxInTransit:    suite.ServerBusy,
	mapierr.MDBNotInit:          suite.DatabaseDown,
	mapierr.LoginFailure:        suite.DatabaseDown,
	mapierr.ClientVerDisallowed: suite.VersionBlocked,
	mapierr.CachedModeRequired:  suite.VersionBlocked,
}

func mapiTrouble(f *mapihttp.Failure, host string) []suite.Signal {
	if f.Host != "" {
		host = f.Host
	}
	var path *netpath.Error
	switch {
	case mapihttp.ContextGone(f):
		return []suite.Signal{signal(suite.ContextLost, host, "op", f.Op, "code", responseText(f))}
	case f.Phase == netpath.PhaseResponseCode:
		return []suite.Signal{responseTrouble(f, host)}
	case f.Code != nil:
		code := byCode[*f.Code]
		switch {
		case code == "" && mapihttp.Temporary(f):
			code = suite.ServerBusy
		case code == "":
			code = suite.MAPIError
		}
		return []suite.Signal{signal(code, host, "op", f.Op, "code", f.Code.String())}
	case f.Phase == netpath.PhaseAuth:
		return []suite.Signal{signal(suite.NoCredential, host)}
	case f.Phase == netpath.PhaseHTTP:
		return []suite.Signal{httpTrouble(f.Status, host)}
	case errors.As(f.Err, &path):
		return []suite.Signal{pathTrouble(path)}
	case errors.Is(f, mapihttp.ErrTooLarge):
		return []suite.Signal{signal(suite.AnswerTooLarge, host, "op", f.Op)}
	case netpath.Timeout(f.Err) && f.Phase == netpath.PhaseBody:
		return []suite.Signal{signal(suite.AnswerEndless, host, "op", f.Op)}
	case netpath.Timeout(f.Err):
		return []suite.Signal{signal(suite.AnswerTimeout, host, "phase", string(f.Phase), "op", f.Op)}
	}
	return []suite.Signal{signal(suite.ConnectionLost, host, "phase", string(f.Phase), "op", f.Op)}
}

func responseTrouble(f *mapihttp.Failure, host string) suite.Signal {
	code, came := f.Response()
	switch {
	case !came && errors.Is(f, mapihttp.ErrNotMAPI):
		return signal(suite.NotMAPI, host, "status", f.Status)
	case code == mapihttp.ResponseEndpointDisabled:
		return signal(suite.EndpointDisabled, host, "op", f.Op)
	case code == mapihttp.ResponseEndpointShuttingDown:
		return signal(suite.EndpointStopping, host, "op", f.Op)
	}
	return signal(suite.ResponseCode, host, "op", f.Op, "code", responseText(f))
}

func responseText(f *mapihttp.Failure) string {
	code, came := f.Response()
	if !came {
		return ""
	}
	return code.String()
}
