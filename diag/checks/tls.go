package checks

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/certificates"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// inspect looks at the certificates of a host, and makes at the same time the
// handshake that the engine makes: what the engine refuses never passes. Neither
// connection carries a request.
func inspect(ctx context.Context, e *suite.Env, host, port string) suite.Outcome {
	var engine error
	var wg sync.WaitGroup
	wg.Go(func() { engine = greetVerified(ctx, e, host, port) })
	h, err := e.Inspect(ctx, host, port)
	wg.Wait()
	if err != nil {
		return suite.Outcome{} // the runner says why
	}
	now := time.Now()
	for _, row := range certificates.Rows(h, nil, now) {
		e.AddCertificate(row)
	}
	return judgeHost(h, engine, now)
}

func greetVerified(ctx context.Context, e *suite.Env, host, port string) error {
	c, err := e.Path.DialTLS(ctx, host, port)
	if err == nil {
		c.Close()
	}
	return err
}

// judgeHost is the outcome for what a host showed and what the engine met there.
func judgeHost(h *certs.Host, engine error, now time.Time) suite.Outcome {
	first := h.First()
	switch {
	case first == nil && engine != nil:
		return seen(failed(engine, h.Host), h)
	case first == nil:
		return seen(failed(h.Err, h.Host), h)
	case h.Worst() == certs.Fail:
		return seen(notValid(h, engine), h)
	case engine != nil:
		return seen(refusedAll(h, engine), h)
	case h.Worst() == certs.Warn:
		return seen(remarked(h), h)
	}
	until := first.Leaf().NotAfter.UTC()
	return seen(suite.Pass(fmt.Sprintf("%s shows a valid certificate until %s, %s", h.Host, until.Format("2 January 2006"), tls.VersionName(first.Version))), h)
}

// seen adds what every outcome about a host tells.
func seen(o suite.Outcome, h *certs.Host) suite.Outcome {
	s := h.First()
	if s == nil {
		return o
	}
	leaf := s.Leaf()
	o = o.With("subject", leaf.Subject.String()).With("issuer", leaf.Issuer.String()).With("names", certs.Names(leaf)).With("not_after", leaf.NotAfter.UTC())
	if s.Version != 0 {
		o = o.With("tls", tls.VersionName(s.Version))
	}
	var texts []string
	for _, p := range h.Problems {
		texts = append(texts, p.Text)
	}
	if len(texts) > 0 {
		o = o.With("problems", texts)
	}
	if len(h.Served) > 1 {
		o = o.With("addresses", len(h.Served))
	}
	return o
}

// notValid is a host with something that stops clients. The gravest problem of
// the certificate is the one that the causes hear of.
func notValid(h *certs.Host, engine error) suite.Outcome {
	out := suite.Outcome{Status: report.Fail}
	said := false
	for _, p := range h.Problems {
		if p.Severity != certs.Fail {
			continue
		}
		switch p.Kind {
		case certs.TLSVersion:
			out = out.Saw(signal(suite.TLSOld, h.Host, "what", p.Text))
		case certs.Handshake:
			out = out.Saw(signal(suite.TLSFailed, h.Host, "phase", string(netpath.PhaseTLS), "what", p.Text))
		case certs.Intercepted:
			out = out.Saw(intercepted(h))
		default:
			if !said {
				out, said = out.Saw(invalid(h, string(p.Kind), p.Text)).With("kind", string(p.Kind)), true
			}
		}
		if out.Summary == "" {
			out.Summary = fmt.Sprintf("the certificate of %s is not valid: %s", h.Host, p.Text)
			if p.Kind == certs.TLSVersion || p.Kind == certs.Handshake {
				out.Summary = p.Text
			}
		}
	}
	return clientCert(swallowed(out, h, engine), h)
}

// refusedAll is a host with which the inspection finds no fault and the engine
// does: what the engine says counts.
func refusedAll(h *certs.Host, engine error) suite.Outcome {
	out := failed(engine, h.Host)
	if p := h.Problems; len(p) > 0 && p[0].Severity == certs.Warn {
		out.Summary = fmt.Sprintf("%s cannot be used by this program: %s", h.Host, p[0].Text)
		for i := range out.Signals {
			out.Signals[i].Detail["what"] = p[0].Text
		}
	}
	return clientCert(swallowed(out, h, engine), h)
}

// swallowed says so when the engine got no answer at an IPv6 address while an IPv4
// address of the same host shows its certificate: connections are accepted there and
// what follows is lost (MTU).
func swallowed(out suite.Outcome, h *certs.Host, engine error) suite.Outcome {
	var e *netpath.Error
	if !errors.As(engine, &e) || e.Kind != netpath.KindTimeout {
		return out
	}
	if isIPv4(e.Addr) {
		return out
	}
	for _, s := range h.Served {
		if isIPv4(s.Address) && s.Err == nil {
			return out.Saw(signal(suite.IPv6Dead, h.Host, "address_tried", e.Addr, "dead", "connections are accepted, and the TLS handshake in them gets no answer"))
		}
	}
	return out
}

// remarked is a host that works and has something to look at.
func remarked(h *certs.Host) suite.Outcome {
	out := suite.Warn(fmt.Sprintf("the certificate of %s works, and one thing should be looked at: %s", h.Host, h.Problems[0].Text))
	for _, p := range h.Problems {
		if p.Severity != certs.Warn {
			continue
		}
		switch p.Kind {
		case certs.ExpiresSoon:
			out = out.Saw(signal(suite.CertExpires, h.Host, "days", max(p.Days, 1), "until", endOf(h), "what", p.Text))
		case certs.Intercepted:
			out = out.Saw(intercepted(h))
		case certs.RevocationUnanswered, certs.RevocationSlow:
			out = out.Saw(signal(suite.CertRevocation, h.Host, "what", p.Text))
		case certs.AddressFailed:
			out = out.Saw(failedAddress(h))
		case certs.ClientCertRequested: // below
		default:
			out = out.Saw(signal(suite.CertRemark, h.Host, "kind", string(p.Kind), "what", p.Text))
		}
	}
	return clientCert(out, h)
}

// failedAddress is the one that shows no certificate, as judgeAddresses says it.
func failedAddress(h *certs.Host) suite.Signal {
	code, at := suite.IPv6Dead, ""
	for _, s := range h.Served {
		if s.Leaf() != nil {
			continue
		}
		if at = s.Address; isIPv4(at) {
			code = suite.AddressDead
			break
		}
	}
	return signal(code, h.Host, "address_tried", at)
}

// isIPv4 says so of "address:port", and of what is no address.
func isIPv4(address string) bool {
	a, err := netip.ParseAddrPort(address)
	return err != nil || a.Addr().Unmap().Is4()
}

// endOf is the day on which the first certificate of the chain ends.
func endOf(h *certs.Host) string {
	chain := h.First().Trust.Chain
	end := chain[0].NotAfter
	for _, c := range chain {
		if c.NotAfter.Before(end) {
			end = c.NotAfter
		}
	}
	return end.UTC().Format("2 January 2006")
}

func invalid(h *certs.Host, kind, what string) suite.Signal {
	leaf := h.First()
	if leaf == nil {
		return signal(suite.CertInvalid, h.Host, "kind", kind, "what", what)
	}
	c := leaf.Leaf()
	return signal(suite.CertInvalid, h.Host, "kind", kind, "what", what, "issuer", c.Issuer.String(), "names", certs.Names(c))
}

func intercepted(h *certs.Host) suite.Signal {
	for _, s := range h.Served {
		if i := s.Intercept; i != nil {
			return signal(suite.Intercepted, h.Host, "by", i.By, "issuer", i.Issuer)
		}
	}
	return signal(suite.Intercepted, h.Host)
}

func clientCert(o suite.Outcome, h *certs.Host) suite.Outcome {
	for _, s := range h.Served {
		if s.ClientCert {
			return o.Saw(signal(suite.ClientCert, h.Host)).With("client_certificate", true)
		}
	}
	return o
}
