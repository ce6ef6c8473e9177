package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/certificates"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/certs"
)

var tlsRevocation = suite.Check{
	ID: "tls.revocation", Group: "tls", Title: "Revocation of the certificates", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox"}, Behind: []string{"tls.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		hosts := t.Hosts()
		shown := make([]*certs.Host, len(hosts))
		answers := make([]asked, len(hosts))
		var wg sync.WaitGroup
		for i, host := range hosts {
			wg.Go(func() {
				if h, err := e.Inspect(ctx, host, suite.PortOf(t.URLOf(host))); err == nil && h.First() != nil {
					shown[i] = h
					answers[i].Revocation, answers[i].problems = e.Inspector().AskRevocation(ctx, h.First())
				}
			})
		}
		wg.Wait()
		return judgeRevocation(e, shown, answers)
	},
}

// asked is what the sources said of one host's chain.
type asked struct {
	certs.Revocation
	problems []certs.Problem
}

func judgeRevocation(e *suite.Env, shown []*certs.Host, answers []asked) suite.Outcome {
	var worst suite.Outcome
	weight := map[report.Status]int{report.Skip: 1, report.Pass: 2, report.Warn: 3, report.Fail: 4}
	for i, h := range shown {
		if h == nil {
			continue
		}
		e.ChangeCertificate(h.Host, func(r *report.Certificate) { certificates.SetRevocation(r, answers[i].Revocation) })
		if o := revocationOutcome(h, answers[i]); weight[o.Status] > weight[worst.Status] {
			worst = o
		}
	}
	if worst.Status == "" {
		return suite.Skip("no certificate was shown")
	}
	return worst
}

func revocationOutcome(h *certs.Host, a asked) suite.Outcome {
	took := fmt.Sprintf("%d ms", a.Took.Milliseconds())
	for _, p := range a.problems {
		switch p.Kind {
		case certs.RevokedKind:
			return suite.Fail("the certificate of "+h.Host+" is not valid: "+p.Text).Saw(invalid(h, "revoked", p.Text)).With("kind", "revoked").With("took", took)
		case certs.RevocationUnanswered, certs.RevocationSlow:
			return suite.Warn(p.Text).Saw(signal(suite.CertRevocation, h.Host, "what", p.Text)).With("took", took)
		}
	}
	switch a.Status {
	case certs.Good:
		return suite.Pass(fmt.Sprintf("the certificate of %s is not revoked (%s, %s)", h.Host, sources(a.Answers), a.Took.Round(time.Millisecond))).With("took", took)
	case certs.NotAsked:
		return suite.Skip("not asked: the chain does not lead to a root that this computer trusts")
	}
	return suite.Skip("the certificate of " + h.Host + " names nobody who could be asked from here")
}

// sources are the kinds that said something, each once.
func sources(all []certs.Answer) string {
	var out []string
	for _, name := range []string{certs.SourceStapled, certs.SourceOCSP, certs.SourceCRL} {
		for _, a := range all {
			if a.Source == name && a.Status == certs.Good {
				out = append(out, map[string]string{certs.SourceStapled: "stapled", certs.SourceOCSP: "OCSP", certs.SourceCRL: "CRL"}[name])
				break
			}
		}
	}
	return strings.Join(out, ", ")
}
