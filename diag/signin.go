package diag

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/auth/sspi"
	"github.com/mapiscope/mapiscope/transport/autodiscover/scp"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// signIn is how a run signs in.
type signIn struct {
	ways        []auth.Mechanism // the best first; nil signs in nowhere
	kerberos    *kerberos.Identity
	kerberosErr error                 // why there is none, when it was wanted
	compare     map[string]suite.Ways // by Authn
	as          func(user string) auth.Mechanism
}

// authWords are the choices of --auth.
var authWords = []string{"auto", "negotiate", "kerberos", "ntlm", "basic", "bearer", "none"}

// signIn makes the ways to sign in that --auth allows, with what there is: a
// ticket, a keytab, a password, a token, the Windows session.
func (o *Options) signIn(domain string, path *netpath.Path) (signIn, error) {
	choice := strings.ToLower(o.Auth)
	if choice == "" {
		choice = "auto"
	}
	user := o.User
	if user == "" {
		user = o.Address
	}
	c := auth.Credential{User: user, Password: o.Password}
	s := signIn{compare: map[string]suite.Ways{}}
	switch choice {
	case "auto":
		s.addToken(o.Token)
		s.addKerberos(o, user, path, o.ticketsWanted(domain))
		s.addWindows(c)
		s.addNTLM(c, true, true)
		if !c.Password.Empty() {
			s.ways = append(s.ways, basicBelow{auth.Basic(c), domain})
		}
	case "negotiate":
		s.addKerberos(o, user, path, o.ticketsWanted(domain))
		s.addWindows(c)
		s.addNTLM(c, true, false)
	case "kerberos":
		s.addKerberos(o, user, path, true)
	case "ntlm":
		s.addNTLM(c, false, true)
	case "basic":
		if !c.Password.Empty() {
			s.ways = append(s.ways, auth.Basic(c))
		}
	case "bearer":
		if o.Token == nil {
			return s, &UsageError{Sentence: "sign-in by bearer needs a token", Hint: "use --token-file, or --oauth-authority and --oauth-client-id"}
		}
		s.addToken(o.Token)
	case "none":
	default:
		return s, &UsageError{Sentence: fmt.Sprintf("sign-in by %q is not known", o.Auth), Hint: "use " + strings.Join(authWords, ", ")}
	}
	return s, s.demanded(o, choice)
}

// demanded refuses to go on without what was named on the command line.
func (s *signIn) demanded(o *Options, choice string) error {
	named := o.CCache != "" || o.Keytab != "" || o.Krb5Conf != "" || choice == "kerberos"
	if s.kerberosErr == nil || !named {
		return nil
	}
	return &UsageError{Sentence: "cannot sign in with Kerberos: " + s.kerberosErr.Error(), Hint: "leave --ccache, --keytab and --krb5-conf out to sign in otherwise"}
}

// ticketsWanted says whether Kerberos is worth trying unasked: with tickets always;
// with a password only where the computer's own configuration knows the domain,
// because neither DNS nor another realm is a place to prove a password to.
func (o *Options) ticketsWanted(domain string) bool {
	switch {
	case o.CCache != "" || o.Keytab != "" || o.Krb5Conf != "":
		return true
	case !o.Password.Empty():
		return kerberos.Knows("", domain)
	}
	return kerberos.HasTickets(kerberos.DefaultCache())
}

// directory is Active Directory where there is a ticket to ask it with.
func (s *signIn) directory(path *netpath.Path) *scp.Finder {
	if s.kerberos == nil {
		return nil
	}
	return &scp.Finder{Path: path, Identity: s.kerberos, Domain: strings.ToLower(s.kerberos.Realm())}
}

func (s *signIn) addKerberos(o *Options, user string, path *netpath.Path, wanted bool) {
	if !wanted {
		return
	}
	c := kerberos.Config{Path: path, CCache: o.CCache, Keytab: o.Keytab, User: user, Password: o.Password, Krb5Conf: o.Krb5Conf}
	if o.Keytab != "" && o.User == "" {
		c.User = "" // the keytab's own
	}
	if _, domain, _ := strings.Cut(o.Address, "@"); kerberos.Knows(c.Krb5Conf, domain) {
		c.Realm = strings.ToUpper(domain)
	}
	if c.CCache == "" && c.Keytab == "" && c.Password.Empty() {
		c.CCache = kerberos.DefaultCache()
	}
	id, err := kerberos.New(c)
	if err != nil {
		s.kerberosErr = err
		return
	}
	s.kerberos = id
	m := id.Mechanism(kerberos.Options{})
	s.ways = append(s.ways, m)
	s.compare[m.Authn()] = suite.Ways{Without: id.Mechanism(kerberos.Options{NoBindings: true}), Wrong: id.Mechanism(kerberos.Options{WrongBindings: true})}
}

// addWindows is the session of the Windows user, when no password was given.
func (s *signIn) addWindows(c auth.Credential) {
	if !c.Password.Empty() {
		return
	}
	if m, err := sspi.CurrentUser(); err == nil {
		s.ways = append(s.ways, m)
	} else if !errors.Is(err, sspi.ErrNotWindows) {
		s.kerberosErr = err
	}
}

func (s *signIn) addNTLM(c auth.Credential, negotiate, bare bool) {
	if c.Password.Empty() {
		return
	}
	s.as = func(user string) auth.Mechanism {
		return auth.NTLM(auth.Credential{User: user, Password: c.Password}, auth.NTLMOptions{})
	}
	type maker = func(auth.Credential, auth.NTLMOptions) auth.Mechanism
	add := func(f maker) {
		m := f(c, auth.NTLMOptions{})
		s.ways = append(s.ways, m)
		s.compare[m.Authn()] = suite.Ways{Without: f(c, auth.NTLMOptions{NoBindings: true}), Wrong: f(c, auth.NTLMOptions{WrongBindings: true})}
	}
	if negotiate {
		add(auth.NegotiateNTLM)
	}
	if bare {
		add(auth.NTLM)
	}
}

func (s *signIn) addToken(source auth.TokenSource) {
	if source != nil {
		s.ways = append(s.ways, auth.Bearer(source))
	}
}

// basicBelow is Basic, which hands the password itself over, kept from the host
// that has the bare name of the mail domain. Autodiscover asks there too, and
// what answers is an ordinary website nearly always, often run by somebody else.
// A person who knows better chooses Basic by name.
type basicBelow struct {
	auth.Mechanism
	domain string
}

// Start refuses the host with the bare name.
func (b basicBelow) Start(ctx context.Context, t auth.Target) (auth.Handshake, error) {
	if strings.EqualFold(t.Host, b.domain) {
		return nil, fmt.Errorf("the password is not sent to %s by Basic unless that is asked for (--auth basic)", t.Host)
	}
	return b.Mechanism.Start(ctx, t)
}
