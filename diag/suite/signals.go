package suite

// The codes of signals: what checks can see, named apart from what it means.
// Checks emit them, the rules in diag/causes match on them. Those that no rule
// names are evidence alone: the verdict is then "no known cause".
const (
	// Ours.
	ProgramFault = "program-fault" // a check stopped unexpectedly or gave no outcome
	CheckLimit   = "check-limit"   // a check did not end within its limit

	// Machine.
	NoNetwork        = "no-network"        // no interface is up that leads anywhere
	ClockOff         = "clock-off"         // detail: offset_ms
	ProxyUnreachable = "proxy-unreachable" // the proxy in use does not answer or refuses
	ProxyGateway     = "proxy-gateway"     // the proxy says that it cannot reach the host; detail: status
	PortalAnswer     = "portal-answer"     // something between us and the server answers for it
	PACTrouble       = "pac-trouble"       // the proxy script cannot be used, or is slow; detail: trouble, what, script
	PACDeadProxy     = "pac-dead-proxy"    // it leads to a proxy that does not answer; detail: what, script, proxy, fallback
	WinHTTPDead      = "winhttp-dead"      // WinHTTP's way does not lead to the mail server; detail: what, setting, differs
	StaleCredential  = "saved-credential"  // Windows has saved one for Outlook; detail: target, store, saved
	CacheStale       = "cache-stale"       // Outlook remembers another answer of Autodiscover; detail: fact, cached, live, file
	DirectConnect    = "o365-direct"       // Microsoft 365 knows the domain, and Outlook may ask there first; detail: sign, key

	// Outlook on this computer.
	OutlookTooOld    = "outlook-too-old"     // cannot speak MAPI over HTTP; detail: product, version, needs
	MapiHTTPOff      = "client-mapihttp-off" // MapiHttpDisabled is set; detail: key, policy
	StepsExcluded    = "steps-excluded"      // the registry keeps Outlook from the steps that work; detail: keys, steps
	LocalXML         = "local-xml"           // a file on the computer stands in for Autodiscover; detail: key, file
	NTLMv1Allowed    = "ntlmv1-configured"   // LmCompatibilityLevel below 3; detail: level
	OnlineContentOff = "online-content-off"  // UseOnlineContent is 0; detail: key
	ModernAuthOff    = "modern-auth-off"     // EnableADAL is 0 and the server asks for it; detail: key

	// Names.
	NameMissing     = "name-missing"      // the host has no address record
	DNSFailure      = "dns-failure"       // the DNS server gives an error or no answer
	DomainMissing   = "domain-missing"    // the mail domain does not exist in DNS
	NoAutodiscover  = "no-autodiscover"   // no name leads to Autodiscover: neither A, nor SRV, nor redirect
	SRVTargetBroken = "srv-target-broken" // an SRV record names a host that does not exist

	// Way to the server; detail: phase, address.
	TCPRefused     = "tcp-refused"
	TCPTimeout     = "tcp-timeout"
	TCPUnreachable = "tcp-unreachable"
	IPv6Dead       = "ipv6-dead"        // the IPv6 address does not answer, an IPv4 address of the same host does
	AddressDead    = "address-dead"     // one of several addresses does not answer
	TLSTimeout     = "tls-timeout"      // TCP connects, the handshake gets no answer
	TLSFailed      = "tls-failed"       // the handshake breaks off; detail: kind
	CertInvalid    = "cert-invalid"     // detail: kind, issuer, names
	RootCert       = "cert-root"        // the same of the website at the mail domain
	CertRemark     = "cert-remark"      // works, and should be looked at; detail: kind, what
	CertNames      = "cert-names"       // does not carry names that URLs of the same service have; detail: missing, carried
	CertPrincipal  = "cert-principal"   // is not the one that CertPrincipalName names; detail: wanted, carried
	CertRevocation = "cert-revocation"  // nobody says in time whether it is revoked; detail: what
	TLSOld         = "tls-old"          // the server speaks nothing newer than TLS 1.1; detail: what
	ClientCert     = "client-cert"      // the server asks for a client certificate
	Intercepted    = "intercepted"      // the certificate was made on the way; detail: by, what, issuer
	CertExpires    = "cert-expires"     // within the warning time; detail: days
	AnswerEndless  = "answer-endless"   // the answer begins and never ends
	AnswerTooLarge = "answer-too-large" // larger than any honest one
	AnswerTimeout  = "answer-timeout"   // the connection stands, no HTTP answer comes
	ConnectionLost = "connection-lost"  // reset or closed in the middle

	// HTTP.
	HTTPUnavailable   = "http-unavailable"    // 500, 502, 503, 504
	HTTPNotFound      = "http-not-found"      // 404: no such virtual directory there
	HTTPForbidden     = "http-forbidden"      // 403
	HTTPOther         = "http-other"          // a status that means nothing here
	LoginPage         = "login-page"          // a redirect to, or the page of, a sign-in form
	NotExchange       = "not-exchange"        // 200 and something that is neither Autodiscover nor MAPI
	HealthPageOther   = "health-page-other"   // 200 with another page than Exchange's
	PortalPage        = "portal-page"         // the page of a network that wants a sign-in; detail: product, url
	ServiceDown       = "service-down"        // the health page of another service than MAPI is bad; detail: service, miss
	FilterPage        = "filter-page"         // the page of a web filter; detail: product
	WebVersionDiffers = "web-version-differs" // the status page and its header name two versions
	HealthBad         = "health-bad"          // healthcheck.htm is not 200

	// Sign-in.
	NoAuthMethods    = "no-auth-methods"    // 401 or 403 that offers no scheme
	NoCommonScheme   = "no-common-scheme"   // none of the offered schemes can be used
	CredentialWrong  = "credential-refused" // detail: scheme
	CredentialWorks  = "credential-accepted"
	HandshakeBroken  = "handshake-broken"             // NTLM legs do not meet on one connection
	NoCredential     = "no-credential"                // none was given and one is needed
	CredentialUnsent = "credential-unsent"            // policy or budget kept it back
	RefusedHereOnly  = "credential-refused-here-only" // the same credential is accepted elsewhere

	// Discovery.
	AutodiscoverAnswered = "autodiscover-answered"
	AutodiscoverError    = "autodiscover-error" // detail: code, message
	AutodiscoverLoop     = "autodiscover-loop"
	RedirectUnconfirmed  = "redirect-unconfirmed" // leads to another domain, nobody confirmed it; detail: url
	StepsDisagree        = "steps-disagree"       // two steps name different mailboxes or servers
	RedirectRefused      = "redirect-refused"     // leads where nothing may be sent; detail: url
	AddressUnknown       = "address-unknown"      // the server does not know the address
	OnlyRPC              = "only-rpc"             // the answer has EXCH, EXPR or EXHTTP and no mapiHttp
	NoProtocol           = "no-protocol"          // the answer has none of them
	OnlyInternalURL      = "only-internal-url"    // mapiHttp without ExternalUrl
	NoMailboxURL         = "no-mailbox-url"       // mapiHttp without any mailbox URL
	MailboxURLNoName     = "mailbox-url-no-name"  // the host of the URL has no address
	ServerTooOld         = "server-too-old"       // older than 15.0.847.32; detail: version
	HostedOnline         = "hosted-online"        // Autodiscover says the mailbox is in Exchange Online
	LegacyDNTrailing     = "legacydn-trailing"    // LegacyDN ends with a blank

	// MAPI over HTTP.
	EndpointDisabled = "endpoint-disabled" // X-ResponseCode 16, or ecProtocolDisabled
	EndpointStopping = "endpoint-stopping" // X-ResponseCode 18
	ContextLost      = "context-lost"      // X-ResponseCode 6, 10, 13 or 15 on a live context
	ResponseCode     = "response-code"     // another one; detail: code
	UnknownMailbox   = "unknown-mailbox"   // ecUnknownUser
	LogonRefused     = "logon-refused"     // ecLoginPerm, access denied
	WrongServer      = "wrong-server"      // ecWrongServer
	DatabaseDown     = "database-down"     // database offline or mounting
	ServerBusy       = "server-busy"       // throttled
	VersionBlocked   = "version-blocked"   // client version or online mode refused
	MAPIError        = "mapi-error"        // another code; detail: code, name
	NotMAPI          = "not-mapi"          // the answer is no MAPI over HTTP at all
	RestCut          = "rest-cut"          // a connection at rest is cut; detail: rest
	ContextNotKept   = "context-not-kept"  // the session context was gone on a new connection
	WaitNotOpened    = "wait-not-opened"   // NotificationWait gets no PROCESSING
	MailboxFull      = "mailbox-full"      // the size has reached the quota for sending
	NotNotified      = "not-notified"      // the message came, the notification did not

	// RPC over HTTP.
	RPCWorks       = "rpc-works"        // a mailbox session was opened by it
	RPCHostMissing = "rpc-host-missing" // no host that Autodiscover names for it has an address
	RPCRefused     = "rpc-refused"      // the proxy or the server behind it refuses; detail: stage, status, code
	RPCUnreachable = "rpc-unreachable"  // no answer; detail: phase

	// Address book.
	NotInAddressBook    = "not-in-address-book"
	DirectoryURLDiffers = "directory-url-differs" // its host is another than Autodiscover's
)
