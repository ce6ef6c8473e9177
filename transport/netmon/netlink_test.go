package netmon

import (
	"net/netip"
	"reflect"
	"testing"
)

// attr and msg write what the kernel writes.
func attr(kind uint16, data []byte) []byte {
	b := make([]byte, attributeHeader, align(attributeHeader+len(data)))
	native.PutUint16(b, uint16(attributeHeader+len(data)))
	native.PutUint16(b[2:], kind)
	return append(b, append(data, make([]byte, align(len(data))-len(data))...)...)
}

func msg(kind uint16, header []byte, attrs ...[]byte) []byte {
	b := make([]byte, messageHeader)
	b = append(b, header...)
	for _, a := range attrs {
		b = append(b, a...)
	}
	native.PutUint32(b, uint32(len(b)))
	native.PutUint16(b[4:], kind)
	return b
}

func u32(n uint32) []byte { return native.AppendUint32(nil, n) }

func linkMsg(kind uint16, index, flags uint32, name string, more ...[]byte) []byte {
	h := append(make([]byte, 4), u32(index)...)
	h = append(append(h, u32(flags)...), u32(0)...)
	return msg(kind, h, append([][]byte{attr(iflaIfname, append([]byte(name), 0))}, more...)...)
}

func addrMsg(kind uint16, index uint32, p string, flags uint32) []byte {
	pfx := netip.MustParsePrefix(p)
	family := byte(familyIPv4)
	if pfx.Addr().Is6() {
		family = familyIPv6
	}
	h := append([]byte{family, byte(pfx.Bits()), byte(flags), 0}, u32(index)...)
	return msg(kind, h, attr(ifaAddress, pfx.Addr().AsSlice()), attr(ifaFlags, u32(flags)))
}

type testRoute struct {
	family, bits, table, kind byte
	flags                     uint32
	attrs                     [][]byte
}

func (r testRoute) msg(kind uint16) []byte {
	h := append([]byte{r.family, r.bits, 0, 0, r.table, 0, 0, r.kind}, u32(r.flags)...)
	return msg(kind, h, r.attrs...)
}

func join(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

const running = iffUp | iffRunning

func defaultBy(index, metric uint32, gateway string) testRoute {
	return testRoute{family: familyIPv4, table: tableMain, kind: rtnUnicast, attrs: [][]byte{
		attr(rtaOif, u32(index)), attr(rtaPriority, u32(metric)), attr(rtaGateway, addr(gateway).AsSlice()),
	}}
}

func TestStateOfNetlink(t *testing.T) {
	links := join(
		linkMsg(rtmNewLink, 1, running|iffLoopback, "lo"), linkMsg(rtmNewLink, 2, running, "eth0"),
		linkMsg(rtmNewLink, 3, iffUp, "wlan0"))
	addrs := join(
		addrMsg(rtmNewAddr, 1, "127.0.0.1/8", 0), addrMsg(rtmNewAddr, 2, "192.0.2.2/24", 0),
		addrMsg(rtmNewAddr, 2, "2001:db8::2/64", 0), addrMsg(rtmNewAddr, 2, "2001:db8::3/64", ifaFTentative),
		addrMsg(rtmNewAddr, 2, "fe80::2/64", 0), addrMsg(rtmNewAddr, 3, "198.51.100.2/24", 0))
	via := testRoute{family: familyIPv4, table: tableMain, kind: rtnUnicast, attrs: [][]byte{
		attr(rtaOif, u32(3)), attr(rtaPriority, u32(700)), attr(rtaVia, append([]byte{familyIPv6, 0}, addr("fe80::9").AsSlice()...)),
	}}
	hop := append([]byte{0, 0, 0, 0}, u32(2)...)
	hop = append(hop, attr(rtaGateway, addr("fe80::1").AsSlice())...)
	native.PutUint16(hop, uint16(len(hop)))
	multi := testRoute{family: familyIPv6, table: tableMain, kind: rtnUnicast, attrs: [][]byte{attr(rtaMultipath, hop)}}
	routes := join(defaultBy(2, 100, "192.0.2.1").msg(rtmNewRoute), via.msg(rtmNewRoute), multi.msg(rtmNewRoute))

	got := stateOfNetlink(links, addrs, routes)
	want := State{
		Interfaces: []Interface{
			{"eth0", true, []netip.Prefix{prefix("192.0.2.2/24"), prefix("2001:db8::2/64")}},
			{"wlan0", false, []netip.Prefix{prefix("198.51.100.2/24")}},
		},
		Default4: []Route{{"eth0", addr("192.0.2.1"), 100}, {"wlan0", addr("fe80::9"), 700}},
		Default6: []Route{{"eth0", addr("fe80::1"), 0}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("state\n%+v\nwant\n%+v", got, want)
	}
}

// TestAllowList holds every message that our own traffic, or mere housekeeping,
// can cause against the list: a probe must not wake the watcher.
func TestAllowList(t *testing.T) {
	edit := func(f func(*testRoute)) []byte {
		r := defaultBy(2, 100, "192.0.2.1")
		f(&r)
		return r.msg(rtmNewRoute)
	}
	const rtmNewNeigh, unreachable = 28, 7
	for _, c := range []struct {
		name string
		b    []byte
		want bool
	}{
		{"link", linkMsg(rtmNewLink, 2, running, "eth0"), true},
		{"link gone", linkMsg(rtmDelLink, 2, 0, "eth0"), true},
		{"wireless scan", linkMsg(rtmNewLink, 3, running, "wlan0", attr(iflaWireless, []byte{1, 2})), false},
		{"address", addrMsg(rtmNewAddr, 2, "192.0.2.2/24", 0), true},
		{"address gone while tentative", addrMsg(rtmDelAddr, 2, "2001:db8::3/64", ifaFTentative), true},
		{"address still checked", addrMsg(rtmNewAddr, 2, "2001:db8::3/64", ifaFTentative), false},
		{"link-local", addrMsg(rtmNewAddr, 2, "fe80::2/64", 0), false},
		{"default route", defaultBy(2, 100, "192.0.2.1").msg(rtmNewRoute), true},
		{"default route gone", defaultBy(2, 100, "192.0.2.1").msg(rtmDelRoute), true},
		{"half of the default", edit(func(r *testRoute) { r.bits = 1; r.attrs = append(r.attrs, attr(rtaDst, addr("128.0.0.0").AsSlice())) }), true},
		{"host route", edit(func(r *testRoute) {
			r.bits = 32
			r.attrs = append(r.attrs, attr(rtaDst, addr("203.0.113.10").AsSlice()))
		}), false},
		{"cached route", edit(func(r *testRoute) { r.flags = rtmFCloned }), false},
		{"route that refuses", edit(func(r *testRoute) { r.kind = unreachable }), false},
		{"local table", edit(func(r *testRoute) { r.attrs = append(r.attrs, attr(rtaTable, u32(tableLocal))) }), false},
		{"multicast family", edit(func(r *testRoute) { r.family = 128 }), false},
		{"neighbour", msg(rtmNewNeigh, make([]byte, 12)), false},
		{"too short", msg(rtmNewLink, []byte{1, 2}), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := messages(c.b)
			if len(list) != 1 || list[0].counts() != c.want {
				t.Errorf("%d messages, counts: %v", len(list), len(list) == 1 && list[0].counts())
			}
		})
	}
}

func TestMessagesThatDoNotAddUp(t *testing.T) {
	whole := linkMsg(rtmNewLink, 2, running, "eth0")
	for cut := range len(whole) {
		if got := messages(whole[:cut]); len(got) != 0 {
			t.Fatalf("%d messages from %d of %d bytes", len(got), cut, len(whole))
		}
	}
	if got := messages(append(whole, 9)); len(got) != 1 {
		t.Errorf("%d messages before one stray byte, want 1", len(got))
	}
}

func FuzzNetlink(f *testing.F) {
	f.Add(linkMsg(rtmNewLink, 2, running, "eth0"))
	f.Add(addrMsg(rtmNewAddr, 2, "2001:db8::2/64", 0))
	f.Add(defaultBy(2, 100, "192.0.2.1").msg(rtmNewRoute))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := stateOfNetlink(b)
		for _, i := range s.Interfaces {
			for _, p := range i.Addrs {
				if !p.IsValid() {
					t.Errorf("interface %q has the address %v", i.Name, p)
				}
			}
		}
		for _, m := range messages(b) {
			_ = m.counts()
		}
	})
}
