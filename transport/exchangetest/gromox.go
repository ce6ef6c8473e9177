package exchangetest

import (
	"fmt"
	"net/http"
	"strings"
)

// gromox answers as grommunio gromox does: GET of a MAPI URL is 404, no health
// page, no front end headers, its own codes and cookies. What differs is told in
// the facts captured from a real one (testdata/gromox).
func (c *call) gromox() {
	path := strings.ToLower(c.r.URL.Path)
	endpoint := strings.Trim(strings.TrimPrefix(path, "/mapi/"), "/")
	protocol := c.r.Method == http.MethodPost && strings.HasPrefix(path, "/mapi/") && endpoints[endpoint] != nil &&
		strings.HasPrefix(strings.ToLower(c.r.URL.RawQuery), "mailboxid=")
	switch {
	case protocol:
		c.signedIn(func() { c.protocol(endpoint) })
	case path == "/autodiscover/autodiscover.xml":
		c.signedIn(c.autodiscoverPOX)
	case strings.HasPrefix(path, "/autodiscover/autodiscover.json"):
		c.autodiscoverJSON()
	case path == rpcPath:
		c.rpcProxy()
	case c.r.Header.Get("Authorization") != "":
		c.signedIn(c.gromoxNotFound) // a credential is looked at before the path
	default:
		c.gromoxNotFound()
	}
}

func (c *call) gromoxNotFound() { c.gromoxPlain(http.StatusNotFound, "Not Found\r\n") }

// gromoxPlain is its form of a bare HTTP refusal.
func (c *call) gromoxPlain(status int, body string) {
	c.set("Keep-Alive", "timeout=180")
	c.text(status, "text/plain; charset=utf-8", body)
}

// gromoxRefusal has no echoes of the request's ids.
func (c *call) gromoxRefusal(why refusal) {
	row := refusals[why]
	if row.sentence == "" {
		c.gromoxPlain(http.StatusServiceUnavailable, "L-216\r\n")
		return
	}
	c.mapiHeaders()
	c.responseCode(row.gromox)
	c.text(http.StatusOK, "text/html", fmt.Sprintf("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\r\n<html><head>\r\n<title>MAPI OVER HTTP ERROR</title>\r\n</head><body>\r\n<h1>Diagnostic Information</h1>\r\n<p>%s</p>\r\n</body></html>\r\n", row.sentence))
}

// gromoxCookies sets plain cookies; NotificationWait and PING do not rotate the
// sequence.
func (c *call) gromoxCookies(x *sessionContext, how turn) {
	if x == nil {
		return // a refused Connect sets none
	}
	lines := []string{"sid=" + guidCookie(x.id)}
	if how != waits && !strings.EqualFold(c.rec.RequestType, "PING") {
		lines = append(lines, "sequence="+strings.ToLower(c.s.contexts.sequence(x, how).String()))
	}
	c.set("Set-Cookie", lines...)
}

// gromoxPing is the one answer of gromox with a Content-Length.
func (c *call) gromoxPing(x *sessionContext) {
	c.mapiHeaders()
	c.echo()
	c.set("X-PendingPeriod", millis(c.s.options.PendingPeriod))
	c.set("X-ExpirationInfo", millis(lifeAfterExecute))
	c.responseCode(0)
	c.cookies(x, ordinary)
	c.text(http.StatusOK, "application/mapi-http", "PROCESSING\r\nDONE\r\nX-ElapsedTime: 0\r\nX-StartTime: "+c.from.Format(http.TimeFormat)+"\r\n\r\n")
}

// gromoxProtocols gives everything at once, in gromox's order.
func (c *call) gromoxProtocols(u *User, p published) (out []element) {
	host := p.external
	if host == "" {
		host = p.internal
	}
	if p.exhttp {
		out = append(out, c.protocolRPC("EXHTTP", host, ""))
	}
	if p.mapiHTTP && c.r.Header.Get("X-MapiHttpCapability") != "" {
		out = append(out, c.protocolMapiHTTP(u, p))
	}
	if p.exch {
		out = append(out, c.protocolEXCH(u, p))
	}
	if p.expr {
		out = append(out, c.protocolRPC("EXPR", host, ""))
	}
	return out
}
