package certs

import (
	"context"
	"crypto/x509"
	"sync"
	"time"
)

// Status is what a source says of a certificate.
type Status string

// The words of a source. Unreachable is a source that did not answer in a form
// that counts; Unsupported is one that is not asked (ldap).
const (
	Good        Status = "good"
	Revoked     Status = "revoked"
	NotKnown    Status = "unknown" // the responder does not know the certificate
	Unreachable Status = "unreachable"
	Unsupported Status = "unsupported"
	NotAsked    Status = "not-asked" // the chain is not trusted, so nobody's word counts; or asking is off
	NoSource    Status = "no-source" // the certificate names nobody to ask
)

// The kinds of source.
const (
	SourceStapled = "stapled" // OCSP response sent in the handshake (RFC 6066 8)
	SourceOCSP    = "ocsp"    // RFC 6960
	SourceCRL     = "crl"     // RFC 5280 5
)

// Answer is what one source said of one certificate.
type Answer struct {
	Cert   *x509.Certificate
	Source string
	URL    string // "" when stapled
	Status Status
	Reason int // why it was revoked (RFC 5280 5.3.1)
	Since  time.Time
	Next   time.Time // when the source will know better; zero: it does not say
	Stale  bool      // Next has passed
	Took   time.Duration
	Err    error
}

// Revocation is what all sources say of a chain.
type Revocation struct {
	Status  Status // of the leaf; Revoked as soon as any certificate of the chain is
	Source  string // which one Status rests on
	Took    time.Duration
	Answers []Answer
}

// revocation asks every source of every certificate below the root, at the same
// time. A client that checks waits for the slowest it needs, so each is timed.
func (in *Inspector) revocation(ctx context.Context, s *Served, t Trust) Revocation {
	if !t.Trusted && !t.Repaired || len(t.Chain) < 2 {
		return Revocation{Status: NotAsked}
	}
	start := time.Now()
	r := Revocation{}
	if len(s.Staple) > 0 {
		r.Answers = append(r.Answers, in.readOCSP(s.Staple, Answer{Cert: t.Chain[0], Source: SourceStapled}, t.Chain[1]))
	}
	if in.Revocation {
		r.Answers = append(r.Answers, in.askAll(ctx, t.Chain)...)
	}
	r.Took = time.Since(start)
	r.conclude(t.Chain[0], in.Revocation)
	return r
}

// AskRevocation asks the sources of a chain that was looked at without them, and
// gives what follows from the answers.
func (in *Inspector) AskRevocation(ctx context.Context, s *Served) (Revocation, []Problem) {
	asking := *in
	asking.Revocation = true
	answered := *s
	answered.Revocation = asking.revocation(ctx, s, s.Trust)
	return answered.Revocation, revocationProblems(&answered)
}

type question struct {
	cert, issuer *x509.Certificate
	source, url  string
}

func questions(chain []*x509.Certificate) (out []question) {
	for i, c := range chain[:len(chain)-1] {
		for _, u := range c.OCSPServer[:min(len(c.OCSPServer), maxSources)] {
			out = append(out, question{c, chain[i+1], SourceOCSP, u})
		}
		for _, u := range c.CRLDistributionPoints[:min(len(c.CRLDistributionPoints), maxSources)] {
			out = append(out, question{c, chain[i+1], SourceCRL, u})
		}
	}
	return out
}

func (in *Inspector) askAll(ctx context.Context, chain []*x509.Certificate) []Answer {
	asked := questions(chain)
	out := make([]Answer, len(asked))
	var wg sync.WaitGroup
	for i, q := range asked {
		wg.Go(func() { out[i] = in.ask(ctx, q) })
	}
	wg.Wait()
	return out
}

func (in *Inspector) ask(ctx context.Context, q question) Answer {
	a := Answer{Cert: q.cert, Source: q.source, URL: q.url}
	if !isHTTP(q.url) {
		a.Status, a.Err = Unsupported, errNotHTTP
		return a
	}
	start := time.Now()
	if q.source == SourceOCSP {
		a = in.askOCSP(ctx, q, a)
	} else {
		a = in.askCRL(ctx, q, a)
	}
	a.Took = time.Since(start)
	return a
}

// conclude settles on one word for the chain: revoked anywhere weighs most, then
// what is known of the leaf.
func (r *Revocation) conclude(leaf *x509.Certificate, asked bool) {
	for _, a := range r.Answers {
		if a.Status == Revoked {
			r.Status, r.Source = Revoked, a.Source
			return
		}
	}
	r.Status = NoSource
	if !asked {
		r.Status = NotAsked
	}
	rank := map[Status]int{Good: 4, NotKnown: 3, Unreachable: 2, Unsupported: 1}
	for _, a := range r.Answers {
		if a.Cert == leaf && rank[a.Status] > rank[r.Status] {
			r.Status, r.Source = a.Status, a.Source
		}
	}
}

// outdated says whether a source's word has run out.
func (in *Inspector) outdated(next time.Time) bool { return !next.IsZero() && in.now().After(next) }
