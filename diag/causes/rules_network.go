package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var networkRules = []Rule{
	{Code: "black-hole", Severity: report.SeverityFail, Any: []string{suite.TLSTimeout}, Generic: true,
		Title:       "Port 443 of {host} accepts connections and then stays silent: the TLS handshake gets no answer.",
		Explanation: "TCP to {at} is set up, the TLS handshake gets not a single byte back within its limit. The server hangs, a firewall swallows what follows, or the path loses large packets (MTU).",
		Actions: []report.Action{
			user("Try another network (for example a phone's) and tell the helpdesk whether it works there."),
			helpdesk("Repeat what was tried.", "openssl s_client -connect {host}:443 -servername {host}"),
			admin("See on the server or load balancer whether connections arrive and hang.", "Test-NetConnection {host} -Port 443")}},
	{Code: "connection-refused", Severity: report.SeverityFail, Any: []string{suite.TCPRefused}, Generic: true,
		Title:       "Port 443 of {host} refuses connections: nothing listens at that address.",
		Explanation: "{at} answers at once that the port is closed. The web service is stopped, the address in DNS is wrong, or a firewall rejects the connection.",
		Actions: []report.Action{
			helpdesk("See which address the name has, and whether it is the right one.", "nslookup {host}"),
			admin("See whether the web service runs.", "Get-Service W3SVC,MSExchangeServiceHost | Format-Table Name,Status")}},
	{Code: "unreachable-host", Severity: report.SeverityFail, Generic: true,
		Any:         []string{suite.TCPTimeout, suite.TCPUnreachable, suite.AnswerTimeout, suite.ConnectionLost, suite.TLSFailed, suite.ProxyGateway},
		Title:       "Port 443 of {host} does not answer (while {doing}).",
		Explanation: "The connection to {at} failed in the phase “{phase}” ({kind}). A firewall, a missing route or VPN, or a server that is down looks like this.",
		Actions: []report.Action{
			user("If your company uses a VPN, connect to it. Else try another network."),
			helpdesk("See whether the port answers.", "Test-NetConnection {host} -Port 443"),
			admin("See whether server, load balancer and firewall let port 443 through to {host}.")}},
	{Code: "name-missing", Severity: report.SeverityFail, Any: []string{suite.NameMissing, suite.DNSFailure}, Generic: true,
		Title:       "The name {host} cannot be found in DNS.",
		Explanation: "DNS has no address for {host}, or the DNS server does not answer.",
		Actions:     []report.Action{helpdesk("See what this computer gets.", "nslookup {host}")}},
	{Code: "ipv6-broken", Severity: report.SeverityFail, Any: []string{suite.IPv6Dead}, OrWarn: true, Confidence: report.Certain, Covers: []string{"web", "auth.offered", "mapi.connect", "directory.bind", "rpc"},
		Title:       "The IPv6 address of {host} does not answer, its IPv4 address does.",
		Explanation: "{host} is published with the IPv6 address {address_tried}, which does not answer from here: {dead}. Outlook may wait for it each time it connects, or not connect at all.",
		Actions: []report.Action{
			user("Try another network, for example a phone's: IPv6 is broken somewhere between this computer and {host}."),
			helpdesk("See which of the two this computer prefers.", "netsh interface ipv6 show prefixpolicies"),
			admin("Make IPv6 work up to the server, or remove the AAAA record.", "Resolve-DnsName {host} -Type AAAA")},
		Source: "SA outlook-shows-disconnected-if-ipv6-is-enabled"},
	{Code: "address-dead", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.AddressDead},
		Title:       "One of the addresses of {host} does not answer.",
		Explanation: "{host} has several addresses, and {address_tried} does not answer. Clients that pick it are slow or cannot connect: a fault that comes and goes.",
		Actions:     []report.Action{admin("Take {address_tried} out of DNS or the load balancer, or bring its server back.")}},
}
