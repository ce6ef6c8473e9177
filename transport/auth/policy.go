package auth

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Policy says which hosts may get a credential: those that were allowed by
// name, nothing by suffix. The zero value and nil allow none. Safe for
// concurrent use.
type Policy struct {
	mu    sync.Mutex
	hosts map[string]bool
}

// PolicyError is a host that may not get a credential.
type PolicyError struct {
	Host   string
	Reason string
}

func (e *PolicyError) Error() string {
	return fmt.Sprintf("no credential is sent to %s: %s", e.Host, e.Reason)
}

// Allow lets host (a name or address without port) get a credential from now on.
func (p *Policy) Allow(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hosts == nil {
		p.hosts = map[string]bool{}
	}
	p.hosts[canonicalHost(host)] = true
}

// Allowed is nil, or a *PolicyError.
func (p *Policy) Allowed(host string) error {
	if p != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.hosts[canonicalHost(host)] {
			return nil
		}
	}
	return &PolicyError{Host: host, Reason: "neither the address entered nor a confirmed redirect names this host"}
}

// Hosts lists the allowed hosts, sorted.
func (p *Policy) Hosts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for h := range p.hosts {
		out = append(out, h)
	}
	slices.Sort(out)
	return out
}

func canonicalHost(h string) string { return strings.TrimSuffix(strings.ToLower(h), ".") }
