package exchangetest

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// The organisation as it appears in distinguished names.
const (
	organisationDN = "/o=Contoso"
	adminGroupDN   = organisationDN + "/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
)

// DefaultUsers are Alice and Bob, who can work, and Carol, whose account is
// disabled. The passwords are public.
func DefaultUsers(domain string) []User {
	users := []User{
		{Address: "alice@" + domain, DisplayName: "Alice Example", Password: "Alice-Passw0rd"},
		{Address: "bob@" + domain, DisplayName: "Bob Example", Password: "Bob-Passw0rd"},
		{Address: "carol@" + domain, DisplayName: "Carol Example", Password: "Carol-Passw0rd", Disabled: true},
	}
	for i := range users {
		users[i] = users[i].complete(domain)
	}
	return users
}

// complete fills in what is not given. The GUID depends on the address alone, so
// runs can be compared.
func (u User) complete(domain string) User {
	name, _, _ := strings.Cut(u.Address, "@")
	id := sha256.Sum256([]byte(strings.ToLower(u.Address)))
	if u.Login == "" {
		u.Login = namesOf(domain).netbios + `\` + name
	}
	if u.DisplayName == "" {
		u.DisplayName = name
	}
	if u.LegacyDN == "" {
		u.LegacyDN = fmt.Sprintf("%s/cn=Recipients/cn=%x-%s", adminGroupDN, id[16:], u.DisplayName)
	}
	if u.MailboxGUID == (wire.GUID{}) {
		u.MailboxGUID = wire.GUID(id[:16])
	}
	return u
}

// sam is the account name without its domain.
func (u User) sam() string {
	_, name, ok := strings.Cut(u.Login, `\`)
	if !ok {
		return u.Login
	}
	return name
}

// mailboxID is the MailboxId of u's URLs: guid@domain.
func (s *Server) mailboxID(u User) string {
	return strings.ToLower(u.MailboxGUID.String()) + "@" + s.names.domain
}

// serverDN is the DN of the pseudo server that holds u's mailbox, the ServerName
// of a logon redirect.
func (s *Server) serverDN(u User) string {
	return adminGroupDN + "/cn=Configuration/cn=Servers/cn=" + s.mailboxID(u)
}

// userNamed finds an account by login (DOMAIN\name), UPN or SMTP address, in any
// case; nil when there is none.
func (s *Server) userNamed(login string) *User {
	for i := range s.users {
		u := &s.users[i]
		if strings.EqualFold(login, u.Login) || strings.EqualFold(login, u.Address) {
			return u
		}
	}
	return nil
}

// userByDN finds an account by legacyExchangeDN; nil when there is none.
func (s *Server) userByDN(dn string) *User {
	for i := range s.users {
		if strings.EqualFold(dn, s.users[i].LegacyDN) {
			return &s.users[i]
		}
	}
	return nil
}
