package checks

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// dnsSystem compares what the programs of this computer get for the mail hosts with
// what the DNS server says now. This program asks the server of the network it is in;
// Outlook gets what the system has kept.
var dnsSystem = suite.Check{
	ID: "dns.system", Group: "dns", Title: "Names as Outlook gets them", Affects: "everything",
	Behind: []string{"discovery.mailbox-url", "network.autodiscover"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		servers := e.Nameservers()
		if len(servers) == 0 {
			return suite.Skip("the system does not tell its DNS servers, so there is nothing to compare with")
		}
		hosts := mailHosts(e)
		views := make([]nameView, len(hosts))
		var wg sync.WaitGroup
		for i, host := range hosts {
			wg.Go(func() { views[i] = viewName(ctx, e, servers[0], host) })
		}
		wg.Wait()
		return judgeNameViews(views, servers[0])
	},
}

// mailHosts are the names that Outlook has to find.
func mailHosts(e *suite.Env) []string {
	host, _ := autodiscoverEndpoint(e)
	hosts := []string{host}
	if t := e.KnownTarget(); t != nil {
		hosts = append(hosts, t.Hosts()...)
	}
	slices.Sort(hosts)
	return slices.DeleteFunc(slices.Compact(hosts), func(h string) bool {
		_, err := netip.ParseAddr(h)
		return err == nil || viaProxy(e, h) // the proxy looks the name up
	})
}

// nameView is one host as the system has it and as DNS has it.
type nameView struct {
	Host   string   `json:"host"`
	System []string `json:"system"`
	DNS    []string `json:"dns"`
	From   string   `json:"from,omitempty"` // where the system's answer comes from, when it is another
	stale  bool
}

func viewName(ctx context.Context, e *suite.Env, server, host string) nameView {
	v := nameView{Host: host}
	now, err := e.Path.AskNameserver(ctx, server, host)
	if err != nil || len(now) == 0 {
		return v // the checks of DNS say so
	}
	kept, ok, err := e.SystemNames(ctx, host)
	if !ok || err != nil && netpath.KindOf(netpath.NewError(netpath.PhaseDNS, host, "", err)) != netpath.KindNotFound {
		return v
	}
	v.System, v.DNS = texts(kept), texts(now)
	if slices.ContainsFunc(kept, func(a netip.Addr) bool { return slices.Contains(now, a) }) {
		return v
	}
	v.From = "the memory of the system"
	if inHosts(e.Hosts(), host) {
		v.From = "the hosts file"
	}
	v.stale = !answers(ctx, e, host, kept) && answers(ctx, e, host, now)
	return v
}

// answers says that one of the addresses takes a connection. Another address than
// DNS gives is no fault as long as it does: large services have many.
func answers(ctx context.Context, e *suite.Env, host string, addrs []netip.Addr) bool {
	port := uint16(443)
	if t := e.KnownTarget(); t != nil && slices.Contains(t.Hosts(), host) {
		if n, err := strconv.ParseUint(suite.PortOf(t.URLOf(host)), 10, 16); err == nil {
			port = uint16(n)
		}
	}
	for _, a := range addrs {
		if connectOne(ctx, e, host, netip.AddrPortFrom(a, port)).err == nil {
			return true
		}
	}
	return false
}

// inHosts says that a hosts file names the host.
func inHosts(file []byte, host string) bool {
	for line := range strings.Lines(string(file)) {
		line, _, _ = strings.Cut(line, "#")
		if f := strings.Fields(line); len(f) > 1 && slices.ContainsFunc(f[1:], func(n string) bool { return strings.EqualFold(n, host) }) {
			return true
		}
	}
	return false
}

func judgeNameViews(views []nameView, server string) suite.Outcome {
	compared := 0
	for _, v := range views {
		if v.stale {
			kept := strings.Join(v.System, ", ")
			if kept == "" {
				kept = "no address"
			}
			return suite.Fail(fmt.Sprintf("programs on this computer get %s for %s, which does not answer; DNS says %s, which does", kept, v.Host, strings.Join(v.DNS, ", "))).
				Saw(signal(suite.StaleAnswer, v.Host, "kept", kept, "now", strings.Join(v.DNS, ", "), "from", v.From,
					"what", fmt.Sprintf("%s gives %s, DNS gives %s", v.From, kept, strings.Join(v.DNS, ", ")))).
				With("names", views).With("server", server)
		}
		if len(v.DNS) > 0 {
			compared++
		}
	}
	if compared == 0 {
		return suite.Skip("there is no second view of the names to compare with")
	}
	return suite.Pass("programs on this computer get what DNS says").With("names", views).With("server", server)
}
