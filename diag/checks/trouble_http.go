package checks

import (
	"errors"
	"net/http"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

func authTrouble(e *httpc.AuthError) suite.Signal {
	detail := []any{"scheme", e.Authn, "reason", string(e.Reason)}
	if s := kerberosTrouble(e, e.Host); s != nil {
		return s[0]
	}
	switch e.Reason {
	case httpc.MechanismFailed:
		if errors.Is(e, auth.ErrNTLMv1) {
			return signal(suite.NTLMv1, e.Host, detail...)
		}
	case httpc.Refused:
		if strings.Contains(e.Authn, "Kerberos") { // no password was judged
			return signal(suite.TicketRefused, e.Host, "scheme", e.Authn, "spn", kerberos.SPN(e.Host))
		}
		return signal(suite.CredentialWrong, e.Host, detail...)
	case httpc.HandshakeBroken:
		return signal(suite.HandshakeBroken, e.Host, detail...)
	case httpc.NoCommonScheme, httpc.SchemeRefused:
		if len(e.Offered) == 0 {
			return signal(suite.NoAuthMethods, e.Host, "status", e.Status)
		}
		return signal(suite.NoCommonScheme, e.Host, "offered", schemes(e.Offered))
	}
	return signal(suite.CredentialUnsent, e.Host, detail...)
}

// httpTrouble says what an HTTP status means that is no answer.
func httpTrouble(status int, host string) suite.Signal {
	code := suite.HTTPOther
	switch {
	case status == http.StatusUnauthorized:
		code = suite.NoCredential
	case status == http.StatusNotFound:
		code = suite.HTTPNotFound
	case status == http.StatusForbidden:
		code = suite.HTTPForbidden
	case status >= 500:
		code = suite.HTTPUnavailable
	case status >= 300 && status < 400:
		code = suite.LoginPage
	}
	return signal(code, host, "status", status)
}
