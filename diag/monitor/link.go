package monitor

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/auth"
	"github.com/mapiscope/mapiscope/transport/autodiscover"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/mapihttp"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// link is an open session as the loop sees it.
type link interface {
	// wait holds a NotificationWait and fetches what it announces. It goes on by
	// itself after a pause.
	wait(ctx context.Context) (waited, error)
	pause()
	resume(ctx context.Context) *mapihttp.Resumption
	// ping restarts the server's clock of the contexts that nothing holds.
	ping(ctx context.Context, mailboxToo bool) error
	mailbox() mapihttp.ContextInfo
	directory() (i mapihttp.ContextInfo, open bool, err error)
	close(ctx context.Context)
}

// waited is how a NotificationWait ended.
type waited struct {
	events int
	quiet  time.Duration // since the last sign of life on its connection
}

// opener makes links for one account.
type opener struct {
	in     suite.Input
	limits mapihttp.Limits
	now    func() time.Time
}

// open finds the mailbox and opens sessions with it and with the address book. A
// missing address book is no error: mail does not hang on it.
func (o *opener) open(ctx context.Context) (link, error) {
	search, stop := context.WithCancel(ctx)
	defer stop()
	in := o.in
	in.HTTP = o.client()
	defer in.HTTP.Close()
	env := suite.NewEnv(search, in, o.now())
	t, err := env.Target(ctx)
	if err != nil {
		return nil, err
	}
	l := &sessions{http: o.client()}
	instance := mapihttp.NewInstance()
	config := func(url string) mapihttp.Config {
		return mapihttp.Config{HTTP: l.http, URL: url, Instance: instance, Limits: o.limits, Now: o.now}
	}
	l.mail = mapihttp.NewMailbox(config(t.MailboxURL), t.UserDN)
	follow := func(_ context.Context, id string) (string, error) {
		return autodiscover.RewriteMailboxID(t.MailboxURL, id)
	}
	if _, _, err = l.mail.LogonFollowing(ctx, follow); err == nil {
		err = l.mail.RegisterNotification(ctx, rop.NewMail|rop.ObjectCreated)
	}
	if err != nil {
		l.close(ctx)
		return nil, err
	}
	if t.DirectoryURL != "" {
		l.book = mapihttp.NewDirectory(config(t.DirectoryURL))
		_, l.bookErr = l.book.Bind(ctx)
	}
	return l, nil
}

// client is a client of its own on the account's policy and budget: a password
// that was refused once is not sent again by the next attempt.
func (o *opener) client() *httpc.Client {
	h := o.in.HTTP
	return &httpc.Client{Path: h.Path, Mechanisms: h.Mechanisms, Policy: h.Policy, Budget: h.Budget, UserAgent: h.UserAgent}
}

// forgive gives the account a new budget after an attempt to sign in that nobody
// answered: the network went away under it, which says nothing about the password.
func (o *opener) forgive(err error) {
	var used *auth.BudgetError
	if errors.As(err, &used) && used.Verdict == auth.Unclear {
		o.in.HTTP = &httpc.Client{Path: o.in.HTTP.Path, Mechanisms: o.in.HTTP.Mechanisms, Policy: o.in.HTTP.Policy,
			Budget: &auth.Budget{}, UserAgent: o.in.HTTP.UserAgent}
	}
}

// refused says that the server refused the password: trying again by ourselves
// would lock the account.
func refused(err error) bool {
	var a *httpc.AuthError
	if errors.As(err, &a) && a.Reason == httpc.Refused {
		return true
	}
	var used *auth.BudgetError
	return errors.As(err, &used) && used.Verdict == auth.Refused
}

// sessions is the link to real servers.
type sessions struct {
	http *httpc.Client
	mail *mapihttp.Mailbox
	book *mapihttp.Directory // nil: there is none

	turn sync.Mutex // a pause is over before a resume begins

	mu      sync.Mutex
	bookErr error
}

// waitAgain is how often a wait is repeated that crossed another request: which
// sequence cookie a parallel wait should carry is documented nowhere.
const waitAgain = 3

func (l *sessions) wait(ctx context.Context) (w waited, err error) {
	var res *mapihttp.WaitResult
	for range waitAgain {
		if res, err = l.mail.NotificationWait(ctx); !outOfSequence(err) {
			break
		}
	}
	if res != nil {
		w.quiet = res.Elapsed
		if n := len(res.Tags); n > 0 {
			w.quiet -= res.Tags[n-1].At
		}
	}
	if err != nil || !res.EventPending {
		return w, err
	}
	got, err := l.mail.Poll(ctx)
	w.events, w.quiet = len(got), 0
	return w, err
}

func outOfSequence(err error) bool {
	var f *mapihttp.Failure
	if !errors.As(err, &f) {
		return false
	}
	code, came := f.Response()
	return came && code == mapihttp.ResponseInvalidSequence
}

// notHeld is a server that still holds the NotificationWait of a connection
// that is dead, or that takes none: it has to be asked again later.
func notHeld(err error) bool {
	var code mapierr.Code
	return errors.As(err, &code) && code == mapierr.Rejected
}

func (l *sessions) pause() {
	l.turn.Lock()
	defer l.turn.Unlock()
	var wg sync.WaitGroup
	wg.Go(l.mail.Pause)
	if l.bookOpen() {
		wg.Go(l.book.Pause)
	}
	wg.Wait()
}

func (l *sessions) resume(ctx context.Context) (r *mapihttp.Resumption) {
	l.turn.Lock()
	defer l.turn.Unlock()
	var wg sync.WaitGroup
	wg.Go(func() { r = l.mail.Resume(ctx) })
	if l.book != nil {
		wg.Go(func() { l.setBook(l.resumeBook(ctx)) })
	}
	wg.Wait()
	return r
}

func (l *sessions) resumeBook(ctx context.Context) error {
	if !l.bookOpen() {
		_, err := l.book.Bind(ctx)
		return err
	}
	return l.book.Resume(ctx).Err
}

func (l *sessions) ping(ctx context.Context, mailboxToo bool) error {
	if l.bookOpen() {
		err := l.book.Ping(ctx)
		if mapihttp.ContextGone(err) {
			_, _, err = l.book.Reestablish(ctx)
		}
		l.setBook(err)
	}
	if !mailboxToo {
		return nil
	}
	return l.mail.Ping(ctx)
}

func (l *sessions) bookOpen() bool {
	return l.book != nil && l.book.Info().State != mapihttp.NotConnected
}

func (l *sessions) setBook(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bookErr = err
}

func (l *sessions) mailbox() mapihttp.ContextInfo { return l.mail.Info() }

func (l *sessions) directory() (i mapihttp.ContextInfo, open bool, err error) {
	if l.book == nil {
		return i, false, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.book.Info(), true, l.bookErr
}

func (l *sessions) close(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Go(func() { l.mail.Disconnect(ctx) }) // its clock would end it too
	if l.bookOpen() {
		wg.Go(func() { l.book.Unbind(ctx) })
	}
	wg.Wait()
	l.http.Close()
}
