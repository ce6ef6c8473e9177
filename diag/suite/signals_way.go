package suite

// The codes of what was right in another place or time: addresses, names, answers
// that lead astray, and a way that is only just good enough.
const (
	StaleAnswer        = "stale-answer"        // the system gives an address that does not answer, DNS another that does; detail: kept, now, from, what
	PrivateUnreachable = "private-unreachable" // all addresses are of an internal network that this computer is not in; detail: kept, what
	FarAway            = "far-away"            // answers take long on the way; detail: took, what
	SCPUseless         = "scp-useless"         // the URL in Active Directory leads nowhere, or to a certificate for other names; detail: url, what
	ForeignServer      = "foreign-server"      // the answer's address and its server are of different domains; detail: smtp, server_domain
	AnywhereBasic      = "anywhere-basic"      // Outlook Anywhere wants Basic; detail: section
	NameUnknown        = "name-unknown"        // the KDC knows no account of that name; detail: realm
	OtherNameWorks     = "other-name-works"    // the same password is accepted for DOMAIN\name; detail: works
	TicketTooLarge     = "ticket-too-large"    // 400 for requests with a ticket, 401 without; detail: bytes
)
