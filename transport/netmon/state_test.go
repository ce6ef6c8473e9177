package netmon

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"
)

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }

// office is a state as a laptop in a dock has it, a copy each time.
func office() State {
	return State{
		Interfaces: []Interface{
			{Name: "eth0", Up: true, Addrs: []netip.Prefix{prefix("192.0.2.2/24"), prefix("2001:db8:1::2/64")}},
			{Name: "wlan0", Up: true, Addrs: []netip.Prefix{prefix("198.51.100.2/24")}},
		},
		Default4: []Route{{"eth0", addr("192.0.2.1"), 100}, {"wlan0", addr("198.51.100.1"), 600}},
		Default6: []Route{{"eth0", addr("fe80::1"), 100}},
		DNS:      []netip.Addr{addr("192.0.2.53")},
		Search:   []string{"corp.test"},
	}
}

func TestCompareNamesWhatChanged(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*State)
		want []Reason
	}{
		{"nothing", func(*State) {}, nil},
		{"carrier lost", func(s *State) { s.Interfaces[0].Up = false }, []Reason{ReasonLink}},
		{"address changed", func(s *State) { s.Interfaces[1].Addrs[0] = prefix("198.51.100.7/24") }, []Reason{ReasonAddress}},
		{"interface gone", func(s *State) { s.Interfaces = s.Interfaces[1:] }, []Reason{ReasonAddress, ReasonLink}},
		{"other route preferred", func(s *State) { slices.Reverse(s.Default4) }, []Reason{ReasonDefaultRoute}},
		{"other gateway", func(s *State) { s.Default4[0].Gateway = addr("192.0.2.254") }, []Reason{ReasonDefaultRoute}},
		{"IPv6 route gone", func(s *State) { s.Default6 = nil }, []Reason{ReasonDefaultRoute}},
		{"metric alone", func(s *State) { s.Default4[0].Metric = 101 }, nil},
		{"DNS server", func(s *State) { s.DNS = []netip.Addr{addr("198.51.100.53")} }, []Reason{ReasonDNS}},
		{"search domain", func(s *State) { s.Search = nil }, []Reason{ReasonDNS}},
		{"proxy", func(s *State) { s.Proxy.HTTPS = "proxy.test:3128" }, []Reason{ReasonProxy}},
		{"everything", func(s *State) { *s = State{Proxy: Proxy{AutoDetect: true}} },
			[]Reason{ReasonAddress, ReasonDefaultRoute, ReasonDNS, ReasonLink, ReasonProxy}},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := office()
			c.edit(&now)
			if got := compare(office(), now); !slices.Equal(got, c.want) {
				t.Errorf("reasons %q, want %q", got, c.want)
			}
			if got := compare(now, office()); !slices.Equal(got, c.want) {
				t.Errorf("the way back: reasons %q, want %q", got, c.want)
			}
		})
	}
}

// TestEveryFieldOfStateIsCompared fails when a field is added to State that
// compare forgets.
func TestEveryFieldOfStateIsCompared(t *testing.T) {
	empty := reflect.New(reflect.TypeFor[State]()).Elem()
	full := reflect.ValueOf(office())
	for i := range full.NumField() {
		name := full.Type().Field(i).Name
		s := State{}
		field := reflect.ValueOf(&s).Elem().Field(i)
		field.Set(full.Field(i))
		if name == "Proxy" {
			s.Proxy.ScriptURL = "http://wpad.test/wpad.dat"
		}
		if len(compare(empty.Interface().(State), s)) == 0 {
			t.Errorf("a State with another %s is no change", name)
		}
	}
}

func TestOnline(t *testing.T) {
	s := office()
	if !s.Online() {
		t.Error("two uplinks and not online")
	}
	s.Interfaces[0].Up, s.Interfaces[1].Up = false, false
	if s.Online() {
		t.Error("online though every interface is down")
	}
	s = office()
	s.Default4 = nil
	if !s.Online() {
		t.Error("a network with IPv6 alone is a network")
	}
	s.Default6 = nil
	if s.Online() {
		t.Error("online without a default route")
	}
}

func TestHasAddr(t *testing.T) {
	s := office()
	s.Interfaces[1].Up = false
	for a, want := range map[string]bool{
		"192.0.2.2": true, "::ffff:192.0.2.2": true, "2001:db8:1::2": true, "127.0.0.1": true, "::1": true,
		"198.51.100.2": false, "192.0.2.1": false,
	} {
		if got := s.HasAddr(addr(a)); got != want {
			t.Errorf("HasAddr(%s) = %v", a, got)
		}
	}
}

func TestAssembleLeavesOutWhatReachesNoServer(t *testing.T) {
	adapters := []adapter{
		{index: 1, name: "lo", up: true, loopback: true, addrs: []netip.Prefix{prefix("127.0.0.1/8"), prefix("10.9.9.9/32")}},
		{index: 3, name: "wlan0", up: true, addrs: []netip.Prefix{prefix("fe80::2/64"), prefix("198.51.100.2/24")}},
		{index: 2, name: "eth0", up: true, addrs: []netip.Prefix{prefix("2001:db8::2/64"), prefix("192.0.2.2/24"), prefix("169.254.3.4/16")}},
		{index: 4, name: "veth1", up: true, addrs: []netip.Prefix{prefix("fe80::3/64")}},
	}
	s := assemble(adapters, nil)
	want := []Interface{
		{"eth0", true, []netip.Prefix{prefix("192.0.2.2/24"), prefix("2001:db8::2/64")}},
		{"wlan0", true, []netip.Prefix{prefix("198.51.100.2/24")}},
	}
	if !reflect.DeepEqual(s.Interfaces, want) {
		t.Errorf("interfaces %v, want %v", s.Interfaces, want)
	}
	if !adapters[1].addrs[0].Addr().IsLinkLocalUnicast() {
		t.Error("assemble wrote into what it was given")
	}
}

func TestAssembleOrdersRoutes(t *testing.T) {
	adapters := []adapter{
		{index: 2, name: "eth0", up: true, addrs: []netip.Prefix{prefix("192.0.2.2/24")}},
		{index: 3, name: "wlan0", up: true, addrs: []netip.Prefix{prefix("198.51.100.2/24")}},
		{index: 4, name: "wg0", up: true, addrs: []netip.Prefix{prefix("10.8.0.2/32")}},
		{index: 5, name: "tun0", up: true, addrs: []netip.Prefix{prefix("10.9.0.2/32")}},
		{index: 6, name: "utun1", up: true, addrs: []netip.Prefix{prefix("fe80::6/64")}},
	}
	s := assemble(adapters, []way{
		{dst: prefix("0.0.0.0/0"), index: 3, gateway: addr("198.51.100.1"), metric: 600},
		{dst: prefix("192.0.2.0/24"), index: 2, metric: 100},
		{dst: prefix("0.0.0.0/0"), index: 2, gateway: addr("192.0.2.1"), metric: 100},
		{dst: prefix("0.0.0.0/1"), index: 5, gateway: addr("10.9.0.1")},
		{dst: prefix("128.0.0.0/1"), index: 5, gateway: addr("10.9.0.1")},
		{dst: prefix("0.0.0.0/0"), index: 4, aside: true},
		{dst: prefix("::/0"), index: 6, gateway: addr("fe80::1")},
		{index: 2},
	})
	want := []Route{
		{"wg0", netip.Addr{}, 0}, {"tun0", addr("10.9.0.1"), 0},
		{"eth0", addr("192.0.2.1"), 100}, {"wlan0", addr("198.51.100.1"), 600},
	}
	if !slices.Equal(s.Default4, want) {
		t.Errorf("IPv4 routes %v, want %v", s.Default4, want)
	}
	if len(s.Default6) != 0 {
		t.Errorf("a route over an interface without an address counts: %v", s.Default6)
	}
}
