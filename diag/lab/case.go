package lab

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// Case is one situation, and what a diagnosis should say of it.
type Case struct {
	Name     string   // "cert-invalid/expired"; each once
	Cause    string   // that the verdict should name; "" when nothing is wrong
	Or       []string // further causes that would be as right
	Also     []string // further causes that belong to the findings
	Warns    bool     // mail works all the same
	Inspects bool     // it has a proxy that opens the encryption
	Slow     bool     // lasts as long as a limit of many seconds

	// What is injected, all of it together.
	Server    func(*exchangetest.Options) // before the server starts
	Faults    []exchangetest.Fault
	Client    func(*Bench) error // changes the way to the server, or the client
	Hold      time.Duration      // how long a connection must be watched at rest
	Namespace []string           // commands that build the network namespace it runs in; nil: it needs none
}

// Bench is a running situation: the server, and the options of a client.
type Bench struct {
	Server  *exchangetest.Server
	Options diag.Options
	closers []func()
}

// Inject makes the situations of all cases true at the same time.
func Inject(cases ...Case) (*Bench, error) {
	var o exchangetest.Options
	for _, c := range cases {
		if c.Server != nil {
			c.Server(&o)
		}
	}
	s, err := exchangetest.Start(o)
	if err != nil {
		return nil, err
	}
	b := &Bench{Server: s, closers: []func(){s.Close}}
	if err := b.inject(cases); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bench) inject(cases []Case) error {
	for _, c := range cases {
		for _, f := range c.Faults {
			if err := b.Server.Set(f); err != nil {
				return err
			}
		}
	}
	var err error
	if b.Options, err = Options(b.Server); err != nil {
		return err
	}
	for _, c := range cases {
		b.Options.Hold = max(b.Options.Hold, c.Hold)
		if c.Client == nil {
			continue
		}
		if err := c.Client(b); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return nil
}

// Options are those of Alice's computer, which reaches her mailbox at s.
func Options(s *exchangetest.Server) (diag.Options, error) {
	u := s.User(0)
	registry, err := outlook.ParseRegFile(s.RegistryExport())
	if err != nil {
		return diag.Options{}, err
	}
	credentials, cache, err := kept(s, u)
	if err != nil {
		return diag.Options{}, err
	}
	o := diag.Options{
		Address: u.Address, User: u.Login, Password: auth.NewSecret(u.Password), Path: s.Path(), Trigger: "test",
		Registry: registry, Credentials: credentials, Cache: cache,
		Names:   &suite.Names{Lookup: s.SystemLookup, HostsFile: s.SystemHosts},
		Deliver: func(context.Context) error { s.Deliver(u.Address, "hello"); return nil },
	}
	if s.SignsInWithTickets() {
		o.Krb5Conf = s.Krb5Conf()
	}
	return o, nil
}

// kept is what the computer remembers: passwords, and answers of Autodiscover.
func kept(s *exchangetest.Server, u exchangetest.User) (saved []outlook.Credential, cache []autodiscover.Cached, err error) {
	if list := s.CredentialList(); list != nil {
		if saved, err = outlook.ParseCredentialList(list); err != nil {
			return nil, nil, err
		}
	}
	if file := s.AutodiscoverCache(0); file != nil {
		c, err := autodiscover.ParseCached("AutoD."+u.Address+".xml", file)
		if err != nil {
			return nil, nil, err
		}
		cache = append(cache, c)
	}
	return saved, cache, nil
}

// Diagnose makes the diagnosis.
func (b *Bench) Diagnose(ctx context.Context) (*report.Report, error) {
	return diag.Diagnose(ctx, b.Options)
}

// Close ends everything that the situation is made of.
func (b *Bench) Close() {
	for _, f := range slices.Backward(b.closers) {
		f()
	}
}

// Cases are all situations of the lab: the healthy ones, then the faults.
func Cases() []Case {
	var healthy, faulty []Case
	for _, c := range slices.Concat(wellCases, exchangeCases(), clientCases, proxyCases, pathCases) {
		if c.Cause == "" {
			healthy = append(healthy, c)
		} else {
			faulty = append(faulty, c)
		}
	}
	return slices.Concat(healthy, faulty)
}

// Find is the case of that name.
func Find(name string) (Case, bool) {
	all := Cases()
	if i := slices.IndexFunc(all, func(c Case) bool { return c.Name == name }); i >= 0 {
		return all[i], true
	}
	return Case{}, false
}
