package checks

import (
	"context"
	"net/netip"
	"slices"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

var dnsMailbox = suite.Check{
	ID: "dns.mailbox", Group: "dns", Title: "Names of the mailbox server", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		found := map[string][]string{}
		for _, host := range t.Hosts() {
			if _, err := netip.ParseAddr(host); err == nil {
				found[host] = []string{host}
				continue
			}
			addrs, err := e.Path.LookupAddrs(ctx, host)
			if err != nil {
				out := failed(err, host)
				if netpath.KindOf(err) == netpath.KindNotFound { // a DNS server that does not answer says nothing about the URL
					out = out.Saw(urlSignals(t, host)...)
				}
				return out
			}
			found[host] = texts(addrs)
		}
		return suite.Pass(t.Hosts()[0]+" has "+count(len(found[t.Hosts()[0]]), "address", "addresses")).With("addresses", found)
	},
}

// urlSignals say what is wrong with the URL that names a host without an address.
func urlSignals(t *suite.Target, host string) []suite.Signal {
	out := []suite.Signal{signal(suite.MailboxURLNoName, host, "url", t.URLOf(host))}
	if t.Settings != nil && t.Settings.MapiHTTP != nil && t.Settings.MapiHTTP.MailStore.External == "" {
		out = append(out, signal(suite.OnlyInternalURL, host))
	}
	return slices.Clip(out)
}
