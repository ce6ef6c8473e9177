package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var kerberosRules = []Rule{
	{Code: "kerberos-spn", Severity: report.SeverityFail, Any: []string{suite.KerberosSPN, suite.TicketRefused}, None: []string{suite.RefusedHereOnly, suite.BindingRefused}, When: kerberosFails,
		WhenSays: "no other way to sign in stood in for Kerberos (auth.kerberos)", Covers: []string{"auth", "discovery", "mapi.connect", "directory.bind"},
		Title:       "Sign-in with Kerberos fails: the service name of {host} is not registered where it belongs.",
		Explanation: "The ticket is for {spn} ({kind}). Either no account in {realm} holds that name, or the account that holds it is not the one whose key Exchange has (the alternate service account of the namespace, or its password has drifted).",
		Actions: []report.Action{
			user("Use webmail meanwhile; this is not a fault of your computer or password."),
			admin("See which account holds the name.", "setspn -F -Q {spn}"),
			admin("Register it at the alternate service account.", "setspn -S {spn} ASA$"),
			admin("Give every server the account's current password.", `.\RollAlternateServiceAccountPassword.ps1 -ToSpecificServer {server} -GenerateNewPasswordFor DOMAIN\ASA$`),
			admin("Let the namespace be an A record, not a CNAME.")},
		Source: "OD kerberos-auth-for-load-balanced-client-access; RFC 4120 7.5.9 (7, 41)"},
	{Code: "kerberos-fallback", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.KerberosSPN, suite.KerberosFailed}, When: func(c *Case) bool { return c.status("auth.kerberos") == report.Warn },
		WhenSays:    "another way to sign in stood in for Kerberos (auth.kerberos)",
		Title:       "Sign-in works, but by NTLM, because Kerberos with {host} fails.",
		Explanation: "For {spn} the domain says: {kind}. Outlook shows NTLM in its connection status then; it prompts for a password where NTLM is not allowed.",
		Actions: []report.Action{
			admin("See which account holds the name.", "setspn -F -Q {spn}"),
			admin("Register it at the alternate service account.", "setspn -S {spn} ASA$")},
		Source: "OD kerberos-auth-for-load-balanced-client-access"},
	{Code: "account-locked", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.AccountLocked}, Covers: []string{"auth", "discovery", "mapi.connect", "directory.bind"},
		Title:       "The account is locked, disabled or expired.",
		Explanation: "The domain controller refuses {user} by itself (Kerberos error {code}), whatever the password is. The mail server would only say 401. One attempt was made.",
		Actions: []report.Action{
			user("Ask the helpdesk to unlock your account. Do not try passwords meanwhile."),
			helpdesk("See what is set.", "Get-ADUser -Filter \"UserPrincipalName -eq '{address}' -or mail -eq '{address}'\" -Properties LockedOut,Enabled,AccountExpirationDate,BadLogonCount,LastBadPasswordAttempt"),
			helpdesk("Find what keeps locking it: a phone or a saved password that is old.", "cmdkey /list"),
			admin("Unlock it.", "Unlock-ADAccount -Identity ACCOUNT")},
		Source: "RFC 4120 7.5.9 (18, 1)"},
	{Code: "password-expired", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.PasswordExpired}, Covers: []string{"auth", "discovery", "mapi.connect", "directory.bind"},
		Title:       "The password for {address} has expired.",
		Explanation: "The domain controller knows {user} and wants a new password before anything else (Kerberos error 23).",
		Actions: []report.Action{
			user("Change your password. Press Ctrl+Alt+Del on a computer of the company, or use webmail if it offers that."),
			helpdesk("See when it expired.", "Get-ADUser -Filter \"UserPrincipalName -eq '{address}' -or mail -eq '{address}'\" -Properties PasswordExpired,PasswordLastSet")},
		Source: "RFC 4120 7.5.9 (23)"},
	{Code: "ntlmv1-server", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.NTLMv1}, Covers: []string{"auth", "discovery", "mapi.connect", "directory.bind"},
		Title:       "The server asks for a sign-in by NTLM version 1, which is neither safe nor accepted by current Exchange.",
		Explanation: "The CHALLENGE of {host} carries no target information, so version 2 is not possible. LmCompatibilityLevel is below 3 there or an appliance in front speaks for it. Extended Protection refuses version 1.",
		Actions: []report.Action{
			helpdesk("See the setting of the user's computer: 3 or higher is right, 5 is best.", `reg query HKLM\SYSTEM\CurrentControlSet\Control\Lsa /v LmCompatibilityLevel`),
			admin("Set it by policy: Network security: LAN Manager authentication level, on servers and computers.", `reg add HKLM\SYSTEM\CurrentControlSet\Control\Lsa /v LmCompatibilityLevel /t REG_DWORD /d 5`)},
		Source: "EP; MS-NLMP 3.1.5.1.2; doku.lrz.de"},
	{Code: "modern-auth-half-set", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.ModernHalfSet}, When: func(c *Case) bool { return c.status("auth.modern") == report.Fail },
		WhenSays: "nothing but tokens can be used at the mailbox (auth.modern)", Covers: []string{"auth", "mapi.connect", "directory.bind"},
		Title:       "The mail server wants modern authentication, but it is only half set up.",
		Explanation: "/{dir} of {host} accepts tokens and does not say where people sign in, so no client can get one there. Modern authentication is set for the organisation, for each virtual directory, and for the service names in the tenant; one of them is missing.",
		Actions:     modernActions, Source: "SA outlook-prompt-password-modern-authentication-enabled; CSS Test-HMAEAS"},
	{Code: "modern-auth-mixed", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.ModernHalfSet}, When: func(c *Case) bool { return c.status("auth.modern") == report.Warn },
		WhenSays:    "another way to sign in works beside it (auth.modern)",
		Title:       "Modern authentication is on for a part of the mail server only: Outlook may ask for a password again and again.",
		Explanation: "{url} is where people sign in according to one virtual directory; /{dir} of {host} does not take part. Passwords still work there.",
		Actions:     modernActions, Source: "SA outlook-prompt-password-modern-authentication-enabled; CSS Test-HMAEAS"},
}

var modernActions = []report.Action{
	helpdesk("See whether Outlook is told to use it everywhere.", `reg query HKCU\Software\Microsoft\Exchange /v AlwaysUseMSOAuthForAutoDiscover`),
	admin("Switch it on for the organisation.", "Set-OrganizationConfig -OAuth2ClientProfileEnabled $true"),
	admin("Give every virtual directory the same methods.", "Get-MapiVirtualDirectory -Server {server} | Set-MapiVirtualDirectory -IISAuthenticationMethods Ntlm,OAuth,Negotiate"),
	admin("Add the https URLs of the server to the service names of the tenant: https://{host}/ is needed.")}

// kerberosFails: nothing stood in for it.
func kerberosFails(c *Case) bool { return c.status("auth.kerberos") != report.Warn }

// clockByKerberos is a skew that stopped Kerberos, though not always the sign-in.
func clockByKerberos(c *Case) bool { return c.status("auth.kerberos") == report.Fail }

// noProxyBefore: a proxy that shows itself where NTLM is refused breaks NTLM
// sooner than a certificate does, unless an inspecting product is at work.
func noProxyBefore(c *Case) bool {
	return !c.saw(suite.BehindProxy) || len(c.details(suite.BindingRefused, "by")) > 0
}
