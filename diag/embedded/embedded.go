// Package embedded says how to diagnose the embedded Exchange: as somebody at the
// computer of its first user does, for the demo, the lab and tests.
package embedded

import (
	"context"
	"fmt"

	"github.com/mapiscope/mapiscope/diag"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/exchangetest"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

// Options are those of that computer, with what its Outlook has kept in the
// situation that the server is in. An error is a fault of the server's own.
func Options(s *exchangetest.Server) (diag.Options, error) {
	u := s.User(0)
	registry, err := outlook.ParseRegFile(s.RegistryExport())
	if err != nil {
		return diag.Options{}, fmt.Errorf("cannot read the embedded Exchange's own registry: %w", err)
	}
	credentials, cache, err := kept(s, u)
	if err != nil {
		return diag.Options{}, err
	}
	o := diag.Options{
		Address: u.Address, User: u.Login, Password: auth.NewSecret(u.Password), Path: s.Path(), Trigger: "demo",
		Registry: registry, Credentials: credentials, Cache: cache,
		Names: &suite.Names{Lookup: s.SystemLookup, HostsFile: s.SystemHosts},
		Deliver: func(context.Context) error {
			s.Deliver(u.Address, "A message from the demo")
			return nil
		},
	}
	if s.SignsInWithTickets() {
		o.Krb5Conf = s.Krb5Conf()
	}
	return o, nil
}

// kept is what the computer remembers: passwords, and answers of Autodiscover.
func kept(s *exchangetest.Server, u exchangetest.User) (credentials []outlook.Credential, cache []autodiscover.Cached, err error) {
	if list := s.CredentialList(); list != nil {
		if credentials, err = outlook.ParseCredentialList(list); err != nil {
			return nil, nil, fmt.Errorf("cannot read the embedded Exchange's own credential list: %w", err)
		}
	}
	if file := s.AutodiscoverCache(0); file != nil {
		c, err := autodiscover.ParseCached("AutoD."+u.Address+".xml", file)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot read what the embedded Exchange's own Outlook keeps: %w", err)
		}
		cache = append(cache, c)
	}
	return credentials, cache, nil
}
