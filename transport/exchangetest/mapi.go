package exchangetest

import (
	"fmt"
	"net/http"
	"strings"
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
	if _, err := c.r.Cookie("MapiContext"); err != nil && op.name == "PING" && c.b.manner != Gromox {
		op.run(c, nil) // Exchange answers a PING without any session
		return
	}
	if c.b.contextLost != accepted {
		c.loseContext()
		return
	}
	if c.b.bound != accepted && how == ordinary && c.strayed() {
		c.refuseProtocol(c.b.bound)
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

// strayed says that a request comes on another connection than the one that opened
// its context.
func (c *call) strayed() bool {
	name, _ := cookieNames(c.b.manner)
	cookie, err := c.r.Cookie(name)
	if err != nil {
		return false
	}
	id, err := parseCookie(cookie.Value)
	return err == nil && !c.s.contexts.openedOn(id, c.conn.id)
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

// ping answers PING (MS-OXCMAPIHTTP 2.2.6): tags and no body.
func (c *call) ping(x *sessionContext) {
	if c.b.manner == Gromox {
		c.gromoxPing(x)
		return
	}
	c.answer(x, nil)
}
