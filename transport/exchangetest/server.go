package exchangetest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Server is a running Exchange organisation. Its methods may be called from any
// goroutine.
type Server struct {
	options   Options
	names     names
	users     []User
	ca        *authority
	caFile    string
	certs     map[string]*tls.Certificate // healthy ones by site
	sites     []*site
	dns       *nameServer
	seen      recorder
	contexts  *contextStore
	tunnels   tunnelStore
	mailboxes map[string]*mailbox // by user address
	book      *addressBook
	domain    domain

	mu     sync.Mutex // guards active
	active []Fault
	state  atomic.Pointer[behaviour]

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup // everything that must be gone after Close
}

// Start builds the organisation and begins to answer. It is ready when Start
// returns. Errors: a fault that does not exist, an address that cannot be
// listened on, one that is not a loopback address.
func Start(o Options) (*Server, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &Server{options: o, names: namesOf(o.Domain), users: o.Users}
	if host, _ := s.listenHost(); !loopback(host) {
		return nil, fmt.Errorf("exchangetest: %q is not a loopback address, and a server with public passwords must not be reachable from elsewhere", host)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// issueCerts makes what the sites serve: one certificate with the names of
// Exchange, one for the website.
func (s *Server) issueCerts() error {
	exchange, err := s.ca.issue(certSpec{names: s.names.exchange()})
	if err != nil {
		return err
	}
	website, err := s.ca.issue(certSpec{names: []string{s.names.domain, "www." + s.names.domain}})
	s.certs = map[string]*tls.Certificate{siteMail: exchange, siteDiscover: exchange, siteWebsite: website, siteSecond: exchange}
	return err
}

func (o *Options) complete() error {
	if o.Domain == "" {
		o.Domain = "contoso.test"
	}
	if o.Users == nil {
		o.Users = DefaultUsers(o.Domain)
	}
	o.Users = slices.Clone(o.Users)
	for i := range o.Users {
		o.Users[i] = o.Users[i].complete(o.Domain)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.PendingPeriod <= 0 {
		o.PendingPeriod = 30 * time.Second
	}
	if o.WaitLimit <= 0 {
		o.WaitLimit = 5 * time.Minute
	}
	for _, f := range o.Faults {
		if err := f.check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) open() (err error) {
	if s.ca, err = newAuthority("Contoso"); err != nil {
		return err
	}
	if s.caFile, err = writeTemp("exchangetest-ca-*.pem", s.ca.PEM()); err != nil {
		return err
	}
	if err = s.issueCerts(); err != nil {
		return err
	}
	s.contexts = newContextStore(s.options.Now)
	s.book = newAddressBook(s.names, s.users)
	s.mailboxes = map[string]*mailbox{}
	for i := range s.users {
		m := newMailbox(&s.users[i], s.options.Now())
		m.quotaKB = func() int32 { return s.behaviour().quotaKB }
		s.mailboxes[s.users[i].Address] = m
	}
	s.change(func([]Fault) []Fault { return slices.Clone(s.options.Faults) })
	if err = s.openDomain(); err != nil {
		return err
	}
	if s.dns, err = s.serveNames(); err != nil {
		return err
	}
	return s.openSites()
}

// change edits the faults that are set and rebuilds the behaviour from them, so
// that setting and clearing in any order cannot leave anything behind.
func (s *Server) change(edit func([]Fault) []Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = edit(s.active)
	b := s.healthy()
	for _, f := range s.active {
		faultNamed(f.Name).apply(b, f)
	}
	s.state.Store(b)
}

// behaviour is how the server behaves just now; it is never written to.
func (s *Server) behaviour() *behaviour { return s.state.Load() }

// Close ends everything: listeners, connections, held requests. It returns when
// no goroutine of the server is left. It may be called more than once.
func (s *Server) Close() {
	s.cancel()
	for _, site := range s.sites {
		site.close()
	}
	if s.dns != nil {
		s.dns.close()
	}
	s.closeDomain()
	s.wg.Wait()
	if s.caFile != "" {
		os.Remove(s.caFile)
	}
}

// DropConnections cuts every open TCP connection, as a network that went away.
// Session contexts live on.
func (s *Server) DropConnections() {
	for _, site := range s.sites {
		site.drop()
	}
}

// User is account number i (0 is Alice) as a client should be given it: with a
// wrong password while bad-credentials is set, with the e-mail address for a login
// while upn-mismatch is.
func (s *Server) User(i int) User {
	u := s.users[i]
	if wrong, ok := s.behaviour().passwords[u.Address]; ok {
		u.Password = wrong
	}
	if s.behaviour().notByMail { // as Outlook offers it
		u.Login = u.Address
	}
	return u
}

// Users is every account, as User gives it.
func (s *Server) Users() (out []User) {
	for i := range s.users {
		out = append(out, s.User(i))
	}
	return out
}

// Domain is the organisation's SMTP domain.
func (s *Server) Domain() string { return s.options.Domain }

// MailHost is the host of the MAPI URLs, mail.contoso.test.
func (s *Server) MailHost() string { return s.names.mail }

// MailStoreURL is the EMSMDB URL of user's mailbox, as Autodiscover gives it in a
// healthy organisation.
func (s *Server) MailStoreURL(u User) string { return mapiURL(s.names.mail, "emsmdb", s.mailboxID(u)) }

// AddressBookURL is the NSPI URL of user's mailbox.
func (s *Server) AddressBookURL(u User) string { return mapiURL(s.names.mail, "nspi", s.mailboxID(u)) }

func mapiURL(host, endpoint, mailboxID string) string {
	return fmt.Sprintf("https://%s/mapi/%s/?MailboxId=%s", host, endpoint, mailboxID)
}

func writeTemp(pattern string, content []byte) (string, error) {
	f, err := os.CreateTemp("", pattern)
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	return filepath.Clean(f.Name()), err
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
