package kerberos

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jcmturner/gokrb5/v8/config"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// Config says who signs in and with what. One of CCache, Keytab and Password is
// used, in that order.
type Config struct {
	Path     *netpath.Path // the way to the KDC; nil = the system's
	CCache   string        // "FILE:/tmp/krb5cc_1000", or a path
	Keytab   string        // path
	User     string        // "alice", "alice@CONTOSO.TEST"; not needed with CCache
	Realm    string        // "" = that of User, else the default of the configuration
	Password auth.Secret
	Krb5Conf string // path; "" = KRB5_CONFIG, else /etc/krb5.conf when it exists
}

// ciphers are asked for when the configuration names none, the best first: all
// that the library has but DES. RC4 is last, for accounts that have no AES key.
var ciphers = []int32{
	etypeID.AES256_CTS_HMAC_SHA384_192, etypeID.AES128_CTS_HMAC_SHA256_128,
	etypeID.AES256_CTS_HMAC_SHA1_96, etypeID.AES128_CTS_HMAC_SHA1_96, etypeID.RC4_HMAC,
}

// Knows says whether this computer's Kerberos configuration is about a domain: its
// default realm or one with KDCs has that name. The configuration that comes with
// a system names somebody else's realm often enough.
func Knows(krb5Conf, domain string) bool {
	c, err := loadConfig(krb5Conf)
	return err == nil && domain != "" && (strings.EqualFold(c.LibDefaults.DefaultRealm, domain) || len(kdcsOf(c, domain)) > 0)
}

// loadConfig reads krb5.conf. A file that was named must exist; without any, KDCs
// are found by DNS.
func loadConfig(file string) (*config.Config, error) {
	named := file != ""
	if !named {
		file = systemConf()
	}
	text, err := os.ReadFile(file)
	if !named && errors.Is(err, os.ErrNotExist) {
		text, err = nil, nil
	}
	if err != nil {
		return nil, &Error{Kind: BadConfig, Err: fmt.Errorf("the Kerberos configuration cannot be read: %w", err)}
	}
	return parseConfig(text, file)
}

func systemConf() string {
	if list := filepath.SplitList(os.Getenv("KRB5_CONFIG")); len(list) > 0 {
		return list[0]
	}
	return "/etc/krb5.conf"
}

func parseConfig(text []byte, file string) (c *config.Config, err error) {
	err = guard(func() (err error) {
		c, err = config.NewFromReader(bytes.NewReader(text))
		if errors.As(err, new(config.UnsupportedDirective)) {
			err = nil // what is left out does not concern a client such as this
		}
		return err
	})
	if err != nil {
		return nil, &Error{Kind: BadConfig, Err: fmt.Errorf("the Kerberos configuration %s cannot be understood: %w", file, err)}
	}
	d := &c.LibDefaults
	if !bytes.Contains(text, []byte("_enctypes")) {
		d.DefaultTktEnctypeIDs, d.DefaultTGSEnctypeIDs = ciphers, ciphers
	}
	d.Canonicalize = true // Active Directory refers to other domains only then (RFC 6806)
	d.NoAddresses = true
	d.RenewLifetime = 0 // nothing here lives long enough to renew
	return c, nil
}

// kdcsOf lists "host:port" of the KDCs that the configuration names for a realm.
func kdcsOf(c *config.Config, realm string) (out []string) {
	for _, r := range c.Realms {
		if !strings.EqualFold(r.Realm, realm) {
			continue
		}
		for _, k := range r.KDC {
			if _, _, err := net.SplitHostPort(k); err != nil {
				k = net.JoinHostPort(strings.Trim(k, "[]"), "88")
			}
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	return out
}

// principal splits a sign-in name into its Kerberos parts. A name whose suffix is
// no realm that the configuration knows is an enterprise name (RFC 6806, section 5):
// the domain finds the account that has it.
func principal(c *config.Config, user, realm string) (name, in string, enterprise bool, err error) {
	if _, after, ok := strings.Cut(user, `\`); ok {
		user = after // the NetBIOS name is no realm
	}
	name, suffix, isUPN := strings.Cut(user, "@")
	home := realm
	if home == "" {
		home = c.LibDefaults.DefaultRealm
	}
	switch {
	case name == "":
		return "", "", false, &Error{Kind: BadConfig, Err: errors.New("a user name is needed for Kerberos")}
	case isUPN && (strings.EqualFold(suffix, home) || home == "" || len(kdcsOf(c, suffix)) > 0):
		return name, strings.ToUpper(suffix), false, nil
	case isUPN:
		return user, home, true, nil
	case home == "":
		return "", "", false, &Error{Kind: BadConfig, Err: fmt.Errorf("the Kerberos realm of %q is not known: write it as user@REALM", user)}
	}
	return name, home, false, nil
}
