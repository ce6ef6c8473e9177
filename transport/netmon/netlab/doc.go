// Package netlab builds a small internet out of network namespaces, for tests: a
// client host with two uplinks, "office" and "wifi", a gateway behind each, and
// one server network. It needs root, iproute2 and nftables on Linux.
//
//	client 192.0.2.2      -- office gateway (NAT) 203.0.113.11 --\
//	       2001:db8:1::2                          2001:db8:10::11 \
//	                                                               server 203.0.113.10, .20
//	       198.51.100.2   -- wifi gateway (NAT)   203.0.113.12    /       2001:db8:10::10, ::20
//	       2001:db8:2::2                          2001:db8:10::12/
//
// The gateways forget nothing and forgive nothing: packets of a connection that
// they did not see begin are dropped without a word.
package netlab
