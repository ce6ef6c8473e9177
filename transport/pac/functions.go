package pac

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/dop251/goja"
)

// maxLookups bounds the names that one run of a script may have looked up.
const maxLookups = 64

// helpers are the functions that scripts may rely on: Netscape's of 1996, and
// Microsoft's for IPv6 ("Ex").
type helpers struct {
	ctx   context.Context
	world World
	known map[string][]netip.Addr
}

// offer puts the helpers into the machine.
func offer(ctx context.Context, vm *goja.Runtime, w World) error {
	h := &helpers{ctx: ctx, world: w, known: map[string][]netip.Addr{}}
	orNull := func(s string) goja.Value {
		if s == "" {
			return goja.Null()
		}
		return vm.ToValue(s)
	}
	for name, f := range map[string]any{
		"isPlainHostName": func(host string) bool { return !strings.Contains(host, ".") },
		"dnsDomainIs": func(host, domain string) bool {
			return domain != "" && strings.HasSuffix(strings.ToLower(host), strings.ToLower(domain))
		},
		"localHostOrDomainIs": localHostOrDomainIs,
		"isResolvable":        func(host string) bool { return h.first4(host) != "" },
		"isResolvableEx":      func(host string) bool { return len(h.lookup(host)) > 0 },
		"dnsResolve":          func(host string) goja.Value { return orNull(h.first4(host)) },
		"dnsResolveEx":        func(host string) string { return join(h.lookup(host)) },
		"myIpAddress":         h.myAddress,
		"myIpAddressEx":       func() string { return join(w.addresses()) },
		"isInNet":             h.isInNet,
		"isInNetEx":           h.isInNetEx,
		"dnsDomainLevels":     func(host string) int { return strings.Count(host, ".") },
		"convert_addr":        convertAddr,
		"sortIpAddressList":   sortAddresses,
		"getClientVersion":    func() string { return "1.0" },
		"shExpMatch":          shellMatch,
		"alert":               func(goja.FunctionCall) goja.Value { return goja.Undefined() },
		"weekdayRange":        func(c goja.FunctionCall) goja.Value { return vm.ToValue(weekdayRange(w.now(), words(c))) },
		"dateRange":           func(c goja.FunctionCall) goja.Value { return vm.ToValue(dateRange(w.now(), words(c))) },
		"timeRange":           func(c goja.FunctionCall) goja.Value { return vm.ToValue(timeRange(w.now(), words(c))) },
	} {
		if err := vm.Set(name, f); err != nil {
			return err
		}
	}
	return nil
}

// words are the arguments of a call as texts.
func words(c goja.FunctionCall) []string {
	var out []string
	for _, a := range c.Arguments[:min(len(c.Arguments), 8)] {
		out = append(out, a.String())
	}
	return out
}

func (h *helpers) lookup(host string) []netip.Addr {
	host = strings.ToLower(host)
	addrs, ok := h.known[host]
	if !ok && len(h.known) < maxLookups {
		addrs = h.world.resolve(h.ctx, host)
		h.known[host] = addrs
	}
	return addrs
}

// first4 is the first IPv4 address of host, "" when it has none.
func (h *helpers) first4(host string) string { return first4(h.lookup(host)) }

func first4(addrs []netip.Addr) string {
	for _, a := range addrs {
		if a.Unmap().Is4() {
			return a.Unmap().String()
		}
	}
	return ""
}

func (h *helpers) myAddress() string {
	if own := first4(h.world.addresses()); own != "" {
		return own
	}
	return "127.0.0.1"
}

// isInNet compares an IPv4 address under a mask.
func (h *helpers) isInNet(host, pattern, mask string) bool {
	a, err := netip.ParseAddr(h.first4(host))
	p, err2 := netip.ParseAddr(pattern)
	m, err3 := netip.ParseAddr(mask)
	if err != nil || err2 != nil || err3 != nil || !p.Is4() || !m.Is4() {
		return false
	}
	addr, want, bits := a.As4(), p.As4(), m.As4()
	for i := range addr {
		if addr[i]&bits[i] != want[i]&bits[i] {
			return false
		}
	}
	return true
}

// isInNetEx compares addresses of both kinds with a prefix, "fd00::/8".
func (h *helpers) isInNetEx(host, prefix string) bool {
	net, err := netip.ParsePrefix(prefix)
	return err == nil && slices.ContainsFunc(h.lookup(host), func(a netip.Addr) bool { return net.Contains(a.Unmap()) })
}

func localHostOrDomainIs(host, full string) bool {
	host, full = strings.ToLower(host), strings.ToLower(full)
	return host == full || !strings.Contains(host, ".") && host != "" && strings.HasPrefix(full, host+".")
}

// convertAddr is an IPv4 address as a number.
func convertAddr(s string) uint32 {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return 0
	}
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

func join(addrs []netip.Addr) string {
	var out []string
	for _, a := range addrs {
		out = append(out, a.Unmap().String())
	}
	return strings.Join(out, ";")
}

// sortAddresses puts IPv6 before IPv4; a list with anything else in it is no list.
func sortAddresses(list string) string {
	var addrs []netip.Addr
	for _, s := range strings.Split(list, ";") {
		a, err := netip.ParseAddr(strings.TrimSpace(s))
		if err != nil {
			return ""
		}
		addrs = append(addrs, a.Unmap())
	}
	slices.SortStableFunc(addrs, func(a, b netip.Addr) int {
		if a.Is4() != b.Is4() {
			return map[bool]int{true: 1, false: -1}[a.Is4()]
		}
		return a.Compare(b)
	})
	return join(addrs)
}

// shellMatch matches the whole of s against a pattern with * and ?. The slash is
// a character like any other, and nothing is escaped.
func shellMatch(s, pattern string) bool {
	if len(s) > maxText || len(pattern) > maxPattern {
		return false
	}
	star, from := -1, 0 // the last * and what it stands for ends at
	i, j := 0, 0
	for i < len(s) {
		switch {
		case j < len(pattern) && (pattern[j] == '?' || pattern[j] == s[i]) && pattern[j] != '*':
			i, j = i+1, j+1
		case j < len(pattern) && pattern[j] == '*':
			star, from = j, i
			j++
		case star >= 0:
			from++
			i, j = from, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[j:], "*") == ""
}
