package checks

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var machineProxy = suite.Check{
	ID: "machine.proxy", Group: "machine", Title: "Proxy", Affects: "everything",
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		proxies, err := proxiesFor(e.Path.Proxy, proxyTargets(e))
		if err != nil {
			return suite.Fail("the proxy setting cannot be used: " + err.Error()).Saw(signal(suite.ProxyUnreachable, ""))
		}
		mode := e.ProxyMode
		if mode == "" {
			mode = "none"
		}
		e.Machine(func(m *report.Machine) { m.Proxy = proxyRow(mode, proxies) })
		if len(proxies) == 0 {
			return suite.Pass("none in between: connections go straight to the servers")
		}
		return reachProxies(ctx, e, proxies)
	},
}

// proxyTargets are the hosts that are known before anything was asked.
func proxyTargets(e *suite.Env) []string {
	if e.SkipsDiscovery() {
		return []string{cmp.Or(e.MapiURL, e.RPCURL)}
	}
	return []string{"https://" + e.AutodiscoverHost() + "/", "https://" + e.Domain + "/"}
}

// proxiesFor are the proxies in use, each once.
func proxiesFor(proxy func(*url.URL) (*url.URL, error), targets []string) ([]*url.URL, error) {
	if proxy == nil {
		return nil, nil
	}
	var out []*url.URL
	seen := map[string]bool{}
	for _, t := range targets {
		u, err := url.Parse(t)
		if err != nil {
			return nil, err
		}
		p, err := proxy(u)
		if err != nil {
			return nil, err
		}
		if p != nil && !seen[p.Host] {
			seen[p.Host] = true
			out = append(out, p)
		}
	}
	return out, nil
}

func proxyRow(mode string, proxies []*url.URL) *report.Proxy {
	row := &report.Proxy{Mode: mode}
	if len(proxies) > 0 {
		row.URL = proxies[0].Redacted()
	} else {
		row.Mode = "none"
	}
	return row
}

// reachProxies connects to each proxy: one that does not answer stops everything.
func reachProxies(ctx context.Context, e *suite.Env, proxies []*url.URL) suite.Outcome {
	for _, p := range proxies {
		port := p.Port()
		if port == "" {
			port = map[string]string{"https": "443"}[p.Scheme]
		}
		if port == "" {
			port = "80"
		}
		c, err := e.Path.DialTCP(ctx, p.Hostname(), port)
		if err != nil {
			return suite.Fail(fmt.Sprintf("the proxy %s:%s does not answer: %v", p.Hostname(), port, err)).
				Saw(signal(suite.ProxyUnreachable, p.Hostname())).With("proxy", p.Redacted())
		}
		c.Close()
	}
	return suite.Pass("connections go through "+proxies[0].Host+", which answers").With("proxy", proxies[0].Redacted())
}
