package exchangetest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/outlook"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/miekg/dns"
)

// works goes the whole way of a healthy client: names, Autodiscover, mailbox.
func works(t *testing.T, s *Server) {
	t.Helper()
	p := settings(t, s)
	if p.MapiHTTP == nil {
		t.Error("no mapiHttp")
		return
	}
	opened(t, s, 0)
	bound(t, s)
}

func settings(t *testing.T, s *Server) *autodiscover.Settings {
	t.Helper()
	p, err := autodiscover.ParsePOX(s.discover(t, s.users[0], "X-MapiHttpCapability", "1").body)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *Server) connectCode(t *testing.T, u User) mapierr.Code {
	t.Helper()
	return newClient(t, s, u, s.MailStoreURL(u)).connect().ErrorCode
}

// greeting is what a TLS client that trusts the server's CA thinks of a host.
func (s *Server) greeting(t *testing.T, host string) error {
	t.Helper()
	c := tlsDial(t, s, host)
	defer c.Close()
	return c.(*tls.Conn).HandshakeContext(t.Context())
}

func isA[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

func statusOf(t *testing.T, s *Server, url string) int {
	t.Helper()
	return s.get(t, url, func(r *http.Request) { r.SetBasicAuth(s.User(0).Login, s.User(0).Password) }).StatusCode
}

// symptoms says for every fault (and variant) what a client meets; true is right.
var symptoms = map[string]func(t *testing.T, s *Server) bool{
	"autodiscover-dns/missing": func(t *testing.T, s *Server) bool {
		return s.ask(t, "udp", s.names.autodiscover, dns.TypeA).Rcode == dns.RcodeNameError &&
			s.ask(t, "udp", "_autodiscover._tcp."+s.names.domain, dns.TypeSRV).Rcode == dns.RcodeNameError
	},
	"autodiscover-dns/wrong-address": func(t *testing.T, s *Server) bool {
		_, err := s.Client().Get("https://" + s.names.autodiscover + "/")
		return isA[*net.OpError](err)
	},
	"server-mapihttp-disabled": func(t *testing.T, s *Server) bool {
		p := settings(t, s)
		return p.MapiHTTP == nil && len(p.Protocols) > 1 && p.Protocols[0].Type == "EXCH" && s.connectCode(t, s.User(0)) == mapierr.ProtocolDisabled
	},
	"vdir-url-wrong/internal-name": func(t *testing.T, s *Server) bool {
		return strings.Contains(settings(t, s).MapiHTTP.MailStore.External, s.names.server) &&
			s.ask(t, "udp", s.names.server, dns.TypeA).Rcode == dns.RcodeNameError
	},
	"vdir-url-wrong/old-address": func(t *testing.T, s *Server) bool {
		_, err := s.Client().Get(settings(t, s).MapiHTTP.MailStore.External)
		return isA[*net.OpError](err)
	},
	"unknown-user-dn/stale": func(t *testing.T, s *Server) bool {
		u := s.User(0)
		u.LegacyDN = settings(t, s).LegacyDN
		return s.connectCode(t, u) == mapierr.UnknownUser
	},
	"unknown-user-dn/removed": func(t *testing.T, s *Server) bool {
		return s.connectCode(t, s.User(0)) == mapierr.UnknownUser
	},
	"wrong-server/redirect": func(t *testing.T, s *Server) bool {
		u := s.User(0)
		c := newClient(t, s, u, settings(t, s).MapiHTTP.MailStore.External)
		c.connect()
		p := c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(u.LegacyDN)).Responses[0].(*rop.LogonResponse)
		c.url = mapiURL(s.MailHost(), "emsmdb", p.MailboxID())
		again := c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(u.LegacyDN)).Responses[0]
		return p.Code() == mapierr.WrongServer && again.Code() == mapierr.OK
	},
	"wrong-server/loop": func(t *testing.T, s *Server) bool {
		u := s.User(0)
		c := newClient(t, s, u, s.MailStoreURL(u))
		c.connect()
		return c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(u.LegacyDN)).Responses[0].Code() == mapierr.WrongServer
	},
	"autodiscover-error/603":     poxAnswers("<ErrorCode>603</ErrorCode>"),
	"autodiscover-error/500":     poxAnswers("<ErrorCode>500</ErrorCode>"),
	"autodiscover-error/601":     poxAnswers("<ErrorCode>601</ErrorCode>"),
	"autodiscover-error/not-xml": poxAnswers("<html>"),
	"redirect-loop/url":          poxAnswers("<RedirectUrl>https://autodiscover.contoso.test/autodiscover/autodiscover.xml</RedirectUrl>"),
	"redirect-loop/plain-http":   poxAnswers("<RedirectUrl>http://autodiscover.contoso.test/autodiscover/autodiscover.xml</RedirectUrl>"),
	"redirect-loop/address": func(t *testing.T, s *Server) bool {
		there := s.User(0)
		there.Address = "alice@eu.contoso.test"
		return strings.Contains(s.discover(t, s.User(0), "X", "").raw, "<RedirectAddr>alice@eu.contoso.test</RedirectAddr>") &&
			strings.Contains(s.discover(t, there, "X", "").raw, "<RedirectAddr>alice@contoso.test</RedirectAddr>")
	},
	"discovery-srv": func(t *testing.T, s *Server) bool {
		return s.ask(t, "udp", s.names.autodiscover, dns.TypeA).Rcode == dns.RcodeNameError &&
			s.discoverAt(t, "https://"+s.names.mail+"/autodiscover/autodiscover.xml", s.User(0), "X", "").status == 200
	},
	"discovery-http-redirect": func(t *testing.T, s *Server) bool {
		r := s.get(t, "http://"+s.names.autodiscover+"/autodiscover/autodiscover.xml", nil)
		return r.StatusCode == 302 && r.Header.Get("Location") == "https://mail.contoso.test/autodiscover/autodiscover.xml"
	},
	"discovery-redirect-address": func(t *testing.T, s *Server) bool {
		there := s.User(0)
		there.Address = "alice@eu.contoso.test"
		return strings.Contains(s.discover(t, s.User(0), "X", "").raw, "<RedirectAddr>alice@eu.contoso.test</RedirectAddr>") &&
			strings.Contains(s.discover(t, there, "X-MapiHttpCapability", "1").raw, "mapiHttp")
	},
	"discovery-redirect-url": func(t *testing.T, s *Server) bool {
		return strings.Contains(s.discover(t, s.User(0), "X", "").raw, "<RedirectUrl>https://mail.contoso.test/autodiscover/autodiscover.xml</RedirectUrl>") &&
			strings.Contains(s.discoverAt(t, "https://mail.contoso.test/autodiscover/autodiscover.xml", s.User(0), "X-MapiHttpCapability", "1").raw, "mapiHttp")
	},
	"dns-trouble/servfail": func(t *testing.T, s *Server) bool {
		return s.ask(t, "udp", s.names.mail, dns.TypeA).Rcode == dns.RcodeServerFailure
	},
	"dns-trouble/truncated": func(t *testing.T, s *Server) bool { return s.ask(t, "udp", s.names.mail, dns.TypeA).Truncated },
	"dns-trouble/silent":    func(t *testing.T, s *Server) bool { return s.behaviour().dnsMood == dnsSilent }, // see TestDNSTrouble

	"cert-invalid/name-mismatch": func(t *testing.T, s *Server) bool {
		return isA[x509.HostnameError](s.greeting(t, s.names.mail)) && s.greeting(t, s.names.autodiscover) == nil
	},
	"cert-invalid/expired":              certInvalid(x509.Expired),
	"cert-invalid/not-yet-valid":        certInvalid(x509.Expired),
	"cert-invalid/wrong-usage":          certInvalid(x509.IncompatibleUsage),
	"cert-invalid/untrusted-root":       certUnknown,
	"cert-invalid/self-signed":          certUnknown,
	"cert-invalid/missing-intermediate": certUnknown,
	"cert-invalid/weak-key": func(t *testing.T, s *Server) bool {
		return s.behaviour().certs[siteMail].Leaf.PublicKeyAlgorithm == x509.RSA
	},

	"bad-credentials/wrong-password": func(t *testing.T, s *Server) bool { return statusOf(t, s, s.MailStoreURL(s.User(0))) == 401 },
	"bad-credentials/disabled":       func(t *testing.T, s *Server) bool { return statusOf(t, s, s.MailStoreURL(s.User(0))) == 401 },
	"basic-only":                     offers("Basic"),
	"ntlm-only": func(t *testing.T, s *Server) bool {
		_, resp := s.signIn(t, "Negotiate", "alice", s.User(0).Password, right)
		return resp.StatusCode == 200 && offers("Negotiate", "NTLM")(t, s)
	},
	"modern-auth-offered": offers("Bearer", "Negotiate", "NTLM"),

	"server-component-down/mapi": func(t *testing.T, s *Server) bool {
		return statusOf(t, s, "https://mail.contoso.test/mapi/healthcheck.htm") == 503 && statusOf(t, s, s.MailStoreURL(s.User(0))) == 503 &&
			statusOf(t, s, "https://mail.contoso.test/owa/healthcheck.htm") == 200
	},
	"server-component-down/all": func(t *testing.T, s *Server) bool {
		return statusOf(t, s, "https://mail.contoso.test/owa/healthcheck.htm") == 503 && statusOf(t, s, "https://autodiscover.contoso.test/autodiscover/autodiscover.xml") == 503
	},
	"pre-auth-proxy/redirect": func(t *testing.T, s *Server) bool { return statusOf(t, s, s.MailStoreURL(s.User(0))) == 302 },
	"pre-auth-proxy/page": func(t *testing.T, s *Server) bool {
		r := s.get(t, s.MailStoreURL(s.User(0)), nil)
		return r.StatusCode == 200 && strings.Contains(text(r), "password") && r.Header.Get("X-ResponseCode") == ""
	},
	"pre-auth-proxy/mapi-only": func(t *testing.T, s *Server) bool {
		return statusOf(t, s, s.MailStoreURL(s.User(0))) == 302 && settings(t, s).MapiHTTP != nil
	},
	"server-component-down/one-node": func(t *testing.T, s *Server) bool {
		statuses := map[int]int{}
		for _, addr := range s.ask(t, "udp", s.names.mail, dns.TypeA).Answer {
			statuses[s.healthAt(t, addr.(*dns.A).A.String())]++
		}
		return statuses[200] == 1 && statuses[503] == 1 && len(statuses) == 2
	},
	"captive-portal/port-80": func(t *testing.T, s *Server) bool {
		r := s.get(t, "http://autodiscover.contoso.test/autodiscover/autodiscover.xml", nil)
		return s.greeting(t, s.names.mail) != nil && s.greeting(t, s.names.domain) != nil && strings.Contains(r.Header.Get("Location"), "fgtauth")
	},
	"client-mapihttp-disabled/user":   registryHas("MapiHttpDisabled", "1"),
	"client-mapihttp-disabled/policy": registryHas("MapiHttpDisabled", "1"),
	"client-version-unsupported/2013": outlookIs("15.0.4420.1017"),
	"client-version-unsupported/2010": outlookIs("14.0.6029.1000"),
	"client-version-unsupported/2007": outlookIs("12.0"),
	"registry-harmless":               registryHas("MapiHttpDisabled", "0"),
	"captive-portal/certificate": func(t *testing.T, s *Server) bool {
		r := s.get(t, "http://contoso.test/", nil)
		return isA[x509.HostnameError](s.greeting(t, s.names.mail)) && r.StatusCode == 302 && strings.Contains(r.Header.Get("Location"), "hotspot")
	},
	"black-hole": func(t *testing.T, s *Server) bool {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := tlsDial(t, s, s.names.mail).(*tls.Conn).HandshakeContext(ctx)
		return errors.Is(err, context.DeadlineExceeded) && s.greeting(t, s.names.autodiscover) == nil
	},
	"connection-refused": func(t *testing.T, s *Server) bool {
		_, err := s.Client().Get("https://" + s.names.mail + "/")
		return isA[*net.OpError](err)
	},
	"clock-skew/ahead":  skewed(2 * time.Hour),
	"clock-skew/behind": skewed(-2 * time.Hour),

	"session-context-lost/not-found":      executeCode("10"),
	"session-context-lost/invalid-cookie": executeCode("6"),
	"session-context-lost/missing-cookie": executeCode("13"),
	"session-context-lost/sequence":       executeCode("15"),
	"session-context-lost/late": func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		r := c.do("Execute", executeBody(t, emptyBatch, 0))
		return r.header.Get("X-ResponseCode") == "0" && r.extra.Get("X-ResponseCode") == "10"
	},
	"endpoint-disabled/disabled":      connectResponseCode("16"),
	"endpoint-disabled/shutting-down": connectResponseCode("18"),
	"throttled/backoff": func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		out := c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(c.user.LegacyDN)).Responses
		return len(out) == 1 && out[0].ID() == rop.RopBackoff
	},
	"throttled/busy": func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		p, err := emsmdb.DecodeExecuteResponse(c.do("Execute", executeBody(t, emptyBatch, 0)).body)
		return err == nil && p.StatusCode == mapierr.RPCTooBusy
	},
	"throttled/unavailable": func(t *testing.T, s *Server) bool {
		return statusOf(t, s, "https://mail.contoso.test/mapi/healthcheck.htm") == 200 && newClient(t, s, s.User(0), s.MailStoreURL(s.User(0))).do("Connect", nil).status == 503
	},
	"idle-timeout":            cutWhileIdle,
	"proxy-buffers-long-poll": keptBack,
	"endless-pending": func(t *testing.T, s *Server) bool {
		return strings.HasPrefix(beginning(t, s, 30), "PROCESSING\r\nPENDING\r\nPENDING\r\n")
	},
	"slow-bytes": func(t *testing.T, s *Server) bool { return beginning(t, s, 1) == "P" },
	"gromox": func(t *testing.T, s *Server) bool {
		return statusOf(t, s, s.MailStoreURL(s.User(0))) == 404 && settings(t, s).MapiHTTP != nil
	},
}

// healthAt is the status of the health page of /mapi at one address of mail.
func (s *Server) healthAt(t *testing.T, addr string) int {
	t.Helper()
	c := s.Client()
	defer c.CloseIdleConnections()
	tr := c.Transport.(*http.Transport)
	tr.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, s.connectTo()[addr+":443"])
	}
	resp, err := c.Get("https://" + s.names.mail + "/mapi/healthcheck.htm")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// client is what the registry of the client's computer says.
func (s *Server) client(t *testing.T) *outlook.Client {
	t.Helper()
	r, err := outlook.ParseRegFile(s.RegistryExport())
	if err != nil {
		t.Fatal(err)
	}
	return outlook.Inspect(r)
}

func registryHas(name, value string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		set := s.client(t).Effective(name, 16)
		return set != nil && set.Value.Text() == value
	}
}

func outlookIs(version string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		c := s.client(t)
		return len(c.Installed) == 1 && c.Installed[0].Version == version
	}
}

func poxAnswers(piece string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return strings.Contains(s.discover(t, s.User(0), "X", "").raw, piece)
	}
}

func certInvalid(reason x509.InvalidReason) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		var e x509.CertificateInvalidError
		return errors.As(s.greeting(t, s.names.mail), &e) && e.Reason == reason
	}
}

func certUnknown(t *testing.T, s *Server) bool {
	return isA[x509.UnknownAuthorityError](s.greeting(t, s.names.mail))
}

func offers(schemes ...string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		var got []string
		for _, line := range s.get(t, s.MailStoreURL(s.User(0)), nil).Header.Values("Www-Authenticate") {
			scheme, _, _ := strings.Cut(line, " ")
			got = append(got, scheme)
		}
		return strings.Join(got, " ") == strings.Join(schemes, " ")
	}
}

func skewed(by time.Duration) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		_, _, p := opened(t, s, 0)
		off := time.Until(p.LogonTime) - by
		return off > -time.Minute && off < time.Minute
	}
}

func executeCode(want string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		return c.do("Execute", executeBody(t, emptyBatch, 0)).code() == want
	}
}

func connectResponseCode(want string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return newClient(t, s, s.User(0), s.MailStoreURL(s.User(0))).do("Connect", nil).code() == want
	}
}

// beginning is the first n bytes of the answer to a PING; then the client leaves.
func beginning(t *testing.T, s *Server, n int) string {
	t.Helper()
	c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
	resp, err := c.http.Do(c.request("PING", nil))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b := make([]byte, n)
	if _, err := io.ReadFull(resp.Body, b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestFaults sets each fault and each variant of it, and clears it again.
func TestFaults(t *testing.T) {
	s := start(t, Options{})
	works(t, s)
	for _, info := range s.Faults() {
		keys := []string{info.Name}
		for i, v := range info.Variants {
			if i == 0 {
				keys = nil
			}
			keys = append(keys, info.Name+"/"+v)
		}
		for _, key := range keys {
			_, variant, _ := strings.Cut(key, "/")
			symptom := symptoms[key]
			if symptom == nil {
				t.Errorf("%s: nothing says what a client meets", key)
				continue
			}
			if err := s.Set(Fault{Name: info.Name, Variant: variant}); err != nil {
				t.Fatal(err)
			}
			if !symptom(t, s) {
				t.Errorf("%s: not what a client should meet", key)
			}
		}
		if info.Title == "" || info.Imitates == "" {
			t.Errorf("%s: no title or no word on what it imitates", info.Name)
		}
		s.Clear(info.Name)
		works(t, s)
	}
}
