package mapihttp

import (
	"context"
	"time"

	"github.com/mapiscope/mapiscope/transport/httpc"
)

// DefaultApplication is sent as X-ClientApplication (MS-OXCMAPIHTTP 2.2.3.3.6).
// Administrators can find the probe by its name; the version is that of an
// Outlook of today, so that the server applies to us what it applies to Outlook:
// rules that block versions, and the modern error codes (MS-OXCRPC 3.2.4.1.3.2).
const DefaultApplication = "Mapiscope/16.0.17932.20000"

// DefaultContextInfo is the text by which an administrator recognises our
// sessions in the server's log (AUX_CLIENT_CONNECTION_INFO, MS-OXCRPC 2.2.2.2.21).
const DefaultContextInfo = "Mapiscope connection diagnosis, read only"

// Config says how an endpoint is talked to. HTTP and URL are needed, the rest
// has defaults.
type Config struct {
	HTTP        *httpc.Client
	URL         string    // of the endpoint, as Autodiscover gives it, MailboxId included
	Instance    *Instance // the running client; nil makes one
	Application string    // X-ClientApplication; "" is DefaultApplication
	ContextInfo string    // "" is DefaultContextInfo
	Limits      Limits
	// Now is the wall clock by which a session context expires; nil is time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() Config {
	if c.HTTP == nil {
		c.HTTP = &httpc.Client{}
	}
	if c.Instance == nil {
		c.Instance = NewInstance()
	}
	if c.Application == "" {
		c.Application = DefaultApplication
	}
	if c.ContextInfo == "" {
		c.ContextInfo = DefaultContextInfo
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Limits = c.Limits.withDefaults()
	return c
}

// wall is the wall clock without the monotonic one, which stands still while the
// machine sleeps; the server's clock does not.
func (c *Config) wall() time.Time { return c.Now().Round(0) }

type checkKey struct{}

// WithCheck marks every request made under ctx as caused by the check with this
// id; the trace shows it (httpc.Exchange.Check).
func WithCheck(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, checkKey{}, id)
}

type tagsKey struct{}

// WithTags has f called with each meta-tag of a NotificationWait made under ctx,
// as it arrives: the first one proves that the channel is open. f must not block.
func WithTags(ctx context.Context, f func(Tag)) context.Context {
	return context.WithValue(ctx, tagsKey{}, f)
}

func tagsOf(ctx context.Context) func(Tag) {
	f, _ := ctx.Value(tagsKey{}).(func(Tag))
	return f
}

func checkOf(ctx context.Context) string {
	id, _ := ctx.Value(checkKey{}).(string)
	return id
}
