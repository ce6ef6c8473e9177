package exchangetest

import "github.com/mapiscope/mapiscope/transport/mapierr"

// rpcFaults change what becomes of RPC over HTTP. While MAPI over HTTP works, that
// is no fault: Outlook does not use the older protocol then.
var rpcFaults = []faultRow{
	{FaultInfo{Name: "rpc-absent", Healthy: true,
		Title:    "Healthy: the server offers MAPI over HTTP and nothing older.",
		Imitates: "an organisation without Outlook Anywhere: no RPC protocol in Autodiscover, 404 at /rpc"},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.exch, p.expr, p.exhttp = false, false, false })
			b.rpc = rpcAbsent
		}},
	{FaultInfo{Name: "rpc-refused", Healthy: true,
		Title:    "Healthy: MAPI over HTTP works; RPC over HTTP is published and refuses.",
		Imitates: "an Outlook Anywhere that nobody looks after since MAPI over HTTP is in use",
		Variants: []string{"unreachable", "401", "403", "404", "unknown-server", "cut", "silent", "disallowed"}},
		func(b *behaviour, f Fault) {
			b.rpc = map[string]rpcMood{"401": rpcRefuses, "403": rpcForbids, "404": rpcAbsent, "unknown-server": rpcUnknown,
				"cut": rpcCut, "silent": rpcSilent, "disallowed": rpcDisallowed}[f.Variant]
			if b.rpc == rpcServes {
				b.rpc = rpcUnreachable
			}
		}},
	{FaultInfo{Name: "outlook-anywhere-host", Cause: "outlook-anywhere-host",
		Title:    "Only RPC over HTTP is offered, at a host name that does not exist on this network.",
		Imitates: "Set-OutlookAnywhere -ExternalHostname with the server's own name, and MAPI over HTTP switched off",
		Variants: []string{"server-name", "misspelled"}},
		func(b *behaviour, f Fault) {
			name := b.names.server
			if f.Variant == "misspelled" {
				name = "mial." + b.names.domain
			}
			b.edit(f, func(p *published) { p.mapiHTTP, p.internal, p.external = false, name, name })
		}},
	{FaultInfo{Name: "outlook-anywhere-refused", Cause: "outlook-anywhere-refused",
		Title:    "Only RPC over HTTP is offered, and it is refused.",
		Imitates: "MAPI over HTTP switched off while the RPC server is down, or blocked for the mailbox",
		Variants: []string{"unreachable", "disallowed"}},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.mapiHTTP = false })
			b.refuseConnect(f, mapierr.ProtocolDisabled)
			b.rpc = rpcUnreachable
			if f.Variant == "disallowed" {
				b.rpc = rpcDisallowed
			}
		}},
	{FaultInfo{Name: "rpc-chunked", Healthy: true,
		Title:    "Healthy: both protocols are offered; the OUT channel of the older one comes in chunks.",
		Imitates: "IIS behind a reverse proxy that leaves Content-Length out"},
		func(b *behaviour, _ Fault) { b.rpcChunked = true }},
	{FaultInfo{Name: "rpc-tcp", Healthy: true,
		Title:    "Healthy: the endpoint mapper still offers plain RPC beside MAPI over HTTP.",
		Imitates: "a server with the RPC endpoints of Exchange 2010 registered at TCP port 135"},
		func(b *behaviour, _ Fault) { b.rpcTCP = true }},
}
