package causes

import (
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// accountRules are about the name under which a person signs in, and what comes
// with the account.
var accountRules = []Rule{
	{Code: "upn-mismatch", Severity: report.SeverityFail, Any: []string{suite.NameUnknown, suite.OtherNameWorks}, When: byMail,
		WhenSays: "the sign-in was made with a name in the form of an e-mail address", Covers: []string{"auth", "discovery", "mapi.connect", "directory.bind"},
		Title:       "The user name {user} is not known to the domain; the account has another one.",
		Explanation: "The domain {realm} answers for itself, and knows no account of that name, or {host} accepts the same password under the name {works}. Outlook offers the e-mail address as user name; where the user principal name is another, that is the wrong one. One attempt was made per server and method.",
		Actions: []report.Action{
			user(`Sign in with the name that you use at the Windows sign-in, as DOMAIN\name, in place of the e-mail address.`),
			helpdesk("See the user principal name of the account.", "Get-ADUser -Filter \"mail -eq '{address}' -or proxyAddresses -eq 'smtp:{address}'\" -Properties UserPrincipalName,SamAccountName"),
			admin("Give the account a user principal name that is its e-mail address; add the suffix to the forest first.", "Set-ADUser -Identity ACCOUNT -UserPrincipalName {address}"),
			helpdesk("Until then, make Outlook offer the address that the person typed.", `reg add HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover /v PreferProvidedEmailInAutoDiscoverAuthPrompts /t REG_DWORD /d 1`)},
		Source: "SA prompted-for-credentials-modern-authentication; RFC 4120 7.5.9 (6)"},
	{Code: "token-bloat", Severity: report.SeverityFail, Any: []string{suite.TicketTooLarge}, Covers: []string{"auth", "discovery", "web", "mapi.connect", "directory.bind"},
		Title:       "The sign-in of this account is too large for the mail server: the account is in too many groups.",
		Explanation: "{host} answers 400 to requests that carry a Kerberos ticket ({bytes} bytes with it), and asks for a sign-in without one. The web server refuses headers above its limit before Exchange sees them. Other people are not affected.",
		Actions: []report.Action{
			user("Use webmail meanwhile; this is not a fault of your computer or password."),
			helpdesk("See how many groups the account is in.", "whoami /groups"),
			helpdesk("See whether it works without a ticket: then it is the ticket.", "mapiscope check {address} --auth ntlm"),
			admin("Raise the limits of the web server, then restart it.", `reg add HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters /v MaxFieldLength /t REG_DWORD /d 65534`),
			admin("And that of the whole request.", `reg add HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters /v MaxRequestBytes /t REG_DWORD /d 65534`),
			admin("Take the account out of groups that it does not need.")},
		Source: "SA 400-bad-request"},
}

// byMail says that the run signed in by a name that looks like an e-mail address.
func byMail(c *Case) bool { return c.User == "" || strings.Contains(c.User, "@") }
