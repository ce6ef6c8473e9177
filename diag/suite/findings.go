package suite

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
)

// The services of the connection table.
const (
	ServiceMailbox   = "mailbox"
	ServiceDirectory = "directory"
)

// SetMailbox keeps the mailbox session for the checks behind the one that
// opened it, and for the connection table.
func (e *Env) SetMailbox(m *mapihttp.Mailbox) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.mailbox = m
}

// Mailbox is the open mailbox session, nil when there is none.
func (e *Env) Mailbox() *mapihttp.Mailbox {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.mailbox
}

// Summary is what the mailbox says about itself. It is one round trip, made once;
// the requests count for the check that asks first.
func (e *Env) Summary(ctx context.Context, check string) (*mapihttp.Summary, error) {
	return e.summary.Get(ctx, e.run, func(ctx context.Context) (*mapihttp.Summary, error) {
		return e.Mailbox().Summary(mapihttp.WithCheck(ctx, check))
	})
}

// SetDirectory keeps the address book session.
func (e *Env) SetDirectory(d *mapihttp.Directory) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.directory = d
}

// Directory is the open address book session, nil when there is none.
func (e *Env) Directory() *mapihttp.Directory {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.directory
}

// Note changes what is remembered of a service's session.
func (e *Env) Note(service string, change func(*Session)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.sessions[service]
	change(&s)
	e.sessions[service] = s
}

// SessionOf is what is remembered of a service's session; false when nothing was
// tried.
func (e *Env) SessionOf(service string) (Session, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.sessions[service]
	return s, ok
}

// Machine changes what the report says about this computer.
func (e *Env) Machine(change func(*report.Machine)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(&e.machine)
}

// Web changes what the report says about the web check.
func (e *Env) Web(change func(*report.WebCheck)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.web == nil {
		e.web = &report.WebCheck{}
	}
	change(e.web)
}

// AddCertificate adds a chain to the report; the same leaf at the same address
// is listed once.
func (e *Env) AddCertificate(c report.Certificate) {
	e.mu.Lock()
	defer e.mu.Unlock()
	same := func(o report.Certificate) bool { return o.Host == c.Host && o.Address == c.Address }
	if !slices.ContainsFunc(e.certs, same) {
		e.certs = append(e.certs, c)
	}
}

// Fill puts what checks left behind into the report.
func (e *Env) Fill(r *report.Report) {
	r.Exchanges = e.ReportExchanges()
	e.mu.Lock()
	defer e.mu.Unlock()
	r.Machine, r.WebCheck = e.machine, e.web
	r.Certificates = append([]report.Certificate{}, e.certs...)
}

// closeLimit bounds saying goodbye: a session that is not closed ends by the
// server's own clock.
const closeLimit = time.Second

// Close ends the sessions and drops the connections. Mailbox and directory go one
// after the other, over the connection that is still signed in: another one would
// take five round trips to say one word.
func (e *Env) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		if m := e.Mailbox(); m != nil {
			m.Disconnect(mapihttp.WithCheck(ctx, "mapi.connect"))
		}
		if d := e.Directory(); d != nil {
			d.Unbind(mapihttp.WithCheck(ctx, "directory.bind"))
		}
	})
	if s := e.RPC(); s.Tunnel != nil {
		wg.Go(func() { s.goodbye(ctx) })
	}
	wg.Wait()
	e.HTTP.Close()
}
