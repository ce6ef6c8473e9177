package suite

import (
	"context"

	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
)

// SCP is what Active Directory says about Autodiscover; it is asked once. Off
// domain the error is scp.ErrOffDomain.
func (e *Env) SCP(ctx context.Context) (*scp.Result, error) {
	if e.ActiveDirectory == nil {
		return nil, scp.ErrOffDomain
	}
	return e.scp.Get(ctx, e.run, func(ctx context.Context) (*scp.Result, error) {
		return e.ActiveDirectory.Find(ctx, e.Domain)
	})
}

// scpURLs is SCP for the search, which goes on without.
func (e *Env) scpURLs(ctx context.Context, _ string) []string {
	r, err := e.SCP(ctx)
	if err != nil || r == nil {
		return nil
	}
	return r.URLs
}
