package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// computerRules are about the way out that the user's computer takes, and about
// what it has kept from earlier.
var computerRules = []Rule{
	{Code: "pac-broken", Severity: report.SeverityFail, Any: []string{suite.PACDeadProxy, suite.PACTrouble}, OrWarn: true,
		Title:       "The proxy script of this computer {what}.",
		Explanation: "This computer is told to choose its proxy by the script {script}, which {what}. Browsers forgive more in such scripts than Outlook and Windows services do, so a browser may work on the same computer while Outlook stays disconnected.",
		Actions: []report.Action{
			user("Until it is mended: in the proxy settings of Windows, switch “Use setup script” and “Automatically detect settings” off, and set the proxy by hand if your company has one. Then start Outlook anew."),
			helpdesk("See what the script's server sends: status 200, the type application/x-ns-proxy-autoconfig, at once.", "curl -sv -o proxy.pac {script}"),
			helpdesk("Check again with a script that you name.", "mapiscope check {address} --pac-url {script}"),
			admin("Mend the script, and the type under which its server sends it, on every server that has it. The hosts of Exchange and Autodiscover are best sent DIRECT, or to a proxy that is watched.")},
		Source: "drjohnstechtalk.com; SA repeated-status-codes-401-200-mapi-over-http; Netscape Proxy Auto-Config"},
	{Code: "winhttp-proxy", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.WinHTTPDead},
		Title:       "Windows services on this computer go to {host} {way}, which does not work: out-of-office, free/busy and mail tips fail while mail comes and goes.",
		Explanation: "On this computer {what}; {differs}. Outlook opens the mailbox as the user's programs do, and asks the services of Exchange as WinHTTP says.",
		Actions: []report.Action{
			user("Ask your helpdesk to reset the proxy of Windows services, then close and start Outlook."),
			helpdesk("See what is set, for 64-bit and for 32-bit programs.", `netsh winhttp show proxy & %WINDIR%\SysWOW64\netsh.exe winhttp show proxy`),
			helpdesk("Take both settings away (as administrator); the one at fault is the {setting} one.", `netsh winhttp reset proxy & %WINDIR%\SysWOW64\netsh.exe winhttp reset proxy`),
			admin("Look for the policy or script that sets it, or it comes back.", "gpresult /h gpresult.html")},
		Source: "SA proxy-server-causes-issues-with-freebusy-oof-mailtips"},
	{Code: "stale-credential", Severity: report.SeverityWarn, Confidence: report.Possible, Any: []string{suite.StaleCredential}, Each: "target",
		Title:       "Outlook may sign in with an old password, for Windows has {saved} for it while the one given here works.",
		Explanation: "The credential of this run was accepted. Windows keeps others for Outlook, and Outlook tries those first. What is saved cannot be read, so it is not known whether it is old; entries from before a change of the password are the usual reason when Outlook asks again and again while webmail works. Deleting them does no harm: Outlook asks once and saves anew.",
		Actions: []report.Action{
			user("If Outlook asks for the password again and again: close Outlook, open “Credential Manager” in the control panel, “Windows Credentials”, and remove the entries named below. Then start Outlook, and sign in as DOMAIN\\user with the password of today."),
			helpdesk("Remove the entry, as the user and with Outlook closed.", `cmdkey /delete:"{store}:target={target}"`)},
		Source: "SA outlook-prompt-password-when-use-mapi-over-http; SA outlook-prompts-credentials"},
	{Code: "autodiscover-cache-stale", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.CacheStale},
		Title:       "Outlook remembers another {fact} than Autodiscover names today: {cached} instead of {live}.",
		Explanation: "The file {file}, in which Outlook keeps the last answer of Autodiscover, says {cached}; today's answer says {live}. Until Outlook asks again it goes where the old answer leads, as after a migration.",
		Actions: []report.Action{
			user("Close Outlook and start it again while connected; if it still fails, ask your helpdesk to delete what it remembers."),
			helpdesk("With Outlook closed, delete what it remembers. It asks anew at the next start.", `del "%LOCALAPPDATA%\Microsoft\Outlook\16\AutoD.*.xml" "%LOCALAPPDATA%\Microsoft\Outlook\*Autodiscover.xml"`),
			helpdesk("Keep it from going back to the URL that worked last.", `reg add "HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover" /v ExcludeLastKnownGoodURL /t REG_DWORD /d 1 /f`)},
		Source: "KB3211279; GX doc/autodiscover.7"},
	{Code: "o365-direct-connect", Severity: report.SeverityWarn, Any: []string{suite.DirectConnect},
		Title:       "Outlook asks Microsoft 365 about this mailbox before it asks your own server.",
		Explanation: "{domain} is known to Microsoft 365 ({sign}), the mailbox is on premises, and ExcludeExplicitO365Endpoint {state}. Outlook 2016 and later then ask Microsoft 365 first: people see the sign-in of Microsoft instead of their own, or a new profile cannot be made or leads to an empty mailbox in the cloud.",
		Actions: []report.Action{
			user("If a sign-in page of Microsoft appears for this mailbox, cancel it, and ask your helpdesk."),
			helpdesk("Keep Outlook from asking there first, then start it anew.", `reg add "HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover" /v ExcludeExplicitO365Endpoint /t REG_DWORD /d 1 /f`),
			admin("Set it by policy for all (Outlook, Account Settings, Exchange: Disable AutoDiscover, “Exclude the query to Microsoft 365”).", "gpresult /h gpresult.html"),
			admin("If the user has a second mailbox in Exchange Online by mistake, close it to Outlook (in Exchange Online PowerShell).", "Set-CASMailbox -Identity {identity} -MAPIEnabled $false")},
		Source: "SA unexpected-autodiscover-behavior; KB3211279"},
}
