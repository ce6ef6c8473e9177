package kerberos

import (
	"errors"
	"fmt"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/messages"
)

// Kind says what a failure means.
type Kind string

// The kinds.
const (
	NoTicket        Kind = "no-ticket"        // no cache, nothing usable in it
	CacheType       Kind = "cache-type"       // tickets are kept where only the system's own library reaches them
	BadConfig       Kind = "configuration"    // krb5.conf, keytab or realm
	KDCUnreachable  Kind = "kdc-unreachable"  // none known, or none answers
	ClientUnknown   Kind = "client-unknown"   // 6: no such account
	SPNUnknown      Kind = "spn-unknown"      // 7: no account holds the service name
	NoCommonCipher  Kind = "no-common-cipher" // 14: no encryption type in common
	Revoked         Kind = "revoked"          // 1, 18: account disabled, locked or expired
	PasswordExpired Kind = "password-expired" // 23
	BadPassword     Kind = "bad-password"     // 24, 31
	TicketExpired   Kind = "ticket-expired"   // 32
	ClockSkew       Kind = "clock-skew"       // 37: more than five minutes apart
	WrongAccount    Kind = "wrong-account"    // 41: the service cannot read the ticket
	OtherMechanism  Kind = "other-mechanism"  // the server prefers another mechanism
	Unproven        Kind = "unproven"         // the server could not prove that it read the ticket
	Malformed       Kind = "malformed"        // an answer that is none
	Other           Kind = "other"
)

// kinds places the codes of RFC 4120 7.5.9.
var kinds = map[int32]Kind{
	errorcode.KDC_ERR_NAME_EXP:            Revoked,
	errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN: ClientUnknown,
	errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN: SPNUnknown,
	errorcode.KDC_ERR_ETYPE_NOSUPP:        NoCommonCipher,
	errorcode.KDC_ERR_CLIENT_REVOKED:      Revoked,
	errorcode.KDC_ERR_KEY_EXPIRED:         PasswordExpired,
	errorcode.KDC_ERR_PREAUTH_FAILED:      BadPassword,
	errorcode.KRB_AP_ERR_BAD_INTEGRITY:    BadPassword,
	errorcode.KRB_AP_ERR_TKT_EXPIRED:      TicketExpired,
	errorcode.KRB_AP_ERR_SKEW:             ClockSkew,
	errorcode.KRB_AP_ERR_MODIFIED:         WrongAccount,
}

// Error is a sign-in with Kerberos that did not come about.
type Error struct {
	Kind  Kind
	Code  int32         // of the KDC or the server, 0 when neither sent one
	Realm string        // that was asked
	SPN   string        // the service, "" while signing in at the KDC
	KDC   string        // that answered or was tried
	Off   time.Duration // our clock minus that of the sender of Code; 0 when not told
	Err   error         // may be nil
}

var sentences = map[Kind]string{
	ClientUnknown:   "the domain controller does not know the account",
	SPNUnknown:      "no account in the domain holds the service name",
	NoCommonCipher:  "the domain controller, the account and this program have no encryption type in common",
	Revoked:         "the account is disabled, locked or expired",
	PasswordExpired: "the password has expired",
	BadPassword:     "the password is wrong",
	TicketExpired:   "the ticket has expired",
	ClockSkew:       "the clocks are too far apart",
	WrongAccount:    "the server cannot read the ticket: the service name belongs to another account, or that account's password has changed",
	OtherMechanism:  "the server wants another mechanism than Kerberos",
	Unproven:        "the server could not prove that it holds the key of the service",
}

func (e *Error) Error() string {
	s := sentences[e.Kind]
	switch {
	case s == "" && e.Err != nil:
		return e.Err.Error()
	case s == "": // 0 too: who sends it refuses, and does not say why
		s = fmt.Sprintf("Kerberos error %d", e.Code)
	}
	if e.SPN != "" {
		s += " (" + e.SPN + ")"
	}
	if e.Kind == ClockSkew && e.Off != 0 {
		s += fmt.Sprintf(": this computer's is off by %s", e.Off.Round(time.Second))
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the *Error in err, "" when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Final says that the account itself was judged: trying the same password by
// another scheme would only count as one more failure.
func (e *Error) Final() bool {
	switch e.Kind {
	case BadPassword, Revoked, PasswordExpired:
		return true
	}
	return false
}

// fromKRB makes an Error of a KRB-ERROR (RFC 4120 5.9.1).
func fromKRB(k *messages.KRBError, received time.Time) *Error {
	e := &Error{Kind: kinds[k.ErrorCode], Code: k.ErrorCode, Realm: k.Realm}
	if e.Kind == "" {
		e.Kind = Other
	}
	if !k.STime.IsZero() {
		e.Off = received.Sub(k.STime.Add(time.Duration(k.Susec) * time.Microsecond)).Round(time.Millisecond)
	}
	return e
}

// guard keeps a panic of the library, which was written for friendly KDCs,
// inside: it becomes an error like any other malformed answer.
func guard(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &Error{Kind: Malformed, Err: fmt.Errorf("a Kerberos message cannot be read: %v", r)}
		}
	}()
	return f()
}
