// Package scp asks Active Directory for Autodiscover's service connection points
// (MS-OXDISCO 2.2.1.2, 3.1.5.1): over LDAP inside verified TLS, signed in with
// Kerberos. It changes nothing and asks for nothing else.
package scp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/auth/kerberos"
	"github.com/mapiscope/mapiscope/transport/netpath"
)

// The keywords that mark the two kinds of records.
const (
	urlKeyword     = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
	pointerKeyword = "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"
)

const (
	limit      = 5 * time.Second // for everything at one server
	maxServers = 3               // domain controllers tried
	maxRecords = 500             // one per Exchange server
	maxHops    = 3               // pointers followed
)

// ErrOffDomain says that there is no directory to ask: no domain controller is
// known here, or nobody can sign in to one.
var ErrOffDomain = errors.New("this computer is in no Active Directory domain that can be asked")

// Finder asks one domain's directory. Set the fields before the first use.
type Finder struct {
	Path     *netpath.Path
	Identity *kerberos.Identity // nil: ErrOffDomain
	Domain   string             // DNS name of the Active Directory domain
	Site     string             // Active Directory site of this computer; "" asks the directory
}

// Record is one service connection point.
type Record struct {
	DN      string
	URL     string   // of Autodiscover; "" for a pointer
	Pointer string   // host of another directory; "" for a URL
	Sites   []string // it is meant for; none: for all
	Domains []string // a pointer is meant for
}

// Result is what the directory says.
type Result struct {
	Server  string // that answered last
	Site    string // of this computer, "" when not known
	Records []Record
	URLs    []string // in the order in which Outlook asks them, each once
}

// Find asks for the records and puts the URLs in order: those of this computer's
// site, those without a site, the others. Where the directory has none, it follows
// the pointers for the mail domain. Errors: ErrOffDomain, or what went wrong last.
func (f *Finder) Find(ctx context.Context, mailDomain string) (*Result, error) {
	if f.Identity == nil || f.Domain == "" {
		return nil, ErrOffDomain
	}
	servers, err := f.controllers(ctx)
	if err != nil {
		return nil, err
	}
	r := &Result{Site: f.Site}
	asked := map[string]bool{}
	for hop := 0; hop < maxHops && len(servers) > 0; hop++ {
		records, err := f.askAny(ctx, servers, asked, r)
		if err != nil {
			return r, err
		}
		r.Records = append(r.Records, records...)
		if r.URLs = inOrder(r.Records, r.Site); len(r.URLs) > 0 {
			return r, nil
		}
		servers = pointers(records, mailDomain)
	}
	return r, nil
}

// controllers are the domain controllers that DNS names (MS-ADTS 6.3.2.3).
func (f *Finder) controllers(ctx context.Context) (out []string, err error) {
	srv, err := f.Path.LookupSRV(ctx, "ldap", "tcp", "dc._msdcs."+f.Domain)
	if err != nil || len(srv) == 0 {
		return nil, ErrOffDomain
	}
	for _, s := range srv[:min(len(srv), maxServers)] {
		out = append(out, strings.TrimSuffix(s.Target, "."))
	}
	return out, nil
}

// askAny asks the first server that answers.
func (f *Finder) askAny(ctx context.Context, servers []string, asked map[string]bool, r *Result) ([]Record, error) {
	err := errors.New("every directory that a pointer names was asked already")
	for _, host := range servers {
		if asked[strings.ToLower(host)] {
			continue
		}
		asked[strings.ToLower(host)] = true
		var records []Record
		if records, err = f.ask(ctx, host, r); err == nil {
			r.Server = host
			return records, nil
		}
	}
	return nil, err
}

func (f *Finder) ask(ctx context.Context, host string, r *Result) ([]Record, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	c, bindings, err := f.dial(ctx, host)
	if err != nil {
		return nil, err
	}
	l := ldap.NewConn(c, true)
	l.Start()
	defer l.Close()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	l.SetTimeout(limit)
	err = l.GSSAPIBindRequest(f.Identity.SASL(ctx, bindings), &ldap.GSSAPIBindRequest{ServicePrincipalName: "ldap/" + host})
	if err != nil {
		return nil, fmt.Errorf("the directory %s refuses the sign-in: %w", host, readable(err))
	}
	root, err := search(l, "", ldap.ScopeBaseObject, "(objectClass=*)", "configurationNamingContext")
	if err != nil || len(root) == 0 {
		return nil, fmt.Errorf("the directory %s does not describe itself: %w", host, readable(err))
	}
	if r.Site == "" {
		r.Site = siteOf(l, f.Domain)
	}
	base := root[0].GetAttributeValue("configurationNamingContext")
	entries, err := search(l, base, ldap.ScopeWholeSubtree,
		"(&(objectClass=serviceConnectionPoint)(|(keywords="+pointerKeyword+")(keywords="+urlKeyword+")))", "keywords", "serviceBindingInformation")
	if err != nil {
		return nil, fmt.Errorf("the directory %s does not answer the question for Autodiscover: %w", host, readable(err))
	}
	return recordsOf(entries), nil
}

// dial opens TLS to LDAPS; the certificate must be that of the host. The bindings
// are what a domain controller may demand (LDAP channel binding).
func (f *Finder) dial(ctx context.Context, host string) (net.Conn, [16]byte, error) {
	c, err := f.Path.DialTCP(ctx, host, "636")
	if err != nil {
		return nil, [16]byte{}, err
	}
	config := f.Path.TLSConfig(host).Clone()
	config.NextProtos = nil // that of HTTP means nothing here
	t := tls.Client(c.Conn, config)
	if err := t.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, [16]byte{}, netpath.NewError(netpath.PhaseTLS, host, c.Addr.String(), err)
	}
	return t, auth.BindingHash(auth.ChannelBinding(t.ConnectionState().PeerCertificates[0])), nil
}

func search(l *ldap.Conn, base string, scope int, filter string, attributes ...string) ([]*ldap.Entry, error) {
	r, err := l.Search(ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, maxRecords, int(limit.Seconds()), false, filter, attributes, nil))
	if r != nil && ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
		err = nil // what came is more than anybody needs
	}
	if err != nil {
		return nil, err
	}
	return r.Entries, nil
}

// readable is the reason under the library's own wrapping.
func readable(err error) error {
	var e *ldap.Error
	if errors.As(err, &e) && e.Err != nil && kerberos.KindOf(e.Err) != "" {
		return e.Err
	}
	if err == nil {
		return errors.New("it is empty")
	}
	return err
}

func recordsOf(entries []*ldap.Entry) (out []Record) {
	for _, e := range entries {
		r := Record{DN: e.DN}
		pointer := false
		for _, k := range e.GetAttributeValues("keywords") {
			name, value, _ := strings.Cut(k, "=")
			switch {
			case strings.EqualFold(k, pointerKeyword):
				pointer = true
			case strings.EqualFold(name, "Site"):
				r.Sites = append(r.Sites, value)
			case strings.EqualFold(name, "Domain"):
				r.Domains = append(r.Domains, value)
			}
		}
		binding := e.GetAttributeValue("serviceBindingInformation")
		u, err := url.Parse(binding)
		switch {
		case err != nil || u.Hostname() == "":
			continue
		case pointer && strings.EqualFold(u.Scheme, "ldap"):
			r.Pointer = u.Hostname()
		case !pointer && u.Scheme == "https":
			r.URL = binding
		default:
			continue
		}
		out = append(out, r)
	}
	return out
}

// inOrder are the URLs by how well their site fits (MS-OXDISCO 3.1.5.1).
func inOrder(records []Record, site string) (out []string) {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b Record) int { return cmp.Compare(a.fit(site), b.fit(site)) })
	for _, r := range records {
		if r.URL != "" && !slices.Contains(out, r.URL) {
			out = append(out, r.URL)
		}
	}
	return out
}

func (r Record) fit(site string) int {
	switch {
	case site != "" && slices.ContainsFunc(r.Sites, func(s string) bool { return strings.EqualFold(s, site) }):
		return 0
	case len(r.Sites) == 0:
		return 1
	}
	return 2
}

// pointers are the directories for a mail domain; those for no domain in
// particular are for the case that none names it.
func pointers(records []Record, mailDomain string) []string {
	var exact, others []string
	for _, r := range records {
		switch {
		case r.Pointer == "":
		case slices.ContainsFunc(r.Domains, func(d string) bool { return strings.EqualFold(d, mailDomain) }):
			exact = append(exact, r.Pointer)
		case len(r.Domains) == 0:
			others = append(others, r.Pointer)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return others
}
