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
	alice := newUser(domain, "alice", "Alice Example", "Alice-Passw0rd")
	bob := newUser(domain, "bob", "Bob Example", "Bob-Passw0rd")
	carol := newUser(domain, "carol", "Carol Example", "Carol-Passw0rd")
	carol.Disabled = true
	return []User{alice, bob, carol}
}

// newUser derives all that is not given. The GUID depends on the address alone,
// so runs can be compared.
func newUser(domain, name, display, password string) User {
	address := name + "@" + domain
	id := sha256.Sum256([]byte(address))
	return User{
		Address: address, Login: namesOf(domain).netbios + `\` + name, Password: password, DisplayName: display,
		LegacyDN:    fmt.Sprintf("%s/cn=Recipients/cn=%x-%s", adminGroupDN, id[16:32], display),
		MailboxGUID: wire.GUID(id[:16]),
	}
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
