package certificates

import (
	"context"
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/certs"
)

// Schema names the form of a Result as JSON; it changes when a field is renamed
// or removed, never when one is added.
const Schema = "mapiscope.certificates/v1"

// Options say what to look at.
type Options struct {
	Endpoints []certs.Endpoint
	Names     []string // further names that the certificates have to carry
	Inspector *certs.Inspector
	Tool      report.Tool
}

// Result is what an inspection of some hosts came to.
type Result struct {
	Schema       string               `json:"schema"`
	Tool         report.Tool          `json:"tool"`
	Started      report.Time          `json:"started"`
	Duration     report.Milliseconds  `json:"duration_ms"`
	Verdict      report.Verdict       `json:"verdict"`
	Hosts        []Host               `json:"hosts"`
	Certificates []report.Certificate `json:"certificates"`
	Names        []MatrixRow          `json:"names"`
	Findings     []report.Finding     `json:"findings"`
}

// Host is the outcome for one endpoint.
type Host struct {
	Host         string              `json:"host"`
	Port         string              `json:"port"`
	Status       report.Status       `json:"status"`
	Error        string              `json:"error,omitempty"`      // why no certificate was shown
	Thumbprint   string              `json:"thumbprint,omitempty"` // SHA-1, as Exchange names a certificate
	Addresses    []string            `json:"addresses,omitempty"`
	Chain        []Link              `json:"chain,omitempty"` // leaf to root, as it was verified
	Interception []string            `json:"interception,omitempty"`
	Handshake    report.Milliseconds `json:"handshake_ms,omitempty"` // TCP and TLS of the first address
	Took         report.Milliseconds `json:"took_ms"`
}

// Link is one certificate of a chain and where it came from.
type Link struct {
	Subject  string      `json:"subject"`
	From     string      `json:"from"` // "sent", "fetched" (from its issuer's address), "system"
	Root     bool        `json:"root,omitempty"`
	Key      string      `json:"key"`
	Signed   string      `json:"signature"`
	NotAfter report.Time `json:"not_after"`
	DaysLeft int         `json:"days_left"`
}

// Check looks at all endpoints at the same time. It always gives a Result: what
// could not be reached is in it.
func Check(ctx context.Context, o Options) *Result {
	start := time.Now()
	hosts := make([]*certs.Host, len(o.Endpoints))
	var wg sync.WaitGroup
	for i, e := range o.Endpoints {
		wg.Go(func() { hosts[i] = o.Inspector.Inspect(ctx, e) })
	}
	wg.Wait()
	r := o.result(hosts, start)
	r.Duration = report.MS(time.Since(start))
	return r
}

func (o Options) result(hosts []*certs.Host, now time.Time) *Result {
	r := &Result{Schema: Schema, Tool: o.Tool, Started: report.At(now), Certificates: []report.Certificate{}, Findings: []report.Finding{}}
	var wanted []Wanted
	at := map[string]*certs.Host{}
	for _, h := range hosts {
		wanted, at[h.Host] = Want(wanted, h.Host, "asked for"), h
	}
	for _, n := range o.Names {
		wanted = Want(wanted, n, "--name")
	}
	m := NewMatrix(wanted, at)
	r.Names = m.Rows
	for _, h := range hosts {
		row := hostRow(h, now)
		found := findings(h, o.Names)
		for _, f := range found {
			if f.Severity == report.SeverityFail {
				row.Status = report.Fail
			} else if f.Severity == report.SeverityWarn && row.Status == report.Pass {
				row.Status = report.Warn
			}
		}
		r.Hosts, r.Findings = append(r.Hosts, row), append(r.Findings, found...)
		r.Certificates = append(r.Certificates, Rows(h, o.Names, now)...)
	}
	if missing := lacking(m, o.Names); len(missing) > 0 && hosts[0].First() != nil {
		r.Findings = append(r.Findings, lacksFinding(hosts[0], missing))
	}
	r.Verdict = r.verdict()
	return r
}

// lacking are names that were asked for and that no certificate shown carries.
func lacking(m *Matrix, names []string) (out []string) {
	for _, r := range m.Rows {
		if !r.Shown && len(r.CarriedBy) == 0 && slices.Contains(names, r.Name) {
			out = append(out, r.Name)
		}
	}
	return out
}

func hostRow(h *certs.Host, now time.Time) Host {
	row := Host{Host: h.Host, Port: h.Port, Status: report.Pass, Took: report.MS(h.Took)}
	for _, s := range h.Served {
		if s.Address != "" {
			row.Addresses = append(row.Addresses, s.Address)
		}
	}
	first := h.First()
	if first == nil {
		row.Status = report.Fail
		if h.Err != nil {
			row.Error = h.Err.Error()
		}
		return row
	}
	row.Thumbprint = Thumbprint(first.Leaf())
	row.Handshake = report.MS(first.Timing.Connect + first.Timing.TLS)
	if first.Intercept != nil {
		row.Interception = first.Intercept.Why
	}
	for i, c := range first.Trust.Chain {
		row.Chain = append(row.Chain, chainLink(first, c, i, now))
	}
	return row
}

func chainLink(s *certs.Served, c *x509.Certificate, i int, now time.Time) Link {
	l := Link{Subject: subjectOf(c), From: "system", Key: keyName(c), Signed: c.SignatureAlgorithm.String(), NotAfter: report.At(c.NotAfter),
		DaysLeft: daysLeft([]*x509.Certificate{c}, now), Root: s.Trust.Trusted && i == len(s.Trust.Chain)-1}
	switch {
	case slices.ContainsFunc(s.Sent, c.Equal):
		l.From = "sent"
	case slices.ContainsFunc(s.Trust.Fetched, c.Equal):
		l.From = "fetched"
	}
	return l
}

// Thumbprint is how Windows and Exchange name a certificate: SHA-1, in capitals.
func Thumbprint(c *x509.Certificate) string {
	sum := sha1.Sum(c.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// verdict is one sentence for all hosts.
func (r *Result) verdict() report.Verdict {
	for _, want := range []report.Severity{report.SeverityFail, report.SeverityWarn} {
		for _, f := range r.Findings {
			if f.Severity == want {
				return report.Verdict{Status: report.Status(want), Headline: f.Title, Cause: f.Code}
			}
		}
	}
	left := 0
	for i, c := range r.Certificates {
		if c.DaysLeft != nil && (i == 0 || *c.DaysLeft < left) {
			left = *c.DaysLeft
		}
	}
	subject := "The certificate is"
	if len(r.Hosts) > 1 {
		subject = fmt.Sprintf("The certificates of all %d hosts are", len(r.Hosts))
	}
	return report.Verdict{Status: report.Pass, Headline: fmt.Sprintf("%s in order, for another %d days.", subject, left)}
}
