package exchangetest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
)

func init() {
	maps.Copy(symptoms, mailboxSymptoms)
	maps.Copy(symptoms, nameSymptoms)
	maps.Copy(symptoms, waySymptoms)
}

func connects(want mapierr.Code) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool { return s.connectCode(t, s.User(0)) == want }
}

func logsOn(want mapierr.Code) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		c.connect()
		return c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(c.user.LegacyDN)).Responses[0].Code() == want
	}
}

func healthOf(vdir string, want int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		return statusOf(t, s, "https://mail.contoso.test/"+vdir+"/healthcheck.htm") == want && statusOf(t, s, "https://mail.contoso.test/mapi/healthcheck.htm") == 200
	}
}

var mailboxSymptoms = map[string]func(*testing.T, *Server) bool{
	"client-version-blocked/version":     connects(mapierr.ClientVerDisallowed),
	"client-version-blocked/online-mode": connects(mapierr.CachedModeRequired),
	"mailbox-access-denied/logon":        logsOn(mapierr.LoginPerm),
	"mailbox-access-denied/connect":      connects(mapierr.AccessDenied),
	"database-down/dismounted":           logsOn(mapierr.MDBNotInit),
	"database-down/mounting":             logsOn(mapierr.LoginFailure),
	"mailbox-full": func(t *testing.T, s *Server) bool {
		c, h, _ := opened(t, s, 0)
		out := c.execute([]uint32{h}, &rop.GetPropertiesSpecificRequest{Columns: []props.Tag{props.TagProhibitSendQuota}})
		quota, _ := props.Get[int32](out.Responses[0].(*rop.GetPropertiesSpecificResponse).Row, props.TagProhibitSendQuota)
		return quota == 1
	},
	"notification-lost": func(t *testing.T, s *Server) bool {
		c, h, _ := opened(t, s, 0)
		c.subscribe(h)
		w := c.wait()
		defer w.resp.Body.Close()
		s.Deliver(c.user.Address, "unheard")
		c.wait()
		return len(c.execute(nil).Responses) == 0
	},
	"session-bound-to-connection": func(t *testing.T, s *Server) bool {
		c, _, _ := opened(t, s, 0)
		c.http.CloseIdleConnections()
		for c.do("PING", nil).code() == "0" {
			c.http.CloseIdleConnections() // until the server has seen the end of the one before
		}
		return c.do("PING", nil).code() == "10"
	},
	"not-in-address-book": func(t *testing.T, s *Server) bool {
		r := look(bound(t, s), &nspi.ResolveNamesRequest{Stat: nspi.DefaultStat(), Tags: bookColumns, Names: []string{s.User(0).Address}}, nspi.DecodeResolveNamesResponse)
		return len(r.MIDs) == 1 && r.MIDs[0] == nspi.Unresolved
	},
	"directory-url-differs": func(t *testing.T, s *Server) bool {
		u := look(bound(t, s), &nspi.GetAddressBookURLRequest{UserDN: s.User(0).LegacyDN}, nspi.DecodeGetAddressBookURLResponse)
		return strings.HasPrefix(u.URL, "https://"+s.names.server+"/mapi/nspi/")
	},
	"service-down/ews":    healthOf("ews", 503),
	"service-down/oab":    healthOf("oab", 503),
	"vdir-missing/server": func(t *testing.T, s *Server) bool { return statusOf(t, s, s.MailStoreURL(s.User(0))) == 404 },
	"vdir-missing/proxy": func(t *testing.T, s *Server) bool {
		r := s.get(t, s.MailStoreURL(s.User(0)), nil)
		return r.StatusCode == 404 && r.Header.Get("Server") == "nginx"
	},
}

var nameSymptoms = map[string]func(*testing.T, *Server) bool{
	"autodiscover-dns/unknown-domain": func(t *testing.T, s *Server) bool {
		return s.ask(t, "udp", s.names.domain, dns.TypeMX).Rcode == dns.RcodeNameError
	},
	"legacydn-trailing-space/refused": func(t *testing.T, s *Server) bool {
		u := s.User(0)
		u.LegacyDN += " "
		return settings(t, s).LegacyDN == u.LegacyDN && s.connectCode(t, u) == mapierr.UnknownUser
	},
	"legacydn-trailing-space/accepted": func(t *testing.T, s *Server) bool {
		u := s.User(0)
		u.LegacyDN += " "
		return settings(t, s).LegacyDN == u.LegacyDN && s.connectCode(t, u) == mapierr.OK
	},
	"redirect-consent/redirect-url": poxAnswers("<RedirectUrl>https://autodiscover.hoster.example/"),
	"redirect-consent/http-redirect": func(t *testing.T, s *Server) bool {
		r := s.get(t, "http://autodiscover.contoso.test/autodiscover/autodiscover.xml", nil)
		return strings.HasPrefix(r.Header.Get("Location"), "https://autodiscover.hoster.example/")
	},
	"srv-target-broken": func(t *testing.T, s *Server) bool {
		srv := s.ask(t, "udp", "_autodiscover._tcp."+s.names.domain, dns.TypeSRV).Answer[0].(*dns.SRV)
		return s.ask(t, "udp", strings.TrimSuffix(srv.Target, "."), dns.TypeA).Rcode == dns.RcodeNameError
	},
	"autodiscover-contradicts": func(t *testing.T, s *Server) bool {
		p, err := autodiscover.ParsePOX(s.discoverAt(t, "https://mail.contoso.test/autodiscover/autodiscover.xml", s.User(0), "X-MapiHttpCapability", "1").body)
		return err == nil && p.MapiHTTP.MailStore.External != settings(t, s).MapiHTTP.MailStore.External
	},
	"address-dead": func(t *testing.T, s *Server) bool { return len(s.ask(t, "udp", s.names.mail, dns.TypeA).Answer) == 2 },
	"unreachable-host/hangs-up": func(t *testing.T, s *Server) bool {
		return s.greeting(t, s.names.mail) != nil && s.greeting(t, s.names.autodiscover) == nil
	},
	"unreachable-host/no-route": func(t *testing.T, s *Server) bool {
		_, err := s.Client().Get("https://" + s.names.mail + "/")
		return err != nil
	},
	"mailbox-online":             func(t *testing.T, s *Server) bool { return settings(t, s).MicrosoftOnline == "True" },
	"cross-forest-residue":       func(t *testing.T, s *Server) bool { return settings(t, s).SMTPAddress == "alice@old-forest.example" },
	"sign-in-scheme/digest":      offers("Digest"),
	"sign-in-scheme/certificate": offers("ClientCertificate"),
	"cert-names": func(t *testing.T, s *Server) bool {
		return strings.Contains(settings(t, s).MapiHTTP.MailStore.Internal, s.names.server) && s.leaf(t, s.names.mail).VerifyHostname(s.names.server) != nil
	},
	"cert-revocation": func(t *testing.T, s *Server) bool {
		_, err := s.Client().Get(s.leaf(t, s.names.mail).CRLDistributionPoints[0])
		return s.greeting(t, s.names.mail) == nil && err != nil
	},
	"cert-remark": func(t *testing.T, s *Server) bool {
		b := s.behaviour()
		return len(s.ask(t, "udp", s.names.mail, dns.TypeA).Answer) == 2 && !b.certs[siteMail].Leaf.Equal(b.certs[siteSecond].Leaf)
	},
	"tls-inspected": func(t *testing.T, s *Server) bool {
		return s.greeting(t, s.names.mail) == nil && strings.Contains(s.leaf(t, s.names.mail).Issuer.CommonName, "Zscaler")
	},
}

// systemGets is what a program on the client's computer gets for mail., and what
// the DNS server says.
func systemGets(t *testing.T, s *Server) (system, server string) {
	t.Helper()
	addrs, err := s.SystemLookup(t.Context(), s.names.mail)
	if err != nil {
		t.Fatal(err)
	}
	return addrs[0].String(), s.ask(t, "udp", s.names.mail, dns.TypeA).Answer[0].(*dns.A).A.String()
}

// pinged is how long the second PING on a connection takes.
func pinged(t *testing.T, s *Server) time.Duration {
	c, _, _ := opened(t, s, 0)
	start := time.Now()
	c.do("PING", nil)
	return time.Since(start)
}

func ticketTooLarge(t *testing.T, s *Server) bool {
	r, err := byTicket(t, s)
	return err == nil && r.Status == 400 && byNTLM(t, s) == nil
}

var waySymptoms = map[string]func(*testing.T, *Server) bool{
	"stale-network-state/resolver-cache": func(t *testing.T, s *Server) bool {
		system, server := systemGets(t, s)
		return system == internalAddr && server == mailAddr
	},
	"stale-network-state/hosts-file": func(t *testing.T, s *Server) bool {
		system, server := systemGets(t, s)
		file, _ := s.SystemHosts()
		return system == closedAddr && server == mailAddr && strings.Contains(string(file), s.names.mail)
	},
	"stale-network-state/off-vpn": func(t *testing.T, s *Server) bool {
		system, server := systemGets(t, s)
		_, err := s.Path().DialTCP(context.Background(), s.names.mail, "443")
		return system == internalAddr && server == internalAddr && err != nil
	},
	"latency-loss/slow":       func(t *testing.T, s *Server) bool { return pinged(t, s) >= 180*time.Millisecond },
	"latency-loss/very-slow":  func(t *testing.T, s *Server) bool { return pinged(t, s) >= 400*time.Millisecond },
	"token-bloat/field":       ticketTooLarge,
	"token-bloat/request":     ticketTooLarge,
	"healthy-legacy/computer": registryHas("MapiHttpDisabled", "1"),
	"outlook-anywhere-basic":  poxAnswers("<AuthPackage>Basic</AuthPackage>"),
	"upn-mismatch/kerberos":   unknownName(httpc.SchemeRefused),
	"upn-mismatch/ntlm":       unknownName(httpc.Refused),
	"scp-wrong/certificate":   scpNames("ex01.corp.contoso.test", dns.RcodeSuccess),
	"scp-wrong/missing-name":  scpNames("ex01.corp.contoso.test", dns.RcodeNameError),
	"scp-healthy":             scpNames("autodiscover.contoso.test", dns.RcodeSuccess),
	"rpc-encryption-required": rpcAnswers(mapierr.NotEncrypted),
	"healthy-legacy/cert-principal": func(t *testing.T, s *Server) bool {
		return poxAnswers("<CertPrincipalName>msstd:*.contoso.test<")(t, s) && rpcAnswers(mapierr.OK)(t, s)
	},
	"healthy-legacy/organisation": func(t *testing.T, s *Server) bool {
		return settings(t, s).MapiHTTP == nil && rpcAnswers(mapierr.OK)(t, s)
	},
}

func rpcAnswers(want mapierr.Code) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		code, err := rpcConnect(t, s)
		return err == nil && code == want
	}
}

// unknownName: nobody is known by the e-mail address, and Alice is by her login.
func unknownName(ntlm httpc.Reason) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return s.User(0).Login == s.User(0).Address && kerberos.KindOf(err) == kerberos.ClientUnknown && reason(byNTLM(t, s)) == ntlm
	}
}

func scpNames(host string, rcode int) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		u := s.User(0)
		id, err := kerberos.New(kerberos.Config{Path: s.Path(), User: u.Login, Password: auth.NewSecret(u.Password), Krb5Conf: s.Krb5Conf()})
		if err != nil {
			t.Fatal(err)
		}
		r, err := (&scp.Finder{Path: s.Path(), Identity: id, Domain: s.Domain()}).Find(t.Context(), s.Domain())
		if err != nil {
			t.Fatal(err)
		}
		return r.Server == s.names.dc() && slices.Equal(r.URLs, []string{"https://" + host + "/Autodiscover/Autodiscover.xml"}) && s.ask(t, "udp", host, dns.TypeA).Rcode == rcode
	}
}
