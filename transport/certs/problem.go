package certs

import (
	"slices"
	"time"
)

// Kind names what is wrong; reports carry it.
type Kind string

// The kinds, the gravest first: of several, the first says most about why a
// client gives up.
const (
	Unreadable           Kind = "unreadable"            // no client that keeps to the standard can read it
	RevokedKind          Kind = "revoked"               //
	Intercepted          Kind = "tls-interception"      // made on the way; what else is wrong follows from it
	SelfSignedKind       Kind = "self-signed"           // detail in Note: Exchange's default certificate
	Expired              Kind = "expired"               // the certificate, or one above it
	NotYetValid          Kind = "not-yet-valid"         //
	NameMismatch         Kind = "name-mismatch"         // does not carry the host
	UntrustedRoot        Kind = "untrusted-root"        //
	MissingIntermediate  Kind = "missing-intermediate"  //
	WeakSignature        Kind = "weak-signature"        // MD5, SHA-1
	WeakKey              Kind = "weak-key"              //
	WrongUsage           Kind = "wrong-usage"           // key usage, extended key usage, not an authority
	NotPermitted         Kind = "name-not-permitted"    // name constraints of the authority
	TLSVersion           Kind = "tls-version"           // neither TLS 1.2 nor 1.3
	Handshake            Kind = "handshake"             // breaks off for another reason
	ClientCertRequested  Kind = "client-cert-requested" //
	ExpiresSoon          Kind = "expires-soon"          // within ExpiryWarns
	CommonNameOnly       Kind = "common-name-only"      // Outlook accepts it, nothing newer does
	MustStaple           Kind = "must-staple"           // a response is demanded and none is stapled
	RevocationUnanswered Kind = "revocation-unreachable"
	RevocationSlow       Kind = "revocation-slow"
	DiffersByAddress     Kind = "differs-by-address"
	AddressFailed        Kind = "address-failed" // one of several
	ChainOrder           Kind = "chain-order"
	WeakCipher           Kind = "weak-cipher"
	SurplusCertificate   Kind = "surplus-certificate"
	SNINeeded            Kind = "sni-needed"
	OldTLS               Kind = "old-tls" // TLS 1.0 or 1.1 is still accepted
)

// order is the rank of every kind.
var order = []Kind{Unreadable, RevokedKind, Intercepted, SelfSignedKind, Expired, NotYetValid, NameMismatch, UntrustedRoot, MissingIntermediate,
	WeakSignature, WeakKey, WrongUsage, NotPermitted, TLSVersion, Handshake, ClientCertRequested, ExpiresSoon,
	CommonNameOnly, MustStaple, RevocationUnanswered, RevocationSlow, DiffersByAddress, AddressFailed, ChainOrder, WeakCipher,
	SurplusCertificate, SNINeeded, OldTLS}

// Severity is the weight of a Problem.
type Severity string

// The weights: Info is worth knowing and nothing to act on, Warn works and should
// be looked at, Fail stops clients.
const (
	Info Severity = "info"
	Warn Severity = "warn"
	Fail Severity = "fail"
)

// Problem is one thing that is wrong or will be.
type Problem struct {
	Kind     Kind
	Severity Severity
	Subject  string // the certificate it is about; "" for the connection
	Text     string // one sentence without the full stop
	Days     int    // ExpiresSoon: whole days left
}

// The forecast on dates: ordering and installing a certificate takes an
// organisation weeks; in the last week somebody has to run.
const (
	ExpiryWarns    = 30 * 24 * time.Hour
	ExpiryCritical = 7 * 24 * time.Hour
)

// RevocationSlowAfter is when waiting for a revocation source shows: Outlook
// waits for it before it connects.
const RevocationSlowAfter = 3 * time.Second

// Urgent says that the time left is down to the critical part.
func (p Problem) Urgent() bool {
	return p.Kind == ExpiresSoon && p.Days < int(ExpiryCritical/(24*time.Hour))
}

func sortProblems(all []Problem) []Problem {
	weight := map[Severity]int{Fail: 0, Warn: 1, Info: 2}
	slices.SortStableFunc(all, func(a, b Problem) int {
		if w := weight[a.Severity] - weight[b.Severity]; w != 0 {
			return w
		}
		return slices.Index(order, a.Kind) - slices.Index(order, b.Kind)
	})
	return all
}

// merged are the problems of all addresses, each once.
func merged(all []*Served) (out []Problem) {
	for _, s := range all {
		for _, p := range s.Problems {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

func worst(all []Problem) (s Severity) {
	for _, p := range all {
		if p.Severity == Fail || s == "" || p.Severity == Warn && s == Info {
			s = p.Severity
		}
	}
	return s
}

// day is a date as people write it.
func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
