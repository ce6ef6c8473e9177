package mapihttp

import "time"

// What a server, honest or hostile, may cost. Every figure has its reason; all
// are defaults that Limits can lower (tests do) or raise.
const (
	// MaxBody bounds the response body behind DONE. The largest ROP answer that
	// can be asked for is 0x100000 bytes (MS-OXCRPC 3.1.4.2), and one of 117 KB
	// is the largest seen, so 1 MiB never cuts an honest answer.
	MaxBody = 1 << 20
	// MaxTagLine bounds the bytes between two meta-tags and on the DONE line.
	// The longest tag is ten bytes.
	MaxTagLine = 64
	// MaxTags bounds the meta-tags of one answer: a wait of five minutes with a
	// PENDING each second has 300.
	MaxTags = 1000
	// MaxAdditionalHeaders bounds the headers behind DONE; servers send two.
	MaxAdditionalHeaders = 100
	// MaxHeaderLine bounds one additional header. The longest seen has 44 bytes;
	// one buffer of this size reads an answer.
	MaxHeaderLine = 4 << 10
	// MaxDiagnostics bounds what is read of an error page; the text that people
	// are shown is shorter still.
	MaxDiagnostics = 64 << 10
	// maxText bounds that text, in characters: three or four sentences.
	maxText = 600

	// GapSlack is added to twice the server's X-PendingPeriod: a gap between two
	// tags that is longer means that the connection or the server is dead
	// (MS-OXCMAPIHTTP 3.1.5.6 lets a client give up then).
	GapSlack = 10 * time.Second
	// BodyTime is for everything behind DONE. The server has finished its work
	// there; 1 MiB in 30 s is 35 kB/s, slower than any usable line.
	BodyTime = 30 * time.Second
	// CallTime is for one whole request other than NotificationWait. A server that
	// works on one ROP batch of ours for two minutes is itself the finding.
	CallTime = 2 * time.Minute
	// WaitTime is how long a server holds a NotificationWait without an event
	// (MS-OXCMAPIHTTP 3.1.5.5); two pending periods are added.
	WaitTime = 5 * time.Minute

	// MaxBackoff is the longest RopBackoff that is waited for; a server that wants
	// more is reported as busy instead.
	MaxBackoff = 10 * time.Second

	// defaultPendingPeriod is what the specification names when the server does
	// not say (2.2.3.3.5); the header is believed between the two bounds.
	defaultPendingPeriod = 30 * time.Second
	minPendingPeriod     = time.Second
	maxPendingPeriod     = 2 * time.Minute
	// maxExpiration bounds what X-ExpirationInfo is believed to say: servers say
	// minutes, a day is already a configuration to wonder about.
	maxExpiration = 24 * time.Hour

	// maxCookies and maxCookieBytes bound a session context's jar. Exchange sets
	// four cookies, a balancer in front one or two more; 4 KiB is the usual limit
	// of one cookie.
	maxCookies     = 32
	maxCookieBytes = 4 << 10
)

// Limits overrides the bounds above; a zero field is the default.
type Limits struct {
	Body              int           // bytes behind DONE
	Tags              int           // meta-tags in one answer
	AdditionalHeaders int           // headers behind DONE
	Gap               time.Duration // between two tags, instead of 2×X-PendingPeriod+GapSlack
	BodyTime          time.Duration // everything behind DONE
	CallTime          time.Duration // one whole request
	WaitTime          time.Duration // one whole NotificationWait, without the two pending periods
	Backoff           time.Duration // longest RopBackoff that is obeyed
	Grace             time.Duration // what a Pause gives an ordinary request, instead of PauseGrace
	Proof             time.Duration // one request of a Resume, instead of ProofTime
}

func (l Limits) withDefaults() Limits {
	l.Body = orElse(l.Body, MaxBody)
	l.Tags = orElse(l.Tags, MaxTags)
	l.AdditionalHeaders = orElse(l.AdditionalHeaders, MaxAdditionalHeaders)
	l.BodyTime = orElse(l.BodyTime, BodyTime)
	l.CallTime = orElse(l.CallTime, CallTime)
	l.WaitTime = orElse(l.WaitTime, WaitTime)
	l.Backoff = orElse(l.Backoff, MaxBackoff)
	l.Grace = orElse(l.Grace, PauseGrace)
	l.Proof = orElse(l.Proof, ProofTime)
	return l
}

// gap is the longest silence between two tags when the server promised one per
// period.
func (l Limits) gap(period time.Duration) time.Duration {
	return orElse(l.Gap, 2*period+GapSlack)
}

func orElse[T int | time.Duration](v, def T) T {
	if v > 0 {
		return v
	}
	return def
}
