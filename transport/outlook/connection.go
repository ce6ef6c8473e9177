package outlook

import (
	"encoding/binary"
	"errors"
	"net"
	"strings"
)

// Connection is how Windows goes out to the web: the binary value that the
// control panel keeps for a user (WinINET, DefaultConnectionSettings) and that
// "netsh winhttp" keeps for services (WinHTTP, WinHttpSettings). Both have the
// same form, which is known by what the tools write.
type Connection struct {
	Proxy      string // "proxy:8080" or "http=a:80;https=b:80"; "" when none is in use
	Bypass     string // "*.contoso.com;<local>"
	PAC        string // URL of a script
	AutoDetect bool   // WPAD
}

// Bits of the third number.
const (
	connManual = 2
	connScript = 4
	connDetect = 8
)

// maxSetting bounds one text; Windows refuses longer ones.
const maxSetting = 8 << 10

// ParseConnection reads such a value. The error says that it ends too early or
// holds a length that cannot be.
func ParseConnection(data []byte) (*Connection, error) {
	if len(data) < 12 {
		return nil, errors.New("the connection settings have fewer than 12 bytes")
	}
	flags := binary.LittleEndian.Uint32(data[8:])
	rest := data[12:]
	var texts [3]string
	for i := range texts {
		if len(rest) == 0 && i > 0 {
			break // WinHTTP leaves the script out
		}
		if len(rest) < 4 {
			return nil, errors.New("the connection settings end in the middle of a length")
		}
		n := binary.LittleEndian.Uint32(rest)
		if n > maxSetting || int(n) > len(rest)-4 {
			return nil, errors.New("the connection settings hold a text that is longer than they are")
		}
		texts[i], rest = string(rest[4:4+n]), rest[4+n:]
	}
	c := &Connection{Bypass: texts[1], AutoDetect: flags&connDetect != 0}
	if flags&connManual != 0 {
		c.Proxy = texts[0]
	}
	if flags&connScript != 0 {
		c.PAC = texts[2]
	}
	return c, nil
}

// Direct says that nothing stands in between.
func (c *Connection) Direct() bool { return c.Proxy == "" && c.PAC == "" && !c.AutoDetect }

// HTTPS is the proxy, "host:port", that the fixed setting names for https to host;
// "" is none. A script is not asked.
func (c *Connection) HTTPS(host string) string {
	if c.Proxy == "" || c.bypasses(strings.ToLower(host)) {
		return ""
	}
	for _, part := range strings.FieldsFunc(c.Proxy, func(r rune) bool { return r == ';' || r == ' ' }) {
		scheme, server, perScheme := strings.Cut(part, "=")
		switch {
		case !perScheme:
			return withPort(part)
		case strings.EqualFold(scheme, "https"):
			return withPort(server)
		}
	}
	return ""
}

// withPort is a proxy as host:port; Windows takes it with and without a scheme.
func withPort(server string) string {
	if _, rest, ok := strings.Cut(server, "://"); ok {
		server = rest
	}
	server = strings.TrimRight(server, "/")
	if _, _, err := net.SplitHostPort(server); err != nil && server != "" {
		return net.JoinHostPort(strings.Trim(server, "[]"), "80")
	}
	return server
}

// bypasses says whether host is on the list of those that go directly.
func (c *Connection) bypasses(host string) bool {
	for _, pattern := range strings.FieldsFunc(strings.ToLower(c.Bypass), func(r rune) bool { return r == ';' || r == ' ' }) {
		if pattern == "<local>" && !strings.Contains(host, ".") || pattern == host {
			return true
		}
		if before, after, star := strings.Cut(pattern, "*"); star && len(host) >= len(before)+len(after) &&
			strings.HasPrefix(host, before) && strings.HasSuffix(host, after) {
			return true
		}
	}
	return false
}
