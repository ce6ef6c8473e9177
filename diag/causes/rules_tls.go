package causes

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var tlsRules = []Rule{
	{Code: "tls-interception", Severity: report.SeverityFail, Any: []string{suite.Intercepted, suite.CertInvalid}, When: brokenOpen,
		WhenSays: "the issuer is that of an inspecting product, or one private authority signs for website and mail host alike", Covers: []string{"tls", "discovery"},
		Title:       "Something between this computer and the mail server breaks the encryption open.",
		Explanation: "The certificates shown for the mail hosts were issued by {issuer} ({by}), which this computer does not trust: it is the name of an inspecting product, not the one on another network, or the same for hosts that have nothing in common. A web filter or virus scanner that inspects encrypted traffic does that.",
		Actions: []report.Action{
			helpdesk("See whether a virus scanner or web filter inspects https, and exempt {host} from it."),
			admin("Put the Autodiscover and mail hosts on the bypass list of the inspecting proxy: sign-in with Extended Protection cannot work through it.")},
		Source: "EP third-party; M365 connectivity test"},
	{Code: "cert-invalid", Severity: report.SeverityFail, Any: []string{suite.CertInvalid}, CertainWhen: func(c *Case) bool { return !foreignIssuer(c) }, When: certFails,
		WhenSays: "the certificate stops a connection to the mailbox, and neither a portal nor an inspecting product made it", Covers: []string{"tls"},
		Title:       "The certificate of {host} is not valid: {what}.",
		Explanation: "Kind: {kind}. The certificate carries {names} and was issued by {issuer}. Outlook warns or refuses to connect; nothing secret was sent.",
		Actions: []report.Action{
			user("Do not confirm the certificate warning; your administrator has to replace the certificate."),
			helpdesk("See the certificate as a browser does: open https://{host}/ and click the lock. If the authority is your company's own, install its root certificate."),
			admin("See what the server uses.", "Get-ExchangeCertificate | Format-List Subject,CertificateDomains,NotAfter,Services,Thumbprint"),
			admin("Bind a valid certificate that carries {host}, with its whole chain.", "Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services IIS -Server {server}")},
		Source: "CA ssl-certificate-name-mismatch, missing-intermediate-certificates-chain, ssl-certificate-trust-failure"},
	{Code: "tls-version", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.TLSOld}, Covers: []string{"tls", "discovery", "auth", "web"},
		Title:       "{host} speaks only versions of TLS that are too old for Outlook.",
		Explanation: "Each version was offered by itself: {what}. Windows and Outlook of today want TLS 1.2; it is switched off on the server, or on the load balancer in front of it.",
		Actions: []report.Action{
			helpdesk("See every version that was tried.", "mapiscope cert {host}"),
			admin("Switch TLS 1.2 on for the system and for .NET, then restart the server.", `reg add "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server" /v Enabled /t REG_DWORD /d 1`),
			admin("Let .NET use it.", `reg add HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319 /v SchUseStrongCrypto /t REG_DWORD /d 1`),
			admin("Compare the TLS settings of all servers.", `.\HealthChecker.ps1 -Server {server}`)},
		Source: "CSS TLSConfigurationCheck.md"},
	{Code: "client-cert-requested", Severity: report.SeverityFail, Any: []string{suite.ClientCert}, When: clientCertInTheWay,
		WhenSays: "the handshake ends without one", Covers: []string{"tls", "discovery", "auth", "mapi", "directory", "web"},
		Title:       "{host} demands a certificate from the client, and Outlook has none to show.",
		Explanation: "The server or the load balancer in front of it asks for a client certificate in the TLS handshake and ends the connection without one. Browsers on computers with such a certificate work, Outlook does not.",
		Actions: []report.Action{
			helpdesk("See the request.", "mapiscope cert {host}"),
			admin("Set client certificates to “ignore” for the virtual directory.", `Set-WebConfigurationProperty -PSPath "IIS:\" -Location "Default Web Site/mapi" -Filter system.webServer/security/access -Name sslFlags -Value Ssl`),
			admin("Take the demand for client certificates off the load balancer for the mail hosts; modern authentication does the same job.")},
		Source: "SA outlook-cannot-connect-to-exchange-certificate-validation"},
	{Code: "cert-root-domain", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.RootCert}, When: websiteAlone,
		WhenSays:    "it is neither a portal's nor made on the way",
		Title:       "The website at {host} shows a certificate that Outlook warns about when it looks for the mailbox.",
		Explanation: "Outlook asks {host} before it comes to the Autodiscover that works. The certificate there: {what}.",
		Actions: []report.Action{
			helpdesk("Make Outlook leave out that step.", `reg add HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover /v ExcludeHttpsRootDomain /t REG_DWORD /d 1`),
			admin("Add {host} to the website's certificate, or close port 443 there.")},
		Source: "SA resolve-autodiscover-mismatch-warning"},
	{Code: "cert-expires", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.CertExpires},
		Title:       "The certificate of {host} ends in {days} days, on {until}.",
		Explanation: "Whose it is: {what}. After that day Outlook will refuse to connect.",
		Actions:     []report.Action{admin("Order and install a new one.", "Get-ExchangeCertificate | Format-List Subject,NotAfter,Services,Thumbprint")},
		Source:      "CSS CertificateCheck.md"},
	{Code: "tls-inspected", Severity: report.SeverityWarn, Any: []string{suite.Intercepted}, None: []string{suite.CertInvalid},
		Title:       "The connection to {host} is opened on the way by {by}.",
		Explanation: "The certificate was issued by {issuer}, and this computer trusts it, because somebody put that authority into its store. Mail works as long as the server does not bind sign-ins to its certificate (Extended Protection).",
		Actions:     []report.Action{admin("Put the Autodiscover and mail hosts on the bypass list of the inspecting proxy.")},
		Source:      "EP third-party; M365 connectivity test"},
	{Code: "client-cert-optional", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.ClientCert}, None: []string{suite.TLSFailed},
		Title:       "{host} asks for a client certificate, though it does not insist.",
		Explanation: "Some clients show a question about certificates, and some give up, when a server asks.",
		Actions:     []report.Action{admin("Set client certificates to “ignore” for /mapi and /autodiscover.", `Set-WebConfigurationProperty -PSPath "IIS:\" -Location "Default Web Site/mapi" -Filter system.webServer/security/access -Name sslFlags -Value Ssl`)},
		Source:      "SA outlook-cannot-connect-to-exchange-certificate-validation"},
	{Code: "cert-names", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.CertNames},
		Title:       "The certificate of {host} lacks names that Outlook is told to use: {missing}.",
		Explanation: "Autodiscover names URLs at {missing}; the certificate carries {carried}. Clients that come to the server by the missing name are warned or refused.",
		Actions: []report.Action{
			admin("Set the URLs to names that the certificate carries.", `Set-MapiVirtualDirectory -Identity "{server}\mapi (Default Web Site)" -InternalUrl https://{host}/mapi -ExternalUrl https://{host}/mapi`),
			admin("Or install a certificate with all names.", "Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services IIS -Server {server}")},
		Source: "EXDOC certificates.md; PS Set-MapiVirtualDirectory"},
	{Code: "cert-principal", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.CertPrincipal},
		Title:       "Outlook Anywhere expects a certificate for {wanted}, and the server shows one for {carried}.",
		Explanation: "The CertPrincipalName that Autodiscover gives (msstd:{wanted}) is compared letter by letter with the name of the certificate; a wildcard has to be spelled as one.",
		Actions:     []report.Action{admin("Name what the certificate carries.", `Set-OutlookProvider EXPR -CertPrincipalName "msstd:{carried}"`)},
		Source:      "PS Set-OutlookProvider"},
	{Code: "cert-revocation", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.CertRevocation},
		Title:       "Whether the certificate of {host} is revoked cannot be found out quickly, and Outlook may wait for it.",
		Explanation: "{what}. Windows waits up to 15 seconds for such an address before it goes on.",
		Actions: []report.Action{
			helpdesk("See every address with its time.", "mapiscope cert {host}"),
			helpdesk("See whether the proxy or firewall lets http to those addresses through."),
			admin("Publish the revocation list of a private authority over http, where all clients reach it.")},
		Source: "EXDOC certificates.md"},
	{Code: "cert-remark", Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.CertRemark},
		Title:       "The certificate of {host} works, and something about it should be looked at.",
		Explanation: "{what} (kind: {kind}).",
		Actions:     []report.Action{admin("See the whole inspection.", "mapiscope cert {host}")}},
}

// brokenOpen says that the certificates in the way were made on the way: by the
// name of their issuer, or because one authority signs for everybody.
func brokenOpen(c *Case) bool {
	atWebsite := slices.ContainsFunc(c.hosts(suite.Intercepted), func(h string) bool { return slices.Contains(c.hosts(suite.RootCert), h) })
	return c.saw(suite.Intercepted) && c.saw(suite.CertInvalid) || atWebsite || oneForeignIssuer(c)
}

// clientCertInTheWay is a demand for a client certificate with which connections
// end; a question alone stops nobody.
func clientCertInTheWay(c *Case) bool { return c.saw(suite.TLSFailed) }

// certFails is a certificate in the way of the mailbox.
func certFails(c *Case) bool { return c.certAt(report.Fail) && !portal(c) && !brokenOpen(c) }

// websiteAlone is a certificate that only makes Outlook ask a question on its way.
func websiteAlone(c *Case) bool { return !portal(c) && !brokenOpen(c) }

func (c *Case) certAt(s report.Status) bool {
	return slices.ContainsFunc(c.signals(suite.CertInvalid), func(x seen) bool { return x.status == s })
}

// oneForeignIssuer says that the mail domain's website and a mail host show
// certificates of one and the same unknown authority. Website and mail server
// hardly ever share a private authority; an inspecting proxy signs for both.
func oneForeignIssuer(c *Case) bool {
	issuers := map[string]bool{}
	root, mail := false, false
	for _, s := range c.signals(suite.CertInvalid, suite.RootCert) {
		if s.Detail["kind"] != "untrusted-root" {
			return false
		}
		if issuer, ok := s.Detail["issuer"].(string); ok {
			issuers[issuer] = true
		}
		root, mail = root || s.Subject == c.Domain, mail || s.Subject != c.Domain
	}
	return root && mail && len(issuers) == 1
}
