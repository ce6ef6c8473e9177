package causes

import (
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// wayRules are about the way from this computer to the server that was right once,
// or is only just good enough.
var wayRules = []Rule{
	{Code: "stale-network-state", Severity: report.SeverityFail, Any: []string{suite.StaleAnswer, suite.PrivateUnreachable}, Covers: []string{"dns", "network.mailbox", "network.autodiscover"},
		Title:       "This computer goes to an address of {host} that does not answer from where it is now ({kept}).",
		Explanation: "What was seen: {what}. The address is right in another network, or was right once: before a change of network, while a VPN was up, or before a migration.",
		Actions: []report.Action{
			user("If your company uses a VPN, connect to it. If it is connected, disconnect it, and connect it again."),
			user("Then close Outlook and start it again: it keeps to an address for as long as it runs."),
			helpdesk("Empty the resolver's cache.", "ipconfig /flushdns"),
			helpdesk("See what programs get, and what DNS says.", "Resolve-DnsName {host}; Resolve-DnsName {host} -DnsOnly -NoHostsFile"),
			helpdesk("Look for the name in the hosts file, and take the line out.", `findstr /i {host} %SystemRoot%\System32\drivers\etc\hosts`),
			admin("Publish {host} in the internal and in the public zone, each with the address that is right there.")},
		Source: "msxfaq.de outlook_getrennt; OD autodiscover.md"},
	{Code: "latency-loss", Severity: report.SeverityFail, OrWarn: true, Confidence: report.Certain, Any: []string{suite.FarAway}, Covers: []string{"mapi.notification"},
		Title:       "The way to {host} is slow: no answer comes in less than {took}.",
		Explanation: "The time to the first byte over connections that stood already, the fastest of all answers. {what}. Whether packets are lost as well cannot be seen from here: TCP repeats them, and they show as slow answers.",
		Actions: []report.Action{
			user("Try another network, by cable if you can. Let Outlook keep a local copy: File, Account Settings, Use Cached Exchange Mode."),
			helpdesk("See where on the way the time is spent, and whether packets are lost.", "pathping {host}"),
			admin("See whether {host} takes as long for a computer beside it: if it does, it is the server and not the way.", "Test-OutlookConnectivity -ProbeIdentity OutlookMapiHttp.Protocol")},
		Source: "itgeeknotes.blogspot.com 2019-07"},
	{Code: "rpc-encryption-required", Severity: report.SeverityFail, Confidence: report.Certain, All: []string{suite.OnlyRPC}, Any: []string{suite.RPCRefused}, When: notEncrypted,
		WhenSays: "the code of the refusal is ecNotEncrypted (2416)", Covers: []string{"discovery.capability", "rpc"},
		Title:       "The server wants Outlook to encrypt inside RPC, and offers no MAPI over HTTP.",
		Explanation: "{host} answers {stage} with {code}. The profile of an older Outlook does not encrypt between Outlook and the server unless it is told to.",
		Actions: []report.Action{
			helpdesk("Tick it in the profile: Account Settings, More Settings, Security, Encrypt data between Microsoft Outlook and Microsoft Exchange."),
			admin("See the setting.", "Get-RpcClientAccess | Format-List Server,EncryptionRequired"),
			admin("Do not require it; TLS encrypts all the same.", "Set-RpcClientAccess -Server {server} -EncryptionRequired $false"),
			admin("Switch MAPI over HTTP on, which has no such setting.", "Set-OrganizationConfig -MapiHttpEnabled $true")},
		Source: "CA rpc-encryption-required; PS Set-RpcClientAccess"},
	{Code: "outlook-anywhere-basic", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.AnywhereBasic},
		Title:       "Outlook Anywhere wants the password by Basic, so Outlook asks for it outside the office.",
		Explanation: "{section} of Autodiscover has AuthPackage Basic. A client that goes by RPC over HTTP has to send the password itself and cannot use the Windows sign-in; MAPI over HTTP does not mind.",
		Actions: []report.Action{
			admin("See the setting of every server.", "Get-OutlookAnywhere | Format-List Server,ExternalClientAuthenticationMethod,InternalClientAuthenticationMethod"),
			admin("Use NTLM or Negotiate.", `Set-OutlookAnywhere -Identity "{server}\Rpc (Default Web Site)" -ExternalClientAuthenticationMethod Ntlm -ExternalClientsRequireSsl $true`)},
		Source: "SA outlook-prompts-for-credentials-if-using-wan"},
	{Code: "scp-wrong", Severity: report.SeverityFail, OrWarn: true, Any: []string{suite.SCPUseless}, Confidence: report.Certain,
		Title:       "In the company's network Outlook is sent to {host} first, and {what}.",
		Explanation: "The service connection point in Active Directory names {url}. Every computer of the domain asks there before it tries anything else, and shows a certificate warning or waits.",
		Actions: []report.Action{
			user("Outlook works all the same. If it shows a certificate warning, do not confirm it: answer No, and tell your helpdesk."),
			admin("See what every server publishes.", "Get-ClientAccessService | Format-List Name,AutoDiscoverServiceInternalUri"),
			admin("Publish a name that all clients reach and the certificate carries.", "Set-ClientAccessService -Identity {server} -AutoDiscoverServiceInternalUri https://autodiscover.{domain}/Autodiscover/Autodiscover.xml")},
		Source: "OD autodiscover.md; PS Set-ClientAccessService"},
	{Code: "cross-forest-residue", Severity: report.SeverityWarn, Any: []string{suite.ForeignServer},
		Title:       "Autodiscover answers for {smtp}, and names a server of {server_domain}.",
		Explanation: "Address and server of one answer are of different domains. After a move between forests an attribute of the old one (msExchArchiveDatabaseLink) leads Outlook astray: it cannot set the mailbox up, or opens another one.",
		Actions: []report.Action{
			admin("See whether archive and mailbox belong together.", "Get-Mailbox -Identity {identity} | Format-List PrimarySmtpAddress,ArchiveDatabase,ArchiveDomain,Database"),
			admin("Clear msExchArchiveDatabaseLink of the user with ADSI Edit, if the mailbox has no archive.")},
		Source: "SA cannot-use-autodiscover-to-connect-to-mailbox"},
}

// notEncrypted says that the code of the refusal is the one of this cause.
func notEncrypted(c *Case) bool {
	for _, code := range c.details(suite.RPCRefused, "code") {
		if s, ok := code.(string); ok && strings.Contains(s, "ecNotEncrypted") {
			return true
		}
	}
	return false
}
