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

// operation is one X-RequestType of an endpoint.
type operation struct {
	name   string // exact spelling (MS-OXCMAPIHTTP 2.2.3.3.1)
	inside bool   // runs inside a session context
	run    func(c *call, x *sessionContext)
}

// endpoints are the two protocol endpoints by the name in their path.
var endpoints map[string][]operation

func init() { // the handlers refer back to this table
	endpoints = map[string][]operation{"emsmdb": mailboxOperations, "nspi": bookOperations()}
}

// mapiDirectory answers everything under /mapi.
func (c *call) mapiDirectory(path string) {
	endpoint := ""
	for name := range endpoints {
		if path == "/mapi/"+name || strings.HasPrefix(path, "/mapi/"+name+"/") {
			endpoint = name
		}
	}
	if endpoint == "" {
		c.iisNotFound()
		return
	}
	c.signedIn(func() {
		switch {
		case c.r.Method == http.MethodGet && c.user != nil:
			c.statusPage(endpoint)
		case c.r.Method != http.MethodPost:
			c.refuseProtocol(invalidVerb)
		case c.mailboxID() == "":
			c.empty(http.StatusBadRequest)
		default:
			c.protocol(endpoint)
		}
	})
}

// protocol checks what every request must have, in the order in which a server
// looks at it, and hands it to its operation.
func (c *call) protocol(endpoint string) {
	for _, f := range c.b.mapi {
		if f(c) {
			return
		}
	}
	op, why := c.operation(endpoint)
	switch {
	case c.user == nil:
		c.refuseProtocol(anonymous)
	case why != accepted:
		c.refuseProtocol(why)
	case c.big:
		c.refuseProtocol(tooLarge)
	case !op.inside:
		op.run(c, nil)
	default:
		c.insideContext(endpoint, op)
	}
}

func (c *call) operation(endpoint string) (op operation, why refusal) {
	kind := c.r.Header.Get("X-RequestType")
	if kind == "" || c.r.Header.Get("X-RequestId") == "" {
		return op, missingHeader
	}
	if c.b.manner == Gromox && c.r.Header.Get("X-ClientInfo") == "" {
		return op, missingHeader
	}
	for _, op := range endpoints[endpoint] {
		if op.name == kind || c.b.manner == Gromox && strings.EqualFold(op.name, kind) {
			return op, accepted
		}
	}
	return op, invalidRequestType
}

// insideContext runs op in the session context that the cookies name.
func (c *call) insideContext(endpoint string, op operation) {
	how := ordinary
	if op.name == "NotificationWait" {
		how = waits
	}
	// gromox neither checks nor rotates the sequence for these two.
	strict := c.b.manner != Gromox || op.name != "PING" && how != waits
	if op.name == "PING" && c.b.manner != Gromox && len(c.r.Cookies()) == 0 {
		op.run(c, nil) // Exchange answers a PING without any session
		return
	}
	if c.b.contextLost != accepted {
		c.loseContext()
		return
	}
	x, twice, why := c.s.contexts.enter(c.r, c.b.manner, endpoint, c.user, how, strict)
	switch {
	case why != accepted:
		c.refuseProtocol(why)
	case twice:
		c.rejectSecondWait(x)
	default:
		defer c.s.contexts.leave(x, how)
		op.run(c, x)
	}
}

// loseContext refuses as if the context were gone, at once or, which the protocol
// allows, only after DONE (MS-OXCMAPIHTTP 3.2.5.2).
func (c *call) loseContext() {
	if !c.b.lateCode {
		c.refuseProtocol(c.b.contextLost)
		return
	}
	c.begin(nil, ordinary)
	c.send(fmt.Sprintf("DONE\r\nX-ResponseCode: %d\r\nContent-Type: text/html\r\n\r\n<html><body>%s</body></html>",
		refusals[c.b.contextLost].exchange, refusals[c.b.contextLost].name))
}

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
func (c *call) finish(how turn, body []byte) {
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
	c.finish(ordinary, body)
}

func (c *call) pendingForever() {
	for c.send("PENDING\r\n") && c.pause(endlessPeriod) {
	}
}

// endlessPeriod is the pace of a server that never comes to an end: fast enough
// to show within a second what it does.
const endlessPeriod = 100 * time.Millisecond

// ping answers PING (MS-OXCMAPIHTTP 2.2.6): tags and no body.
func (c *call) ping(x *sessionContext) {
	if c.b.manner == Gromox {
		c.gromoxPing(x)
		return
	}
	c.answer(x, nil)
}

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
