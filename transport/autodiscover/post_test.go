package autodiscover

import (
	"context"
	"errors"
	"net"
	"net/url"
	"testing"

	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Whatever a step gets wrong, post itself sends nothing to a host that is not
// admitted, nor without TLS.
func TestPostIsTheLastGate(t *testing.T) {
	dialled := false
	path := &netpath.Path{Dial: func(context.Context, string, string) (net.Conn, error) {
		dialled = true
		return nil, errors.New("dialled")
	}}
	s := newSearch(&Client{HTTP: &httpc.Client{Path: path}})
	s.policy.Allow("192.0.2.7")
	for raw, want := range map[string]Cause{
		"https://192.0.2.8/autodiscover/autodiscover.xml": CausePolicy,
		"http://192.0.2.7/autodiscover/autodiscover.xml":  CausePolicy,
		"https://192.0.2.7/autodiscover/autodiscover.xml": CauseNetwork,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		dialled = false
		_, err = s.post(t.Context(), StepRoot, "alice@contoso.test", u, true)
		var e *Error
		if !errors.As(err, &e) || e.Cause != want || dialled != (want == CauseNetwork) {
			t.Errorf("%s: %v, dialled %v", raw, err, dialled)
		}
	}
}
