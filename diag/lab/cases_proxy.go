package lab

import (
	"net/http"

	"github.com/mapiscope/mapiscope/transport/exchangetest"
)

// proxyCases have a proxy in between, a real one.
var proxyCases = []Case{
	{Name: "proxy/tunnels", Client: func(b *Bench) error { return (&proxy{}).between(b) }},
	{Name: "proxy/tunnels, ntlm-only", Faults: []exchangetest.Fault{{Name: "ntlm-only"}}, Client: func(b *Bench) error { return (&proxy{}).between(b) }},
	{Name: "proxy-unreachable/nothing-there", Cause: "proxy-unreachable", Client: func(b *Bench) error {
		useProxy(b, "127.0.0.1:1")
		return nil
	}},
	{Name: "proxy-unreachable/refuses", Cause: "proxy-unreachable", Client: proxyAnswers(http.StatusForbidden)},
	{Name: "proxy-unreachable/wants-sign-in", Cause: "proxy-unreachable", Client: proxyAnswers(http.StatusProxyAuthRequired)},
	{Name: "proxy-unreachable/gateway-timeout", Cause: "proxy-unreachable", Client: proxyAnswers(http.StatusGatewayTimeout)},
	{Name: "proxy-unreachable/silent", Cause: "proxy-unreachable", Slow: true, Client: func(b *Bench) error { return (&proxy{silent: true}).between(b) }},
	{Name: "tls-interception/proxy", Cause: "tls-interception", Inspects: true, Client: inspecting("Guardian Web Filter", false)},
	{Name: "tls-interception/proxy-of-known-maker", Cause: "tls-interception", Inspects: true, Client: inspecting("Zscaler", false)},
	{Name: "tls-inspected/proxy", Cause: "tls-inspected", Warns: true, Inspects: true, Client: inspecting("Zscaler", true)},
	{Name: "tls-inspected/virus-scanner", Cause: "tls-inspected", Warns: true, Inspects: true, Client: inspecting("Kaspersky Anti-Virus Personal", true)},
	{Name: "extended-protection/proxy-inspects", Cause: "extended-protection", Also: []string{"tls-inspected"},
		Faults: []exchangetest.Fault{{Name: "ntlm-only"}}, Inspects: true, Client: inspecting("Zscaler", true)},
}

func proxyAnswers(status int) func(*Bench) error {
	return func(b *Bench) error { return (&proxy{status: status}).between(b) }
}

func inspecting(maker string, trusted bool) func(*Bench) error {
	return func(b *Bench) error {
		i, err := newInspector(maker)
		if err != nil {
			return err
		}
		if err := (&proxy{inspects: i}).between(b); err != nil {
			return err
		}
		if trusted {
			i.trusted(b)
		}
		return nil
	}
}
