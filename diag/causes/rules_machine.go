package causes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var ourselves = []Rule{
	{Code: report.ProgramFault, Severity: report.SeverityWarn, Confidence: report.Certain, Any: []string{suite.ProgramFault},
		Title:       "Mapiscope itself made a mistake; what it was to look at there is not known.",
		Explanation: "The check {host} stopped unexpectedly. The other checks are not affected.",
		Actions:     []report.Action{helpdesk("Report this to the makers of Mapiscope, with the report file.")}},
}

var machineRules = []Rule{
	{Code: "no-network", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.NoNetwork}, Covers: []string{"dns", "network", "discovery"},
		Title:       "This computer has no network connection.",
		Explanation: "No interface besides loopback has an address that other computers can be reached from.",
		Actions:     []report.Action{user("Connect to a network (cable or Wi-Fi, then VPN if your company uses one) and check again.")}},
	{Code: "proxy-unreachable", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.ProxyUnreachable, suite.ProxyGateway}, When: proxyInTheWay,
		WhenSays: "nothing answered through the proxy", Covers: []string{"discovery", "network", "tls"},
		Title:       "The proxy {host} that this computer is told to use does not let connections through.",
		Explanation: "Every connection to the mail servers goes through that proxy. It does not answer, or it refuses the tunnel (CONNECT).",
		Actions: []report.Action{
			user("If you are not in the company network, connect to the VPN, or take the proxy out of the network settings."),
			helpdesk("See which proxy is set for programs.", "netsh winhttp show proxy"),
			helpdesk("Check again without the proxy.", "mapiscope check {address} --proxy none")},
		Source: "SA proxy-server-causes-issues-with-freebusy-oof-mailtips"},
	{Code: "captive-portal", Severity: report.SeverityFail, Any: []string{suite.CertInvalid, suite.PortalPage, suite.PortalAnswer}, When: portal,
		WhenSays: "Autodiscover did not answer; and a known portal's page was seen, or plain http leads elsewhere while https shows foreign certificates", Covers: []string{"discovery", "tls", "network", "web", "auth.offered"},
		Title:       "This network shows its own sign-in page instead of letting you through.",
		Explanation: "Requests to the mail servers are answered by something else: plain http leads to a page elsewhere ({url}), and what answers for https, if anything does, shows certificates for other names ({names}). A hotspot or guest network does that until somebody signs in to it.",
		Actions: []report.Action{
			user("Open a web browser, go to any page, and sign in to the network (hotel, train, guest Wi-Fi). Then check again."),
			helpdesk("If there is no such page, look for a web filter that stands in for the servers.")},
		Source: "TS net/captivedetection"},
	{Code: "clock-skew", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.ClockOff, suite.KerberosClock}, When: func(c *Case) bool { return clockFails(c) || clockByKerberos(c) },
		WhenSays: "the difference is too large for certificates or Kerberos (machine.clock, auth.kerberos)", Covers: []string{"auth", "discovery", "mapi.connect", "directory.bind"},
		Title:       "The clock of this computer is {offset} that of the mail server.",
		Explanation: "The clock here is {offset} that of {host}, as the Date header of its answers or the domain controller says. Kerberos refuses a difference of more than five minutes, and certificates seem expired or not valid yet.",
		Actions: []report.Action{
			user("Set date, time and time zone of this computer to automatic."),
			helpdesk("Synchronise the clock now.", "w32tm /resync"),
			admin("If other computers see the same, it is the server: compare it with the domain controllers.", "w32tm /monitor")},
		Source: "CA error-with-system-time; RFC 4120 1.6"},
}

// portal is a network that answers for every host: with a page that is known as
// that of a portal; or plain http is sent on to some page, and the hosts show
// certificates that are not their own.
func portal(c *Case) bool {
	if c.saw(suite.PortalPage) {
		return !c.saw(suite.AutodiscoverAnswered)
	}
	if !slices.ContainsFunc(c.details(suite.PortalAnswer, "url"), c.elsewhere) {
		return false
	}
	shown := append(c.details(suite.CertInvalid, "kind"), c.details(suite.RootCert, "kind")...)
	for _, kind := range shown {
		if kind != "name-mismatch" && kind != "untrusted-root" && kind != "self-signed" {
			return false
		}
	}
	return c.saw(suite.CertInvalid) && !c.saw(suite.AutodiscoverAnswered)
}

// elsewhere says that a URL leads out of the mail domain, whose own servers may
// send people on to a page, too.
func (c *Case) elsewhere(rawURL any) bool {
	host := suite.HostOf(fmt.Sprint(rawURL))
	return host != c.Domain && !strings.HasSuffix(host, "."+c.Domain)
}

// proxyInTheWay tells a proxy that lets nothing through from one that cannot reach
// a single host: through that, something else has answered.
func proxyInTheWay(c *Case) bool {
	through := []string{suite.AutodiscoverAnswered, suite.CertInvalid, suite.RootCert, suite.Intercepted, suite.RedirectUnconfirmed,
		suite.AutodiscoverError, suite.AddressUnknown, suite.CredentialWrong, suite.NoCredential, suite.LoginPage}
	return c.saw(suite.ProxyUnreachable) || len(c.signals(through...)) == 0
}

func noPortal(c *Case) bool { return !portal(c) }

func clockFails(c *Case) bool { return c.status("machine.clock") == report.Fail }
