// Package certs looks at the certificates that a server shows: what was sent,
// whether a computer like this one accepts it, and everything that is wrong or
// will be.
//
// It is the one place of the engine that completes a handshake without verifying
// it, because what does not verify is what people need explained. On such a
// connection nothing is ever written after the handshake: no request, no
// credential. Everything authenticated uses netpath.Path.DialTLS, which verifies.
package certs

import (
	"context"
	"crypto/x509"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Inspector looks at hosts. The zero value goes the system's way and asks for no
// revocation; it is safe for concurrent use.
type Inspector struct {
	Path *netpath.Path // nil: the system's way

	Revocation bool // ask OCSP responders and fetch CRLs
	Suites     bool // offer the cipher suites one by one, not only the versions

	History *History // what was seen before; nil remembers nothing
	Network string   // name of the network this computer is in, for History

	Now func() time.Time // nil: time.Now

	limit time.Duration // of one fetch; 0: fetchLimit
}

// Endpoint is what to look at.
type Endpoint struct {
	Host string // name or address, which the certificate has to carry
	Port string // "" is 443
}

// Host is what an endpoint showed.
type Host struct {
	Endpoint
	Served     []*Served // one per address, in the order of the name's answer
	WithoutSNI string    // "same", "other", "refused"; "" when not tried
	Problems   []Problem // of all addresses, each once, the gravest first
	Err        error     // no address was reached, or the name has none
	Took       time.Duration
}

// Served is what one address showed.
type Served struct {
	Address string // "address:port"; "" through a proxy
	Proxy   *url.URL
	Err     error // no TCP or no TLS; Chain may still be there

	Sent       []*x509.Certificate // as sent, leaf first, without what could not be read
	Unreadable int                 // certificates of the chain that could not be read
	Version    uint16              // negotiated
	Suite      uint16
	Staple     []byte // stapled OCSP response
	ClientCert bool   // the server asks for a client certificate
	Logged     bool   // signed certificate timestamps came along: a public authority issued it

	Trust      Trust
	Revocation Revocation
	Offers     []Offer // TLS versions
	Intercept  *Interception
	Problems   []Problem
	Timing     netpath.Timing
}

// Leaf is the server's own certificate, nil when none could be read.
func (s *Served) Leaf() *x509.Certificate {
	if len(s.Sent) == 0 {
		return nil
	}
	return s.Sent[0]
}

// First is the first address that showed a certificate, nil when none did.
func (h *Host) First() *Served {
	for _, s := range h.Served {
		if s.Leaf() != nil {
			return s
		}
	}
	return nil
}

// Worst is the severity of the gravest problem, "" when there is none.
func (h *Host) Worst() Severity { return worst(h.Problems) }

// maxAddresses bounds how many addresses of one name are looked at; a name with
// more is a content network, whose nodes are alike.
const maxAddresses = 8

// Inspect looks at every address of an endpoint at the same time. It never
// fails as a whole: what went wrong is in Host.Err or Served.Err.
func (in *Inspector) Inspect(ctx context.Context, e Endpoint) *Host {
	start := time.Now()
	e.Host = strings.ToLower(strings.TrimSuffix(e.Host, "."))
	if e.Port == "" {
		e.Port = "443"
	}
	h := &Host{Endpoint: e}
	doors, err := in.doors(ctx, e)
	if err != nil {
		h.Err = err
		return h
	}
	h.Served = make([]*Served, len(doors))
	judged := &onceEach{in: in, host: e.Host}
	var wg sync.WaitGroup
	for i, d := range doors {
		wg.Go(func() { h.Served[i] = in.look(ctx, d, e, judged) })
	}
	var plain nameless
	wg.Go(func() { plain = in.withoutSNI(ctx, doors[0], e) })
	wg.Wait()
	h.WithoutSNI = plain.compared(h.Served[0])
	in.conclude(h)
	h.Took = time.Since(start)
	return h
}

func (in *Inspector) path() *netpath.Path {
	if in.Path == nil {
		return &netpath.Path{}
	}
	return in.Path
}

func (in *Inspector) now() time.Time {
	if in.Now == nil {
		return time.Now()
	}
	return in.Now()
}

// look makes the handshake at one address, then asks everything that builds on
// it at the same time.
func (in *Inspector) look(ctx context.Context, d door, e Endpoint, judged *onceEach) *Served {
	var wg sync.WaitGroup
	var offers []Offer
	first := make(chan bool, 1) // whether TCP works there at all
	wg.Go(func() {
		if <-first {
			offers = in.offers(ctx, d, e)
		}
	})
	s := in.greet(ctx, d, e, everyVersion, first)
	if s.Leaf() == nil {
		wg.Wait()
		s = in.greetLower(ctx, d, e, s, offers)
	}
	if s.Leaf() != nil {
		s.Trust, s.Revocation = judged.judge(ctx, s)
	}
	wg.Wait()
	s.Offers = offers
	return s
}

// greetLower tries again with the newest version that the server accepted by
// itself: some give up when they are offered a newer one beside it.
func (in *Inspector) greetLower(ctx context.Context, d door, e Endpoint, s *Served, offers []Offer) *Served {
	for i := len(offers) - 1; i >= 0; i-- {
		if v := offers[i].Version; offers[i].Accepted {
			if again := in.greet(ctx, d, e, span{v, v}, make(chan bool, 1)); again.Leaf() != nil {
				return again
			}
		}
	}
	return s
}

// onceEach judges a chain once, though many addresses serve it.
type onceEach struct {
	in   *Inspector
	host string
	mu   sync.Mutex
	done map[string]*judgement
}

type judgement struct {
	once       sync.Once
	trust      Trust
	revocation Revocation
}

func (o *onceEach) judge(ctx context.Context, s *Served) (Trust, Revocation) {
	var key strings.Builder
	for _, c := range s.Sent {
		key.Write(c.Raw)
	}
	key.Write(s.Staple)
	o.mu.Lock()
	j := o.done[key.String()]
	if j == nil {
		if o.done == nil {
			o.done = map[string]*judgement{}
		}
		j = &judgement{}
		o.done[key.String()] = j
	}
	o.mu.Unlock()
	j.once.Do(func() {
		j.trust = o.in.trust(ctx, s.Sent)
		j.revocation = o.in.revocation(ctx, s, j.trust)
	})
	return j.trust, j.revocation
}

// conclude judges what only shows when everything was seen.
func (in *Inspector) conclude(h *Host) {
	for _, s := range h.Served {
		if s.Leaf() != nil {
			s.Intercept = in.interception(h.Endpoint, s)
		}
		s.Problems = in.problems(h.Host, s)
	}
	h.Problems = sortProblems(append(merged(h.Served), hostProblems(h)...))
	if h.First() == nil && len(h.Served) > 0 {
		h.Err = h.Served[0].Err
	}
}
