package causes

import (
	"slices"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

// rivalry is two causes that leave the same signs, and the cheapest step that
// tells them apart: what a person can look up before what has to be changed, what
// the user can do before what takes an administrator.
type rivalry struct {
	Cause, Rival string
	// Unseen says that the rival has no sign of its own here: it may be the truth
	// though nothing names it. Otherwise it must have been matched itself.
	Unseen bool
	Unless []string         // signals that rule the rival out
	When   func(*Case) bool // nil: always
	Decide report.Action
}

// rivalries has a row for each direction: what decides is often the same, what is
// open is not.
var rivalries = []rivalry{
	{Cause: "bad-credentials", Rival: "account-locked", Unseen: true, Unless: []string{suite.CredentialWorks},
		Decide: helpdesk("Ask whether the account is locked or disabled: then no password is right.", "Get-ADUser -Filter \"UserPrincipalName -eq '{address}' -or mail -eq '{address}'\" -Properties LockedOut,Enabled,PasswordExpired")},
	{Cause: "bad-credentials", Rival: "upn-mismatch", Unseen: true, Unless: []string{suite.CredentialWorks}, When: byMail,
		Decide: user(`Sign in to webmail as DOMAIN\name, the name of the Windows sign-in, with the same password. If that works, only the user name is wrong.`)},
	{Cause: "upn-mismatch", Rival: "bad-credentials", Unseen: true, Unless: []string{suite.OtherNameWorks},
		Decide: user(`Sign in to webmail as DOMAIN\name, the name of the Windows sign-in: if that is refused too, it is the password or the account.`)},
	{Cause: "extended-protection", Rival: "proxy-breaks-ntlm", Unseen: true, Unless: []string{suite.BindingRefused},
		Decide: helpdesk("Try the sign-in again without a binding to the certificate: if that works, it is Extended Protection. It counts as two more attempts.", "mapiscope check {address} --full-auth-test --only auth")},
	{Cause: "proxy-breaks-ntlm", Rival: "extended-protection", Unless: []string{suite.HandshakeBroken},
		Decide: helpdesk("Try the sign-in again without a binding to the certificate: if that works, it is Extended Protection. It counts as two more attempts.", "mapiscope check {address} --full-auth-test --only auth")},
	{Cause: "connection-refused", Rival: "autodiscover-dns", Unseen: true, Unless: []string{suite.AutodiscoverAnswered},
		Decide: helpdesk("Compare the address of {host} with the one that the administrator names: if it is another, the name is wrong and not the server.", "nslookup {host}")},
	{Cause: "connection-refused", Rival: "vdir-url-wrong", Unseen: true, When: func(c *Case) bool { return c.saw(suite.AutodiscoverAnswered) },
		Decide: helpdesk("Compare the address of {host} with the one that the administrator names: if it is another, the name is wrong and not the server.", "nslookup {host}")},
	{Cause: "stale-network-state", Rival: "unreachable-host", Unseen: true, Unless: []string{suite.StaleAnswer},
		Decide: user("Check again from inside the company network or with its VPN: if {host} answers there, only the way from here is missing.", "mapiscope check {address}")},
	{Cause: "unreachable-host", Rival: "external-blocked", Unseen: true, Unless: []string{suite.TLSFailed, suite.AnswerTimeout, suite.ConnectionLost},
		Decide: user("Check again from inside the company network or with its VPN: if {host} answers there, it is not meant to answer here.", "mapiscope check {address}")},
	{Cause: "black-hole", Rival: "server-component-down", Unseen: true,
		Decide: user("Check again from another network, a phone's for example: if {host} is silent there too, it is the server.", "mapiscope check {address}")},
	{Cause: "captive-portal", Rival: "web-filter", Unseen: true, Unless: []string{suite.PortalPage},
		Decide: user("Open any page in a web browser: a network that wants a sign-in shows its page there, a filter does not.")},
	{Cause: "pre-auth-proxy", Rival: "captive-portal", Unseen: true, When: noAnswerAnywhere,
		Decide: user("Check again from another network, a phone's for example: if the page comes there too, it stands at the server.", "mapiscope check {address}")},
	{Cause: "tls-interception", Rival: "cert-invalid", Unseen: true, Unless: []string{suite.Intercepted},
		Decide: helpdesk("Look at the certificate of {host} from another network, a phone's for example: if its issuer is another there, it is made on the way.", "mapiscope cert {host}")},
	{Cause: "cert-invalid", Rival: "tls-interception", Unseen: true, Unless: []string{suite.Intercepted}, When: foreignIssuer,
		Decide: helpdesk("Look at the certificate of {host} from another network, a phone's for example: if its issuer is another there, it is made on the way.", "mapiscope cert {host}")},
	{Cause: "external-blocked", Rival: "vdir-url-wrong", Unseen: true,
		Decide: admin("See whether external access is blocked for the mailbox; if it is not, the external URL is missing.", "Get-CASMailbox -Identity {identity} | Format-List MAPIBlockOutlookExternalConnectivity")},
	{Cause: "vdir-url-wrong", Rival: "external-blocked", Unseen: true, Unless: []string{suite.NoMailboxURL},
		Decide: user("Connect to the company's network or VPN and check again: if {host} exists there, only the way in from outside is missing.", "mapiscope check {address}")},
	{Cause: "unknown-user-dn", Rival: "wrong-server", Unseen: true, Unless: []string{suite.AddressUnknown},
		Decide: admin("See whether the mailbox has that DN: if it has, Autodiscover leads to a server that does not hold it.", "Get-Mailbox -Identity {identity} | Format-List LegacyExchangeDN,Database,ServerName")},
	{Cause: "endless-pending", Rival: "proxy-buffers-long-poll", Unseen: true,
		Decide: user("Check again from another network: if the answers end there, this network holds them back.", "mapiscope check {address}")},
	{Cause: "notification-lost", Rival: "proxy-buffers-long-poll", Unseen: true,
		Decide: user("Check again from another network: if new mail is announced there, this network holds it back.", "mapiscope check {address} --only mapi")},
	{Cause: "idle-timeout", Rival: "proxy-buffers-long-poll",
		Decide: helpdesk("Hold a connection at rest for longer: a limit cuts after the same time again, a buffer delivers nothing at all.", "mapiscope check {address} --hold 10m")},
	{Cause: "autodiscover-dns", Rival: "external-blocked", Unseen: true, Unless: []string{suite.DomainMissing, suite.DNSFailure},
		Decide: helpdesk("Ask a public DNS server: if it knows no name either, it is not published outside at all.", "nslookup autodiscover.{domain} 9.9.9.9")},
}

// rivals are the causes that fit the failures which m explains as well as m does.
// What was observed outright has none: two such causes are both true.
func (c *Case) rivals(m match, all []match) []report.Rival {
	if m.confidence(c) == report.Certain {
		return nil
	}
	var out []report.Rival
	for _, r := range rivalries {
		if r.Cause == m.rule.Code && c.open(r, all) {
			out = append(out, c.rival(m, ruleOf(r.Rival), r.Decide))
		}
	}
	for _, o := range all {
		named := func(r report.Rival) bool { return r.Code == o.rule.Code }
		if c.competes(m, o) && !slices.ContainsFunc(out, named) {
			out = append(out, c.rival(m, o.rule, o.rule.firstStep()))
		}
	}
	return out
}

// open says that a known rival is not ruled out.
func (c *Case) open(r rivalry, all []match) bool {
	matched := slices.ContainsFunc(all, func(m match) bool { return m.rule.Code == r.Rival })
	ruledOut := len(c.signals(r.Unless...)) > 0 || r.When != nil && !r.When(c)
	return (r.Unseen || matched) && !ruledOut
}

// competes says that two causes of which neither is certain explain the very same
// failures.
func (c *Case) competes(m, o match) bool {
	if o.rule.Code == m.rule.Code || o.confidence(c) == report.Certain || o.rule.Severity != m.rule.Severity || o.weight == 0 {
		return false
	}
	for _, row := range c.failures() {
		if slices.Contains(m.explains, row.ID) != slices.Contains(o.explains, row.ID) {
			return false
		}
	}
	return true
}

func (c *Case) rival(m match, r Rule, decide report.Action) report.Rival {
	v := c.vars(m)
	return report.Rival{Code: r.Code, Title: v.fill(r.Title), Decide: v.action(decide)}
}

// firstStep is where the search for a cause begins: its first step that only looks.
func (r Rule) firstStep() report.Action {
	i := slices.IndexFunc(r.Actions, func(a report.Action) bool { return a.Command != "" })
	return r.Actions[max(i, 0)]
}

func ruleOf(code string) Rule {
	for _, r := range Rules() {
		if r.Code == code {
			return r
		}
	}
	return Rule{Code: code}
}

// noAnswerAnywhere says that nothing of Exchange was met in this network.
func noAnswerAnywhere(c *Case) bool {
	return !c.saw(suite.AutodiscoverAnswered) && !c.saw(suite.CredentialWorks)
}

// foreignIssuer says that what is wrong with a certificate is who issued it.
func foreignIssuer(c *Case) bool {
	return slices.ContainsFunc(c.details(suite.CertInvalid, "kind"), func(k any) bool { return k == "untrusted-root" })
}
