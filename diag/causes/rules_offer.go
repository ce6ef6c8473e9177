package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var offerRules = []Rule{
	{Code: "server-version-unsupported", Severity: report.SeverityFail, Any: []string{suite.ServerTooOld}, Covers: []string{"discovery.capability", "mapi.version"},
		Title:       "The mail server is too old for MAPI over HTTP: it is Exchange {version}.",
		Explanation: "MAPI over HTTP begins with Exchange 2013 Service Pack 1 (15.0.847.32). Until the server is upgraded, RPC over HTTP is the expected protocol and not a fault.",
		Actions: []report.Action{
			user("Nothing: Outlook uses the older protocol of this server."),
			admin("See the version of each server.", "Get-ExchangeServer | Format-List Name,AdminDisplayVersion"),
			admin("Upgrade to a version that is supported.")},
		Source: "MS-OXCMAPIHTTP 1.7"},
	{Code: "server-mapihttp-disabled", Severity: report.SeverityFail, Any: []string{suite.OnlyRPC, suite.EndpointDisabled}, None: []string{suite.ServerTooOld, suite.NoProtocol}, Covers: []string{"discovery.capability"},
		Title:       "The server does not offer MAPI over HTTP for this mailbox.",
		Explanation: "Autodiscover, asked as Outlook asks, gives RPC alone, or the MAPI endpoint says that it is disabled. The switch is at the organisation or at the mailbox; the mailbox wins in both directions, and $null there means as the organisation says.",
		Actions: []report.Action{
			admin("See the switch of the organisation.", "Get-OrganizationConfig | Format-List MapiHttpEnabled"),
			admin("See the switch of the mailbox.", "Get-CASMailbox -Identity {identity} | Format-List MapiHttpEnabled"),
			admin("Switch it on for the organisation.", "Set-OrganizationConfig -MapiHttpEnabled $true"),
			admin("Let the mailbox follow the organisation.", "Set-CASMailbox -Identity {identity} -MapiHttpEnabled $null")},
		Source: "OD configure-mapi-over-http.md"},
	{Code: "mailbox-mapi-disabled", Severity: report.SeverityFail, Any: []string{suite.NoProtocol}, Covers: []string{"discovery.capability"},
		Title:       "Outlook is not allowed to open this mailbox.",
		Explanation: "Autodiscover knows {address} and gives no protocol for Outlook at all: MAPI is switched off for the mailbox.",
		Actions: []report.Action{
			helpdesk("Ask whether this mailbox is meant to be used in webmail or on a phone only."),
			admin("See the switch.", "Get-CASMailbox -Identity {identity} | Format-List MAPIEnabled"),
			admin("Allow Outlook.", "Set-CASMailbox -Identity {identity} -MAPIEnabled $true")},
		Source: "SA connection-issues-mapi-disabled"},
}
