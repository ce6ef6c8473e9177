package netpath_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// TestAskNameserver asks past the system: addresses, a name that is not there, a
// server that fails, an answer that does not fit into UDP.
func TestAskNameserver(t *testing.T) {
	s, err := exchangetest.Start(exchangetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	p := &netpath.Path{}
	mail := []netip.Addr{netip.MustParseAddr("127.0.10.1")}
	if got, err := p.AskNameserver(t.Context(), s.DNS(), s.MailHost()); err != nil || !slices.Equal(got, mail) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := p.AskNameserver(t.Context(), s.DNS(), "nobody."+s.Domain()); err != nil || len(got) > 0 {
		t.Errorf("a name that is not there: %v, %v", got, err)
	}
	for variant, fine := range map[string]bool{"truncated": true, "servfail": false} {
		if err := s.Set(exchangetest.Fault{Name: "dns-trouble", Variant: variant}); err != nil {
			t.Fatal(err)
		}
		got, err := p.AskNameserver(t.Context(), s.DNS(), s.MailHost())
		if (err == nil) != fine || fine && !slices.Equal(got, mail) || !fine && netpath.PhaseOf(err) != netpath.PhaseDNS {
			t.Errorf("%s: %v, %v", variant, got, err)
		}
	}
}
