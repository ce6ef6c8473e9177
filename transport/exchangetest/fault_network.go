package exchangetest

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/auth/acceptor"
	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// networkFaults are about the network of the client's computer, and about what
// does not go through.
var networkFaults = []faultRow{
	{FaultInfo{Name: "stale-network-state", Cause: "stale-network-state",
		Title:    "The computer goes to an address of the server that was right in another network.",
		Imitates: "a resolver's cache or a hosts file with an address from before; the internal address, seen without the VPN",
		Variants: []string{"resolver-cache", "hosts-file", "off-vpn"}},
		func(b *behaviour, f Fault) {
			switch f.Variant {
			case "off-vpn":
				b.zone.host(b.names.mail, internalAddr)
			case "hosts-file":
				b.hosts = "127.0.0.1 localhost\n" + closedAddr + "\t" + b.names.mail + " # until the migration is over\n"
			default:
				b.resolver = map[string]string{b.names.mail: internalAddr, b.names.autodiscover: internalAddr}
			}
		}},
	{FaultInfo{Name: "latency-loss", Cause: "latency-loss", Warns: true,
		Title:    "The way to the server is so slow that Outlook hangs.",
		Imitates: "a satellite link, a tunnel around the world, a line that is full",
		Variants: []string{"slow", "very-slow"}},
		func(b *behaviour, f Fault) {
			b.rtt = 180 * time.Millisecond
			if f.Variant == "very-slow" {
				b.rtt = 400 * time.Millisecond
			}
		}},
	{FaultInfo{Name: "token-bloat", Cause: "token-bloat", Kerberos: true,
		Title:    "The Kerberos ticket is too large for the web server.",
		Imitates: "an account in hundreds of groups: http.sys answers 400 before Exchange sees the request",
		Variants: []string{"field", "request"}},
		func(b *behaviour, f Fault) {
			b.schemes[""] = []string{"Negotiate", "NTLM"}
			says := "Request Header Or Cookie Too Large"
			if f.Variant == "request" {
				says = "Request Too Long"
			}
			b.front = append(b.front, func(c *call) bool {
				if !c.conn.tls || !carriesTicket(c.r) {
					return false
				}
				c.tooLong(says)
				return true
			})
		}},
	{FaultInfo{Name: "healthy-legacy", Cause: "server-mapihttp-disabled",
		Title:    "The mailbox works, but over RPC over HTTP.",
		Imitates: "MAPI over HTTP switched off in the organisation, or by a value in the registry, while Outlook Anywhere works",
		Variants: []string{"organisation", "computer"}},
		func(b *behaviour, f Fault) {
			if f.Variant == "computer" {
				b.registry.set(exchangeKey, "MapiHttpDisabled", dword(1))
				return
			}
			b.edit(f, func(p *published) { p.mapiHTTP = false })
			b.refuseConnect(f, mapierr.ProtocolDisabled)
		}},
	{FaultInfo{Name: "rpc-encryption-required", Cause: "rpc-encryption-required",
		Title:    "Only RPC over HTTP is offered, and its server wants encryption inside RPC.",
		Imitates: "Set-RpcClientAccess -EncryptionRequired $true with a profile that does not encrypt, and MAPI over HTTP switched off",
		Variants: []string{"mailbox-switch", "endpoint-missing"}},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.mapiHTTP = false })
			if f.Variant == "endpoint-missing" {
				b.instead("mapi", func(c *call) { c.iisNotFound() })
			} else {
				b.refuseConnect(f, mapierr.ProtocolDisabled)
			}
			b.rpcError = mapierr.NotEncrypted
		}},
	{FaultInfo{Name: "outlook-anywhere-basic", Cause: "outlook-anywhere-basic", Warns: true,
		Title:    "Outlook Anywhere wants the password by Basic.",
		Imitates: "Set-OutlookAnywhere -ExternalClientAuthenticationMethod Basic: Outlook asks for the password when it leaves the office",
		Variants: []string{"everywhere", "outside"}},
		func(b *behaviour, f Fault) {
			b.edit(f, func(p *published) { p.authPackage, p.basicOutside = "Basic", f.Variant == "outside" })
		}},
}

// carriesTicket says that a request has the ticket of Kerberos with it.
func carriesTicket(r *http.Request) bool {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(token))
	return err == nil && acceptor.IsTicket(raw)
}

// tooLong is what http.sys says before anybody looks at the request.
func (c *call) tooLong(says string) {
	c.set("Server", "Microsoft-HTTPAPI/2.0")
	c.set("Connection", "close")
	c.text(http.StatusBadRequest, "text/html; charset=us-ascii", "<h2>Bad Request - "+says+"</h2><hr><p>HTTP Error 400. The size of the request headers is too long.</p>")
}
