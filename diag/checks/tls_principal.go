package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/certs"
)

var tlsPrincipal = suite.Check{
	ID: "tls.principal", Group: "tls", Title: "Certificate name for Outlook Anywhere", Affects: "mailbox",
	After: []string{"discovery.answer"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		if e.SkipsDiscovery() {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		a, err := e.Answer(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		if a.Settings.Offer() != autodiscover.OfferRPC {
			return suite.Skip("not needed: MAPI over HTTP compares no CertPrincipalName")
		}
		p := outlookAnywhere(a.Settings)
		if p == nil {
			return suite.Skip("Autodiscover names no RPC proxy that uses TLS")
		}
		h, err := e.Inspect(ctx, strings.ToLower(p.Value("Server")), "443")
		if err != nil {
			return suite.Outcome{}
		}
		if h.First() == nil {
			return suite.Skip("the RPC proxy shows no certificate")
		}
		return judgePrincipal(h.Host, certs.ComparePrincipal(h.First().Leaf(), p.CertPrincipalName()))
	},
}

// outlookAnywhere is the section that Outlook takes for RPC over HTTP, from
// outside first.
func outlookAnywhere(s *autodiscover.Settings) *autodiscover.Protocol {
	for _, kind := range []string{"EXPR", "EXHTTP"} {
		if p := s.Protocol(kind); p != nil && p.SSL() && p.Value("Server") != "" {
			return p
		}
	}
	return nil
}

func judgePrincipal(host string, p certs.Principal) suite.Outcome {
	if p.OK {
		return suite.Pass("the certificate of "+host+" has the name that Outlook Anywhere compares with").With("wanted", p.Wanted).With("carried", p.Carried)
	}
	return suite.Warn(fmt.Sprintf("Outlook Anywhere wants a certificate for %s, and %s shows one for %s", p.Wanted, host, p.Carried)).
		Saw(signal(suite.CertPrincipal, host, "wanted", p.Wanted, "carried", p.Carried)).With("wanted", p.Wanted).With("carried", p.Carried)
}
