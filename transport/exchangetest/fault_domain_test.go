package exchangetest

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"testing"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

func init() { maps.Copy(symptoms, domainSymptoms) }

// byTicket pings the mailbox endpoint signed in with Kerberos.
func byTicket(t *testing.T, s *Server) (*httpc.Response, error) {
	t.Helper()
	id, err := kerberos.New(kerberos.Config{Path: s.Path(), User: s.User(0).Login, Password: auth.NewSecret(s.User(0).Password), Krb5Conf: s.Krb5Conf()})
	if err != nil {
		t.Fatal(err)
	}
	return ping(t, s, id.Mechanism(kerberos.Options{}))
}

func ping(t *testing.T, s *Server, by ...auth.Mechanism) (*httpc.Response, error) {
	t.Helper()
	c := &httpc.Client{Path: s.Path(), Policy: &auth.Policy{}, Mechanisms: by}
	t.Cleanup(c.Close)
	c.Policy.Allow(s.MailHost())
	r, err := c.Do(t.Context(), &httpc.Request{Method: "POST", URL: s.MailStoreURL(s.User(0)), Header: http.Header{"X-RequestType": {"PING"}}})
	if err == nil {
		r.Body.Close()
	}
	return r, err
}

func byNTLM(t *testing.T, s *Server) error {
	t.Helper()
	_, err := ping(t, s, auth.NegotiateNTLM(auth.Credential{User: s.User(0).Login, Password: auth.NewSecret(s.User(0).Password)}, auth.NTLMOptions{}))
	return err
}

func reason(err error) httpc.Reason {
	var a *httpc.AuthError
	errors.As(err, &a)
	if a == nil {
		return ""
	}
	return a.Reason
}

// modern asks with an empty Bearer where people sign in.
func modern(t *testing.T, s *Server, url string) bool {
	t.Helper()
	r := s.get(t, url, func(r *http.Request) { r.Header.Set("Authorization", "Bearer") })
	return auth.FindBearer(auth.ParseChallenges(r.Header.Values("Www-Authenticate"))).Modern()
}

const discoverURL = "https://autodiscover.contoso.test/autodiscover/autodiscover.xml"

func refusedAtMapi(t *testing.T, s *Server) bool {
	_, resp := s.signIn(t, "NTLM", "alice", s.User(0).Password, right)
	_, err := byTicket(t, s)
	return resp.StatusCode == 401 && reason(err) == httpc.Refused && settings(t, s) != nil
}

var domainSymptoms = map[string]func(*testing.T, *Server) bool{
	"extended-protection/bridging":     refusedAtMapi,
	"extended-protection/interception": refusedAtMapi,
	"proxy-breaks-ntlm/two-servers": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s) // one leg is not broken
		return reason(byNTLM(t, s)) == httpc.HandshakeBroken && err == nil
	},
	"proxy-breaks-ntlm/one-server": func(t *testing.T, s *Server) bool {
		_, resp := s.signIn(t, "NTLM", "alice", s.User(0).Password, right)
		return resp.StatusCode == 401 && resp.Header.Get("Via") == "1.1 nginx" && settings(t, s) != nil
	},
	"kerberos": func(t *testing.T, s *Server) bool {
		r, err := byTicket(t, s)
		return err == nil && r.Authn == "Negotiate (Kerberos)" && reason(byNTLM(t, s)) == httpc.SchemeRefused
	},
	"kerberos-spn/missing": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.SPNUnknown
	},
	"kerberos-spn/wrong-account": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.WrongAccount && reason(err) == httpc.Refused
	},
	"kerberos-fallback/for-one-host": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.SPNUnknown && byNTLM(t, s) == nil && len(s.names.spns()) == 3
	},
	"kerberos-fallback/missing": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.SPNUnknown && byNTLM(t, s) == nil
	},
	"account-locked/locked": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.Revoked && reason(byNTLM(t, s)) == httpc.Refused
	},
	"account-locked/password-expired": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.PasswordExpired
	},
	"account-locked/account-expired": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.Revoked && reason(byNTLM(t, s)) == httpc.Refused
	},
	"account-locked/password-expired-no-ntlm": func(t *testing.T, s *Server) bool {
		_, err := byTicket(t, s)
		return kerberos.KindOf(err) == kerberos.PasswordExpired && reason(byNTLM(t, s)) == httpc.SchemeRefused
	},
	"ntlmv1/level-2":          ntlmLevel("2"),
	"ntlmv1/level-0":          ntlmLevel("0"),
	"ntlmv1-server/negotiate": onlyVersion1,
	"ntlmv1-server/ntlm": func(t *testing.T, s *Server) bool {
		_, err := ping(t, s, auth.NTLM(auth.Credential{User: s.User(0).Login, Password: auth.NewSecret(s.User(0).Password)}, auth.NTLMOptions{}))
		return errors.Is(err, auth.ErrNTLMv1) && reason(byNTLM(t, s)) == httpc.NoCommonScheme
	},
	"modern-auth": func(t *testing.T, s *Server) bool {
		r, err := ping(t, s, auth.Bearer(func(context.Context, string) (auth.Secret, error) { return auth.NewSecret(s.Token(0)), nil }))
		return modern(t, s, discoverURL) && modern(t, s, s.MailStoreURL(s.User(0))) && err == nil && r.Authn == "Bearer"
	},
	"modern-auth-half-set/autodiscover-alone": func(t *testing.T, s *Server) bool {
		return modern(t, s, discoverURL) && !modern(t, s, s.MailStoreURL(s.User(0))) && reason(byNTLM(t, s)) == httpc.NoCommonScheme
	},
	"modern-auth-half-set/nowhere": func(t *testing.T, s *Server) bool {
		return !modern(t, s, s.MailStoreURL(s.User(0))) && reason(byNTLM(t, s)) == httpc.NoCommonScheme && !modern(t, s, discoverURL)
	},
	"modern-auth-mixed/autodiscover-lacks-it": func(t *testing.T, s *Server) bool {
		return modern(t, s, s.MailStoreURL(s.User(0))) && byNTLM(t, s) == nil && !modern(t, s, discoverURL)
	},
	"modern-auth-mixed/mapi-lacks-it": func(t *testing.T, s *Server) bool {
		return modern(t, s, discoverURL) && !modern(t, s, s.MailStoreURL(s.User(0))) && byNTLM(t, s) == nil
	},
}

func ntlmLevel(level string) func(*testing.T, *Server) bool {
	return func(t *testing.T, s *Server) bool {
		r, err := outlook.ParseRegFile(s.RegistryExport())
		if err != nil {
			t.Fatal(err)
		}
		v, _ := r.Value(`HKLM\SYSTEM\CurrentControlSet\Control\Lsa`, "LmCompatibilityLevel")
		return byNTLM(t, s) == nil && v.Text() == level
	}
}

func onlyVersion1(t *testing.T, s *Server) bool {
	err := byNTLM(t, s)
	return errors.Is(err, auth.ErrNTLMv1) && reason(err) == httpc.MechanismFailed
}

func TestTicketsWork(t *testing.T) {
	s := start(t, Options{ExtendedProtection: EPRequire})
	r, err := byTicket(t, s)
	if err != nil || r.Authn != "Negotiate (Kerberos)" {
		t.Fatal(err)
	}
	seen := false
	for _, q := range s.Requests() {
		seen = seen || q.Ticket && q.User == s.User(0).Login
	}
	if !seen || s.SignsInWithTickets() {
		t.Errorf("ticket seen: %v", seen)
	}
}
