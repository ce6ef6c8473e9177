package exchangetest

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/outlook"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/miekg/dns"
)

// Symptoms of the faults that are there so that every cause has two variants.
func init() {
	maps.Copy(symptoms, map[string]func(*testing.T, *Server) bool{
		"vdir-no-auth/401":               refusesAll(http.StatusUnauthorized),
		"vdir-no-auth/403":               refusesAll(http.StatusForbidden),
		"cert-expires/ten-days":          endsWithin("mail.contoso.test", 11),
		"cert-expires/tomorrow":          endsWithin("mail.contoso.test", 2),
		"tls-interception/known-maker":   issuedBy("Fortinet", false),
		"tls-interception/unknown-maker": issuedBy("Guardian Web Filter", false),
		"tls-inspected/zscaler":          issuedBy("Zscaler", true),
		"tls-inspected/netskope":         issuedBy("Netskope", true),
		"cert-root-domain/other-name":    rootGreets(func(err error) bool { return isA[x509.HostnameError](err) }),
		"cert-root-domain/expired":       rootGreets(func(err error) bool { return isA[x509.CertificateInvalidError](err) }),
		"cert-root-domain/self-signed":   rootGreets(func(err error) bool { return isA[x509.UnknownAuthorityError](err) }),
		"client-cert-requested/required-tls12": func(t *testing.T, s *Server) bool {
			return s.greeting(t, s.names.mail) != nil && s.greeting(t, s.names.domain) == nil
		},
		"client-cert-requested/asked-by-one": func(t *testing.T, s *Server) bool {
			return s.greeting(t, s.names.mail) == nil && s.asksForCertificate(t)
		},
		"cert-names/server-name":  internalHost("ex01.corp.contoso.test"),
		"cert-names/short-name":   internalHost("ex01"),
		"cert-principal/old-name": principalIs("msstd:owa.contoso.test"),
		"cert-principal/wildcard": principalIs("msstd:*.contoso.test"),
		"cert-revocation/refused": listAt("http://pki.contoso.test/pki/issuing.crl"),
		"cert-revocation/not-there": func(t *testing.T, s *Server) bool {
			return listAt("http://contoso.test/pki/nothing.crl")(t, s) && statusOf(t, s, "http://contoso.test/pki/nothing.crl") == http.StatusFound
		},
		"cert-remark/two-certificates": func(t *testing.T, s *Server) bool {
			b := s.behaviour()
			return len(s.ask(t, "udp", s.names.mail, dns.TypeA).Answer) == 2 && !b.certs[siteMail].Leaf.Equal(b.certs[siteSecond].Leaf)
		},
		"cert-remark/must-staple": func(t *testing.T, s *Server) bool {
			return slices.ContainsFunc(s.leaf(t, s.names.mail).Extensions, func(e pkix.Extension) bool { return e.Id.String() == "1.3.6.1.5.5.7.1.24" })
		},
		"cert-kinds/wildcard":   shows(func(c *x509.Certificate) bool { return c.DNSNames[0] == "*.contoso.test" }),
		"cert-kinds/rsa":        shows(func(c *x509.Certificate) bool { return c.PublicKeyAlgorithm == x509.RSA }),
		"cert-kinds/p384":       shows(func(c *x509.Certificate) bool { return strings.Contains(c.SignatureAlgorithm.String(), "ECDSA") }),
		"cert-kinds/many-names": shows(func(c *x509.Certificate) bool { return len(c.DNSNames) > 40 }),
		"cert-kinds/listed":     shows(func(c *x509.Certificate) bool { return len(c.CRLDistributionPoints) == 1 }),

		"mailbox-mapi-disabled/web-alone": protocols(1),
		"mailbox-mapi-disabled/nothing":   protocols(0),
		"vdir-url-wrong/misspelled":       internalHost("mial.contoso.test"),
		"external-blocked/server-name":    func(t *testing.T, s *Server) bool { return settings(t, s).MapiHTTP.MailStore.External == "" },
		"external-blocked/other-zone":     internalHost("mail.corp.local"),
		"wrong-server/connect":            connectIs(mapierr.WrongServer),
		"redirect-consent/url":            poxAnswers("<RedirectUrl>https://autodiscover.hoster.example/autodiscover/autodiscover.xml</RedirectUrl>"),
		"redirect-consent/http": func(t *testing.T, s *Server) bool {
			r := s.get(t, "http://"+s.names.autodiscover+"/autodiscover/autodiscover.xml", nil)
			return r.Header.Get("Location") == "https://autodiscover.hoster.example/autodiscover/autodiscover.xml"
		},
		"legacydn-trailing-space/refused":  withBlank(mapierr.UnknownUser),
		"legacydn-trailing-space/accepted": withBlank(mapierr.OK),
		"autodiscover-contradicts/server": func(t *testing.T, s *Server) bool {
			return differs(t, s, "https://autodiscover.contoso.test/mapi/")
		},
		"autodiscover-contradicts/mailbox": func(t *testing.T, s *Server) bool { return differs(t, s, "11111111-2222") },
		"srv-target-broken/alone":          srvTargets("old-mail.contoso.test."),
		"srv-target-broken/second":         srvTargets("mail.contoso.test.", "old-mail.contoso.test."),
		"mailbox-online":                   poxAnswers("<MicrosoftOnline>True</MicrosoftOnline>"),
		"ipv6-alone":                       addresses(mailAddr6),

		"web-filter/squid":      filterPage("ERROR: The requested URL"),
		"web-filter/fortiguard": filterPage("FortiGuard"),
		"vdir-missing/iis":      mapiServer("Microsoft-IIS/10.0", http.StatusNotFound),
		"vdir-missing/proxy":    mapiServer("nginx", http.StatusNotFound),
		"service-down/ews":      pageIs("/ews/healthcheck.htm", http.StatusServiceUnavailable),
		"service-down/oab":      pageIs("/oab/healthcheck.htm", http.StatusServiceUnavailable),
		"address-dead/second":   addresses(mailAddr, closedAddr),
		"address-dead/first":    addresses(closedAddr, mailAddr),
		"name-missing/servfail": func(t *testing.T, s *Server) bool {
			return s.ask(t, "udp", s.names.mail, dns.TypeA).Rcode == dns.RcodeServerFailure && s.ask(t, "udp", s.names.autodiscover, dns.TypeA).Rcode == dns.RcodeSuccess
		},
		"name-missing/silent": func(t *testing.T, s *Server) bool { // see TestDNSTrouble
			return s.behaviour().moodAt(s.names.mail+".") == dnsSilent && s.behaviour().moodAt(s.names.autodiscover+".") == dnsNormal
		},

		"huge-length/ten-gigabytes":                  promises(10 << 30),
		"huge-length/one-gigabyte":                   promises(1 << 30),
		"mailbox-access-denied/connect":              connectIs(mapierr.LoginPerm),
		"mailbox-access-denied/logon":                logonIs(mapierr.AccessDenied),
		"database-down/connect":                      connectIs(mapierr.MDBNotInit),
		"database-down/logon":                        logonIs(mapierr.MDBNotInit),
		"client-version-blocked/version":             connectIs(mapierr.ClientVerDisallowed),
		"client-version-blocked/online-mode":         connectIs(mapierr.CachedModeRequired),
		"notification-lost/never":                    func(t *testing.T, s *Server) bool { return s.behaviour().deaf && !waitEnds(t, s) },
		"notification-lost/hollow":                   waitEnds,
		"session-bound-to-connection/not-found":      otherConnection("10"),
		"session-bound-to-connection/invalid-cookie": otherConnection("6"),
		"directory-url-differs/server-name":          func(_ *testing.T, s *Server) bool { return s.behaviour().bookHost == s.names.server },
		"directory-url-differs/autodiscover-name":    func(_ *testing.T, s *Server) bool { return s.behaviour().bookHost == s.names.autodiscover },
		"not-in-address-book":                        func(_ *testing.T, s *Server) bool { return s.behaviour().bookHides },

		"registry-override/excluded":  registryHas("ExcludeSrvRecord", "1"),
		"registry-override/by-policy": func(t *testing.T, s *Server) bool { return s.client(t).Effective("ExcludeSrvRecord", 16).Policy },
		"registry-override/local-xml": func(t *testing.T, s *Server) bool {
			return registryHas("PreferLocalXML", "1")(t, s) && slices.ContainsFunc(s.client(t).LocalXML, func(x outlook.LocalXML) bool { return x.Domain == s.names.domain })
		},
		"online-content-blocked/modern-offered": modernBlocked,
		"online-content-blocked/not-offered":    registryHas("UseOnlineContent", "0"),
		"outlook-anywhere-host/misspelled":      func(t *testing.T, s *Server) bool { return settings(t, s).MapiHTTP == nil },
		"server-version-unsupported/2013":       tooOld,
		"server-version-unsupported/2010": func(t *testing.T, s *Server) bool {
			return tooOld(t, s) && strings.Contains(s.discover(t, s.User(0), "X", "").raw, "<ServerVersion>7383807B</ServerVersion>")
		},
	})
}

func modernBlocked(t *testing.T, s *Server) bool {
	return registryHas("UseOnlineContent", "0")(t, s) && offers("Bearer", "Negotiate", "NTLM")(t, s)
}

func tooOld(t *testing.T, s *Server) bool {
	return statusOf(t, s, s.MailStoreURL(s.User(0))) == http.StatusNotFound && settings(t, s).MapiHTTP == nil
}

// protocols is how many Autodiscover lists for a mailbox with MAPI off.
func protocols(n int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return len(settings(t, s).Protocols) == n && s.connectCode(t, s.User(0)) == mapierr.ProtocolDisabled
	}
}

func refusesAll(status int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		r := s.get(t, s.MailStoreURL(s.User(0)), nil)
		return r.StatusCode == status && r.Header.Get("Www-Authenticate") == "" && settings(t, s) != nil
	}
}

func endsWithin(host string, days int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		left := time.Until(s.leaf(t, host).NotAfter)
		return s.greeting(t, host) == nil && left > 0 && left < time.Duration(days)*24*time.Hour
	}
}

func issuedBy(maker string, trusted bool) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return (s.greeting(t, s.names.mail) == nil) == trusted && strings.HasPrefix(s.leaf(t, s.names.mail).Issuer.CommonName, maker)
	}
}

func rootGreets(as func(error) bool) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return as(s.greeting(t, s.names.domain)) && s.greeting(t, s.names.mail) == nil
	}
}

func internalHost(host string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return strings.HasPrefix(settings(t, s).MapiHTTP.MailStore.Internal, "https://"+host+"/")
	}
}

func principalIs(name string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		p := settings(t, s)
		return p.MapiHTTP == nil && p.Protocol("EXPR").Value("CertPrincipalName") == name
	}
}

func listAt(url string) func(*testing.T, *Server) bool {
	return shows(func(c *x509.Certificate) bool { return slices.Equal(c.CRLDistributionPoints, []string{url}) })
}

// shows holds of a certificate that a client trusts.
func shows(what func(*x509.Certificate) bool) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return s.greeting(t, s.names.mail) == nil && s.greeting(t, s.names.autodiscover) == nil && what(s.leaf(t, s.names.mail))
	}
}

func connectIs(code mapierr.Code) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool { return s.connectCode(t, s.User(0)) == code }
}

func logonIs(code mapierr.Code) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		return c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(c.user.LegacyDN)).Responses[0].Code() == code
	}
}

func withBlank(code mapierr.Code) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		u := s.User(0)
		u.LegacyDN = settings(t, s).LegacyDN
		return strings.HasSuffix(u.LegacyDN, " ") && s.connectCode(t, u) == code
	}
}

func differs(t *testing.T, s *Server, piece string) bool {
	at := func(host string) string {
		return s.discoverAt(t, "https://"+host+"/autodiscover/autodiscover.xml", s.User(0), "X-MapiHttpCapability", "1").raw
	}
	return strings.Contains(at(s.names.mail), piece) && !strings.Contains(at(s.names.autodiscover), piece)
}

func srvTargets(names ...string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		var got []string
		for _, rr := range s.ask(t, "udp", "_autodiscover._tcp."+s.names.domain, dns.TypeSRV).Answer {
			got = append(got, rr.(*dns.SRV).Target)
		}
		return slices.Equal(got, names)
	}
}

func addresses(want ...string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		var got []string
		for _, kind := range []uint16{dns.TypeAAAA, dns.TypeA} {
			for _, rr := range s.ask(t, "udp", s.names.mail, kind).Answer {
				switch rr := rr.(type) {
				case *dns.A:
					got = append(got, rr.A.String())
				case *dns.AAAA:
					got = append(got, rr.AAAA.String())
				}
			}
		}
		return slices.Equal(got, want)
	}
}

func filterPage(piece string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		r := s.get(t, s.MailStoreURL(s.User(0)), nil)
		return r.StatusCode == http.StatusForbidden && strings.Contains(text(r), piece) && settings(t, s).MapiHTTP != nil
	}
}

func mapiServer(server string, status int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		r := s.get(t, s.MailStoreURL(s.User(0)), nil)
		return r.StatusCode == status && r.Header.Get("Server") == server
	}
}

func pageIs(path string, status int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return statusOf(t, s, "https://"+s.names.mail+path) == status && statusOf(t, s, "https://"+s.names.mail+"/mapi/healthcheck.htm") == http.StatusOK
	}
}

func promises(length int64) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return strings.HasPrefix(beginning(t, s, 18), "PROCESSING\r\nDONE\r\n") && s.behaviour().contentLength == length
	}
}

// waitEnds says whether a NotificationWait ends by itself before a message comes.
func waitEnds(t *testing.T, s *Server) bool {
	c, _, _ := opened(t, s, 0)
	w := c.wait()
	defer w.resp.Body.Close()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b := make([]byte, 1<<10)
		for {
			if _, err := w.body.Read(b); err != nil {
				return
			}
		}
	}()
	s.Deliver(s.User(0).Address, "hello")
	select {
	case <-ended:
		return true
	case <-time.After(200 * time.Millisecond):
		return false
	}
}

// otherConnection is what a request in the same session is answered with on a
// connection of its own.
func otherConnection(code string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		first := c.do("Execute", executeBody(t, emptyBatch, 0)).code()
		c.http.CloseIdleConnections()
		return first == "0" && c.do("Execute", executeBody(t, emptyBatch, 0)).code() == code
	}
}

// TestClash holds what Clash says against pairs that are known.
func TestClash(t *testing.T) {
	s := start(t, Options{})
	for _, c := range []struct {
		a, b Fault
		want bool
	}{
		{Fault{Name: "basic-only"}, Fault{Name: "ntlm-only"}, true},
		{Fault{Name: "cert-invalid"}, Fault{Name: "tls-inspected"}, true},
		{Fault{Name: "connection-refused"}, Fault{Name: "address-dead"}, true},
		{Fault{Name: "ntlmv1"}, Fault{Name: "ntlmv1", Variant: "level-0"}, true},
		{Fault{Name: "client-version-unsupported"}, Fault{Name: "ntlmv1"}, false},
		{Fault{Name: "cert-invalid", Host: "mail"}, Fault{Name: "cert-root-domain"}, false},
		{Fault{Name: "vdir-no-auth"}, Fault{Name: "service-down"}, false},
		{Fault{Name: "pre-auth-proxy"}, Fault{Name: "web-filter"}, false}, // the first that answers has: one hides the other
		{Fault{Name: "vdir-url-wrong"}, Fault{Name: "clock-skew"}, false},
	} {
		if got := s.Clash(c.a, c.b); got != c.want || s.Clash(c.b, c.a) != got {
			t.Errorf("%+v and %+v: %v", c.a, c.b, got)
		}
	}
	for name, want := range map[string]bool{"cert-invalid": true, "tls-version": true, "vdir-no-auth": false, "black-hole": false} {
		if s.ChangesTLS(Fault{Name: name}) != want {
			t.Errorf("%s changes TLS: %v", name, !want)
		}
	}
}
