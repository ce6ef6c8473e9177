package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var nameRules = []Rule{
	{Code: "autodiscover-dns", Severity: report.SeverityFail, Any: []string{suite.NoAutodiscover, suite.DNSFailure}, None: []string{suite.DomainMissing}, When: autodiscoverWithoutName,
		WhenSays: "no step of Autodiscover answered, and a DNS question about it failed", Covers: []string{"dns", "discovery"},
		Title:       "Outlook cannot find the mail server of {domain}: DNS names no way to it.",
		Explanation: "No DNS name leads to Autodiscover: autodiscover.{domain} has no address, there is no usable SRV record _autodiscover._tcp.{domain}, and neither {domain} nor a redirect answers. Or the DNS server itself does not answer.",
		Actions: []report.Action{
			user("If your company uses a VPN, connect to it and check again."),
			helpdesk("See what this computer gets.", "nslookup autodiscover.{domain}"),
			helpdesk("See the SRV record.", "nslookup -type=SRV _autodiscover._tcp.{domain}"),
			admin("Publish autodiscover.{domain} as an A or CNAME record that leads to the client access namespace, or a SRV record with port 443, in the public and in the internal zone.",
				"Add-DnsServerResourceRecordCName -ZoneName {domain} -Name autodiscover -HostNameAlias mail.{domain}")},
		Source: "OD client-access/autodiscover.md; MS-OXDISCO 3.1.5"},
	{Code: "domain-unknown", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.DomainMissing}, When: autodiscoverNotFound,
		WhenSays: "no step of Autodiscover answered", Covers: []string{"dns", "discovery"},
		Title:       "The mail domain {domain} is not known in DNS; is the address {address} spelled right?",
		Explanation: "{domain} has neither mail exchangers nor addresses, and no DNS name leads to Autodiscover.",
		Actions: []report.Action{
			user("Compare the address letter by letter with the one on a message you sent. If your company uses a VPN, connect to it and check again."),
			helpdesk("See what this computer gets.", "nslookup -type=MX {domain}")}},
	{Code: "external-blocked", Severity: report.SeverityFail, All: []string{suite.OnlyInternalURL}, Covers: []string{"dns.mailbox"},
		Title:       "This mailbox can be opened only from inside the company network.",
		Explanation: "Autodiscover gives {address} an internal URL alone, at {host}, which does not exist outside. External access is blocked for the mailbox, or no external URL is set.",
		Actions: []report.Action{
			user("Connect to the company's network or VPN."),
			admin("See whether external access is blocked for the mailbox.", "Get-CASMailbox -Identity {identity} | Format-List MAPIBlockOutlookExternalConnectivity"),
			admin("Allow it, if that is wanted.", "Set-CASMailbox -Identity {identity} -MAPIBlockOutlookExternalConnectivity $false"),
			admin("If it is not blocked, set the external URL.", `Set-MapiVirtualDirectory -Identity "{server}\mapi (Default Web Site)" -ExternalUrl https://mail.{domain}/mapi -IISAuthenticationMethods NTLM,Negotiate,OAuth`)},
		Source: "PS Set-CASMailbox"},
	{Code: "vdir-url-wrong", Severity: report.SeverityFail, Any: []string{suite.MailboxURLNoName, suite.NoMailboxURL}, None: []string{suite.OnlyInternalURL}, Covers: []string{"dns.mailbox"},
		Title:       "The server sends Outlook to an address that does not exist here: {host}.",
		Explanation: "The URL of the MAPI virtual directory that Autodiscover publishes names {host}, which has no address in this network's DNS. Usually it is the server's own internal name instead of the one that clients use.",
		Actions: []report.Action{
			user("If your company uses a VPN, connect to it; the address may exist there."),
			admin("See what is published.", "Get-MapiVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl"),
			admin("Publish the name that clients reach and the certificate carries.", `Set-MapiVirtualDirectory -Identity "{server}\mapi (Default Web Site)" -ExternalUrl https://mail.{domain}/mapi -InternalUrl https://mail.{domain}/mapi -IISAuthenticationMethods NTLM,Negotiate,OAuth`)},
		Source: "PS Set-MapiVirtualDirectory"},
	{Code: "redirect-consent", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.RedirectUnconfirmed}, Covers: []string{"discovery", "network.autodiscover", "tls.autodiscover"},
		Title:       "Autodiscover leads to another domain ({host}), and nobody has confirmed that it may be asked.",
		Explanation: "{url} is outside {domain}. A credential goes to such a host only when a person says so: sending it on by itself has given passwords to strangers. Outlook asks in the same place.",
		Actions: []report.Action{
			helpdesk("If {host} is the right provider, name its URL.", "mapiscope check {address} --autodiscover-url {url}"),
			helpdesk("Outlook stops asking with this value.", `reg add HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover\RedirectServers /v {host} /t REG_SZ`)},
		Source: "SA suppress-autodiscover-redirect-warning"},
}

// autodiscoverWithoutName is a search that led nowhere because of DNS: names that
// are there, and whose hosts do not answer as they should, have other causes.
func autodiscoverWithoutName(c *Case) bool {
	return autodiscoverNotFound(c) && (c.status("dns.autodiscover") == report.Fail || c.status("dns.domain") == report.Fail)
}

// autodiscoverNotFound leaves DNS trouble at the mailbox server to other causes.
func autodiscoverNotFound(c *Case) bool {
	return c.status("discovery.answer") != report.Pass && !c.saw(suite.AutodiscoverAnswered)
}
