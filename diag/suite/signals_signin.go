package suite

// The codes of what sign-in by ticket, token and bound credential shows.
const (
	KerberosSPN     = "kerberos-spn"      // detail: spn, kind (missing, wrong-account), kdc
	KerberosClock   = "kerberos-clock"    // KRB_AP_ERR_SKEW; detail: offset, offset_ms
	KerberosFailed  = "kerberos-failed"   // another reason; detail: kind, code
	TicketRefused   = "ticket-refused"    // the server took the ticket and refused, without a reason
	AccountLocked   = "account-locked"    // the KDC: disabled, locked or expired
	PasswordExpired = "password-expired"  // the KDC: expired
	NTLMv1          = "ntlm-version-1"    // the server knows no other
	BehindProxy     = "ntlm-behind-proxy" // refused through a proxy that does not stand before what accepts; detail: proxy
	BindingRefused  = "binding-refused"   // the bound credential is refused where Extended Protection is; detail: issuer, subject, by
	ModernHalfSet   = "modern-auth-half-set"
)
