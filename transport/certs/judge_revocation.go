package certs

import (
	"crypto/x509"
	"fmt"
	"time"
)

// reasons of RFC 5280 5.3.1.
var reasons = map[int]string{1: "its key was stolen", 2: "the authority was compromised", 3: "its owner changed", 4: "another replaced it",
	5: "it is no longer used", 6: "it is on hold", 9: "a right was withdrawn"}

func revocationProblems(s *Served) (out []Problem) {
	for _, c := range s.Trust.Chain {
		out = append(out, revocationOf(c, s.Revocation.Answers)...)
	}
	if leaf := s.Leaf(); mustStaple(leaf) && len(s.Staple) == 0 {
		out = append(out, Problem{Kind: MustStaple, Severity: Warn, Subject: nameOf(leaf.Subject.CommonName, leaf.Subject.String()),
			Text: "it demands that the server staples an OCSP response, and the server does not"})
	}
	return out
}

// revocationOf judges what the sources of one certificate said: one word of
// revoked is enough, one answer of several is too.
func revocationOf(c *x509.Certificate, answers []Answer) (out []Problem) {
	subject := nameOf(c.Subject.CommonName, c.Subject.String())
	var failed, answered, revoked *Answer
	for i, a := range answers {
		if a.Cert != c {
			continue
		}
		switch a.Status {
		case Revoked:
			if revoked == nil {
				revoked = &answers[i]
			}
		case Good:
			answered = &answers[i]
		case Unreachable, NotKnown:
			if failed == nil || a.Source != SourceStapled {
				failed = &answers[i]
			}
		}
		if a.Took > RevocationSlowAfter {
			out = append(out, Problem{Kind: RevocationSlow, Severity: Warn, Subject: subject,
				Text: fmt.Sprintf("%s takes %s to say whether %s is revoked, and clients wait for it", a.URL, a.Took.Round(100*time.Millisecond), subject)})
		}
	}
	switch {
	case revoked != nil:
		text := fmt.Sprintf("%s was revoked on %s", subject, day(revoked.Since))
		if why := reasons[revoked.Reason]; why != "" {
			text += " because " + why
		}
		out = append(out, Problem{Kind: RevokedKind, Severity: Fail, Subject: subject, Text: text})
	case answered == nil && failed != nil:
		where := failed.URL
		if where == "" {
			where = "the stapled response"
		}
		out = append(out, Problem{Kind: RevocationUnanswered, Severity: Warn, Subject: subject,
			Text: fmt.Sprintf("nobody says whether %s is revoked: %s: %v", subject, where, failed.Err)})
	}
	return out
}
