package lab

import (
	"fmt"
	"slices"
)

// Exception is a case or a pair that is not right, with the reason for which that
// is accepted. One that has become right is taken out again: see Measurement.Problems.
type Exception struct {
	A, B string // a case, or a cause with all its cases; B is "" unless it is a pair
	Why  string
}

// exceptions are all that are accepted.
var exceptions = []Exception{
	{"ntlmv1", "tls-inspected", "a third fault comes of the two: the server that refuses NTLMv1 demands Extended Protection, which cannot be had through an inspecting proxy, and that is named"},
	{"huge-length", "proxy-buffers-long-poll", "a third fault comes of the two: what is announced as endless and held back until it is complete never arrives, and that is named"},
	{"idle-timeout", "proxy-buffers-long-poll", "a third fault comes of the two: an answer that is held back leaves the connection quiet, so that it is cut before anything arrives"},
	{"legacydn-trailing-space", "unknown-user-dn", "a blank at the end of its name is reason enough for a server not to find a mailbox; that it was removed as well shows when the blank is gone"},
	{"proxy-breaks-ntlm/one-server", "tls-inspected", "NTLM that is refused through an inspecting product looks the same with and without a reverse proxy behind it"},
	{"captive-portal", "proxy-unreachable", "a portal is told from other redirects by the certificates that it shows, and a proxy that opens no tunnel shows none"},
}

func (e Exception) isCase(c Case) bool { return e.B == "" && e.means(e.A, c) }

func (e Exception) isPair(p Pair) bool {
	return e.B != "" && (e.means(e.A, p.A) && e.means(e.B, p.B) || e.means(e.A, p.B) && e.means(e.B, p.A))
}

func (Exception) means(name string, c Case) bool { return name == c.Name || name == c.Cause }

func (e Exception) name() string {
	if e.B == "" {
		return e.A
	}
	return e.A + " + " + e.B
}

// Measurement is everything that a run of the lab found.
type Measurement struct {
	Seed   uint64
	Single []Result
	Pairs  []PairResult
}

// Problems are what is not right and not excepted, and what is excepted and right.
func (m *Measurement) Problems() []string { return m.problems(exceptions) }

func (m *Measurement) problems(list []Exception) []string {
	var out []string
	wrong, right := make([]int, len(list)), make([]int, len(list))
	note := func(what func(Exception) bool, ok bool, says string) {
		i := slices.IndexFunc(list, what)
		switch {
		case i >= 0 && ok:
			right[i]++
		case i >= 0:
			wrong[i]++
		case !ok:
			out = append(out, says)
		}
	}
	for _, r := range m.Single {
		if r.Outcome != LeftOut {
			note(func(e Exception) bool { return e.isCase(r.Case) }, r.Outcome == Right, fmt.Sprintf("%s is %s: named is %q (%s)", r.Case.Name, r.Outcome, r.Named, r.Why))
		}
	}
	for _, r := range m.Pairs {
		if r.Kind != Excluded {
			note(func(e Exception) bool { return e.isPair(r.Pair) }, r.Right, fmt.Sprintf("%s: %s", r.Pair.Name(), r.Why))
		}
	}
	for i, e := range list {
		if right[i] > 0 && wrong[i] == 0 {
			out = append(out, fmt.Sprintf("%s is right now: take it out of the exceptions", e.name()))
		}
	}
	return out
}

// excepted gives the reason for which a pair may be wrong.
func excepted(p Pair) string {
	for _, e := range exceptions {
		if e.isPair(p) {
			return e.Why
		}
	}
	return ""
}
