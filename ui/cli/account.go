package cli

import (
	"crypto/x509"
	"encoding/pem"
	"net/mail"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/idna"

	"github.com/mapiscope/mapiscope/transport/netmon"
	"github.com/mapiscope/mapiscope/transport/netpath"
	"github.com/mapiscope/mapiscope/transport/pac"
)

const addressExample = "mapiscope check alice@contoso.com"

// parseAddress checks that s is one e-mail address with a domain that DNS can
// be asked for, and returns it with the domain as DNS spells it.
func parseAddress(args []string) (string, error) {
	if len(args) == 0 {
		return "", usagef("no e-mail address given").hint("%s", addressExample)
	}
	s := args[0]
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", usagef("%q is not an e-mail address: it has no domain", s).hint("%s", addressExample)
	}
	domain := s[at+1:]
	if domain == "" {
		return "", usagef("%q is not an e-mail address: nothing follows the @", s).hint("%s", addressExample)
	}
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Address != s {
		return "", usagef("%q is not an e-mail address", s).hint("%s", addressExample)
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", usagef("%q is not an e-mail address: %q cannot be a domain", s, domain).hint("%s", addressExample)
	}
	return s[:at+1] + ascii, nil
}

// path is the way to the servers that the flags describe.
func (f *accountFlags) path() (*netpath.Path, error) {
	p := &netpath.Path{}
	var err error
	if p.DNS, err = parseServer(f.dns); err != nil {
		return nil, err
	}
	if p.Resolve, err = parseResolve(f.resolve); err != nil {
		return nil, err
	}
	if p.ConnectTo, err = parseConnectTo(f.connectTo); err != nil {
		return nil, err
	}
	if p.RootCAs, err = loadCAs(f.caFile); err != nil {
		return nil, err
	}
	p.Proxy, err = proxyFunc(f.proxy, p)
	return p, err
}

// checkURLs refuses URLs that could not be used safely or at all.
func (f *accountFlags) checkURLs() error {
	for flag, value := range map[string]string{"autodiscover-url": f.autodiscoverURL, "mapi-url": f.mapiURL, "rpc-url": f.rpcURL} {
		if value == "" {
			continue
		}
		if _, err := parseURL(flag, value, "https"); err != nil {
			return err
		}
	}
	if f.pacURL != "" {
		if _, err := parseURL("pac-url", f.pacURL, "http", "https"); err != nil {
			return err
		}
	}
	if f.mapiURL != "" && f.userDN == "" || f.userDN != "" && f.mapiURL == "" && f.rpcURL == "" {
		return usagef("--mapi-url (or --rpc-url) and --user-dn go together: without Autodiscover both must be known").
			hint("an administrator reads the DN with: Get-Mailbox alice | Format-List LegacyExchangeDN")
	}
	return nil
}

// loadCAs reads the certificates of a PEM file; nil when file is "".
func loadCAs(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("cannot read the authorities in --ca-file %s: %v", file, reason(err)).
			hint("--ca-file wants a PEM file that you can read")
	}
	pool, found := x509.NewCertPool(), 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, usagef("--ca-file %s: a certificate in it cannot be read: %v", file, err)
		}
		pool.AddCert(cert)
		found++
	}
	if found == 0 {
		return nil, usagef("--ca-file %s holds no certificate in PEM form", file).
			hint("convert a DER file with: openssl x509 -inform der -in %s -out ca.pem", file)
	}
	return pool, nil
}

// proxyFunc is the choice of --proxy: the environment's or else the system's as
// it is at each connection, its script included (auto), none, or one proxy for everything but loopback,
// as NO_PROXY says.
func proxyFunc(choice string, p *netpath.Path) (func(*url.URL) (*url.URL, error), error) {
	config := httpproxy.FromEnvironment()
	switch choice {
	case "none":
		return nil, nil
	case "auto":
		if config.HTTPProxy == "" && config.HTTPSProxy == "" {
			return pac.Follow(netmon.SystemSetting(), p), nil
		}
	default:
		u, err := parseURL("proxy", choice, "http", "https")
		if err != nil {
			return nil, err
		}
		config.HTTPProxy, config.HTTPSProxy = u.String(), u.String()
	}
	return config.ProxyFunc(), nil
}

// systemProxy asks for this computer's own setting, with its script; nil where the
// user chose another way out.
func (f *accountFlags) systemProxy() func() netmon.Proxy {
	if f.proxy != "auto" {
		return nil
	}
	return netmon.SystemSetting()
}
