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
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
)

func init() {
	maps.Copy(symptoms, mailboxSymptoms)
	maps.Copy(symptoms, nameSymptoms)
	maps.Copy(symptoms, waySymptoms)
}

var mailboxSymptoms = map[string]func(*testing.T, *Server) bool{
	"mailbox-full": func(t *testing.T, s *Server) bool {
		c, h, _ := opened(t, s, 0)
		out := c.execute([]uint32{h}, &rop.GetPropertiesSpecificRequest{Columns: []props.Tag{props.TagProhibitSendQuota}})
		quota, _ := props.Get[int32](out.Responses[0].(*rop.GetPropertiesSpecificResponse).Row, props.TagProhibitSendQuota)
		return quota == 1
	},
}

var nameSymptoms = map[string]func(*testing.T, *Server) bool{
	"autodiscover-dns/unknown-domain": func(t *testing.T, s *Server) bool {
		return s.ask(t, "udp", s.names.domain, dns.TypeMX).Rcode == dns.RcodeNameError
	},
	"unreachable-host/hangs-up": func(t *testing.T, s *Server) bool {
		return s.greeting(t, s.names.mail) != nil && s.greeting(t, s.names.autodiscover) == nil
	},
	"unreachable-host/no-route": func(t *testing.T, s *Server) bool {
		_, err := s.Client().Get("https://" + s.names.mail + "/")
		return err != nil
	},
	"cross-forest-residue/old-forest": func(t *testing.T, s *Server) bool { return settings(t, s).SMTPAddress == "alice@old-forest.example" },
	"cross-forest-residue/archive": func(t *testing.T, s *Server) bool {
		return settings(t, s).SMTPAddress == "alice@archive.hoster.example"
	},
	"sign-in-scheme/digest":      offers("Digest"),
	"sign-in-scheme/certificate": offers("ClientCertificate"),
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
	"latency-loss/slow":                 func(t *testing.T, s *Server) bool { return pinged(t, s) >= 180*time.Millisecond },
	"latency-loss/very-slow":            func(t *testing.T, s *Server) bool { return pinged(t, s) >= 400*time.Millisecond },
	"token-bloat/field":                 ticketTooLarge,
	"token-bloat/request":               ticketTooLarge,
	"healthy-legacy/computer":           registryHas("MapiHttpDisabled", "1"),
	"outlook-anywhere-basic/everywhere": poxAnswers("<AuthPackage>Basic</AuthPackage>"),
	"outlook-anywhere-basic/outside": func(t *testing.T, s *Server) bool {
		return poxAnswers("<AuthPackage>Basic</AuthPackage>")(t, s) && poxAnswers("<AuthPackage>Ntlm</AuthPackage>")(t, s)
	},
	"upn-mismatch/kerberos":                    unknownName(httpc.SchemeRefused),
	"upn-mismatch/ntlm":                        unknownName(httpc.Refused),
	"scp-wrong/certificate":                    scpNames("ex01.corp.contoso.test", dns.RcodeSuccess),
	"scp-wrong/missing-name":                   scpNames("ex01.corp.contoso.test", dns.RcodeNameError),
	"scp-healthy":                              scpNames("autodiscover.contoso.test", dns.RcodeSuccess),
	"rpc-encryption-required/mailbox-switch":   rpcAnswers(mapierr.NotEncrypted),
	"rpc-encryption-required/endpoint-missing": rpcAnswers(mapierr.NotEncrypted),
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
