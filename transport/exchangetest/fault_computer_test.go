package exchangetest

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/outlook"
	"github.com/miekg/dns"
)

func init() { maps.Copy(symptoms, computerSymptoms) }

// computerSymptoms are those of the faults of the client's own computer.
var computerSymptoms = map[string]func(*testing.T, *Server) bool{
	"pac-broken/dead-proxy": func(t *testing.T, s *Server) bool {
		return scriptSet(t, s) && strings.Contains(scriptOf(t, s, 200, ""), "PROXY oldproxy.") && refused(t, s, "oldproxy.contoso.test:8080")
	},
	"pac-broken/unknown-proxy": func(t *testing.T, s *Server) bool {
		return strings.Contains(scriptOf(t, s, 200, ""), "PROXY oldproxy.") && !answers(s, dns.TypeA, "oldproxy.contoso.test")
	},
	"pac-trouble/mime-type":      func(t *testing.T, s *Server) bool { return scriptOf(t, s, 200, "text/plain") != "" },
	"pac-trouble/unreachable":    func(t *testing.T, s *Server) bool { return scriptSet(t, s) && refused(t, s, "pac.contoso.test:80") },
	"pac-trouble/missing":        func(t *testing.T, s *Server) bool { return scriptOf(t, s, 404, "") == "" },
	"pac-trouble/script-error":   func(t *testing.T, s *Server) bool { return strings.Contains(scriptOf(t, s, 200, ""), "proxyOf") },
	"pac-trouble/not-javascript": func(t *testing.T, s *Server) bool { return strings.Contains(scriptOf(t, s, 200, ""), "\"a\" return") },
	"pac-trouble/fallback":       func(t *testing.T, s *Server) bool { return strings.Contains(scriptOf(t, s, 200, ""), "; DIRECT") },
	"pac-trouble/slow": func(t *testing.T, s *Server) bool {
		start := time.Now()
		return scriptOf(t, s, 200, "") != "" && time.Since(start) >= slowScript
	},
	"pac-trouble/wpad-unreachable": func(t *testing.T, s *Server) bool { return searches(t, s) && refused(t, s, "wpad.contoso.test:80") },
	"winhttp-proxy/dead": func(t *testing.T, s *Server) bool {
		return s.client(t).WinHTTP.Proxy == "oldproxy.contoso.test:8080" && refused(t, s, "oldproxy.contoso.test:8080")
	},
	"winhttp-proxy/32-bit": func(t *testing.T, s *Server) bool {
		c := s.client(t)
		return tunnels(s, c.WinHTTP.Proxy) == nil && tunnels(s, c.WinHTTP32.Proxy) != nil
	},
	"winhttp-proxy/refuses": func(t *testing.T, s *Server) bool {
		err := tunnels(s, s.client(t).WinHTTP.Proxy)
		return err != nil && strings.Contains(err.Error(), "403")
	},
	"proxy-script/setting": func(t *testing.T, s *Server) bool {
		return scriptSet(t, s) && strings.Contains(scriptOf(t, s, 200, ""), "PROXY proxy.") && tunnels(s, s.client(t).WinHTTP.HTTPS("mail.contoso.test")) == nil
	},
	"proxy-script/wpad": func(t *testing.T, s *Server) bool {
		return searches(t, s) && answers(s, dns.TypeA, "wpad.contoso.test")
	},
	"proxy-script/wpad-none": func(t *testing.T, s *Server) bool {
		return searches(t, s) && !answers(s, dns.TypeA, "wpad.contoso.test")
	},
	"stale-credential/office":                   saved(2, "Target: LegacyGeneric:target=MicrosoftOffice16_Data:SSPI:alice@contoso.test"),
	"stale-credential/german":                   saved(2, "Ziel: LegacyGeneric:target=MicrosoftOffice16_Data:SSPI:alice@contoso.test"),
	"stale-credential/outlook":                  saved(1, "MS.Outlook.15:alice@contoso.test:PUT"),
	"stale-credential/server":                   saved(1, "Domain:target=mail.contoso.test"),
	"autodiscover-cache-stale/old-server":       remembers("mailbox server", "mail-old.contoso.test"),
	"autodiscover-cache-stale/old-organisation": remembers("organisation (DeploymentId)", ""),
	"autodiscover-cache-stale/outlook-anywhere": remembers("mailbox server", "mail-old.contoso.test"),
	"o365-direct-connect/txt":                   inTheCloud(dns.TypeTXT, ""),
	"o365-direct-connect/mx":                    inTheCloud(dns.TypeMX, ""),
	"o365-direct-connect/switched-off":          inTheCloud(dns.TypeTXT, "0"),
	"o365-excluded":                             inTheCloud(dns.TypeMX, "1"),
	"computer-harmless": func(t *testing.T, s *Server) bool {
		return saved(0, "git:https://git.contoso.test")(t, s) && remembers("", "")(t, s)
	},
	"ipv6-broken/mail": func(t *testing.T, s *Server) bool {
		return errors.Is(dialAt(s, "mail.contoso.test", closedAddr6), syscall.ECONNREFUSED)
	},
	"ipv6-broken/autodiscover": func(t *testing.T, s *Server) bool {
		return errors.Is(dialAt(s, "autodiscover.contoso.test", closedAddr6), syscall.ECONNREFUSED)
	},
	"ipv6-swallowed": func(t *testing.T, s *Server) bool { return dialAt(s, "mail.contoso.test", silentAddr6) == nil },
	"ipv6-healthy": func(t *testing.T, s *Server) bool {
		return dialAt(s, "mail.contoso.test", mailAddr6) == nil && s.healthAt(t, "["+mailAddr6+"]") == 200
	},
}

func scriptSet(t *testing.T, s *Server) bool {
	c := s.client(t).WinINET
	return c != nil && c.PAC == "http://pac.contoso.test/proxy.pac"
}

func searches(t *testing.T, s *Server) bool {
	c := s.client(t)
	return c.WinINET.AutoDetect && c.WinINET.PAC == "" && strings.Join(c.Domains, " ") == "contoso.test"
}

// scriptOf fetches the script, which must come with that status and type.
func scriptOf(t *testing.T, s *Server, status int, kind string) string {
	t.Helper()
	c := s.Client()
	defer c.CloseIdleConnections()
	resp, err := c.Get("http://pac.contoso.test/proxy.pac")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if kind == "" && status == 200 {
		kind = "application/x-ns-proxy-autoconfig"
	}
	if err != nil || resp.StatusCode != status || kind != "" && resp.Header.Get("Content-Type") != kind {
		t.Errorf("status %d, type %s, %v", resp.StatusCode, resp.Header.Get("Content-Type"), err)
	}
	return string(body)
}

func refused(t *testing.T, s *Server, addr string) bool {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Path().DialTCP(t.Context(), host, port)
	if err == nil {
		c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// tunnels goes to the mailbox server by a proxy, up to its certificate.
func tunnels(s *Server, proxy string) error {
	p := s.Path()
	p.Proxy = func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "http", Host: proxy}, nil }
	c, err := p.DialTLS(s.ctx, "mail.contoso.test", "443")
	if err == nil {
		c.Close()
	}
	return err
}

func answers(s *Server, kind uint16, name string) bool {
	records, _ := s.behaviour().zone.find(dns.Fqdn(name), kind)
	return len(records) > 0
}

// dialAt connects to one address of a host, which DNS must name.
func dialAt(s *Server, host, addr string) error {
	addrs, err := s.Path().LookupAddrs(s.ctx, host)
	if err != nil || len(addrs) != 2 || addrs[0].String() != addr {
		return errors.New("DNS does not name the address first")
	}
	c, err := s.Path().DialTCPAddr(s.ctx, host, netip.AddrPortFrom(addrs[0], 443))
	if err == nil {
		c.Close()
	}
	return err
}

// saved says how many of the credentials Outlook would use, and that the list names one.
func saved(ofOutlook int, names string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		list, err := outlook.ParseCredentialList(s.CredentialList())
		if err != nil {
			t.Fatal(err)
		}
		ours := outlook.OfOutlook(list, "alice@contoso.test", []string{"contoso.test", "mail.contoso.test", "autodiscover.contoso.test"})
		return len(ours) == ofOutlook && len(list) > len(ours) && bytes.Contains(s.CredentialList(), []byte(names))
	}
}

// remembers says what Outlook has kept that is no longer so; "" is nothing.
func remembers(fact, cached string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		c, err := autodiscover.ParseCached("AutoD.alice@contoso.test.xml", s.AutodiscoverCache(0))
		if err != nil {
			t.Fatal(err)
		}
		out := c.Compare(settings(t, s))
		if fact == "" {
			return len(out) == 0 && c.Of("alice@contoso.test")
		}
		return len(out) == 1 && out[0].Fact == fact && (cached == "" || out[0].Cached == cached)
	}
}

// inTheCloud says that a record points to Microsoft 365, and what the registry says.
func inTheCloud(kind uint16, excluded string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		set := s.client(t).Effective("ExcludeExplicitO365Endpoint", 16)
		records, _ := s.behaviour().zone.find("contoso.test.", kind)
		points := false
		for _, rr := range records {
			points = points || strings.Contains(rr.String(), "MS=ms") || strings.Contains(rr.String(), "contoso-test.mail.protection.outlook.com.")
		}
		return points && (set == nil) == (excluded == "") && (set == nil || set.Value.Text() == excluded)
	}
}
