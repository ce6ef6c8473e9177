package autodiscover

import (
	"math/rand/v2"
	"net"
	"testing"
)

func TestSelectSRVOrder(t *testing.T) {
	in := []*net.SRV{
		{Target: "Backup.contoso.test.", Port: 443, Priority: 10, Weight: 100},
		{Target: "a.contoso.test.", Port: 443, Priority: 0, Weight: 0},
		{Target: "b.contoso.test.", Port: 443, Priority: 0, Weight: 5},
		{Target: "odd.contoso.test.", Port: 8443, Priority: 0, Weight: 9},
		{Target: ".", Port: 443, Priority: 0, Weight: 9},
	}
	lowest := SelectSRV(in, func(int) int { return 0 })
	if got := targets(lowest); got != "a.contoso.test b.contoso.test backup.contoso.test" {
		t.Errorf("draw 0: %s", got)
	}
	highest := SelectSRV(in, func(n int) int { return n - 1 })
	if got := targets(highest); got != "b.contoso.test a.contoso.test backup.contoso.test" {
		t.Errorf("highest draw: %s", got)
	}
	if len(lowest) != len(in) {
		t.Fatalf("%d of %d records reported", len(lowest), len(in))
	}
	for _, r := range lowest[3:] {
		if r.Order != 0 || r.Why == "" {
			t.Errorf("%+v must not be used, and say why", r)
		}
	}
}

// With weights 1 to 3 the first place goes to the heavier record three times as
// often, up to the draw of 0 that RFC 2782 gives to the first in the list.
func TestSelectSRVWeights(t *testing.T) {
	in := []*net.SRV{{Target: "light.", Port: 443, Weight: 10}, {Target: "heavy.", Port: 443, Weight: 30}}
	rnd := rand.New(rand.NewPCG(1, 2))
	heavy := 0
	for range 10_000 {
		if SelectSRV(in, rnd.IntN)[0].Target == "heavy" {
			heavy++
		}
	}
	if heavy < 7_100 || heavy > 7_550 {
		t.Errorf("the record of weight 30 came first %d times of 10000, want about 7317", heavy)
	}
}

func targets(records []SRVRecord) (s string) {
	for _, r := range records {
		if r.Order > 0 {
			if s != "" {
				s += " "
			}
			s += r.Target
		}
	}
	return s
}
