package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// clientRules are about Outlook on the user's own computer, as its registry tells.
var clientRules = []Rule{
	{Code: "client-version-unsupported", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.OutlookTooOld},
		Title:       "The Outlook on this computer is too old: {product} cannot speak MAPI over HTTP.",
		Explanation: "Installed is {version}; it needs {needs}. Outlook 2013 speaks it from Service Pack 1 (15.0.4569.1506), Outlook 2010 from Service Pack 2 with the updates of April 2015, Outlook 2007 never.",
		Actions: []report.Action{
			user("Install the updates of Office: File, Office Account, Update Options; or ask the helpdesk for a newer Outlook."),
			helpdesk("See which build is installed.", `reg query "HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration" /v VersionToReport`),
			helpdesk("Install {needs}.")},
		Source: "OD mapi-over-http.md; MS-OXCMAPIHTTP 6"},
	{Code: "client-mapihttp-disabled", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.MapiHTTPOff},
		Title:       "On this computer a setting keeps Outlook from MAPI over HTTP.",
		Explanation: "{key} has {name} = 1, set by {set_by}. Outlook then uses RPC over HTTP, or does not connect where the server no longer has it, and asks for a password by Basic where it would sign in by a browser window.",
		Actions: []report.Action{
			user("Ask your helpdesk to take the setting away, then close and start Outlook."),
			helpdesk("Delete the value, then start Outlook anew.", `reg delete "{key}" /v {name} /f`),
			admin("Look for the policy or logon script that writes it, or it comes back.", "gpresult /h gpresult.html")},
		Source: "SA outlook-not-connect-exchange-use-mapi-over-http; KB2937684"},
	{Code: "registry-override", Severity: report.SeverityFail, Any: []string{suite.StepsExcluded, suite.LocalXML}, OrWarn: true,
		Title:       "On this computer registry settings lead Outlook elsewhere than the server does ({names}).",
		Explanation: "{key} holds {names}, set by {set_by}. Outlook leaves out a way to Autodiscover that works, or takes its settings from a file ({file}); after a migration these are the last to be remembered.",
		Actions: []report.Action{
			user("Ask your helpdesk to take these settings away, then close and start Outlook."),
			helpdesk("See what is set.", `reg query "{key}"`),
			helpdesk("Delete the value, then start Outlook anew.", `reg delete "{key}" /v {name} /f`),
			admin("Look for the policy or logon script that writes it, or it comes back.", "gpresult /h gpresult.html")},
		Source: "SA unexpected-autodiscover-behavior; KB3211279"},
	{Code: "online-content-blocked", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.OnlineContentOff}, OrWarn: true,
		Title:       "On this computer Office may not use online services, so Outlook cannot sign in the modern way.",
		Explanation: "{key} has {name} = 0, set by {set_by}. Outlook shows \"Need Password\", or says that the administrator disabled the feature.",
		Actions: []report.Action{
			helpdesk("Allow it again, then start Outlook anew.", `reg add "{key}" /v {name} /t REG_DWORD /d 2 /f`),
			admin("Look for the policy that writes it: Office, Tools, Options, Service Options, Online Content.", "gpresult /h gpresult.html")},
		Source: "SA password-prompt-at-every-start-or-cannot-create-profile"},
	{Code: "ntlmv1", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.NTLMv1Allowed},
		Title:       "This computer signs in with an outdated NTLM (LmCompatibilityLevel {level}).",
		Explanation: "{key} has {name} = {level}. Below 3 Windows sends NTLMv1, which Extended Protection refuses: Outlook then asks for the password again and again, on such computers only.",
		Actions: []report.Action{
			helpdesk("Set it to 5 (NTLMv2 alone), then sign in to Windows anew.", `reg add "{key}" /v {name} /t REG_DWORD /d 5 /f`),
			admin("Set it by policy for all: Network security: LAN Manager authentication level.", "gpresult /h gpresult.html")},
		Source: "EP; doku.lrz.de windows-extended-protection"},
}

// serviceRules are about what stands before the mailbox, and beside it.
var serviceRules = []Rule{
	{Code: "web-filter", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.FilterPage}, Covers: []string{"web", "auth.offered", "mapi.connect", "directory.bind"},
		Title:       "A web filter keeps this computer from the mail server {host}.",
		Explanation: "Requests to {host} are answered by {filter} with a page of its own (status {status}) instead of by Exchange.",
		Actions: []report.Action{
			helpdesk("Look in the filter's log for {host}, and allow it: all paths under /mapi, /autodiscover, /rpc, /ews and /oab."),
			admin("Put the Autodiscover and mail hosts on the list of those that are neither filtered nor inspected.")},
		Source: "M365 connectivity test"},
	{Code: "service-down", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.ServiceDown}, None: []string{suite.HealthBad},
		Title:       "The service /{service} of {host} is out of service: {miss} do not work.",
		Explanation: "healthcheck.htm of /{service} at {address_tried} answers {status}; the mailbox itself does not need it.",
		Actions: []report.Action{
			admin("See which component is not active.", "Get-ServerComponentState -Identity {server} | Where-Object State -ne Active"),
			admin("See its health.", "Get-ServerHealth -Identity {server} | Where-Object AlertValue -ne Healthy")},
		Source: "OD load-balancing.md"},
}
