package causes

import (
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
)

var frontRules = []Rule{
	{Code: "throttled", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.ServerBusy},
		Title:       "The mail server is overloaded and asks Outlook to wait.",
		Explanation: "{host} answers {op} with {code}: it throttles this client, or is busy as a whole.",
		Actions: []report.Action{
			user("Wait some minutes and check again."),
			admin("See the load and the throttling policy.", "Get-ThrottlingPolicyAssociation -Identity {identity} | Format-List"),
			admin("See the server's health.", "Get-ServerHealth -Identity {server} -HealthSet OutlookMapiHttp")}},
	{Code: "server-component-down", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.HealthBad, suite.HTTPUnavailable, suite.EndpointStopping}, Covers: []string{"web", "auth.offered"},
		Title:       "The mail server {node} is up, but its service for Outlook is not.",
		Explanation: "healthcheck.htm or the MAPI endpoint of {node} answers that the component is out of service ({status}). The application pool is stopped, or the server was put into maintenance.",
		Actions: []report.Action{
			user("Use webmail meanwhile, if it works; this is not a fault of your computer."),
			admin("See which component is not active.", "Get-ServerComponentState -Identity {server} | Where-Object State -ne Active"),
			admin("If it is one of several servers behind the name, take it out of DNS and the load balancer until it is well."),
			admin("Test from the server's side.", `Test-OutlookConnectivity -RunFromServerId {server} -ProbeIdentity OutlookMapiHttp.Protocol\OutlookMapiHttpSelfTestProbe`),
			admin("Restart the application pool, if it is stopped.", "Restart-WebAppPool MSExchangeMapiFrontEndAppPool")},
		Source: "OD load-balancing.md"},
	{Code: "pre-auth-proxy", Severity: report.SeverityFail, Any: []string{suite.LoginPage, suite.NotMAPI}, When: noPortal,
		WhenSays: "no sign of a network that answers for every host with its own page", Covers: []string{"discovery", "web", "auth.offered", "mapi.connect", "directory.bind"},
		Title:       "A web sign-in page stands in front of the mail server, and Outlook cannot get past it.",
		Explanation: "{host} answers a request for Outlook with a web page or a redirect to one ({url}) instead of asking for a sign-in. It is that of {product}; a redirect in IIS that is inherited by /mapi looks alike.",
		Actions: []report.Action{
			admin("Let /autodiscover, /mapi, /rpc and /oab pass the proxy without its own sign-in."),
			admin("On the server, see whether a redirect is inherited.", `Get-WebConfigurationProperty -PSPath "IIS:\Sites\Default Web Site\mapi" -Filter system.webServer/httpRedirect -Name enabled`)},
		Source: "CA firewall-pre-authentication-check; 8.4 of MS-OXCMAPIHTTP facts"},
	{Code: "vdir-missing", Severity: report.SeverityFail, Confidence: report.Certain, Any: []string{suite.HTTPNotFound}, Covers: []string{"auth.offered"},
		Title:       "The mail server {host} has nothing where Outlook looks for the mailbox (404).",
		Explanation: "The URL that Autodiscover gives answers 404: the virtual directory /mapi does not exist there, or a proxy does not pass it on.",
		Actions: []report.Action{
			admin("See whether the virtual directory exists.", "Get-MapiVirtualDirectory | Format-List Server,InternalUrl,ExternalUrl"),
			admin("See whether the reverse proxy passes /mapi on to Exchange.")}},
	{Code: "autodiscover-error", Severity: report.SeverityFail, Any: []string{suite.AutodiscoverError, suite.AddressUnknown, suite.AutodiscoverLoop, suite.NotExchange, suite.RedirectRefused}, When: discoveryFailed,
		WhenSays: "Autodiscover led to no answer (discovery.answer)", Covers: []string{"discovery"},
		Title:       "Autodiscover answers, but has no settings for {address}.",
		Explanation: "{host} was asked for {address} and answered with an error ({code} {message}), something that is no Autodiscover answer, or a redirect that leads nowhere.",
		Actions: []report.Action{
			user("Compare the address letter by letter with the one on a message you sent."),
			admin("See whether the mailbox exists and has that address.", "Get-Recipient -Identity {identity} | Format-List RecipientTypeDetails,EmailAddresses"),
			admin("Test Autodiscover from the server's side.", "Test-OutlookWebServices -Identity {identity} -ClientAccessServer {server}")},
		Source: "MS-OXDSCLI 2.2.4.1.1.3"},
}

// discoveryFailed says that Autodiscover led to nothing.
func discoveryFailed(c *Case) bool { return c.status("discovery.answer") != report.Pass }
