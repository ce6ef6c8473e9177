package netpath

import "time"

// The limit of each phase when Limits leaves it zero. Together they keep the
// promise of a first verdict within five seconds even when a host never answers.
const (
	// DNSLimit bounds one lookup. A stub resolver retries after 1 to 2 s; what
	// took longer than 3 s is broken for an interactive program too.
	DNSLimit = 3 * time.Second
	// ConnectLimit bounds TCP over all addresses of a host: two SYN
	// retransmissions (1 s, 3 s) fit, and a verdict is out before 5 s.
	ConnectLimit = 4 * time.Second
	// ProxyLimit bounds CONNECT: the proxy looks up and connects for us within it.
	ProxyLimit = 4 * time.Second
	// TLSLimit bounds the handshake: three round trips of a satellite link fit.
	TLSLimit = 4 * time.Second
	// WriteLimit bounds handing one request to the system: 1 MiB at 1 Mbit/s is 8 s.
	WriteLimit = 10 * time.Second
	// FirstByteLimit bounds the wait for status line and headers: a cold
	// Exchange application pool takes up to 30 s for its first answer.
	FirstByteLimit = 30 * time.Second
	// IdleLimit bounds the silence between two reads of a body: Exchange sends
	// PENDING every 15 s by default, so two in a row may be lost (MS-OXCMAPIHTTP 2.2.3.3.6).
	IdleLimit = 45 * time.Second
	// Stagger is the head start of one address before the next is tried as
	// well (RFC 8305, section 5: Connection Attempt Delay).
	Stagger = 250 * time.Millisecond
)

// Limits overrides the limit of single phases; a zero field keeps the constant.
type Limits struct {
	DNS, Connect, Proxy, TLS, Write, FirstByte, Idle time.Duration
	Stagger                                          time.Duration
}

// WithDefaults fills the zero fields.
func (l Limits) WithDefaults() Limits {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&l.DNS, DNSLimit)
	set(&l.Connect, ConnectLimit)
	set(&l.Proxy, ProxyLimit)
	set(&l.TLS, TLSLimit)
	set(&l.Write, WriteLimit)
	set(&l.FirstByte, FirstByteLimit)
	set(&l.Idle, IdleLimit)
	set(&l.Stagger, Stagger)
	return l
}
