package exchangetest

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// mapiHeaders puts what every protocol answer of Exchange begins with, refusals
// included.
func (c *call) mapiHeaders() {
	c.set("Cache-Control", "private")
	c.set("X-ServerApplication", "Exchange/"+c.b.version().long)
	if c.b.manner == Gromox {
		return
	}
	c.backEnd()
	c.echo()
}

func (c *call) echo() {
	for _, name := range []string{"X-RequestType", "X-RequestId", "X-ClientInfo"} {
		if v := c.r.Header.Get(name); v != "" {
			c.set(name, v)
		}
	}
}

// begin sends the headers of a successful answer and the first meta-tag.
func (c *call) begin(x *sessionContext, how turn) {
	c.mapiHeaders()
	c.echo()
	c.set("Content-Type", "application/mapi-http")
	c.set("X-PendingPeriod", millis(c.s.options.PendingPeriod))
	c.responseCode(0)
	c.expiration(x)
	c.cookies(x, how)
	if c.b.contentLength > 0 {
		c.set("Content-Length", fmt.Sprint(c.b.contentLength))
	}
	c.w.WriteHeader(http.StatusOK)
	if c.b.manner == Gromox && how != waits {
		return // it sends its tags and headers in one piece when it is done
	}
	c.send("PROCESSING\r\n")
}

func (c *call) expiration(x *sessionContext) {
	life := lifeAfterExecute
	switch {
	case c.b.manner == Gromox:
	case x == nil:
		return
	case c.rec.RequestType == "Connect":
		c.set("X-TunnelExpirationTime", "1800000")
		life = lifeAfterConnect
	}
	c.set("X-ExpirationInfo", millis(life))
}

// cookies sets what a context is found by. Exchange repeats all of them in every
// answer, with a new sequence.
func (c *call) cookies(x *sessionContext, how turn) {
	if c.b.manner == Gromox {
		c.gromoxCookies(x, how)
		return
	}
	lines := []string{c.routingCookie()}
	if x != nil {
		path := "; path=/mapi/" + x.endpoint + "; secure; HttpOnly"
		lines = append(lines, "MapiContext="+x.id.String()+path, "MapiSequence="+c.s.contexts.sequence(x, how).String()+path)
	}
	c.set("Set-Cookie", append(lines, c.backEndCookie())...)
}

func (c *call) routingCookie() string {
	return "MapiRouting=" + base64.RawURLEncoding.EncodeToString([]byte(c.s.names.machine)) + "; path=/mapi/; secure; HttpOnly"
}

func (c *call) backEndCookie() string {
	value := base64.RawURLEncoding.EncodeToString([]byte("S:" + c.s.names.server))
	return "X-BackEndCookie=" + value + "; expires=" + c.from.Add(10*24*time.Hour).Format(http.TimeFormat) + "; path=/mapi; secure; HttpOnly"
}

// send writes a piece of the answer and makes it leave at once.
func (c *call) send(piece string) bool {
	if c.b.slow > 0 {
		return c.trickle(piece)
	}
	if _, err := io.WriteString(c.w, piece); err != nil {
		return false
	}
	if c.b.buffered {
		return c.r.Context().Err() == nil
	}
	return http.NewResponseController(c.w).Flush() == nil && c.r.Context().Err() == nil
}

// trickle sends one byte at a time.
func (c *call) trickle(piece string) bool {
	for i := range len(piece) {
		io.WriteString(c.w, piece[i:i+1])
		if http.NewResponseController(c.w).Flush() != nil || !c.pause(c.b.slow) {
			return false
		}
	}
	return true
}

// finish sends the last meta-tag, the additional headers and the body
// (MS-OXCMAPIHTTP 2.2.7).
func (c *call) finish(body []byte) {
	elapsed := c.b.clock().Sub(c.from)
	tail := "DONE\r\nX-ElapsedTime: " + millis(elapsed)
	if c.b.manner == Gromox { // in seconds, and PROCESSING (again) in front
		tail = fmt.Sprintf("PROCESSING\r\nDONE\r\nX-ElapsedTime: %d", int(elapsed.Seconds()))
	}
	tail += "\r\nX-StartTime: " + c.from.Format(http.TimeFormat) + "\r\n\r\n"
	if c.b.contentLength > 0 {
		c.send(tail)
		c.hold() // the rest of what was promised never comes
		return
	}
	if c.b.manner == Gromox { // the body is a piece of its own
		if c.send(tail) {
			c.send(string(body))
		}
		return
	}
	c.send(tail + string(body))
}

// answer is begin and finish for what takes no time.
func (c *call) answer(x *sessionContext, body []byte) {
	c.begin(x, ordinary)
	if c.b.endlessWait {
		c.pendingForever()
		return
	}
	c.finish(body)
}

func (c *call) pendingForever() {
	for c.send("PENDING\r\n") && c.pause(endlessPeriod) {
	}
}

// endlessPeriod is the pace of a server that never comes to an end: fast enough
// to show within a second what it does.
const endlessPeriod = 100 * time.Millisecond

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// guidCookie is how gromox spells its context id: 32 characters.
func guidCookie(id wire.GUID) string {
	return strings.ToLower(strings.ReplaceAll(id.String(), "-", ""))
}

// parseCookie reads a GUID in either spelling.
func parseCookie(v string) (wire.GUID, error) {
	if len(v) == 32 {
		v = v[:8] + "-" + v[8:12] + "-" + v[12:16] + "-" + v[16:20] + "-" + v[20:]
	}
	return wire.ParseGUID(v)
}
