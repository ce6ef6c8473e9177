package certificates

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// codes are the causes under which a whole diagnosis names the same.
var codes = map[certs.Kind]string{
	certs.TLSVersion: "tls-version", certs.Handshake: "tls-version", certs.ClientCertRequested: "client-cert-requested", certs.Intercepted: "tls-interception",
	certs.ExpiresSoon: "cert-expires", certs.RevocationUnanswered: "cert-revocation", certs.RevocationSlow: "cert-revocation",
}

// codeOf is the code of a problem: that of its kind, or whether clients still connect.
func codeOf(p certs.Problem) string {
	switch {
	case codes[p.Kind] != "":
		return codes[p.Kind]
	case p.Severity == certs.Fail:
		return "cert-invalid"
	}
	return "cert-remark"
}

// findings are what to act on at one host, the gravest first.
func findings(h *certs.Host, names []string) (out []report.Finding) {
	if h.First() == nil && len(h.Problems) == 0 {
		return []report.Finding{unreached(h)}
	}
	for _, p := range h.Problems {
		if p.Severity == certs.Info {
			continue
		}
		f := report.Finding{
			Code: codeOf(p), Severity: report.Severity(p.Severity), Title: title(h, p), Evidence: map[string]any{"kind": string(p.Kind), "host": h.Host},
			Actions: actions(h, p, names),
		}
		if p.Subject != "" {
			f.Evidence["subject"] = p.Subject
		}
		out = append(out, f)
	}
	return out
}

func title(h *certs.Host, p certs.Problem) string {
	switch {
	case p.Kind == certs.TLSVersion || p.Kind == certs.Handshake || p.Kind == certs.ClientCertRequested:
		return upperFirst(p.Text) + "."
	case p.Kind == certs.Intercepted:
		return fmt.Sprintf("Something opens the encryption on the way to %s: %s.", endpoint(h.Endpoint), p.Text)
	case p.Severity == certs.Fail:
		return fmt.Sprintf("The certificate of %s is not valid: %s.", endpoint(h.Endpoint), p.Text)
	}
	return fmt.Sprintf("The certificate of %s works, but: %s.", endpoint(h.Endpoint), p.Text)
}

// upperFirst begins a sentence, unless it begins with a host name.
func upperFirst(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if s == "" || strings.Contains(word, ".") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func unreached(h *certs.Host) report.Finding {
	f := report.Finding{Code: "unreachable-host", Severity: report.SeverityFail, Title: "No certificate was shown: " + h.Err.Error() + ".",
		Evidence: map[string]any{"host": h.Host, "phase": string(netpath.PhaseOf(h.Err))}}
	if netpath.PhaseOf(h.Err) == netpath.PhaseDNS {
		f.Code = "name-missing"
		f.Actions = []report.Action{{Who: "helpdesk", Text: "See what this computer gets.", Command: "nslookup " + h.Host}}
		return f
	}
	f.Actions = []report.Action{{Who: "helpdesk", Text: "See whether the port answers.", Command: fmt.Sprintf("Test-NetConnection %s -Port %s", h.Host, h.Port)}}
	return f
}

// lacksFinding is a certificate without names that were asked for.
func lacksFinding(h *certs.Host, missing []string) report.Finding {
	return report.Finding{
		Code: "cert-names", Severity: report.SeverityFail, Title: fmt.Sprintf("No certificate that was shown carries %s.", strings.Join(missing, ", ")),
		Evidence: map[string]any{"kind": string(certs.NameMismatch), "host": h.Host, "missing": missing},
		Actions:  []report.Action{request(h, missing), enable(h)},
	}
}

// harmless is what may stand in a command that somebody pastes into a shell:
// values come from servers.
var harmless = regexp.MustCompile(`^[\pL\pN*][\pL\pN._*-]*$`)

// serverOf is the Exchange server that a default certificate is named after.
func serverOf(h *certs.Host) string {
	if s := h.First(); s != nil && certs.ExchangeDefault(s.Leaf()) && harmless.MatchString(s.Leaf().Subject.CommonName) && !strings.HasPrefix(s.Leaf().Subject.CommonName, "WMSvc") {
		return s.Leaf().Subject.CommonName
	}
	return "SERVER"
}

func admin(text, command string) report.Action {
	return report.Action{Who: "admin", Text: text, Command: command}
}

func enable(h *certs.Host) report.Action {
	return admin("Bind the right certificate to IIS.", fmt.Sprintf("Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services IIS -Server %s", serverOf(h)))
}

func list(h *certs.Host) report.Action {
	return admin("See which certificates the server has; THUMBPRINT below is that of the right one.",
		fmt.Sprintf("Get-ExchangeCertificate -Server %s | Format-List Thumbprint,Subject,CertificateDomains,NotAfter,Services", serverOf(h)))
}

// request orders a certificate with every name that is wanted.
func request(h *certs.Host, more []string) report.Action {
	names := append([]string{h.Host}, more...)
	if s := h.First(); s != nil {
		for _, n := range s.Leaf().DNSNames {
			if harmless.MatchString(n) && strings.Contains(n, ".") && !certs.ExchangeDefault(s.Leaf()) {
				names = append(names, strings.ToLower(n))
			}
		}
	}
	var once []string
	for _, n := range names {
		if !strings.Contains(","+strings.Join(once, ",")+",", ","+n+",") && harmless.MatchString(n) {
			once = append(once, n)
		}
	}
	return admin("Order a certificate with all names.", fmt.Sprintf(`New-ExchangeCertificate -GenerateRequest -Server %s -SubjectName "CN=%s" -DomainName %s -PrivateKeyExportable $true`,
		serverOf(h), h.Host, strings.Join(once, ",")))
}

// renew orders the successor of the certificate that was shown.
func renew(h *certs.Host) report.Action {
	return admin("Order the successor of the certificate that is shown.",
		fmt.Sprintf("Get-ExchangeCertificate -Thumbprint %s -Server %s | New-ExchangeCertificate -GenerateRequest", Thumbprint(h.First().Leaf()), serverOf(h)))
}

// actions are the next steps for a problem.
func actions(h *certs.Host, p certs.Problem, names []string) []report.Action {
	if h.First() == nil && p.Kind != certs.Unreadable {
		return []report.Action{helpdesk("Repeat the handshake with another program.", fmt.Sprintf("openssl s_client -connect %s:%s -servername %s", h.Host, h.Port, h.Host))}
	}
	if made := h.First(); made != nil && made.Intercept != nil && p.Kind != certs.Intercepted {
		return nil // what is wrong with a certificate made on the way is mended on the way
	}
	switch p.Kind {
	case certs.Expired, certs.ExpiresSoon:
		return []report.Action{renew(h), enable(h)}
	case certs.NotYetValid:
		return []report.Action{helpdesk("Compare this computer's clock with the time.", "w32tm /stripchart /computer:time.windows.com /samples:1"), list(h), enable(h)}
	case certs.NameMismatch, certs.CommonNameOnly:
		return []report.Action{list(h), enable(h), request(h, names)}
	case certs.SelfSignedKind:
		return []report.Action{list(h), enable(h), request(h, names)}
	case certs.UntrustedRoot:
		return []report.Action{
			helpdesk("If the authority is your company's own, install its root certificate (group policy does that for members of the domain).", "certutil -addstore -enterprise Root ROOT.cer"),
			list(h), enable(h)}
	case certs.MissingIntermediate:
		return missingActions(h)
	case certs.WeakSignature, certs.WeakKey, certs.WrongUsage, certs.NotPermitted, certs.Unreadable, certs.RevokedKind, certs.MustStaple:
		return []report.Action{request(h, names), enable(h)}
	case certs.TLSVersion, certs.WeakCipher:
		return []report.Action{
			admin("Switch TLS 1.2 on, then restart the server.", `reg add "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server" /v Enabled /t REG_DWORD /d 1`),
			admin("Let .NET use it.", `reg add HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319 /v SchUseStrongCrypto /t REG_DWORD /d 1`)}
	case certs.ClientCertRequested:
		return []report.Action{admin("Set client certificates to “ignore” for the mail directories, and take the demand off the load balancer.",
			`Set-WebConfigurationProperty -PSPath "IIS:\" -Location "Default Web Site/mapi" -Filter system.webServer/security/access -Name sslFlags -Value Ssl`)}
	case certs.Intercepted:
		return []report.Action{admin("Put "+h.Host+" on the bypass list of the inspecting proxy or virus scanner: sign-in with Extended Protection cannot work through it.", "")}
	case certs.RevocationUnanswered, certs.RevocationSlow:
		return []report.Action{helpdesk("See whether proxy and firewall let http to the address through.", ""), admin("Publish the list of a private authority over http, where all clients reach it.", "")}
	case certs.DiffersByAddress, certs.AddressFailed:
		return []report.Action{admin("Install the same certificate on every server and on the load balancer.", "Get-ExchangeServer | ForEach-Object { Get-ExchangeCertificate -Server $_.Name } | Format-Table Thumbprint,Services,NotAfter")}
	}
	return nil
}

func missingActions(h *certs.Host) []report.Action {
	t := h.First().Trust
	issuer := "the authority that issued the certificate"
	if t.Missing != "" {
		issuer = t.Missing
	}
	out := []report.Action{admin("Install the certificate of "+issuer+" on the server as an intermediate authority, and restart the web service.", "certutil -addstore CA ISSUER.cer")}
	if len(t.Fetched) > 0 {
		if urls := t.Chain[0].IssuingCertificateURL; len(urls) > 0 {
			out[0].Text += " It is published at " + strings.Join(urls, " ") + "."
		}
	}
	if !t.Certain {
		out = append(out, helpdesk("If "+issuer+" is the company's own root, this computer has to trust it.", "certutil -addstore -enterprise Root ROOT.cer"))
	}
	return out
}

func helpdesk(text, command string) report.Action {
	return report.Action{Who: "helpdesk", Text: text, Command: command}
}
