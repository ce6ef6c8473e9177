package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var sessionRules = []Rule{
	{Code: "session-context-lost", Severity: report.SeverityFail, Any: []string{suite.ContextLost}, None: []string{suite.ContextNotKept}, Covers: []string{"mapi", "directory"},
		Title:       "The mail server forgets Outlook's session right after it was opened.",
		Explanation: "Connect succeeds at {host}, and the next request in the same session context is answered with {code}. The cookies of the session do not come back to the server that gave them: a load balancer drops or rewrites them, or sends each request to another server.",
		Actions: []report.Action{
			user("Restart Outlook; if it happens again, it is not a fault of your computer."),
			admin("See that the load balancer passes cookies (MapiContext, MapiSequence, X-BackEndCookie) unchanged in both directions."),
			admin("Compare X-FEServer and X-BEServer of the requests in this report: they should lead to one mailbox server."),
			admin("Test without the load balancer, at one server.", "mapiscope check {address} --resolve {host}:443:SERVER-ADDRESS")},
		Source: "MS-OXCMAPIHTTP 2.2.3.3.3, 3.1.5.7"},
	{Code: "unknown-user-dn", Severity: report.SeverityFail, OrWarn: true, Any: []string{suite.UnknownMailbox}, None: []string{suite.LegacyDNTrailing}, Covers: []string{"mapi.connect", "mapi.logon", "directory.mailbox-url"},
		Title:       "The mail server does not know the mailbox that Autodiscover names.",
		Explanation: "{host} answers {op} with {code}: the legacyExchangeDN that Autodiscover gives does not lead to a mailbox. It was removed or moved, or the DN is out of date.",
		Actions: []report.Action{
			helpdesk("Create the Outlook profile anew, so that it asks Autodiscover again."),
			admin("See the mailbox and its DN.", "Get-Mailbox -Identity {identity} | Format-List LegacyExchangeDN,Database,ServerName")}},
	{Code: "mailbox-access-denied", Severity: report.SeverityFail, Confidence: report.Certain, OrWarn: true, Any: []string{suite.LogonRefused}, Covers: []string{"mapi.connect", "mapi.logon"},
		Title:       "The mail server does not let {user} open the mailbox {address}.",
		Explanation: "The sign-in works, and {host} answers {op} with {code}. The account is not the mailbox's owner and has no right to it.",
		Actions: []report.Action{
			user("See that user name and address belong together."),
			admin("See who may open it.", "Get-MailboxPermission -Identity {identity} | Format-Table User,AccessRights")}},
	{Code: "database-down", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.DatabaseDown}, Covers: []string{"mapi.connect", "mapi.logon"},
		Title:       "The database that holds this mailbox is not available.",
		Explanation: "{host} answers {op} with {code}: the database is not mounted, or is being mounted.",
		Actions: []report.Action{
			admin("See the state of the database.", "Get-MailboxDatabaseCopyStatus * | Format-Table Name,Status"),
			admin("See the mailbox from the server's side.", "Test-MAPIConnectivity -Identity {identity}")}},
	{Code: "client-version-blocked", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.VersionBlocked}, Covers: []string{"mapi.connect", "mapi.logon"},
		Title:       "The mail server does not accept this version of Outlook, or its online mode.",
		Explanation: "{host} answers {op} with {code}.",
		Actions: []report.Action{
			admin("See what is blocked for the mailbox.", "Get-CASMailbox -Identity {identity} | Format-List MAPIBlockOutlookVersions,MAPIBlockOutlookNonCachedMode"),
			admin("See what is blocked on the server.", "Get-RpcClientAccess -Server {server} | Format-List BlockedClientVersions")},
		Source: "PS Set-CASMailbox"},
	{Code: "wrong-server", Severity: report.SeverityFail, Any: []string{suite.WrongServer}, Covers: []string{"mapi.logon"},
		Title:       "Autodiscover leads Outlook to a server that does not have this mailbox.",
		Explanation: "{host} says that the mailbox is elsewhere, and asking Autodiscover again gives no URL that has it. The mailbox was moved a short while ago, or Autodiscover is out of date.",
		Actions: []report.Action{
			user("Wait an hour and restart Outlook."),
			admin("See where the mailbox is, and whether a move is under way.", "Get-MoveRequest -Identity {identity} | Format-List Status")}},
	{Code: "endless-pending", Severity: report.SeverityFail, Any: []string{suite.AnswerEndless}, Covers: []string{"mapi", "directory"},
		Title:       "The mail server begins its answers and never finishes them.",
		Explanation: "{host} answers {op} with signs of life, or byte by byte, and does not come to an end within the limit. The mailbox server behind the front end hangs, or something in between slows the answer down to a trickle.",
		Actions: []report.Action{
			user("Try again in some minutes, and from another network."),
			admin("Test from the server's side.", `Test-OutlookConnectivity -RunFromServerId {server} -ProbeIdentity OutlookMapiHttp.Protocol\OutlookMapiHttpSelfTestProbe`)},
		Source: "MS-OXCMAPIHTTP 2.2.7"},
	{Code: "huge-length", Severity: report.SeverityFail, Any: []string{suite.AnswerTooLarge}, Covers: []string{"mapi", "directory"},
		Title:       "The mail server announces an answer that is far too large.",
		Explanation: "{host} announces more bytes for {op} than any honest answer has. It was not read. A broken proxy, or something that is no mail server, does that.",
		Actions:     []report.Action{admin("See what answers at {host}: compare the Server and X-FEServer headers of the requests in this report with those of your servers.")}},
	{Code: "notification-lost", Severity: report.SeverityFail, Any: []string{suite.NotNotified}, When: func(c *Case) bool { return c.status("mapi.notification") == report.Fail },
		WhenSays:    "the wait was open when the message came (mapi.notification)",
		Title:       "New mail arrives on the server, but Outlook is not told.",
		Explanation: "A message was delivered while a NotificationWait was open at {host}, and the wait did not end.",
		Actions:     []report.Action{admin("See that nothing between client and server buffers answers or holds them back (response buffering of a reverse proxy).")}},
	{Code: "proxy-buffers-long-poll", Severity: report.SeverityFail, OrWarn: true, Any: []string{suite.WaitNotOpened}, Covers: []string{"mapi.notification"},
		Title:       "The mail server's notifications do not come through; new mail will arrive late.",
		Explanation: "A NotificationWait at {host} should be answered in pieces at once and gets nothing: a proxy or load balancer collects the answer until it is complete.",
		Actions: []report.Action{
			user("Try from another network; if mail comes at once there, this network holds it back."),
			admin("Switch response buffering off for /mapi, and allow answers that last more than five minutes.")},
		Source: "MS-OXCMAPIHTTP 2.2.4.4"},
	{Code: "idle-timeout", Severity: report.SeverityFail, OrWarn: true, Any: []string{suite.RestCut}, Covers: []string{"mapi.notification"},
		Title:       "Something on the way to the mail server cuts connections that are quiet for a while.",
		Explanation: "A NotificationWait at {host} was cut in the middle of its answer, without a word of the server, after {rest} of rest: a firewall, load balancer or NAT forgets connections sooner than the server sends its signs of life.",
		Actions: []report.Action{
			user("Try from another network; if Outlook stays connected there, this network is the reason."),
			admin("Set the idle limits so that each hop is more patient than the one behind it: client to firewall 60 minutes, load balancer 40 minutes, Exchange 20 minutes."),
			admin("Let Exchange keep connections alive more often.", `Set-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters -Name KeepAliveTime -Value 900000 -Type DWord`)},
		Source: "MS-OXCMAPIHTTP 3.1.5.6"},
	{Code: "session-bound-to-connection", Severity: report.SeverityFail, All: []string{suite.ContextNotKept}, Covers: []string{"resume", "mapi", "directory"},
		Title:       "The mail server forgets Outlook's session when the connection changes.",
		Explanation: "The session context at {host} answered on one connection, and on a new one with the same cookies it was gone: each connection leads to another server, or the cookies are lost. After every sleep and change of network Outlook starts anew.",
		Actions: []report.Action{
			admin("See that the load balancer leads requests with the same X-BackEndCookie to the same mailbox server and passes cookies unchanged."),
			admin("Compare X-FEServer and X-BEServer of the requests in this report.")},
		Source: "MS-OXCMAPIHTTP 3.1.5.7"},
}

// remarks are causes that never stop mail.
var remarks = []Rule{
	{Code: "mailbox-full", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.MailboxFull},
		Title:       "The mailbox is full and cannot send.",
		Explanation: "Its size has reached the quota for sending.",
		Actions: []report.Action{
			user("Delete or archive messages, and empty the deleted items."),
			admin("See the quotas.", "Get-Mailbox -Identity {identity} | Format-List *Quota*")}},
	{Code: "srv-target-broken", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.SRVTargetBroken},
		Title:       "The SRV record of {domain} leads to {host}, which does not exist in DNS.",
		Explanation: "Outlook comes to that record when the other ways to Autodiscover fail.",
		Actions:     []report.Action{admin("Correct or remove the record _autodiscover._tcp.{domain}.", "Resolve-DnsName _autodiscover._tcp.{domain} -Type SRV")}},
	{Code: "legacydn-trailing-space", Severity: report.SeverityFail, Confidence: report.Certain, OrWarn: true, Any: []string{suite.LegacyDNTrailing}, Covers: []string{"mapi.connect", "mapi.logon", "directory.mailbox-url", "rpc.mailbox"},
		Title:       "The distinguished name of this mailbox ends with a blank, which makes Outlook fail.",
		Explanation: "Autodiscover gives a LegacyDN that ends with a blank.",
		Actions:     []report.Action{admin("Remove the blank from legacyExchangeDN with ADSI Edit.", "Get-Mailbox -Identity {identity} | Format-List LegacyExchangeDN")},
		Source:      "SA outlook-displays-disconnected-in-status"},
	{Code: "autodiscover-contradicts", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.StepsDisagree},
		Title:       "The ways to Autodiscover give different answers about this mailbox.",
		Explanation: "Which one Outlook uses depends on which it tries first; they differ in {host}.",
		Actions:     []report.Action{admin("Make every name lead to the same, current server.")}},
	{Code: "directory-url-differs", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.DirectoryURLDiffers},
		Title:       "The address book sends Outlook to another server ({host}) than Autodiscover does.",
		Explanation: "The answer to GetAddressBookUrl names {host}.",
		Actions:     []report.Action{admin("See the URLs of every server.", "Get-MapiVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl")}},
	{Code: "not-in-address-book", Severity: report.SeverityInfo, Confidence: report.Certain, Any: []string{suite.NotInAddressBook},
		Title:       "{host} is not found in the address book.",
		Explanation: "The mailbox is hidden from address lists, or the lists are out of date.",
		Actions:     []report.Action{admin("See whether it is hidden.", "Get-Recipient -Identity {identity} | Format-List HiddenFromAddressListsEnabled")}},
	{Code: "mailbox-online", Severity: report.SeverityInfo, Confidence: report.Certain, Any: []string{suite.HostedOnline},
		Title:       "This mailbox is in Exchange Online.",
		Explanation: "Autodiscover says so.",
		Actions:     []report.Action{helpdesk("Look for the service's state in the Microsoft 365 admin centre, if something is wrong.")}},
}
