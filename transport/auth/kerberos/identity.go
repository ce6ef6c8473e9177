package kerberos

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/keytab"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Identity is one principal with its tickets. It asks for each ticket once: what
// the KDC refused is not asked for again, so that a wrong password counts once.
// Safe for concurrent use.
type Identity struct {
	config   *config.Config
	path     *netpath.Path
	name     types.PrincipalName
	realm    string
	password auth.Secret
	keytab   *keytab.Keytab
	source   string

	asking   sync.Mutex         // one conversation with a KDC at a time; guards name, realm and the maps
	granting map[string]*Ticket // ticket-granting tickets by realm
	services map[string]*Ticket // by SPN in lower case
	failed   map[string]error   // by SPN in lower case; "" is the sign-in itself

	mu   sync.Mutex
	uses map[string]*Use
	kdc  string // that answered last
}

// Ticket is a ticket and what it is good for.
type Ticket struct {
	SPN, Realm string
	Cipher     int32 // encryption type of the ticket: 18 is AES-256, 23 is RC4
	Start, End time.Time
	Cached     bool // was in the user's cache already

	ticket messages.Ticket
	key    types.EncryptionKey
	client types.PrincipalName // whose ticket it is, of which realm
	home   string
}

// New reads the files that c names. It sends nothing. Errors are *Error.
func New(c Config) (*Identity, error) {
	i := &Identity{path: c.Path, password: c.Password, granting: map[string]*Ticket{}, services: map[string]*Ticket{},
		failed: map[string]error{}, uses: map[string]*Use{}}
	if i.path == nil {
		i.path = &netpath.Path{}
	}
	var err error
	if i.config, err = loadConfig(c.Krb5Conf); err != nil {
		return nil, err
	}
	switch {
	case c.CCache != "":
		return i, i.fromCache(c.CCache)
	case c.Keytab != "":
		i.source = "keytab"
		if i.keytab, err = readKeytab(c.Keytab); err != nil {
			return nil, err
		}
		if c.User == "" {
			c.User = firstPrincipal(i.keytab)
		}
	case c.Password.Empty():
		return nil, &Error{Kind: NoTicket, Err: errors.New("a ticket, a keytab or a password is needed for Kerberos")}
	default:
		i.source = "password"
	}
	name, realm, enterprise, err := principal(i.config, c.User, c.Realm)
	if err != nil {
		return nil, err
	}
	i.realm = realm
	i.name = types.PrincipalName{NameType: nametype.KRB_NT_PRINCIPAL, NameString: strings.Split(name, "/")}
	if enterprise {
		i.name = types.PrincipalName{NameType: nametype.KRB_NT_ENTERPRISE, NameString: []string{name}}
	}
	return i, nil
}

func (i *Identity) fromCache(name string) error {
	i.source = "ticket"
	file, err := cacheFile(name)
	if err != nil {
		return err
	}
	c, err := readCache(file)
	if err != nil {
		return err
	}
	return i.fill(c)
}

// readKeytab never repeats what the library says about a file: it may quote keys.
func readKeytab(file string) (*keytab.Keytab, error) {
	b, err := readSome(file)
	if err != nil {
		return nil, &Error{Kind: BadConfig, Err: fmt.Errorf("the keytab cannot be read: %w", err)}
	}
	kt := keytab.New()
	if guard(func() error { return kt.Unmarshal(b) }) != nil || len(kt.Entries) == 0 {
		return nil, &Error{Kind: BadConfig, Err: fmt.Errorf("%s is not a keytab, or an empty one", file)}
	}
	return kt, nil
}

func firstPrincipal(kt *keytab.Keytab) string {
	p := kt.Entries[0].Principal
	return strings.Join(p.Components, "/") + "@" + p.Realm
}

// Principal is who signs in, "alice@CONTOSO.TEST".
func (i *Identity) Principal() string {
	i.asking.Lock()
	defer i.asking.Unlock()
	return i.name.PrincipalNameString() + "@" + i.realm
}

// Realm is the realm of the principal, "CONTOSO.TEST".
func (i *Identity) Realm() string {
	i.asking.Lock()
	defer i.asking.Unlock()
	return i.realm
}

// Source says with what: "ticket", "keytab" or "password".
func (i *Identity) Source() string { return i.source }

// SPN is the name of the HTTP service at a host, as Windows forms it: of the host
// in the URL, without port and without asking DNS for another name.
func SPN(host string) string { return "HTTP/" + strings.ToLower(strings.TrimSuffix(host, ".")) }

// Ticket is the ticket for a service: from the cache, or asked for. Errors are *Error.
func (i *Identity) Ticket(ctx context.Context, spn string) (*Ticket, error) {
	i.asking.Lock()
	defer i.asking.Unlock()
	key := strings.ToLower(spn)
	if t := i.services[key]; t.valid() {
		return t, nil
	}
	if err := i.failed[key]; err != nil {
		return nil, err
	}
	t, err := i.request(ctx, spn)
	if err != nil {
		if ctx.Err() == nil {
			i.failed[key] = err
		}
		return nil, err
	}
	i.services[key] = t
	return t, nil
}

// margin is left between now and the end of a ticket that is still used.
const margin = 10 * time.Second

func (t *Ticket) valid() bool { return t != nil && time.Until(t.End) > margin }

// Use is what became of Kerberos at one host, for reports: no key, no ticket.
type Use struct {
	SPN      string    `json:"spn"`
	Cipher   int32     `json:"cipher,omitempty"` // see Ticket
	Until    time.Time `json:"until,omitzero"`
	Cached   bool      `json:"cached,omitempty"`
	Bindings bool      `json:"channel_binding"` // were sent
	Proven   bool      `json:"server_proven"`   // the server answered with its proof
	Err      error     `json:"-"`
}

// Uses lists the hosts at which this identity was tried, by SPN.
func (i *Identity) Uses() []Use {
	i.mu.Lock()
	defer i.mu.Unlock()
	var out []Use
	for _, u := range i.uses {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Use) int { return cmp.Compare(a.SPN, b.SPN) })
	return out
}

// KDC is the domain controller that answered last, "" when none did.
func (i *Identity) KDC() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.kdc
}

func (i *Identity) note(kdc string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.kdc = kdc
}

// used changes the record of an SPN.
func (i *Identity) used(spn string, change func(*Use)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	u := i.uses[spn]
	if u == nil {
		u = &Use{SPN: spn}
		i.uses[spn] = u
	}
	change(u)
}
