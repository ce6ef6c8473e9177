package checks

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/outlook"
)

var machineWinHTTP = suite.Check{
	ID: "machine.winhttp", Group: "machine", Title: "Proxy of Windows services (WinHTTP)", Affects: "mailbox",
	Behind: []string{"discovery.mailbox-url"}, // the way to the hosts that were found is tried
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		c, err := e.Outlook()
		switch {
		case err != nil:
			return suite.Skip("the registry cannot be read: " + err.Error())
		case c == nil:
			return suite.Skip(noRegistry)
		case c.WinHTTP == nil && c.WinHTTP32 == nil:
			return suite.Skip("no proxy was ever set for services (netsh winhttp), as far as the registry tells")
		}
		return judgeWinHTTP(ctx, e, c)
	},
}

// winHTTPSetting is one of the two settings.
type winHTTPSetting struct {
	name string // "64-bit"
	*outlook.Connection
}

func judgeWinHTTP(ctx context.Context, e *suite.Env, c *outlook.Client) suite.Outcome {
	host, port := mailHost(e)
	out := suite.Pass("")
	var said []string
	for _, s := range []winHTTPSetting{{"64-bit", c.WinHTTP}, {"32-bit", c.WinHTTP32}} {
		if s.Connection == nil {
			continue
		}
		o := s.judge(ctx, e, c, host, port)
		if o.Status == report.Warn {
			out.Status = report.Warn
		}
		said = append(said, o.Summary)
		out = out.Saw(o.Signals...).With(s.name, connectionText(s.Connection))
	}
	if c.WinINET != nil {
		out = out.With("user", connectionText(c.WinINET))
	}
	out.Summary = strings.Join(said, "; ")
	return out
}

// judge takes the way that the setting names. One that leads to the server is in
// order, whether it is the user's or another.
func (s winHTTPSetting) judge(ctx context.Context, e *suite.Env, c *outlook.Client, host, port string) suite.Outcome {
	proxy, users := s.HTTPS(host), ""
	if c.WinINET != nil {
		users = c.WinINET.HTTPS(host)
	}
	if proxy == "" && users == "" && (c.WinINET == nil || c.WinINET.PAC == "") {
		return suite.Pass(s.name + ": services go straight, as the user's programs do")
	}
	err := tunnel(ctx, e, proxy, host, port)
	way := "by the proxy " + proxy
	if proxy == "" {
		way = "straight"
	}
	differs := "the user's programs go " + wayOf(c.WinINET, users)
	if err == nil {
		return suite.Pass(fmt.Sprintf("%s: services go %s, which leads to %s (%s)", s.name, way, host, differs))
	}
	what := fmt.Sprintf("the %s setting of WinHTTP sends services to %s %s, which does not work: %s", s.name, host, way, sentence(err))
	return suite.Warn(what + "; " + differs).
		Saw(signal(suite.WinHTTPDead, host, "what", what, "setting", s.name, "proxy", proxy, "way", way, "differs", differs))
}

func wayOf(c *outlook.Connection, proxy string) string {
	switch {
	case proxy != "":
		return "by the proxy " + proxy
	case c != nil && c.PAC != "":
		return "as the script " + c.PAC + " says"
	}
	return "straight"
}

// tunnel goes to host as WinHTTP would, and hangs up.
func tunnel(ctx context.Context, e *suite.Env, proxy, host, port string) error {
	way := *e.Path
	way.Proxy = nil
	if proxy != "" {
		way.Proxy = func(*url.URL) (*url.URL, error) { return &url.URL{Scheme: "http", Host: proxy}, nil }
	}
	c, err := way.DialTunnel(ctx, host, port)
	if err == nil {
		c.Close()
	}
	return err
}

// mailHost is the host of the mailbox, or of Autodiscover as long as that is all
// that is known.
func mailHost(e *suite.Env) (host, port string) {
	if t := e.KnownTarget(); t != nil {
		return suite.HostOf(t.MailboxURL), suite.PortOf(t.MailboxURL)
	}
	return autodiscoverEndpoint(e)
}
