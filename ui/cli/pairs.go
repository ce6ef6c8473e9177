package cli

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// parseResolve reads --resolve HOST:PORT:ADDR[,ADDR…] as curl does; an IPv6
// address may stand in brackets. The key is "host:port" in lower case.
func parseResolve(entries []string) (map[string][]netip.Addr, error) {
	out := map[string][]netip.Addr{}
	for _, entry := range entries {
		host, rest, _ := strings.Cut(entry, ":")
		port, list, ok := strings.Cut(rest, ":")
		if !ok || host == "" || !isPort(port) {
			return nil, usagef("--resolve %s: not of the form HOST:PORT:ADDR", entry).
				hint("for example --resolve mail.contoso.com:443:192.0.2.10")
		}
		key := strings.ToLower(host) + ":" + port
		for _, text := range strings.Split(list, ",") {
			addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
			if err != nil {
				return nil, usagef("--resolve %s: %q is not an IP address", entry, text)
			}
			out[key] = append(out[key], addr)
		}
	}
	return out, nil
}

// parseConnectTo reads --connect-to HOST1:PORT1:HOST2:PORT2 as curl does; an
// IPv6 address stands in brackets. Both sides of the map are "host:port".
func parseConnectTo(entries []string) (map[string]string, error) {
	out := map[string]string{}
	for _, entry := range entries {
		fields, ok := splitPairs(entry)
		if !ok {
			return nil, usagef("--connect-to %s: not of the form HOST1:PORT1:HOST2:PORT2", entry).
				hint("for example --connect-to mail.contoso.com:443:127.0.0.1:8443")
		}
		out[strings.ToLower(fields[0])+":"+fields[1]] = fields[2] + ":" + fields[3]
	}
	return out, nil
}

// splitPairs splits at colons outside brackets into two hosts and two ports.
// The brackets stay: they are part of "host:port" for IPv6.
func splitPairs(s string) (fields [4]string, ok bool) {
	var parts []string
	start, depth := 0, 0
	for i, c := range s {
		switch {
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == ':' && depth == 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	parts = append(parts, s[start:])
	if len(parts) != 4 || parts[0] == "" || parts[2] == "" || !isPort(parts[1]) || !isPort(parts[3]) {
		return fields, false
	}
	return [4]string(parts), true
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// parseServer reads --dns ADDR[:PORT]; the port is 53 unless it is given.
func parseServer(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if addr, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return netip.AddrPortFrom(addr, 53).String(), nil
	}
	ap, err := netip.ParseAddrPort(s)
	if err != nil || ap.Port() == 0 {
		return "", usagef("--dns %s: not an address with a port", s).hint("for example --dns 192.0.2.53:53")
	}
	return ap.String(), nil
}

// parseURL checks that flag's value is an absolute URL of one of the schemes,
// without a user name or password in it: those would end up in reports.
func parseURL(flag, s string, schemes ...string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return nil, usagef("--%s: not a URL with a host", flag).
			hint("for example --%s %s://mail.contoso.com/", flag, schemes[0])
	}
	for _, scheme := range schemes {
		if u.Scheme == scheme {
			if u.User != nil {
				return nil, usagef("--%s: a URL with a user name or password in it is not accepted", flag)
			}
			return u, nil
		}
	}
	return nil, usagef("--%s %s: the scheme must be %s", flag, s, strings.Join(schemes, " or "))
}
