package causes

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var tlsRules = []Rule{
	{Code: "tls-interception", Severity: report.SeverityFail, Any: []string{suite.CertInvalid}, When: oneForeignIssuer, Covers: []string{"tls", "discovery"},
		Title:       "Something between this computer and the mail server breaks the encryption open.",
		Explanation: "Hosts of different kinds, the mail domain's website among them, all show certificates issued by {issuer}, which this computer does not trust. A web filter or virus scanner that inspects encrypted traffic does that.",
		Actions: []report.Action{
			helpdesk("See whether a virus scanner or web filter inspects https, and exempt {host} from it."),
			admin("Put the Autodiscover and mail hosts on the bypass list of the inspecting proxy: sign-in with Extended Protection cannot work through it.")},
		Source: "EP third-party; M365 connectivity test"},
	{Code: "cert-invalid", Severity: report.SeverityFail, Any: []string{suite.CertInvalid}, When: certFails, Covers: []string{"tls"},
		Title:       "The certificate of {host} is not valid: {what}.",
		Explanation: "Kind: {kind}. The certificate carries {names} and was issued by {issuer}. Outlook warns or refuses to connect; nothing secret was sent.",
		Actions: []report.Action{
			user("Do not confirm the certificate warning; your administrator has to replace the certificate."),
			helpdesk("See the certificate as a browser does: open https://{host}/ and click the lock. If the authority is your company's own, install its root certificate."),
			admin("See what the server uses.", "Get-ExchangeCertificate | Format-List Subject,CertificateDomains,NotAfter,Services,Thumbprint"),
			admin("Bind a valid certificate that carries {host}, with its whole chain.", "Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services IIS -Server {server}")},
		Source: "CA ssl-certificate-name-mismatch, missing-intermediate-certificates-chain, ssl-certificate-trust-failure"},
	{Code: "cert-root-domain", Severity: report.SeverityWarn, Any: []string{suite.CertInvalid}, When: certWarns,
		Title:       "The website at {host} shows a certificate that Outlook warns about when it looks for the mailbox.",
		Explanation: "Outlook asks {host} before it comes to the Autodiscover that works. The certificate there: {what}.",
		Actions: []report.Action{
			helpdesk("Make Outlook leave out that step.", `reg add HKCU\Software\Microsoft\Office\16.0\Outlook\AutoDiscover /v ExcludeHttpsRootDomain /t REG_DWORD /d 1`),
			admin("Add {host} to the website's certificate, or close port 443 there.")},
		Source: "SA resolve-autodiscover-mismatch-warning"},
	{Code: "cert-expires", Severity: report.SeverityWarn, Any: []string{suite.CertExpires},
		Title:       "The certificate of {host} ends in {days} days, on {until}.",
		Explanation: "After that day Outlook will refuse to connect.",
		Actions:     []report.Action{admin("Order and install a new one.", "Get-ExchangeCertificate | Format-List Subject,NotAfter,Services,Thumbprint")},
		Source:      "CSS CertificateCheck.md"},
}

// certFails is a certificate in the way of the mailbox.
func certFails(c *Case) bool { return c.certAt(report.Fail) && !portal(c) && !oneForeignIssuer(c) }

// certWarns is one that only makes Outlook ask a question on its way.
func certWarns(c *Case) bool { return c.certAt(report.Warn) && !c.certAt(report.Fail) }

func (c *Case) certAt(s report.Status) bool {
	return slices.ContainsFunc(c.signals(suite.CertInvalid), func(x seen) bool { return x.status == s })
}

// oneForeignIssuer says that the mail domain's website and a mail host show
// certificates of one and the same unknown authority. Website and mail server
// hardly ever share a private authority; an inspecting proxy signs for both.
func oneForeignIssuer(c *Case) bool {
	issuers := map[string]bool{}
	root, mail := false, false
	for _, s := range c.signals(suite.CertInvalid) {
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
