package checks

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/mapiscope/mapiscope/diag/suite"
	"github.com/mapiscope/mapiscope/transport/httpc"
	"github.com/mapiscope/mapiscope/transport/webcheck"
)

var authOffered = suite.Check{
	ID: "auth.offered", Group: "auth", Title: "Ways to sign in", Affects: "mailbox",
	After: []string{"discovery.mailbox-url"}, Beside: []string{"dns.mailbox", "network.mailbox", "tls.mailbox", "web.healthcheck"},
	Run: func(ctx context.Context, e *suite.Env) suite.Outcome {
		t, err := e.Target(ctx)
		if err != nil {
			return suite.Skip(err.Error())
		}
		resp, err := e.HTTP.Do(ctx, &httpc.Request{
			Method: "POST", URL: t.MailboxURL, Header: http.Header{"X-RequestType": {"PING"}},
			Anonymous: true, Check: "auth.offered", Kind: "PING",
		})
		host := suite.HostOf(t.MailboxURL)
		if err != nil {
			return failed(err, host)
		}
		defer resp.Body.Close()
		return judgeOffered(host, resp)
	},
}

// judgeOffered reads the answer to a request without a credential: a 401 that
// lists schemes, if it is Exchange that answers.
func judgeOffered(host string, resp *httpc.Response) suite.Outcome {
	offered := schemes(resp.Offered)
	status := resp.Status
	sight := sightOf(resp)
	switch {
	case status == http.StatusUnauthorized && len(offered) > 0:
		return suite.Pass(host+" offers "+strings.Join(offered, ", ")).With("schemes", offered)
	case status == http.StatusOK && resp.Header.Get("X-ResponseCode") != "":
		return suite.Pass(host + " asks for no sign-in")
	case sight.InFront(), status >= 300 && status < 400:
		return inFront(sight, host, "").Saw(sightTrouble(sight, host, status)...)
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return suite.Fail(fmt.Sprintf("%s refuses everybody (status %d) and names no way to sign in", host, status)).
			Saw(signal(suite.NoAuthMethods, host, "status", status))
	case status == http.StatusOK:
		return suite.Fail(host + " answers with a page of its own instead of asking for a sign-in").Saw(signal(suite.NotMAPI, host, "status", status))
	}
	return suite.Fail(fmt.Sprintf("%s answers with status %d instead of asking for a sign-in", host, status)).Saw(httpTrouble(status, host))
}

// sightOf recognises what answered.
func sightOf(resp *httpc.Response) webcheck.Sight {
	var body []byte
	if resp.Body != nil {
		body, _ = io.ReadAll(io.LimitReader(resp.Body, maxPage)) // what was cut off may do
	}
	a := webcheck.Answer{Status: resp.Status, Header: resp.Header, Body: body}
	if resp.Exchange != nil {
		a.URL = resp.Exchange.URL
	}
	return webcheck.Recognise(a)
}
