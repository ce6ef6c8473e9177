package netmon

import (
	"encoding/binary"
	"math"
	"net/netip"
)

// What of rtnetlink(7) is read here; the numbers are those of linux/rtnetlink.h,
// linux/if_link.h and linux/if_addr.h. Integers have the byte order of the host.
const (
	rtmNewLink, rtmDelLink   = 16, 17
	rtmNewAddr, rtmDelAddr   = 20, 21
	rtmNewRoute, rtmDelRoute = 24, 25

	iflaIfname, iflaWireless          = 3, 11
	ifaAddress, ifaLocal, ifaFlags    = 1, 2, 8
	rtaDst, rtaOif, rtaGateway        = 1, 4, 5
	rtaPriority, rtaMultipath         = 6, 9
	rtaTable, rtaVia                  = 15, 18
	iffUp, iffLoopback, iffRunning    = 0x1, 0x8, 0x40
	ifaFTentative, ifaFDADFailed      = 0x40, 0x08
	rtnUnicast, rtmFCloned            = 1, 0x200
	tableMain, tableLocal             = 254, 255
	familyIPv4, familyIPv6            = 2, 10
	linkHeader, addrHeader, rtmHeader = 16, 8, 12 // struct ifinfomsg, ifaddrmsg, rtmsg
	nextHopHeader                     = 8         // struct rtnexthop
	messageHeader                     = 16        // struct nlmsghdr
	attributeHeader                   = 4         // struct rtattr
)

var native = binary.NativeEndian

// message is one netlink message.
type message struct {
	kind uint16
	body []byte
}

// messages splits what one read of a netlink socket gave. What is cut off or
// does not add up ends it.
func messages(b []byte) (out []message) {
	for len(b) >= messageHeader {
		n := native.Uint32(b)
		if n < messageHeader || uint64(n) > uint64(len(b)) {
			return out
		}
		out = append(out, message{kind: native.Uint16(b[4:]), body: b[messageHeader:n]})
		b = b[min(align(int(n)), len(b)):]
	}
	return out
}

// attributes are those after a header of n bytes; of two of a kind the last.
func attributes(b []byte, n int) map[uint16][]byte {
	out := map[uint16][]byte{}
	if len(b) < n {
		return out
	}
	for b = b[n:]; len(b) >= attributeHeader; {
		size := int(native.Uint16(b))
		if size < attributeHeader || size > len(b) {
			break
		}
		const flags = 0xc000 // nested, network byte order
		out[native.Uint16(b[2:])&^flags] = b[attributeHeader:size]
		b = b[min(align(size), len(b)):]
	}
	return out
}

// align rounds up to the 4 bytes on which every part of a message begins.
func align(n int) int { return (n + 3) &^ 3 }

// counts is the allow-list: whether a message is about something that State has.
// Everything else is noise that our own traffic may cause: a wireless driver that
// scans, a cached route, a neighbour.
func (m message) counts() bool {
	switch m.kind {
	case rtmNewLink, rtmDelLink:
		_, wireless := attributes(m.body, linkHeader)[iflaWireless]
		return len(m.body) >= linkHeader && !wireless
	case rtmNewAddr, rtmDelAddr:
		_, _, ok := m.address()
		return ok
	case rtmNewRoute, rtmDelRoute:
		return len(m.ways()) > 0
	}
	return false
}

// link is the interface that an RTM_NEWLINK describes.
func (m message) link() (adapter, bool) {
	if m.kind != rtmNewLink || len(m.body) < linkHeader {
		return adapter{}, false
	}
	flags := native.Uint32(m.body[8:])
	return adapter{
		index: int(int32(native.Uint32(m.body[4:]))),
		name:  text(attributes(m.body, linkHeader)[iflaIfname]),
		up:    flags&iffUp != 0 && flags&iffRunning != 0, loopback: flags&iffLoopback != 0,
	}, true
}

// address is what an RTM_NEWADDR or RTM_DELADDR is about. One that is still
// being checked for duplicates cannot be used yet and does not count.
func (m message) address() (index int, p netip.Prefix, ok bool) {
	if len(m.body) < addrHeader || m.kind != rtmNewAddr && m.kind != rtmDelAddr {
		return 0, p, false
	}
	a := attributes(m.body, addrHeader)
	flags := uint32(m.body[2])
	if wide := a[ifaFlags]; len(wide) == 4 {
		flags = native.Uint32(wide)
	}
	raw := a[ifaLocal] // on a point-to-point link IFA_ADDRESS is the other end
	if raw == nil {
		raw = a[ifaAddress]
	}
	addr, valid := netip.AddrFromSlice(raw)
	p = netip.PrefixFrom(addr, int(m.body[1]))
	ok = valid && !unusable(p) && (m.kind == rtmDelAddr || flags&(ifaFTentative|ifaFDADFailed) == 0)
	return int(native.Uint32(m.body[4:])), p, ok
}

// ways are the default routes of an RTM_NEWROUTE or RTM_DELROUTE: none, or one
// for each of its next hops.
func (m message) ways() (out []way) {
	b := m.body
	if m.kind != rtmNewRoute && m.kind != rtmDelRoute || len(b) < rtmHeader {
		return nil
	}
	a := attributes(b, rtmHeader)
	table := uint32(b[4])
	if wide := a[rtaTable]; len(wide) == 4 {
		table = native.Uint32(wide)
	}
	dst := destination(b[0], b[1], a[rtaDst])
	w := way{dst: dst, metric: number(a[rtaPriority]), aside: table != tableMain}
	if !w.leadsOut() || table == tableLocal || b[7] != rtnUnicast || native.Uint32(b[8:])&rtmFCloned != 0 {
		return nil
	}
	if hops := a[rtaMultipath]; hops != nil {
		return w.over(hops)
	}
	w.index, w.gateway = int(number(a[rtaOif])), gatewayOf(a)
	return []way{w}
}

// over is w by each of its next hops.
func (w way) over(hops []byte) (out []way) {
	for len(hops) >= nextHopHeader {
		size := int(native.Uint16(hops))
		if size < nextHopHeader || size > len(hops) {
			break
		}
		hop := w
		hop.index = int(int32(native.Uint32(hops[4:])))
		hop.gateway = gatewayOf(attributes(hops[:size], nextHopHeader))
		out = append(out, hop)
		hops = hops[min(align(size), len(hops)):]
	}
	return out
}

func destination(family, bits byte, raw []byte) netip.Prefix {
	addr, _ := netip.AddrFromSlice(raw)
	switch {
	case raw == nil && family == familyIPv4:
		addr = netip.IPv4Unspecified()
	case raw == nil && family == familyIPv6:
		addr = netip.IPv6Unspecified()
	}
	return netip.PrefixFrom(addr, int(bits)) // not valid when anything above is not
}

// gatewayOf knows RTA_GATEWAY and RTA_VIA, by which IPv4 goes over an IPv6
// neighbour (family in two bytes, then the address).
func gatewayOf(a map[uint16][]byte) netip.Addr {
	raw := a[rtaGateway]
	if via := a[rtaVia]; raw == nil && len(via) > 2 {
		raw = via[2:]
	}
	addr, _ := netip.AddrFromSlice(raw)
	return addr
}

func number(b []byte) uint32 {
	if len(b) != 4 {
		return 0
	}
	return min(native.Uint32(b), math.MaxInt32) // an index or a metric; fits every int
}

func text(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// stateOfNetlink puts the answers to RTM_GETLINK, RTM_GETADDR and RTM_GETROUTE
// together.
func stateOfNetlink(dumps ...[]byte) State {
	var adapters []adapter
	addrs := map[int][]netip.Prefix{}
	var ways []way
	for _, dump := range dumps {
		for _, m := range messages(dump) {
			if link, ok := m.link(); ok {
				adapters = append(adapters, link)
			} else if index, p, ok := m.address(); ok {
				addrs[index] = append(addrs[index], p)
			} else {
				ways = append(ways, m.ways()...)
			}
		}
	}
	for i := range adapters {
		adapters[i].addrs = addrs[adapters[i].index]
	}
	return assemble(adapters, ways)
}
