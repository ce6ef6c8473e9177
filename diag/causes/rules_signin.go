package causes

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// upnMismatch says that the form of the user name is what is wrong.
func upnMismatch(c *Case) bool {
	return byMail(c) && len(c.signals(suite.NameUnknown, suite.OtherNameWorks)) > 0
}

var signInRules = []Rule{
	{Code: "vdir-no-auth", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.NoAuthMethods}, Covers: []string{"auth", "mapi.connect", "directory.bind"},
		Title:       "The mail server refuses everybody: its service for Outlook accepts no way to sign in.",
		Explanation: "{host} answers 401 or 403 on /mapi without naming a single authentication method. Saving the virtual directory in the Exchange admin centre can empty that list.",
		Actions: []report.Action{
			admin("See what is set.", "Get-MapiVirtualDirectory | Format-List Server,IISAuthenticationMethods"),
			admin("Set the methods again.", "Get-MapiVirtualDirectory -Server {server} | Set-MapiVirtualDirectory -IISAuthenticationMethods Ntlm,OAuth,Negotiate")},
		Source: "SA cannot-open-mailbox-using-mapi-over-http"},
	{Code: "extended-protection", Severity: report.SeverityFail, Any: []string{suite.BindingRefused, suite.RefusedHereOnly}, None: []string{suite.HandshakeBroken}, When: noProxyBefore,
		WhenSays: "no proxy shows itself in the refusal, or an inspecting product is named", Covers: []string{"auth", "mapi.connect", "directory.bind"},
		Title:       "The password is right, but the sign-in is refused because something stands between this computer and Exchange.",
		Explanation: "The same credential works for Autodiscover and is refused with {scheme} at {host}. This computer sees a certificate there that was issued by {issuer}. Exchange binds the sign-in to the certificate it shows itself (Extended Protection, on by default since Exchange 2019 CU14); a load balancer with another certificate, SSL offload, or a virus scanner that opens https breaks that.",
		Actions: []report.Action{
			helpdesk("Exempt Outlook and {host} from https inspection by virus scanner or proxy."),
			admin("Use the same certificate on load balancer and Exchange, and no SSL offload."),
			admin("See the setting of every server.", `.\ExchangeExtendedProtectionManagement.ps1 -ShowExtendedProtection`),
			admin("In an emergency, switch it off on one server.", `.\ExchangeExtendedProtectionManagement.ps1 -DisableExtendedProtection -ExchangeServerNames {server}`)},
		Source: "EP; CSS Emerging-Issues 2/24/2025"},
	{Code: "bad-credentials", Severity: report.SeverityFail, Any: []string{suite.CredentialWrong, suite.NameUnknown}, None: []string{suite.RefusedHereOnly, suite.AccountLocked, suite.PasswordExpired}, When: func(c *Case) bool { return !upnMismatch(c) },
		WhenSays: "no answer says that only the form of the user name is wrong", Covers: []string{"auth", "discovery"},
		Title:       "The server refused the user name or password for {address}.",
		Explanation: "{host} refuses {user} with {scheme}. The password is wrong or expired, or the account is locked or disabled. One attempt was made per server and method, so that this check does not lock the account.",
		Actions: []report.Action{
			user(`Sign in to webmail with the same user name and password. If that fails too, your password has changed or expired; try the user name as DOMAIN\user.`),
			helpdesk("See whether the account is locked, disabled or its password expired.", "Get-ADUser -Filter \"UserPrincipalName -eq '{address}' -or mail -eq '{address}'\" -Properties LockedOut,Enabled,PasswordExpired"),
			helpdesk("Remove passwords that Windows kept from before.", "cmdkey /list"),
			admin("Unlock the account, if it is locked.", "Unlock-ADAccount -Identity ACCOUNT")},
		Source: "CA unknown-username-bad-password"},
	{Code: "proxy-breaks-ntlm", Severity: report.SeverityFail, Any: []string{suite.HandshakeBroken, suite.BehindProxy}, Covers: []string{"auth", "mapi.connect", "directory.bind"},
		Title:       "A proxy or load balancer in front of the mail server breaks the sign-in.",
		Explanation: "The messages of one {scheme} sign-in have to reach the same server over one connection. At {host} they do not: the last one is answered as if the ones before had never come.",
		Actions: []report.Action{
			user("Use the VPN meanwhile."),
			admin("Pass TCP through unchanged (layer 4), or keep one connection to the server per client connection (in nginx: ntlm; keepalive), or use Kerberos."),
			admin("See which servers answered: X-FEServer of the requests in this report.")},
		Source: "zevenet/zlb#130; NginxProxyManager#3797"},
	{Code: "sign-in-scheme", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.NoCommonScheme, suite.CredentialUnsent}, None: []string{suite.CredentialWrong, suite.ModernHalfSet, suite.KerberosSPN, suite.KerberosClock}, When: nothingFits,
		WhenSays: "no scheme fits, or a rule kept the password back", Covers: []string{"auth"},
		Title:       "The mail server offers no way to sign in that may be used here.",
		Explanation: "{host} offers: {offered}. The choice made with --auth, or the rule that a password goes only to hosts of {domain}, leaves none of them.",
		Actions: []report.Action{
			helpdesk("Allow every method.", "mapiscope check {address} --auth auto"),
			admin("See what the virtual directory offers.", "Get-MapiVirtualDirectory | Format-List Server,IISAuthenticationMethods")}},
	{Code: "no-credential", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.NoCredential}, When: func(c *Case) bool { return !c.Run.SignsIn },
		WhenSays:    "the check ran without a password",
		Title:       "No password was given, so the mailbox itself was not opened.",
		Explanation: "What can be seen without signing in was checked.",
		Actions: []report.Action{
			user("Check again with your user name and password.", "mapiscope check {address} --password-stdin")}},
}

// nothingFits leaves out a password that was kept back because an attempt with it
// had been made: that says nothing about the ways that there are.
func nothingFits(c *Case) bool {
	return c.saw(suite.NoCommonScheme) || slices.Contains(c.details(suite.CredentialUnsent, "reason"), any("policy"))
}
