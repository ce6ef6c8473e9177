package exchangetest

import (
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// Options say what Start builds. The zero value is a healthy Exchange Server SE
// for contoso.test with the users of DefaultUsers.
type Options struct {
	// Domain is the accepted SMTP domain and DNS zone; "" is contoso.test.
	Domain string
	// Users are the accounts; nil is DefaultUsers(Domain).
	Users []User
	// RTT is the simulated round-trip time: every byte, in either direction,
	// arrives RTT/2 after it was sent, in order; a new connection costs one RTT
	// more, a DNS answer one RTT.
	RTT time.Duration
	// Manner is whose answers are given; it can be changed later by a fault.
	Manner Manner
	// Schemes are the HTTP authentication schemes of every virtual directory, in
	// the order in which they are offered: "Negotiate", "NTLM", "Basic",
	// "Bearer" (offered, never accepted) and "Anonymous". nil is the manner's
	// own: Negotiate, NTLM and Basic for Exchange, Basic for gromox.
	Schemes []string
	// ExtendedProtection is that of /mapi; Autodiscover has none (the
	// recommended setting for Exchange).
	ExtendedProtection ExtendedProtection
	// Listen is the loopback address of the sockets; "" is 127.0.0.1. With a port
	// ("127.0.0.1:8443") that port is the one for https://mail.
	Listen string
	// Now is the server's clock; nil is time.Now. It drives the Date header, the
	// logon time and the life of session contexts, not the timers below.
	Now func() time.Time
	// PendingPeriod is the time between PENDING tags; 0 is 30 s
	// (MS-OXCMAPIHTTP 2.2.3.3.5).
	PendingPeriod time.Duration
	// WaitLimit is how long a NotificationWait stays open without an event; 0 is
	// 5 min (MS-OXCMAPIHTTP 3.1.5.5).
	WaitLimit time.Duration
	// Faults are set before the first request is answered.
	Faults []Fault
}

// User is an account with a mailbox. Only Address and Password are needed; Start
// derives the rest.
type User struct {
	Address     string // alice@contoso.test
	Login       string // CONTOSO\alice
	Password    string // what a client should use; wrong on purpose under bad-credentials
	DisplayName string
	LegacyDN    string    // legacyExchangeDN, what Connect and Logon name
	MailboxGUID wire.GUID // GUID part of MailboxId
	Disabled    bool      // the account exists, signing in is refused
	Messages    []Message // in the Inbox at the start; nil is a small sample
	QuotaKB     int32     // prohibit-send quota in KiB; 0 is 2 GiB
}

// Message is a mail in a folder.
type Message struct {
	Subject  string
	From     string
	Class    string    // "" is IPM.Note
	Received time.Time // zero: some minutes before the server's start
	Size     int64     // bytes; 0 is 2048
	Read     bool
}

// Manner is whose answers the server gives.
type Manner int

// The manners.
const (
	ExchangeSE   Manner = iota // 15.02.2562.045, as captured
	Exchange2013               // 15.00.0775.038 (CU3): no MAPI/HTTP yet
	Gromox                     // grommunio gromox 3: own codes, own cookies
)

// String is the product's name.
func (m Manner) String() string {
	return [...]string{"Exchange Server SE", "Exchange Server 2013 CU3", "gromox"}[m]
}

// ExtendedProtection says whether a sign-in must be bound to the TLS channel
// (ExtendedProtectionTokenChecking of a virtual directory).
type ExtendedProtection int

// The settings; the names are those of Set-MapiVirtualDirectory.
const (
	EPNone    ExtendedProtection = iota // not looked at
	EPAllow                             // a wrong binding is refused, none is accepted
	EPRequire                           // only the right binding is accepted
)

// String is the name of the setting.
func (e ExtendedProtection) String() string { return [...]string{"None", "Allow", "Require"}[e] }
