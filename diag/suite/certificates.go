package suite

import (
	"context"
	"net"
	"slices"
	"sync"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/certs"
)

// inspections are the certificates that were looked at, each endpoint once.
type inspections struct {
	mu    sync.Mutex
	hosts map[string]*Memo[*certs.Host]
}

// Inspector looks at certificates the way that this run takes.
func (e *Env) Inspector() *certs.Inspector {
	return &certs.Inspector{Path: e.Path, History: e.CertHistory, Network: e.Network}
}

// Inspect is what a host shows to a client that wants nothing but its
// certificate. It is looked at once; the error is the caller's own limit.
func (e *Env) Inspect(ctx context.Context, host, port string) (*certs.Host, error) {
	key := net.JoinHostPort(host, port)
	e.inspections.mu.Lock()
	m := e.inspections.hosts[key]
	if m == nil {
		if e.inspections.hosts == nil {
			e.inspections.hosts = map[string]*Memo[*certs.Host]{}
		}
		m = &Memo[*certs.Host]{}
		e.inspections.hosts[key] = m
	}
	e.inspections.mu.Unlock()
	return m.Get(ctx, e.run, func(ctx context.Context) (*certs.Host, error) {
		return e.Inspector().Inspect(ctx, certs.Endpoint{Host: host, Port: port}), nil
	})
}

// ChangeCertificate changes the rows of the report about a host.
func (e *Env) ChangeCertificate(host string, change func(*report.Certificate)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.certs = slices.Clone(e.certs)
	for i := range e.certs {
		if e.certs[i].Host == host {
			change(&e.certs[i])
		}
	}
}
