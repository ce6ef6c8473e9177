package exchangetest

import (
	"net/http"
	"time"
)

// slowScript is how long the server of a proxy script takes when it is slow.
const slowScript = 2500 * time.Millisecond

// proxyFaults are about the way out that the client's computer is told to take;
// the server itself is well.
var proxyFaults = []faultRow{
	{FaultInfo{Name: "pac-broken", Cause: "pac-broken",
		Title:    "The proxy script sends Outlook to a proxy that is gone.",
		Imitates: "a branch of a PAC file that nobody changed when the proxy was replaced",
		Variants: []string{"dead-proxy", "unknown-proxy"}},
		func(b *behaviour, f Fault) {
			b.registry.set(winINETKey, "AutoConfigURL", quotedText(b.scriptURL()))
			gone := "oldproxy." + b.names.domain
			if f.Variant != "unknown-proxy" {
				b.zone.host(gone, closedAddr)
			}
			b.script.source = chooses(b.names, "PROXY "+gone+":8080")
		}},
	{FaultInfo{Name: "pac-trouble", Cause: "pac-broken", Warns: true,
		Title:    "The proxy script cannot be used as it is, so each program takes a way of its own.",
		Imitates: "a PAC server that is gone, slow, or sends the script under a wrong type; a script with a mistake in it; a dead proxy before others that work",
		Variants: []string{"mime-type", "unreachable", "missing", "slow", "script-error", "not-javascript", "fallback", "wpad-unreachable"}},
		func(b *behaviour, f Fault) {
			b.registry.set(winINETKey, "AutoConfigURL", quotedText(b.scriptURL()))
			switch f.Variant {
			case "unreachable":
				b.zone.host(b.names.script(), closedAddr)
			case "missing":
				b.script.status = http.StatusNotFound
			case "slow":
				b.script.wait = slowScript
			case "script-error":
				b.script.source = "function FindProxyForURL(url, host) {\n  return proxyOf[host];\n}\n"
			case "not-javascript":
				b.script.source = "function FindProxyForURL(url, host) {\n  if (host == \"a\" return \"DIRECT\";\n}\n"
			case "fallback":
				b.zone.host("oldproxy."+b.names.domain, closedAddr)
				b.script.source = chooses(b.names, "PROXY oldproxy."+b.names.domain+":8080; DIRECT")
			case "wpad-unreachable":
				b.searches()
				b.zone.host(b.names.wpad(), closedAddr)
			default:
				b.script.kind = "text/plain"
			}
		}},
	{FaultInfo{Name: "winhttp-proxy", Cause: "winhttp-proxy", Warns: true,
		Title:    "Windows services are told to use another proxy than Outlook, and it does not work.",
		Imitates: "netsh winhttp set proxy of an earlier time, in the 64-bit or the 32-bit setting",
		Variants: []string{"dead", "32-bit", "refuses"}},
		func(b *behaviour, f Fault) {
			switch f.Variant {
			case "32-bit":
				b.registry.winHTTP(winHTTPKey, b.names.proxy()+":8080")
				b.registry.winHTTP(winHTTP32Key, "oldproxy."+b.names.domain+":8080")
			case "refuses":
				b.registry.winHTTP(winHTTPKey, b.names.proxy()+":8080")
				b.proxyStatus = http.StatusForbidden
			default:
				b.registry.winHTTP(winHTTPKey, "oldproxy."+b.names.domain+":8080")
			}
			b.zone.host("oldproxy."+b.names.domain, closedAddr)
		}},
	{FaultInfo{Name: "proxy-script", Healthy: true,
		Title:    "Healthy: a proxy script, found by its setting or by WPAD, leads to a proxy that works.",
		Imitates: "a company network with a PAC file, and the same proxy for services",
		Variants: []string{"setting", "wpad", "wpad-none"}},
		func(b *behaviour, f Fault) {
			b.script.source = chooses(b.names, "PROXY "+b.names.proxy()+":8080; DIRECT")
			switch f.Variant {
			case "wpad":
				b.searches()
				b.zone.host(b.names.wpad(), scriptAddr)
			case "wpad-none": // as on nearly every computer at home
				b.searches()
			default:
				b.registry.set(winINETKey, "AutoConfigURL", quotedText(b.scriptURL()))
				b.registry.winHTTP(winHTTPKey, "http="+b.names.proxy()+":8080;https="+b.names.proxy()+":8080")
			}
		}},
}

func (b *behaviour) scriptURL() string { return "http://" + b.names.script() + "/proxy.pac" }

// searches makes the computer search for a script in its domain.
func (b *behaviour) searches() {
	delete(b.registry[winINETKey], "AutoConfigURL")
	b.registry.set(winINETKey+`\Connections`, "DefaultConnectionSettings", connection(connDirect|connDetect, "", "", ""))
	b.registry.set(tcpipKey, "Domain", quotedText(b.names.domain))
}
