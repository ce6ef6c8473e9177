package kerberos

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jcmturner/gokrb5/v8/credentials"
)

// maxFile bounds caches and keytabs: a cache with a hundred tickets of the
// largest size has 6 MiB.
const maxFile = 16 << 20

// reach says, for each kind of cache that is no file, how its tickets get into one.
var reach = map[string]string{
	"KEYRING": "the kernel's keyring",
	"KCM":     "the Kerberos cache service (KCM)",
	"API":     "the system's credential cache (API)",
	"MSLSA":   "Windows' own cache (MSLSA)",
	"MEMORY":  "another program's memory",
}

// cacheFile is the file behind the name of a cache, as KRB5CCNAME has it.
func cacheFile(name string) (string, error) {
	kind, rest, named := strings.Cut(name, ":")
	switch {
	case !named || len(kind) == 1 || strings.ContainsAny(kind, `/\`): // C:\... is a path
		return name, nil
	case strings.EqualFold(kind, "FILE"):
		return rest, nil
	case strings.EqualFold(kind, "DIR"):
		return dirCache(rest)
	}
	where := reach[strings.ToUpper(kind)]
	if where == "" {
		where = "a cache of the kind " + kind
	}
	if strings.EqualFold(kind, "MSLSA") {
		return "", &Error{Kind: CacheType, Err: fmt.Errorf("the tickets are in %s, which gives no program the key: leave --ccache out to sign in as the Windows user", where)}
	}
	return "", &Error{Kind: CacheType, Err: fmt.Errorf("the tickets are in %s, which only the system's own library reads: run \"kinit -c FILE:/tmp/mapiscope.cc\" and use --ccache /tmp/mapiscope.cc", where)}
}

// dirCache is the primary cache of a directory of caches, or the one named by
// ":path" (MIT ccache types, DIR).
func dirCache(dir string) (string, error) {
	if file, ok := strings.CutPrefix(dir, ":"); ok {
		return file, nil
	}
	primary, err := os.ReadFile(dir + "/primary")
	if errors.Is(err, os.ErrNotExist) {
		return dir + "/tkt", nil
	}
	if err != nil {
		return "", &Error{Kind: NoTicket, Err: fmt.Errorf("the ticket caches in %s cannot be read: %w", dir, err)}
	}
	file := strings.TrimSpace(string(primary))
	if file == "" || strings.ContainsAny(file, `/\`) {
		return "", &Error{Kind: NoTicket, Err: fmt.Errorf("%s/primary does not name a ticket cache", dir)}
	}
	return dir + "/" + file, nil
}

// DefaultCache is the name of the cache that the user's other programs use.
func DefaultCache() string {
	if name := os.Getenv("KRB5CCNAME"); name != "" {
		return name
	}
	return fmt.Sprintf("FILE:/tmp/krb5cc_%d", os.Getuid())
}

// HasTickets says whether a cache is there that New could use.
func HasTickets(cache string) bool {
	file, err := cacheFile(cache)
	if err != nil {
		return false
	}
	c, err := readCache(file)
	return err == nil && len(c.GetEntries()) > 0
}

func readCache(file string) (*credentials.CCache, error) {
	b, err := readSome(file)
	if err != nil {
		return nil, &Error{Kind: NoTicket, Err: fmt.Errorf("there is no ticket cache: %w", err)}
	}
	c, err := parseCache(b)
	if err != nil {
		return nil, &Error{Kind: NoTicket, Err: fmt.Errorf("%s is not a ticket cache: %w", file, err)}
	}
	return c, nil
}

func parseCache(b []byte) (*credentials.CCache, error) {
	sound, err := soundCache(b)
	if err != nil {
		return nil, err
	}
	c := &credentials.CCache{}
	err = guard(func() error { return c.Unmarshal(sound) })
	if err == nil && c.GetClientRealm() == "" {
		err = errors.New("it names no owner")
	}
	return c, err
}

// readSome reads a file that may not be larger than maxFile.
func readSome(file string) ([]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is no ordinary file of a size that can be", file)
	}
	return os.ReadFile(file)
}

// fill takes the tickets of a cache over.
func (i *Identity) fill(c *credentials.CCache) error {
	i.name, i.realm = c.GetClientPrincipalName(), c.GetClientRealm()
	for _, e := range c.GetEntries() {
		t := &Ticket{SPN: e.Server.PrincipalName.PrincipalNameString(), Realm: e.Server.Realm,
			Start: e.StartTime, End: e.EndTime, Cached: true, key: e.Key, client: e.Client.PrincipalName, home: e.Client.Realm}
		if t.Start.Unix() == 0 {
			t.Start = e.AuthTime
		}
		if err := guard(func() error { return t.ticket.Unmarshal(e.Ticket) }); err != nil {
			continue // configuration entries and the like
		}
		t.Cipher = t.ticket.EncPart.EType
		i.keep(t)
	}
	if i.granting[i.realm] == nil && len(i.services) == 0 {
		return &Error{Kind: NoTicket, Realm: i.realm, Err: errors.New("the ticket cache holds no ticket: run kinit")}
	}
	return nil
}

// keep puts a ticket to where it is looked for.
func (i *Identity) keep(t *Ticket) {
	if realm, ok := strings.CutPrefix(t.SPN, "krbtgt/"); ok {
		i.granting[realm] = t
		return
	}
	i.services[strings.ToLower(t.SPN)] = t
}
