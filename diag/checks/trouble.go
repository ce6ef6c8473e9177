package checks

import (
	"errors"
	"net/http"
	"slices"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
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
	case e.Phase == netpath.PhaseProxy && gateway(e):
		code = suite.ProxyGateway
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

// gateway says that a proxy was reached and does not reach the host itself: it
// says so, or it is still trying.
func gateway(e *netpath.Error) bool {
	var refused *netpath.ProxyError
	var dial *netpath.Error
	if e.Kind == netpath.KindTimeout {
		return !errors.As(e.Err, &dial)
	}
	return errors.As(e, &refused) && refused.Status >= http.StatusBadGateway && refused.Status <= http.StatusGatewayTimeout
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
