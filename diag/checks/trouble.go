package checks

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// trouble says in signals what an error of the engine means. It reads types and
// codes, never texts. host is used where the error names none.
func trouble(err error, host string) []suite.Signal {
	var failure *mapihttp.Failure
	var refused *httpc.AuthError
	var step *autodiscover.Error
	var path *netpath.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return []suite.Signal{authTrouble(refused)}
	case errors.As(err, &failure):
		return mapiTrouble(failure, host)
	case errors.As(err, &step):
		return stepTrouble(step)
	case errors.As(err, &path):
		return []suite.Signal{pathTrouble(path)}
	}
	return []suite.Signal{{Code: suite.ConnectionLost, Subject: host, Detail: map[string]any{"error": err.Error()}}}
}

// signal makes one with details given in pairs; empty values are left out.
func signal(code, subject string, pairs ...any) suite.Signal {
	s := suite.Signal{Code: code, Subject: subject}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" || pairs[i+1] == 0 || pairs[i+1] == nil {
			continue
		}
		if s.Detail == nil {
			s.Detail = map[string]any{}
		}
		s.Detail[pairs[i].(string)] = pairs[i+1]
	}
	return s
}

// byKind places failures below HTTP that mean the same in every phase.
var byKind = map[netpath.Kind]string{
	netpath.KindNotFound:      suite.NameMissing,
	netpath.KindDNSFailure:    suite.DNSFailure,
	netpath.KindRefused:       suite.TCPRefused,
	netpath.KindUnreachable:   suite.TCPUnreachable,
	netpath.KindReset:         suite.ConnectionLost,
	netpath.KindClosed:        suite.ConnectionLost,
	netpath.KindMalformed:     suite.HTTPOther,
	netpath.KindTooLarge:      suite.HTTPOther,
	netpath.KindProxyStatus:   suite.ProxyUnreachable,
	netpath.KindNotTLS:        suite.TLSFailed,
	netpath.KindTLSAlert:      suite.TLSFailed,
	netpath.KindCertAuthority: suite.CertInvalid,
	netpath.KindCertHost:      suite.CertInvalid,
	netpath.KindCertExpired:   suite.CertInvalid,
	netpath.KindCertOther:     suite.CertInvalid,
}

// timeouts places a limit that passed by the phase that it passed in.
var timeouts = map[netpath.Phase]string{
	netpath.PhaseDNS:       suite.DNSFailure,
	netpath.PhaseConnect:   suite.TCPTimeout,
	netpath.PhaseProxy:     suite.ProxyUnreachable,
	netpath.PhaseTLS:       suite.TLSTimeout,
	netpath.PhaseFirstByte: suite.AnswerTimeout,
	netpath.PhaseWrite:     suite.AnswerTimeout,
	netpath.PhaseBody:      suite.AnswerTimeout,
}

func pathTrouble(e *netpath.Error) suite.Signal {
	code := byKind[e.Kind]
	if e.Kind == netpath.KindTimeout {
		code = timeouts[e.Phase]
	}
	switch {
	case e.Phase == netpath.PhaseProxy:
		code = suite.ProxyUnreachable
	case code == suite.ConnectionLost && e.Phase == netpath.PhaseTLS:
		code = suite.TLSFailed
	case code == "":
		code = suite.ConnectionLost
	}
	s := signal(code, e.Host, "phase", string(e.Phase), "kind", string(e.Kind), "address_tried", e.Addr)
	if code == suite.CertInvalid {
		s.Detail["kind"] = certKind(e)
		if leaf := shown(e); leaf != nil {
			s.Detail["issuer"], s.Detail["names"] = leaf.Issuer.String(), leaf.DNSNames
		}
	}
	return s
}

// shown is the server's certificate that did not verify, nil when it is not known.
func shown(err error) *x509.Certificate {
	var unverified *tls.CertificateVerificationError
	if !errors.As(err, &unverified) || len(unverified.UnverifiedCertificates) == 0 {
		return nil
	}
	return unverified.UnverifiedCertificates[0]
}

// certKind is what is wrong with a certificate that did not verify.
func certKind(err error) string {
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	switch {
	case errors.As(err, &host):
		return "name-mismatch"
	case errors.As(err, &authority):
		return authorityKind(authority.Cert)
	case errors.As(err, &invalid):
		return invalidKind(invalid)
	}
	return "untrusted-root"
}

func authorityKind(leaf *x509.Certificate) string {
	switch {
	case leaf == nil:
		return "untrusted-root"
	case selfSigned(leaf):
		return "self-signed"
	}
	return "untrusted-root"
}

func selfSigned(c *x509.Certificate) bool {
	return string(c.RawSubject) == string(c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

func invalidKind(e x509.CertificateInvalidError) string {
	switch e.Reason {
	case x509.Expired:
		if e.Cert != nil && time.Now().Before(e.Cert.NotBefore) {
			return "not-yet-valid"
		}
		return "expired"
	case x509.IncompatibleUsage, x509.NotAuthorizedToSign:
		return "wrong-usage"
	}
	return "untrusted-root"
}

func authTrouble(e *httpc.AuthError) suite.Signal {
	detail := []any{"scheme", e.Authn, "reason", string(e.Reason)}
	switch e.Reason {
	case httpc.Refused:
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

func stepTrouble(e *autodiscover.Error) []suite.Signal {
	switch e.Cause {
	case autodiscover.CauseLoop:
		return []suite.Signal{signal(suite.AutodiscoverLoop, e.Host)}
	case autodiscover.CauseServerError:
		var server *autodiscover.ServerError
		if errors.As(e.Err, &server) {
			code := suite.AutodiscoverError
			if server.Code == 500 || server.Code == 501 || server.Code == 404 {
				code = suite.AddressUnknown
			}
			return []suite.Signal{signal(code, e.Host, "code", server.Code, "message", server.Message)}
		}
	case autodiscover.CauseNotAutodiscover:
		return []suite.Signal{signal(suite.NotExchange, e.Host)}
	case autodiscover.CauseRedirectRefused, autodiscover.CausePolicy:
		return []suite.Signal{redirectTrouble(e)}
	case autodiscover.CauseAuth, autodiscover.CauseForbidden, autodiscover.CauseStatus:
		return []suite.Signal{httpTrouble(e.Status, e.Host)}
	}
	var path *netpath.Error
	if errors.As(e.Err, &path) {
		return []suite.Signal{pathTrouble(path)}
	}
	return nil
}

// redirectTrouble tells three redirects apart that were not followed: to an
// Autodiscover that nobody confirmed, from the plain http request to some page (a
// hotspot does that), and from Autodiscover itself to a page (a sign-in form).
func redirectTrouble(e *autodiscover.Error) suite.Signal {
	u, err := url.Parse(e.URL)
	switch {
	case err == nil && u.Scheme == "https" && strings.Contains(strings.ToLower(u.Path), "/autodiscover/"):
		return signal(suite.RedirectUnconfirmed, e.Host, "url", e.URL)
	case e.Step == autodiscover.StepHTTPRedirect:
		return signal(suite.PortalAnswer, e.Host, "url", e.URL)
	case e.Status >= 300 && e.Status < 400:
		return signal(suite.LoginPage, e.Host, "url", e.URL, "status", e.Status)
	}
	return signal(suite.RedirectRefused, e.Host, "url", e.URL)
}

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
		if code == "" {
			code = suite.MAPIError
		}
		return []suite.Signal{signal(code, host, "op", f.Op, "code", f.Code.String())}
	case f.Phase == netpath.PhaseAuth:
		return []suite.Signal{signal(suite.NoCredential, host)}
	case f.Phase == netpath.PhaseHTTP:
		return []suite.Signal{httpTrouble(f.Status, host)}
	case errors.As(f.Err, &path):
		return []suite.Signal{pathTrouble(path)}
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

// failed is a Fail with what the error says and means.
func failed(err error, host string) suite.Outcome {
	o := suite.Fail(sentence(err)).Saw(trouble(err, host)...)
	if p := phaseOf(err); p != "" {
		o = o.With("phase", string(p))
	}
	return o
}

// sentence is an error as a person reads it.
func sentence(err error) string {
	var path *netpath.Error
	var failure *mapihttp.Failure
	if errors.As(err, &failure) && errors.As(failure.Err, &path) {
		return path.Error() // it names host, phase and reason; the request adds nothing
	}
	return err.Error()
}

func phaseOf(err error) netpath.Phase {
	var failure *mapihttp.Failure
	var step *autodiscover.Error
	switch {
	case errors.As(err, &failure):
		return failure.Phase
	case errors.As(err, &step):
		return step.Phase
	}
	return netpath.PhaseOf(err)
}

// has says whether one of the signals has that code.
func has(signals []suite.Signal, codes ...string) bool {
	return slices.ContainsFunc(signals, func(s suite.Signal) bool { return slices.Contains(codes, s.Code) })
}
