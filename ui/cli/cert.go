package cli

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/idna"

	"github.com/mapiscope/mapiscope/diag/certificates"
	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/transport/certs"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

const certLong = `Looks at the certificate that each host shows: the chain as it is sent and as
this computer sees it, names, dates, keys, signatures, revocation, versions of
TLS, every address behind the name. It says what is wrong or will be, and the
command that mends it. No request and no password is sent.

Exit code: 0 everything works (warnings are allowed), 1 something stops clients,
2 wrong usage, 3 a fault of mapiscope, 130 interrupted.`

const certExample = `  mapiscope cert mail.contoso.com
  mapiscope cert mail.contoso.com autodiscover.contoso.com --name ex01.corp.contoso.com
  mapiscope cert mail.contoso.com:8443 --ca-file contoso-root.pem --format json
  mapiscope cert mail.contoso.com --resolve mail.contoso.com:443:192.0.2.10 --no-revocation`

const certTimeout = 30 * time.Second

// certFlags are the flags of "cert".
type certFlags struct {
	caFile, dns, proxy    string
	resolve, connectTo    []string
	names                 []string
	noRevocation, ciphers bool
	history               string
	timeout               time.Duration
	format                string
	noColor               bool
}

func newCert(s Streams) *cobra.Command {
	var f certFlags
	cmd := &cobra.Command{
		Use:     "cert HOST[:PORT]…",
		Short:   "look at the certificates of hosts",
		Long:    certLong,
		Example: certExample,
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd.Context(), s, args) },
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.names, "name", nil, "the certificates have to carry this `NAME` too (repeatable)")
	fs.BoolVar(&f.noRevocation, "no-revocation", false, "do not ask whether certificates are revoked")
	fs.BoolVar(&f.ciphers, "ciphers", false, "offer the cipher suites one by one")
	fs.StringVar(&f.history, "history", "", "remember in `FILE` who issued the certificates on this network, and compare with others")
	fs.StringVar(&f.caFile, "ca-file", "", "trust the authorities in this `PEM` file too, beside the system's")
	fs.StringArrayVar(&f.resolve, "resolve", nil, "use this address for a name, as curl does (`HOST:PORT:ADDR`; repeatable)")
	fs.StringArrayVar(&f.connectTo, "connect-to", nil, "dial the second pair where the first is wanted, as curl does (`HOST1:PORT1:HOST2:PORT2`; repeatable)")
	fs.StringVar(&f.dns, "dns", "", "ask this name server instead of the system's (`ADDR:PORT`)")
	fs.StringVar(&f.proxy, "proxy", "auto", "way out: auto, none, or the `URL` of an HTTP proxy")
	fs.DurationVar(&f.timeout, "timeout", certTimeout, "end after this time")
	choice(cmd, &f.format, "format", "form of the result: text or json", "text", "json")
	fs.BoolVar(&f.noColor, "no-color", false, "no colours, as with NO_COLOR set")
	return cmd
}

func (f *certFlags) run(ctx context.Context, s Streams, args []string) error {
	endpoints, err := parseEndpoints(args)
	if err != nil {
		return err
	}
	names, err := parseNames(f.names)
	if err != nil {
		return err
	}
	if f.timeout <= 0 {
		return usagef("--timeout %s: looking needs some time", f.timeout).hint("for example --timeout 30s")
	}
	way, err := f.path()
	if err != nil {
		return err
	}
	in := &certs.Inspector{Path: way, Revocation: !f.noRevocation, Suites: f.ciphers}
	if f.history != "" {
		if in.History, err = certs.OpenHistory(f.history); err != nil {
			return usagef("--history %s: %v", f.history, reason(err)).hint("remove the file to start anew")
		}
		in.Network = certificates.NetworkName()
	}
	limited, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	r := certificates.Check(limited, certificates.Options{
		Endpoints: endpoints, Names: names, Inspector: in, Tool: report.Tool{Name: "mapiscope", Version: version, Commit: builtCommit()},
	})
	if f.history != "" {
		if err := in.History.Save(f.history, time.Now()); err != nil {
			return usagef("--history %s: %v", f.history, reason(err)).hint("name a file in a folder that you may write to")
		}
	}
	if err := f.write(s, r); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return errInterrupted
	case r.Verdict.Status == report.Fail:
		return errVerdict
	}
	return nil
}

// path is the way to the hosts that the flags describe.
func (f *certFlags) path() (*netpath.Path, error) {
	account := accountFlags{caFile: f.caFile, dns: f.dns, proxy: f.proxy, resolve: f.resolve, connectTo: f.connectTo}
	return account.path()
}

func (f *certFlags) write(s Streams, r *certificates.Result) error {
	if f.format == "json" {
		return certificates.WriteJSON(s.Out, r)
	}
	return certificates.WriteText(s.Out, r, report.View{Color: bool(newPainter(s.OutTerminal, f.noColor)), Width: columns(s)})
}

const certHint = "mapiscope cert mail.contoso.com"

// parseEndpoints reads HOST, HOST:PORT, [IPv6]:PORT or an https URL; each host
// and port once.
func parseEndpoints(args []string) ([]certs.Endpoint, error) {
	if len(args) == 0 {
		return nil, usagef("no host given").hint("%s", certHint)
	}
	var out []certs.Endpoint
	seen := map[certs.Endpoint]bool{}
	for _, arg := range args {
		e, err := parseEndpoint(arg)
		if err != nil {
			return nil, err
		}
		if !seen[e] {
			seen[e] = true
			out = append(out, e)
		}
	}
	return out, nil
}

func parseEndpoint(arg string) (certs.Endpoint, error) {
	host, port := arg, "443"
	switch {
	case strings.Contains(arg, "://"):
		u, err := url.Parse(arg)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" {
			return certs.Endpoint{}, usagef("%q is neither a host nor an https URL", arg).hint("%s", certHint)
		}
		if host = u.Hostname(); u.Port() != "" {
			port = u.Port()
		}
	case strings.Contains(arg, "@"):
		return certs.Endpoint{}, usagef("%q is an e-mail address, not a host", arg).hint("mapiscope check %s", arg)
	case isAddress(arg):
		host = strings.Trim(arg, "[]")
	case strings.Contains(arg, ":"):
		var err error
		if host, port, err = net.SplitHostPort(arg); err != nil {
			return certs.Endpoint{}, usagef("%q is not of the form HOST:PORT", arg).hint("%s:443", certHint)
		}
	}
	if !isPort(port) {
		return certs.Endpoint{}, usagef("%q: %q is not a port", arg, port).hint("%s:443", certHint)
	}
	name, err := hostName(host)
	if err != nil || name == "" {
		return certs.Endpoint{}, usagef("%q is not a host name", arg).hint("%s", certHint)
	}
	return certs.Endpoint{Host: name, Port: port}, nil
}

func isAddress(s string) bool {
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

// hostName is a name as DNS spells it, or an address.
func hostName(s string) (string, error) {
	if isAddress(s) {
		return s, nil
	}
	return idna.Lookup.ToASCII(strings.TrimSuffix(s, "."))
}

func parseNames(names []string) ([]string, error) {
	var out []string
	for _, n := range names {
		name, err := hostName(n)
		if err != nil || name == "" {
			return nil, usagef("--name %q is not a host name", n).hint("for example --name autodiscover.contoso.com")
		}
		out = append(out, name)
	}
	return out, nil
}
