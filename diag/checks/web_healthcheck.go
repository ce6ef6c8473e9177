package checks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/diag/report"
	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

// healthAnswer is how long healthcheck.htm may take: the page is made in memory.
const healthAnswer = 10 * time.Second

var webHealthcheck = suite.Check{
	ID: "web.healthcheck", Group: "web", Title: "Health page of the mailbox server", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox", "tls.mailbox"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		url := healthURL(t.MailboxURL)
		status, body, err := get(ctx, e, url, "web.healthcheck")
		if err != nil {
			return failed(err, suite.HostOf(url)).With("url", url)
		}
		server := webcheck.ParseHealth([]byte(body))
		e.Web(func(w *report.WebCheck) {
			w.URL = t.MailboxURL
			w.Healthcheck = &report.Healthcheck{Status: status, Server: server}
		})
		return judgeHealth(suite.HostOf(url), status, body, server).With("url", url).With("status", status)
	},
}

// healthURL is the health page of the virtual directory of a MAPI URL.
func healthURL(mailbox string) string {
	return "https://" + hostPort(mailbox) + "/mapi/healthcheck.htm"
}

func hostPort(rawURL string) string {
	rest, _ := strings.CutPrefix(rawURL, "https://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// maxPage bounds a page that is only looked at.
const maxPage = 64 << 10

// get fetches a page without a credential.
func get(ctx context.Context, e *suite.Env, url, check string) (int, string, error) {
	resp, err := e.HTTP.Do(ctx, &httpc.Request{Method: "GET", URL: url, Anonymous: true, Check: check, FirstByte: healthAnswer})
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	return resp.Status, string(body), err
}

func judgeHealth(host string, status int, body, server string) suite.Outcome {
	switch {
	case status == http.StatusOK && strings.HasPrefix(strings.TrimSpace(body), "200 OK"):
		if server == "" {
			return suite.Pass(host + " says that MAPI over HTTP is healthy")
		}
		return suite.Pass(server+" says that MAPI over HTTP is healthy").With("server", server)
	case status == http.StatusOK:
		return suite.Warn(host + " answers with another page where its health page should be").Saw(signal(suite.HealthPageOther, host))
	case status == http.StatusNotFound:
		return suite.Skip(host + " has no health page, as servers other than Exchange")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return suite.Skip(fmt.Sprintf("%s does not show its health page to everybody (status %d)", host, status))
	case status >= 300 && status < 400:
		return suite.Warn(host + " redirects its health page elsewhere").Saw(signal(suite.LoginPage, host, "status", status))
	}
	return suite.Fail(fmt.Sprintf("%s says that MAPI over HTTP is out of service (status %d)", host, status)).
		Saw(signal(suite.HealthBad, host, "status", status))
}
