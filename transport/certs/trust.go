package certs

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"
)

// Trust is how a chain ends: judged apart from names, dates and usage, so that a
// certificate that has run out still says who issued it.
type Trust struct {
	Trusted  bool                // it leads to a root that this computer trusts
	Repaired bool                // it would, with what the server should have sent
	Chain    []*x509.Certificate // leaf to root, as far as it could be built
	Err      error               // why it is not trusted

	SelfSigned bool // the leaf is its own issuer
	// Missing is the authority whose certificate the server should send and does
	// not. Certain says that its certificate was seen (fetched, or supplied by the
	// system); otherwise it could be a root that this computer lacks.
	Missing string
	Certain bool
	Fetched []*x509.Certificate // what the server should have sent, from the issuer's own address
	Root    string              // the last authority that the chain names

	Disordered bool                // sent in another order than leaf, issuer, issuer's issuer (RFC 5246 7.4.2)
	Surplus    []*x509.Certificate // sent, and no part of the chain
	Swept      []error             // failed tries to fetch what is missing
}

// trust builds the chain of what was sent.
func (in *Inspector) trust(ctx context.Context, sent []*x509.Certificate) Trust {
	t := in.build(sent, nil)
	if t.Trusted || t.SelfSigned {
		t.compareSent(sent)
		return t
	}
	fetched, swept := in.fetchIssuers(ctx, t.Chain[len(t.Chain)-1])
	if len(fetched) > 0 {
		whole := in.build(sent, fetched)
		whole.Fetched = missingOnes(fetched, sent)
		// We fetched, the system did not: what it says counts.
		whole.Trusted, whole.Repaired, whole.Err = false, whole.Trusted, t.Err
		t = whole
	}
	t.Swept = swept
	t.compareSent(sent)
	t.judgeEnd(sent)
	return t
}

// build walks from the leaf upwards through sent and extra, and lets the system
// judge the lowest certificate that it accepts: it refuses what is below a weak
// signature, and what was never valid at the same time as its issuer.
func (in *Inspector) build(sent, extra []*x509.Certificate) Trust {
	walk := climb(sent[0], slices.Concat(sent, extra))
	top := walk[len(walk)-1]
	t := Trust{Chain: walk, SelfSigned: len(walk) == 1 && selfSigned(top), Root: nameOf(top.Issuer.CommonName, top.Issuer.String())}
	for i, c := range walk {
		chain, err := in.verify(c, slices.Concat(sent[1:], extra), sent)
		if err == nil {
			t.Trusted, t.Err = true, nil
			t.Chain = append(slices.Clone(walk[:i]), chain...)
			last := t.Chain[len(t.Chain)-1]
			t.Root = nameOf(last.Subject.CommonName, last.Subject.String())
			return t
		}
		if i == 0 {
			t.Err = err
		}
		if !slices.ContainsFunc(walk[i:], weaklySigned) && !dated(err) {
			return t // what is above is refused for another reason
		}
		if i == len(walk)-1 && refusedAsWeak(err) {
			t.Trusted, t.Err = true, nil // the root is known, the signature is all that is wrong
		}
	}
	return t
}

func weaklySigned(c *x509.Certificate) bool {
	_, weak := weakHash(c.SignatureAlgorithm)
	return weak && !selfSigned(c) // a root is trusted as such, its signature is not looked at
}

// refusedAsWeak says that the library found an issuer among the roots and then
// refused the algorithm; only the text of the error tells.
func refusedAsWeak(err error) bool {
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &unknown) && strings.Contains(err.Error(), "insecure algorithm")
}

// climb goes from a certificate to its issuer, and its issuer's, as far as they
// are in the pool. It ends at a certificate that is its own issuer.
func climb(leaf *x509.Certificate, pool []*x509.Certificate) []*x509.Certificate {
	walk := []*x509.Certificate{leaf}
	for !selfSigned(walk[len(walk)-1]) {
		next := issuerIn(walk[len(walk)-1], pool, walk)
		if next == nil {
			break
		}
		walk = append(walk, next)
	}
	return walk
}

func issuerIn(c *x509.Certificate, pool, not []*x509.Certificate) *x509.Certificate {
	for _, p := range pool {
		if !slices.ContainsFunc(not, p.Equal) && issuedBy(c, p) {
			return p
		}
	}
	return nil
}

// verify asks the system, and the roots given in addition, for a chain from c. Of
// several it prefers one of which everything but the root was sent.
func (in *Inspector) verify(c *x509.Certificate, intermediates, sent []*x509.Certificate) ([]*x509.Certificate, error) {
	o := x509.VerifyOptions{
		Intermediates: x509.NewCertPool(), CurrentTime: in.now(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	}
	for _, i := range intermediates {
		o.Intermediates.AddCert(i)
	}
	chains, err := in.verifyAt(c, o)
	if dated(err) {
		// The dates are judged by themselves: look at a time when all of them hold.
		o.CurrentTime = commonTime(append(slices.Clone(sent), intermediates...))
		chains, err = in.verifyAt(c, o)
	}
	if err != nil {
		return nil, err
	}
	for _, chain := range chains {
		if unsentIn(chain, sent) == nil {
			return chain, nil
		}
	}
	return chains[0], nil
}

// verifyAt tries the roots given in addition, then the system's.
func (in *Inspector) verifyAt(c *x509.Certificate, o x509.VerifyOptions) ([][]*x509.Certificate, error) {
	if extra := in.path().RootCAs; extra != nil {
		o.Roots = extra
		chains, err := c.Verify(o)
		if err == nil {
			return chains, nil
		}
		o.Roots = nil
		if systemChains, systemErr := c.Verify(o); systemErr == nil {
			return systemChains, nil
		} else if errors.As(err, new(x509.UnknownAuthorityError)) && !refusedAsWeak(err) {
			err = systemErr
		}
		return nil, err
	}
	return c.Verify(o)
}

func dated(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// commonTime is a moment at which all certificates are valid, or the leaf alone
// when there is none.
func commonTime(all []*x509.Certificate) time.Time {
	from, to := all[0].NotBefore, all[0].NotAfter
	for _, c := range all[1:] {
		if c.NotBefore.After(from) {
			from = c.NotBefore
		}
		if c.NotAfter.Before(to) {
			to = c.NotAfter
		}
	}
	if to.Before(from) {
		from, to = all[0].NotBefore, all[0].NotAfter
	}
	return from.Add(to.Sub(from) / 2)
}

// unsentIn is the first certificate of a chain that the server should have sent
// and did not; the root alone may stay at home (RFC 5246 7.4.2).
func unsentIn(chain, sent []*x509.Certificate) *x509.Certificate {
	for _, c := range chain[:len(chain)-1] {
		if !slices.ContainsFunc(sent, c.Equal) {
			return c
		}
	}
	return nil
}

// compareSent compares the chain with what was sent and how.
func (t *Trust) compareSent(sent []*x509.Certificate) {
	if t.Trusted {
		if c := unsentIn(t.Chain, sent); c != nil {
			t.Missing, t.Certain = nameOf(c.Subject.CommonName, c.Subject.String()), true
		}
	}
	at := 0
	for _, c := range sent {
		i := slices.IndexFunc(t.Chain, c.Equal)
		switch {
		case i < 0 && !selfSigned(c): // a root that came along although another was used harms nobody
			t.Surplus = append(t.Surplus, c)
		case i >= 0 && i < at:
			t.Disordered = true
		case i >= 0:
			at = i
		}
	}
}

// judgeEnd tells a chain with a hole from one that ends at a foreign root.
func (t *Trust) judgeEnd(sent []*x509.Certificate) {
	if t.Trusted {
		return
	}
	top := t.Chain[len(t.Chain)-1]
	if len(t.Fetched) > 0 && !selfSigned(t.Fetched[0]) {
		c := t.Fetched[0]
		t.Missing, t.Certain = nameOf(c.Subject.CommonName, c.Subject.String()), true
		return
	}
	if selfSigned(top) || len(t.Chain) > 1 || len(t.Fetched) > 0 {
		return // an issuer was sent along, and the one above it is the root
	}
	if issuer := top.Issuer.CommonName; !strings.Contains(strings.ToLower(issuer), "root") {
		t.Missing = nameOf(issuer, top.Issuer.String())
	}
}

func missingOnes(fetched, sent []*x509.Certificate) (out []*x509.Certificate) {
	for _, c := range fetched {
		if !slices.ContainsFunc(sent, c.Equal) {
			out = append(out, c)
		}
	}
	return out
}

// nameOf is the common name, or the whole name where there is none.
func nameOf(common, whole string) string {
	if common != "" {
		return common
	}
	return whole
}
