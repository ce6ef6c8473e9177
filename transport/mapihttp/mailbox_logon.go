package mapihttp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// maxRedirects is how many wrong-server redirects one logon follows. A mailbox
// that moves once gives one; more than three is a loop.
const maxRedirects = 3

// WrongServerError is a logon that reached a server without the mailbox
// (ecWrongServer, MS-OXCSTOR 3.2.5.1.3). Autodiscover has to be asked again.
type WrongServerError struct {
	ServerDN  string // of the right server
	MailboxID string // "guid@domain" at its end: the MailboxId of the right URL, "" when it has none
}

func (e *WrongServerError) Error() string {
	if e.MailboxID != "" {
		return "the mailbox is at " + e.MailboxID
	}
	return "the mailbox is on the server " + e.ServerDN
}

// Logon opens the user's own mailbox (RopLogon, MS-OXCSTOR 2.2.1.1). A redirect
// is a *Failure of phase "rop" with a *WrongServerError inside, beside the
// response.
func (m *Mailbox) Logon(ctx context.Context) (*rop.LogonResponse, error) {
	got, err := m.Execute(ctx, rop.PrivateLogon(m.userDN))
	if len(got) == 0 {
		return nil, err
	}
	p, ok := got[0].(*rop.LogonResponse)
	if !ok {
		return nil, err
	}
	if err != nil {
		return p, withRedirect(err, p)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logon, m.wantsLogon = p, true
	if !p.LogonTime.IsZero() {
		m.skew = p.LogonTime.Sub(m.e.cfg.wall())
	}
	return p, nil
}

func withRedirect(err error, p *rop.LogonResponse) error {
	var f *Failure
	if errors.As(err, &f) && p.ReturnValue == mapierr.WrongServer {
		f.Err = &WrongServerError{ServerDN: p.ServerName, MailboxID: p.MailboxID()}
	}
	return err
}

// LogonFollowing is Connect and Logon, and where the server says that the
// mailbox is elsewhere, the same at the URL that follow finds for the mailbox id
// (by asking Autodiscover again). The session context at the wrong server is
// closed first. urls are the URLs tried, in order. At most three redirects are
// followed, and no URL is tried twice.
func (m *Mailbox) LogonFollowing(ctx context.Context, follow func(ctx context.Context, mailboxID string) (newURL string, err error)) (p *rop.LogonResponse, urls []string, err error) {
	for {
		urls = append(urls, m.e.url())
		if _, err = m.Connect(ctx); err != nil {
			return nil, urls, err
		}
		var elsewhere *WrongServerError
		if p, err = m.Logon(ctx); !errors.As(err, &elsewhere) {
			return p, urls, err
		}
		next, ferr := m.followed(ctx, elsewhere, urls, follow)
		if ferr != nil {
			return p, urls, fmt.Errorf("%w: %w", err, ferr)
		}
		m.Disconnect(ctx) // it holds nothing there; its clock would end it too
		m.e.setURL(next)
	}
}

func (m *Mailbox) followed(ctx context.Context, to *WrongServerError, urls []string, follow func(context.Context, string) (string, error)) (string, error) {
	if len(urls) > maxRedirects {
		return "", fmt.Errorf("%d redirects in a row", len(urls))
	}
	if to.MailboxID == "" {
		return "", errors.New("the redirect names no mailbox id to ask Autodiscover for")
	}
	next, err := follow(ctx, to.MailboxID)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(urls, func(u string) bool { return strings.EqualFold(u, next) }) {
		return "", fmt.Errorf("the URL %s has been tried already", next)
	}
	return next, nil
}
