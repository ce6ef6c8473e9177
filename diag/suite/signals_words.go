package suite

// SignalWords says in words what a signal means, as a clause; "" for a code that
// has none. The helpdesk reads it in the list of causes.
func SignalWords(code string) string { return signalWords[code] }

var signalWords = map[string]string{
	ProgramFault: "a check stopped unexpectedly", CheckLimit: "a check did not end within its limit",

	NoNetwork: "no network interface is up that leads anywhere", ClockOff: "the clock here and the Date header of the server differ",
	ProxyGateway: "the proxy in use says that it cannot reach the host", RootCert: "the website at the mail domain shows a certificate that is not valid",
	ProxyUnreachable: "the proxy in use does not answer or refuses the tunnel", PortalAnswer: "plain http to the mail host leads to a page elsewhere",

	OutlookTooOld: "the installed Outlook is older than the first that speaks MAPI over HTTP", MapiHTTPOff: "MapiHttpDisabled is set in the registry",
	StepsExcluded: "the registry excludes the steps of Autodiscover that work", LocalXML: "the registry puts a file in the place of Autodiscover",
	NTLMv1Allowed: "LmCompatibilityLevel is below 3", OnlineContentOff: "UseOnlineContent is 0", ModernAuthOff: "EnableADAL is 0 and the server wants modern authentication",

	NameMissing: "DNS has no address for the host", DNSFailure: "the DNS server gives an error or no answer", DomainMissing: "DNS does not know the mail domain",
	NoAutodiscover: "no name leads to Autodiscover: no address, no SRV record, no redirect", SRVTargetBroken: "the SRV record names a host that does not exist",

	TCPRefused: "the port refuses connections", TCPTimeout: "the port does not answer", TCPUnreachable: "there is no route to the address",
	PACTrouble: "the proxy script cannot be fetched or run, is slow, or comes under a wrong type", PACDeadProxy: "the proxy script leads to a proxy that does not answer",
	WinHTTPDead: "the way that WinHTTP takes does not lead to the mail server", StaleCredential: "Windows has saved a credential for Outlook, and the one of this run works",
	CacheStale: "Outlook remembers another answer of Autodiscover than today's", DirectConnect: "Microsoft 365 knows the domain, the mailbox is on premises, and Outlook may ask there first",
	IPv6Dead: "the IPv6 address does not answer while an IPv4 address does", AddressDead: "one of several addresses does not answer",
	TLSTimeout: "the connection stands and the TLS handshake gets no answer", TLSFailed: "the TLS handshake breaks off",
	CertInvalid: "the certificate is not valid for the host", CertRemark: "the certificate works and has something odd about it",
	CertNames: "the certificate lacks names that Autodiscover gives", CertPrincipal: "the certificate is not the one that CertPrincipalName names",
	CertRevocation: "nobody says in time whether the certificate is revoked", TLSOld: "the server speaks nothing newer than TLS 1.1",
	ClientCert: "the server asks for a client certificate", Intercepted: "the certificate bears the name of an inspecting product, or differs from that seen on another network",
	CertExpires: "the certificate ends soon", AnswerEndless: "an answer begins and never ends", AnswerTooLarge: "an answer is announced that is larger than any honest one",
	AnswerTimeout: "the connection stands and no HTTP answer comes", ConnectionLost: "the connection was reset or closed in the middle",

	HTTPUnavailable: "the server answers 500, 502, 503 or 504", HTTPNotFound: "the server answers 404", HTTPForbidden: "the server answers 403",
	HTTPOther: "the server answers with a status that means nothing here", LoginPage: "a sign-in page, or a redirect to one, stands in the place of the answer",
	NotExchange: "the answer is a page, not Autodiscover's", HealthPageOther: "the health page is not Exchange's", PortalPage: "the page of a network that wants a sign-in was seen",
	ServiceDown: "the health page of another service than MAPI is bad", FilterPage: "the page of a web filter was seen",
	WebVersionDiffers: "the status page and its header name two versions", HealthBad: "healthcheck.htm of MAPI is not 200",

	NoAuthMethods: "401 or 403 that offers no way to sign in", NoCommonScheme: "none of the ways to sign in that are offered can be used",
	CredentialWrong: "the server refused the user name and password", CredentialWorks: "a server accepted the user name and password",
	HandshakeBroken: "the messages of one sign-in do not meet at one server", NoCredential: "no password was given and one is needed",
	CredentialUnsent: "the password was kept back: the host is not allowed to see it, or the attempt was used up",
	RefusedHereOnly:  "one server refuses the password that another accepts",
	KerberosSPN:      "the service name is not registered, or the ticket is for another account", KerberosClock: "the domain controller or server says that the clocks differ (KRB_AP_ERR_SKEW)",
	KerberosFailed: "Kerberos fails for another reason", TicketRefused: "the server took the ticket and refused it without a reason",
	AccountLocked: "the domain controller says that the account is locked, disabled or expired", PasswordExpired: "the domain controller says that the password has expired",
	NTLMv1: "the server knows NTLM version 1 alone", BehindProxy: "NTLM is refused behind a proxy that stands before no place that accepts it",
	BindingRefused: "the sign-in that is bound to the certificate is refused where Extended Protection is on", ModernHalfSet: "tokens are accepted at some places and not at others, or without saying where to get one",

	AutodiscoverAnswered: "Autodiscover answered", AutodiscoverError: "Autodiscover answered with an error", AutodiscoverLoop: "the redirects of Autodiscover lead in a circle",
	RedirectUnconfirmed: "Autodiscover leads to another domain that nobody confirmed", StepsDisagree: "two ways to Autodiscover name different mailboxes or servers",
	RedirectRefused: "Autodiscover leads where nothing may be sent", AddressUnknown: "the server does not know the address",
	OnlyRPC: "Autodiscover offers RPC alone, no MAPI over HTTP", NoProtocol: "Autodiscover offers no protocol for Outlook at all",
	OnlyInternalURL: "Autodiscover gives an internal URL alone", NoMailboxURL: "Autodiscover gives no mailbox URL", MailboxURLNoName: "the host of the mailbox URL has no address here",
	ServerTooOld: "the server is older than Exchange 2013 SP1 (15.0.847.32)", HostedOnline: "Autodiscover says that the mailbox is in Exchange Online",
	LegacyDNTrailing: "the LegacyDN ends with a blank",

	EndpointDisabled: "the MAPI endpoint says that it is disabled (X-ResponseCode 16)", EndpointStopping: "the MAPI endpoint says that it is shutting down (X-ResponseCode 18)",
	ContextLost: "the server does not know the session context right after it was opened (X-ResponseCode 6, 10, 13, 15)", ResponseCode: "the MAPI endpoint refuses with another X-ResponseCode",
	UnknownMailbox: "the server does not know the mailbox (ecUnknownUser)", LogonRefused: "the sign-in works and the mailbox may not be opened (ecLoginPerm)",
	WrongServer: "the server says that the mailbox is elsewhere (ecWrongServer)", DatabaseDown: "the server says that the database is not available", ServerBusy: "the server asks to wait",
	VersionBlocked: "the server refuses this version of Outlook, or online mode", MAPIError: "the server answers with another error of MAPI", NotMAPI: "what answers at the MAPI URL is not MAPI over HTTP",
	RestCut: "a connection at rest is cut", ContextNotKept: "the session context is gone on a new connection", WaitNotOpened: "a NotificationWait gets no first sign of life",
	MailboxFull: "the size has reached the quota for sending", NotNotified: "a message came and no notification",

	RPCWorks: "a mailbox session opens over RPC over HTTP", RPCHostMissing: "no host that Autodiscover names for Outlook Anywhere has an address",
	RPCRefused: "RPC over HTTP is refused", RPCUnreachable: "RPC over HTTP gets no answer",
	NotInAddressBook: "the address book does not hold the address", DirectoryURLDiffers: "the address book names another server than Autodiscover",

	StaleAnswer: "the system gives an address that does not answer, while DNS gives one that does", PrivateUnreachable: "every address is of an internal network that this computer is not in, and none answers",
	FarAway: "every answer takes at least 150 ms on an open connection", SCPUseless: "the URL in Active Directory leads nowhere, or to a certificate for other names",
	ForeignServer: "the address and the server in the answer of Autodiscover are of different domains", AnywhereBasic: "Autodiscover demands Basic for Outlook Anywhere",
	NameUnknown: "the domain controller knows no account of that name", OtherNameWorks: "the same password is accepted under another form of the user name",
	TicketTooLarge: "the web server answers 400 to requests with a ticket, and 401 to those without",
}
