package exchangetest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// proxyScript is the script that the organisation's computers find their proxy by.
type proxyScript struct {
	status int           // instead of 200; 0 is 200
	kind   string        // Content-Type; "" is the right one
	source string        // "" is one that says DIRECT
	wait   time.Duration // before the answer
}

const healthyScript = `function FindProxyForURL(url, host) {
  return "DIRECT";
}
`

// chooses is a script that sends the hosts of Exchange by way, and the rest directly.
func chooses(n names, way string) string {
	return fmt.Sprintf(`function FindProxyForURL(url, host) {
  if (isPlainHostName(host))
    return "DIRECT";
  if (shExpMatch(host, "*.%s"))
    return "%s";
  return "DIRECT";
}
`, n.domain, way)
}

func (c *call) proxyScript() {
	s := c.b.script
	if path := strings.ToLower(c.r.URL.Path); path != "/proxy.pac" && path != "/wpad.dat" {
		c.text(http.StatusNotFound, "text/html", "<h1>Not found</h1>")
		return
	}
	if !c.s.delay(s.wait) {
		return
	}
	if s.status != 0 {
		c.empty(s.status)
		return
	}
	if s.kind == "" {
		s.kind = "application/x-ns-proxy-autoconfig"
	}
	if s.source == "" {
		s.source = healthyScript
	}
	c.text(http.StatusOK, s.kind, s.source)
}

// proxy tunnels to the hosts of this server (CONNECT), and to no other.
func (c *call) proxy() {
	if c.b.proxyStatus != 0 {
		c.empty(c.b.proxyStatus)
		return
	}
	real := c.s.realAddr(c.b, c.r.Host)
	if c.r.Method != http.MethodConnect || real == "" {
		c.empty(http.StatusForbidden)
		return
	}
	there, err := net.Dial("tcp", real)
	if err != nil {
		c.empty(http.StatusBadGateway)
		return
	}
	c.hijacked(func(here net.Conn, r io.Reader) {
		fmt.Fprint(here, "HTTP/1.1 200 Connection established\r\n\r\n")
		var both sync.WaitGroup
		both.Go(func() { io.Copy(there, r); there.Close() })
		both.Go(func() { io.Copy(here, there); here.Close() })
		both.Wait()
	})
}

// realAddr is where "host:port" really is; "" for hosts that are not of this server.
func (s *Server) realAddr(b *behaviour, target string) string {
	host, port, err := net.SplitHostPort(target)
	if err != nil {
		return ""
	}
	if _, err := netip.ParseAddr(host); err != nil {
		answer, _ := b.zone.find(dns.Fqdn(host), dns.TypeA)
		for _, rr := range answer {
			if a, ok := rr.(*dns.A); ok {
				host = a.A.String()
			}
		}
	}
	return s.connectTo()[net.JoinHostPort(host, port)]
}
