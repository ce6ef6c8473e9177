package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var offerRules = []Rule{
	{Code: "server-version-unsupported", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.ServerTooOld}, Covers: []string{"discovery.capability", "mapi.version"},
		Title:       "The mail server is too old for MAPI over HTTP: it is Exchange {version}.",
		Explanation: "MAPI over HTTP begins with Exchange 2013 Service Pack 1 (15.0.847.32). Until the server is upgraded, RPC over HTTP is the expected protocol and not a fault.",
		Actions: []report.Action{
			user("Nothing: Outlook uses the older protocol of this server."),
			admin("See the version of each server.", "Get-ExchangeServer | Format-List Name,AdminDisplayVersion"),
			admin("Upgrade to a version that is supported.")},
		Source: "MS-OXCMAPIHTTP 1.7"},
	{Code: "server-mapihttp-disabled", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.OnlyRPC, suite.EndpointDisabled}, None: []string{suite.ServerTooOld, suite.NoProtocol}, Covers: []string{"discovery.capability"},
		Title:       "The server does not offer MAPI over HTTP for this mailbox.",
		Explanation: "Autodiscover, asked as Outlook asks, gives RPC alone, or the MAPI endpoint says that it is disabled. The switch is at the organisation or at the mailbox; the mailbox wins in both directions, and $null there means as the organisation says.",
		Actions: []report.Action{
			admin("See the switch of the organisation.", "Get-OrganizationConfig | Format-List MapiHttpEnabled"),
			admin("See the switch of the mailbox.", "Get-CASMailbox -Identity {identity} | Format-List MapiHttpEnabled"),
			admin("Switch it on for the organisation.", "Set-OrganizationConfig -MapiHttpEnabled $true"),
			admin("Let the mailbox follow the organisation.", "Set-CASMailbox -Identity {identity} -MapiHttpEnabled $null")},
		Source: "OD configure-mapi-over-http.md"},
	{Code: "outlook-anywhere-host", Severity: report.SeverityFail, Confidence: report.Certain, All: []string{suite.OnlyRPC, suite.RPCHostMissing}, Covers: []string{"discovery.capability", "rpc"},
		Title:       "Outlook is sent to {host} for this mailbox, a name that does not exist on this network.",
		Explanation: "Autodiscover offers RPC over HTTP alone, and names {host} as its host. That is usually the server's own name, set as the external host name of Outlook Anywhere in place of the namespace.",
		Actions: []report.Action{
			user("Try again inside the company's network or with its VPN."),
			admin("See the host names of Outlook Anywhere.", "Get-OutlookAnywhere | Format-List Server,InternalHostname,ExternalHostname"),
			admin("Set the name that the certificate carries and DNS knows.", "Set-OutlookAnywhere -Identity \"{server}\\Rpc (Default Web Site)\" -ExternalHostname NAMESPACE -ExternalClientsRequireSsl $true -DefaultAuthenticationMethod NTLM"),
			admin("Switch MAPI over HTTP on, which replaces Outlook Anywhere.", "Set-OrganizationConfig -MapiHttpEnabled $true")},
		Source: "OD autodiscover.md"},
	{Code: "outlook-anywhere-refused", Severity: report.SeverityFail, All: []string{suite.OnlyRPC}, Any: []string{suite.RPCRefused}, When: func(c *Case) bool { return !notEncrypted(c) },
		WhenSays: "the code of the refusal is not the one that asks for encryption", Covers: []string{"discovery.capability", "rpc"},
		Title:       "Outlook cannot reach this mailbox by either protocol: the server does not offer MAPI over HTTP, and {host} refuses RPC over HTTP.",
		Explanation: "Autodiscover offers RPC over HTTP alone. At {stage} {host} refuses it (status {status}, code {code}).",
		Actions: []report.Action{
			admin("See whether Outlook Anywhere works on the server itself.", "Test-OutlookConnectivity -ProbeIdentity OutlookRpcCtp"),
			admin("See whether it is blocked for the mailbox.", "Get-CASMailbox -Identity {identity} | Format-List MAPIBlockOutlookRpcHttp,MAPIEnabled"),
			admin("See whether the switch of MAPI over HTTP is on, which replaces Outlook Anywhere.", "Get-OrganizationConfig | Format-List MapiHttpEnabled")},
		Source: "MS-RPCH 2.1.2.1.3"},
	{Code: "mailbox-mapi-disabled", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.NoProtocol}, Covers: []string{"discovery.capability"},
		Title:       "Outlook is not allowed to open this mailbox.",
		Explanation: "Autodiscover knows {address} and gives no protocol for Outlook at all: MAPI is switched off for the mailbox.",
		Actions: []report.Action{
			helpdesk("Ask whether this mailbox is meant to be used in webmail or on a phone only."),
			admin("See the switch.", "Get-CASMailbox -Identity {identity} | Format-List MAPIEnabled"),
			admin("Allow Outlook.", "Set-CASMailbox -Identity {identity} -MAPIEnabled $true")},
		Source: "SA connection-issues-mapi-disabled"},
	{Code: "healthy-legacy", Severity: report.SeverityInfo, Confidence: report.Certain, All: []string{suite.RPCWorks}, Any: []string{suite.OnlyRPC, suite.MapiHTTPOff, suite.EndpointDisabled}, None: []string{suite.ServerTooOld},
		Title:       "The mailbox works all the same: Outlook reaches it over RPC over HTTP.",
		Explanation: "A session was opened at {host} over RPC over HTTP. The protocol is older and no longer developed; it loses its session at every change of network, and Exchange Online does not have it.",
		Actions: []report.Action{
			user("Nothing: Outlook can be used.")},
		Source: "OD mapi-over-http.md"},
}
