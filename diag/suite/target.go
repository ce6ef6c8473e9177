package suite

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/mapiscope/mapiscope/transport/autodiscover"
)

// Target is where the mailbox is.
type Target struct {
	MailboxURL   string
	DirectoryURL string // "" when none is named
	UserDN       string
	Internal     bool                   // the URL is the internal one
	Settings     *autodiscover.Settings // nil when the caller gave the URL
	Unresolved   []string               // hosts of URLs that were passed over: no address
}

// ErrNoURL says that the answer of Autodiscover names no mailbox URL.
var ErrNoURL = errors.New("the answer of Autodiscover names no mailbox URL for MAPI over HTTP")

// ErrNotGiven says that the caller gave a URL for RPC over HTTP alone.
var ErrNotGiven = errors.New("only the URL of Outlook Anywhere was given")

// Target is the mailbox URL to use: the given one, or of those that Autodiscover
// names the external one, and the internal one when only its host has an address.
// From inside both lead to the same place nearly always; from outside only the
// external one leads anywhere.
func (e *Env) Target(ctx context.Context) (*Target, error) {
	return e.target.Get(ctx, e.run, func(ctx context.Context) (*Target, error) {
		switch {
		case e.SkipsDiscovery() && e.MapiURL == "":
			return nil, ErrNotGiven
		case e.SkipsDiscovery():
			e.HTTP.Policy.Allow(HostOf(e.MapiURL)) // naming it allowed it
			return &Target{MailboxURL: e.MapiURL, DirectoryURL: directoryBeside(e.MapiURL), UserDN: e.UserDN}, nil
		}
		a, err := e.Answer(ctx)
		if err != nil {
			return nil, err
		}
		return e.choose(ctx, a.Settings)
	})
}

// KnownTarget is the target if it was found; nil when it was not, or nobody asked.
func (e *Env) KnownTarget() *Target {
	t, _ := e.target.Peek()
	return t
}

func (e *Env) choose(ctx context.Context, s *autodiscover.Settings) (*Target, error) {
	external, internal := s.MailboxURL(false)
	if external == "" {
		return nil, ErrNoURL
	}
	t := &Target{MailboxURL: external, Internal: internal, UserDN: s.LegacyDN, Settings: s}
	if other, _ := s.MailboxURL(true); HostOf(other) != HostOf(external) && !e.resolves(ctx, HostOf(external)) {
		t.Unresolved = append(t.Unresolved, HostOf(external))
		if e.resolves(ctx, HostOf(other)) {
			t.MailboxURL, t.Internal = other, true
		}
	}
	t.DirectoryURL, _ = s.AddressBookURL(t.Internal)
	if !strings.HasPrefix(strings.ToLower(t.MailboxURL), "https://") {
		return nil, fmt.Errorf("the mailbox URL %s is not https; nothing is sent there", t.MailboxURL)
	}
	// Autodiscover, over verified TLS at a host of the domain, vouches for these.
	e.HTTP.Policy.Allow(HostOf(t.MailboxURL))
	if t.DirectoryURL != "" {
		e.HTTP.Policy.Allow(HostOf(t.DirectoryURL))
	}
	return t, nil
}

func (e *Env) resolves(ctx context.Context, host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	addrs, err := e.Path.LookupAddrs(ctx, host)
	return err == nil && len(addrs) > 0
}

// directoryBeside is the address book URL beside a mailbox URL: the two are
// neighbours in one virtual directory. "" when the URL has another form.
func directoryBeside(mailbox string) string {
	at := strings.Index(strings.ToLower(mailbox), "/emsmdb")
	if at < 0 {
		return ""
	}
	return mailbox[:at] + "/nspi" + mailbox[at+len("/emsmdb"):]
}

// Hosts are the hosts that the mailbox needs, each once: mailbox URL first.
func (t *Target) Hosts() []string {
	hosts := []string{HostOf(t.MailboxURL)}
	if h := HostOf(t.DirectoryURL); h != "" && h != hosts[0] {
		hosts = append(hosts, h)
	}
	return hosts
}

// URLOf is a URL of the target that leads to host.
func (t *Target) URLOf(host string) string {
	if HostOf(t.MailboxURL) == host {
		return t.MailboxURL
	}
	return t.DirectoryURL
}
