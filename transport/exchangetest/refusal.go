package exchangetest

import (
	"fmt"
	"net/http"
)

// refusal is why a protocol request is not carried out: what X-ResponseCode says.
type refusal int

const (
	accepted refusal = iota
	unknownFailure
	invalidVerb
	invalidPath
	invalidRequestType
	invalidCookie
	missingHeader
	anonymous
	tooLarge
	contextNotFound
	noPrivilege
	invalidBody
	missingCookie
	invalidSequence
	endpointDisabled
	shuttingDown
)

// refusals has the numbers of both servers (MS-OXCMAPIHTTP 2.2.3.3.3; gromox has
// its own) and gromox's sentence, "" where it knows no such thing.
var refusals = map[refusal]struct {
	exchange, gromox int
	name, sentence   string
}{
	unknownFailure:     {1, 0, "UnknownFailure", ""},
	invalidVerb:        {2, 1, "InvalidVerb", "The request has an invalid verb."},
	invalidPath:        {3, 0, "InvalidPath", ""},
	invalidRequestType: {5, 8, "InvalidRequestType", "The request has an invalid request type."},
	invalidCookie:      {6, 2, "InvalidContextCookie", "The request has an invalid session context cookie."},
	missingHeader:      {7, 3, "MissingHeader", "The request has a missing required header."},
	anonymous:          {8, 4, "AnonymousNotAllowed", "The client has no privileges to the Session Context."},
	tooLarge:           {9, 5, "TooLarge", "The request body is invalid."},
	contextNotFound:    {10, 2, "ContextNotFound", "The request has an invalid session context cookie."},
	noPrivilege:        {11, 4, "NoPrivilege", "The client has no privileges to the Session Context."},
	invalidBody:        {12, 5, "InvalidRequestBody", "The request body is invalid."},
	missingCookie:      {13, 6, "MissingCookie", "The request is missing a required cookie."},
	invalidSequence:    {15, 7, "InvalidSequence", "The request has violated the sequencing requirement."},
	endpointDisabled:   {16, 0, "EndpointDisabled", ""},
	shuttingDown:       {18, 0, "EndpointShuttingDown", ""},
}

// refuseProtocol answers 200 with an X-ResponseCode and a page for people.
func (c *call) refuseProtocol(why refusal) {
	if c.b.manner == Gromox {
		c.gromoxRefusal(why)
		return
	}
	c.mapiHeaders()
	c.responseCode(refusals[why].exchange)
	c.set("Set-Cookie", c.routingCookie(), c.backEndCookie())
	name := refusals[why].name
	c.text(http.StatusOK, "text/html", fmt.Sprintf("<html>\r\n<head>\r\n<title>%s</title>\r\n</head>\r\n<body>\r\n<h1>Diagnostic Information</h1>\r\n<p>%s (ResponseCode: %d)</p>\r\n<p>Server: %s</p>\r\n</body>\r\n</html>\r\n",
		name, name, refusals[why].exchange, c.s.names.server))
}

func (c *call) responseCode(code int) {
	c.set("X-ResponseCode", fmt.Sprint(code))
	c.s.seen.update(func() { c.rec.ResponseCode = code })
}
