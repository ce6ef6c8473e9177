package checks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/httpc"
)

var authExtendedProtection = suite.Check{
	ID: "auth.extended-protection", Group: "auth", Title: "Extended Protection", Affects: "everything",
	Behind: []string{"auth.sign-in", "rpc.connect"}, // the sign-ins that it compares are over then
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		seats := seatsOf(e)
		if len(seats) == 0 {
			return suite.Skip("no sign-in that binds itself to the certificate was made (NTLM or Kerberos)")
		}
		for i := range seats {
			seats[i].compare(ctx, e)
		}
		return judgeProtection(seats)
	},
}

// seat is one virtual directory and how it took a credential that was bound to
// the certificate of the connection.
type seat struct {
	Host        string `json:"host"`
	Dir         string `json:"dir"`
	Scheme      string `json:"scheme"`
	Accepted    bool   `json:"accepted"`
	Subject     string `json:"certificate"`
	Issuer      string `json:"issuer"`
	SHA256      string `json:"sha256"`
	By          string `json:"inspected_by,omitempty"`
	Without     string `json:"without_binding,omitempty"` // "accepted", "refused"; "" was not tried
	Wrong       string `json:"wrong_binding,omitempty"`
	Setting     string `json:"setting,omitempty"` // "required", "allowed", "none"; "" is not known
	Requests    int    `json:"requests"`
	Connections int    `json:"connections"`

	url, method, kind string
	broken            bool // not refused: the legs did not meet
	unanswered        bool // nobody said yes or no: the server is out of service, or its answer was lost
}

// seatsOf reads them from the requests on the wire.
func seatsOf(e *suite.Env) []seat {
	var out []seat
	locals := map[string][]string{}
	for _, x := range e.Exchanges() {
		binds := strings.Contains(x.Authn, "NTLM") || strings.Contains(x.Authn, "Kerberos")
		if !binds || len(x.Peer) == 0 {
			continue
		}
		key := suite.HostOf(x.URL) + "/" + firstDir(x.URL)
		i := slices.IndexFunc(out, func(s seat) bool { return s.Host+"/"+s.Dir == key })
		if i < 0 {
			sum := sha256.Sum256(x.Peer[0].Raw)
			out = append(out, seat{Host: suite.HostOf(x.URL), Dir: firstDir(x.URL), url: x.URL, method: x.Method, kind: x.RequestType,
				Subject: x.Peer[0].Subject.String(), Issuer: x.Peer[0].Issuer.String(), SHA256: hex.EncodeToString(sum[:]), By: certs.InspectorOf(x.Peer)})
			i = len(out) - 1
		}
		s := &out[i]
		s.Scheme = x.Authn
		noAnswer := x.Status == 0 || x.Status >= 500
		s.unanswered = s.unanswered || noAnswer
		s.Accepted = s.Accepted || x.Status != http.StatusUnauthorized && !noAnswer
		s.Requests++
		if !slices.Contains(locals[key], x.Local) {
			locals[key] = append(locals[key], x.Local)
		}
		s.Connections = len(locals[key])
	}
	for _, a := range refusals(e) {
		for i := range out {
			if out[i].Host == a.Host && slices.Contains(beforeProof, a.Reason) {
				out[i].broken = true
			}
		}
	}
	return out
}

// beforeProof are the ways in which a sign-in ends before anybody has looked at
// what it is bound to.
var beforeProof = []httpc.Reason{httpc.HandshakeBroken, httpc.MechanismFailed, httpc.SchemeRefused}

// compare tries the same credential without and with a wrong binding. A ticket may
// always be tried: it cannot lock an account. A password only when a person asked
// for the full test.
func (s *seat) compare(ctx context.Context, e *suite.Env) {
	ways := e.Compare[s.Scheme]
	if s.broken || ways.Without == nil || !strings.Contains(s.Scheme, "Kerberos") && !e.FullAuthTest {
		return
	}
	if s.Without = s.try(ctx, e, ways.Without); s.Without == "" {
		return
	}
	switch {
	case s.Without == "refused" && s.Accepted:
		s.Setting = "required"
	case s.Without == "accepted":
		s.Wrong = s.try(ctx, e, ways.Wrong)
		s.Setting = map[string]string{"accepted": "none", "refused": "allowed"}[s.Wrong]
	}
}

// try makes one request on a connection of its own.
func (s *seat) try(ctx context.Context, e *suite.Env, m auth.Mechanism) string {
	c := &httpc.Client{Path: e.Path, Policy: e.HTTP.Policy, UserAgent: e.HTTP.UserAgent, Mechanisms: []auth.Mechanism{m}, Trace: e.HTTP.Trace}
	defer c.Close()
	header := http.Header{}
	if s.kind != "" {
		header.Set("X-RequestType", "PING")
	}
	resp, err := c.Do(ctx, &httpc.Request{Method: "GET", URL: s.url, Header: header, NoReuse: true, Check: "auth.extended-protection"})
	var a *httpc.AuthError
	switch {
	case err == nil:
		resp.Body.Close()
		return "accepted"
	case errors.As(err, &a) && a.Reason == httpc.Refused:
		return "refused"
	}
	return ""
}

// judgeProtection compares the places. The recommended settings are none for
// Autodiscover and required for /mapi and /rpc, so a credential that the first
// accepts and the others refuse is bound to a certificate that is not Exchange's.
func judgeProtection(seats []seat) suite.Outcome {
	elsewhere := slices.IndexFunc(seats, func(s seat) bool { return s.Accepted })
	mapi := slices.ContainsFunc(seats, func(s seat) bool { return s.Dir == "mapi" && s.Accepted })
	at := slices.IndexFunc(seats, func(s seat) bool {
		// Where /mapi takes the credential, /rpc refuses it for another reason.
		return !s.Accepted && !s.broken && !s.unanswered && !(mapi && s.Dir == "rpc")
	})
	broken := slices.ContainsFunc(seats, func(s seat) bool { return s.broken })
	switch {
	case broken:
		return suite.Skip("the sign-in breaks before Extended Protection is looked at").With("places", seats)
	case at >= 0 && (elsewhere >= 0 || seats[at].Without == "accepted"):
		s := seats[at]
		return suite.Fail(fmt.Sprintf("/%s of %s refuses the credential that is bound to the certificate seen here, which was issued by %s", s.Dir, s.Host, s.Issuer)).
			Saw(signal(suite.BindingRefused, s.Host, "scheme", s.Scheme, "issuer", s.Issuer, "subject_name", s.Subject, "by", s.By, "dir", s.Dir)).With("places", seats)
	case at >= 0:
		return suite.Skip("no place accepts the credential, so there is nothing to compare").With("places", seats)
	}
	return suite.Pass(protectionSentence(seats)).With("places", seats)
}

func protectionSentence(seats []seat) string {
	var required, open []string
	for _, s := range seats {
		switch s.Setting {
		case "required", "allowed":
			required = append(required, "/"+s.Dir+" ("+s.Setting+")")
		case "none":
			open = append(open, "/"+s.Dir)
		}
	}
	switch {
	case len(required) > 0 && len(open) > 0:
		return "satisfied at " + strings.Join(required, ", ") + "; not enforced at " + strings.Join(open, ", ")
	case len(required) > 0:
		return "satisfied at " + strings.Join(required, ", ")
	case len(open) > 0:
		return "not enforced at " + strings.Join(open, ", ")
	}
	return "the bound credential is accepted; whether the binding is demanded is not known (--full-auth-test tries it)"
}
