package checks

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/certificates"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/certs"
)

var tlsNames = suite.Check{
	ID: "tls.names", Group: "tls", Title: "Names in the certificates", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox"}, Behind: []string{"tls.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		if t.Settings == nil {
			return suite.Skip("not needed: the mailbox URL was given")
		}
		wanted := wantedNames(t.Settings, e.Attempts())
		at := inspectAll(ctx, e, wanted)
		for _, h := range at {
			for _, row := range certificates.Rows(h, nil, time.Now()) {
				e.AddCertificate(row)
			}
		}
		m := certificates.NewMatrix(wanted, at)
		main := at[suite.HostOf(t.MailboxURL)]
		if main == nil || main.First() == nil {
			return suite.Skip("the mailbox server shows no certificate")
		}
		return judgeNames(e, m, main)
	},
}

// maxNames bounds how many hosts are looked at: an answer of Autodiscover names a
// handful.
const maxNames = 16

// wantedNames are the hosts that certificates have to carry, with where each
// comes from: the URLs of the answer and those at which Autodiscover answers.
func wantedNames(s *autodiscover.Settings, steps []autodiscover.Attempt) []certificates.Wanted {
	var out []certificates.Wanted
	add := func(name, source string) { out = certificates.Want(out, name, source) }
	if m := s.MapiHTTP; m != nil {
		for _, u := range []autodiscover.URLs{m.MailStore, m.AddressBook} {
			add(suite.HostOf(u.Internal), "MAPI InternalUrl")
			add(suite.HostOf(u.External), "MAPI ExternalUrl")
		}
	}
	for _, a := range steps {
		if a.Usable() {
			add(suite.HostOf(a.FinalURL), "Autodiscover ("+string(a.Step)+")")
		}
	}
	for _, h := range s.Hosts() {
		add(h, "other URLs")
	}
	return out[:min(len(out), maxNames)]
}

// inspectAll looks at every name that has an address here, at the same time.
func inspectAll(ctx context.Context, e *suite.Env, wanted []certificates.Wanted) map[string]*certs.Host {
	found := make(chan *certs.Host, len(wanted))
	for _, w := range wanted {
		go func() {
			if _, err := netip.ParseAddr(w.Name); err != nil && !viaProxy(e, w.Name) {
				if _, err := e.Path.LookupAddrs(ctx, w.Name); err != nil {
					found <- nil
					return
				}
			}
			h, err := e.Inspect(ctx, w.Name, "443")
			if err != nil {
				h = nil
			}
			found <- h
		}()
	}
	out := map[string]*certs.Host{}
	for range wanted {
		if h := <-found; h != nil {
			out[h.Host] = h
		}
	}
	return out
}

// judgeNames looks at the one certificate that matters most, that of the mailbox
// server: it should carry the names of all URLs that lead to it. A name with a
// server of its own is judged there.
func judgeNames(e *suite.Env, m *certificates.Matrix, main *certs.Host) suite.Outcome {
	e.ChangeCertificate(main.Host, func(r *report.Certificate) {
		r.NamesWanted, r.NamesMissing = m.Names(), certificates.Missing(main.First().Leaf(), m.Names())
	})
	out := suite.Pass(fmt.Sprintf("the certificates carry all %s that the URLs name", count(len(m.Rows), "name", "names")))
	if missing := m.Uncovered(main); len(missing) > 0 {
		leaf := main.First().Leaf()
		out = suite.Warn(fmt.Sprintf("the certificate of %s does not carry %s, which clients are told to use", main.Host, strings.Join(missing, ", "))).
			Saw(signal(suite.CertNames, main.Host, "missing", missing, "carried", certs.Names(leaf)))
	}
	return out.With("names", m.Rows)
}
