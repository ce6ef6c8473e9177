package checks

import (
	"net/netip"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

func TestLatency(t *testing.T) {
	ms := func(list ...int) (out []time.Duration) {
		for _, n := range list {
			out = append(out, time.Duration(n)*time.Millisecond)
		}
		return out
	}
	for name, c := range map[string]struct {
		times []time.Duration
		want  report.Status
	}{
		"near": {ms(3, 5, 9), report.Pass}, "busy now and then": {ms(20, 900, 900), report.Pass}, "just below": {ms(149, 160, 170), report.Pass},
		"far": {ms(150, 160, 400), report.Warn}, "lost": {ms(2700, 2800, 3000), report.Fail}, "too few": {ms(500, 500), report.Skip},
	} {
		if out := judgeLatency(c.times, "mail"); out.Status != c.want || (len(out.Signals) > 0) != (c.want == report.Warn || c.want == report.Fail) {
			t.Errorf("%s: %+v", name, out)
		}
	}
	all := []*httpc.Exchange{
		{Reused: true, Status: 200, RequestType: "PING", FirstByte: 7},
		{Reused: false, Status: 200, RequestType: "Connect", FirstByte: 1},
		{Reused: true, Status: 401, RequestType: "PING", FirstByte: 1},
		{Reused: true, Status: 200, RequestType: "NotificationWait", FirstByte: 1},
		{Reused: true, Status: 200, RequestType: "Execute", FirstByte: 5},
	}
	if got := roundTrips(all); len(got) != 2 || got[0] != 5 {
		t.Errorf("round trips %v", got)
	}
}

// TestCutOffFrom: only where every address is internal and gets no answer at all.
func TestCutOffFrom(t *testing.T) {
	at := func(addr string, kind netpath.Kind) attempt {
		return attempt{Address: addr + ":443", addr: netip.MustParseAddr(addr), err: &netpath.Error{Phase: netpath.PhaseConnect, Kind: kind}}
	}
	for name, c := range map[string]struct {
		dead []attempt
		want bool
	}{
		"no route":      {[]attempt{at("10.99.0.10", netpath.KindUnreachable)}, true},
		"no answer":     {[]attempt{at("fd00::1", netpath.KindTimeout), at("10.99.0.10", netpath.KindTimeout)}, true},
		"refused":       {[]attempt{at("10.99.0.10", netpath.KindRefused)}, false},
		"one is public": {[]attempt{at("10.99.0.10", netpath.KindTimeout), at("198.51.100.1", netpath.KindTimeout)}, false},
		"loopback":      {[]attempt{at("127.0.0.1", netpath.KindUnreachable)}, false},
		"its own":       {[]attempt{at("10.7.0.10", netpath.KindTimeout)}, false},
	} {
		if got := cutOffFrom("mail", c.dead, netip.MustParsePrefix("10.7.0.0/24").Contains); (len(got) == 1) != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
