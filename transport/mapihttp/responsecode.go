package mapihttp

import "fmt"

// ResponseCode is X-ResponseCode in the numbering of MS-OXCMAPIHTTP 2.2.3.3.3.
// gromox numbers its own way: see Dialect.Normalize.
type ResponseCode int

// The values of MS-OXCMAPIHTTP 2.2.3.3.3.
const (
	ResponseSuccess              ResponseCode = 0
	ResponseUnknownFailure       ResponseCode = 1
	ResponseInvalidVerb          ResponseCode = 2
	ResponseInvalidPath          ResponseCode = 3
	ResponseInvalidHeader        ResponseCode = 4
	ResponseInvalidRequestType   ResponseCode = 5
	ResponseInvalidContextCookie ResponseCode = 6
	ResponseMissingHeader        ResponseCode = 7
	ResponseAnonymousNotAllowed  ResponseCode = 8
	ResponseTooLarge             ResponseCode = 9
	ResponseContextNotFound      ResponseCode = 10
	ResponseNoPrivilege          ResponseCode = 11
	ResponseInvalidRequestBody   ResponseCode = 12
	ResponseMissingCookie        ResponseCode = 13
	ResponseReserved             ResponseCode = 14
	ResponseInvalidSequence      ResponseCode = 15
	ResponseEndpointDisabled     ResponseCode = 16
	ResponseInvalidResponse      ResponseCode = 17
	ResponseEndpointShuttingDown ResponseCode = 18
)

// The numbers that gromox puts into X-ResponseCode.
const (
	GromoxSuccess              = 0
	GromoxInvalidVerb          = 1
	GromoxInvalidContextCookie = 2
	GromoxMissingHeader        = 3
	GromoxNoPrivilege          = 4
	GromoxInvalidRequestBody   = 5
	GromoxMissingCookie        = 6
	GromoxInvalidSequence      = 7
	GromoxInvalidRequestType   = 8
	GromoxOutOfMemory          = 9
)

var responseNames = [...]string{
	"Success", "Unknown Failure", "Invalid Verb", "Invalid Path", "Invalid Header", "Invalid Request Type",
	"Invalid Context Cookie", "Missing Header", "Anonymous Not Allowed", "Too Large", "Context Not Found",
	"No Privilege", "Invalid Request Body", "Missing Cookie", "Reserved", "Invalid Sequence",
	"Endpoint Disabled", "Invalid Response", "Endpoint Shutting Down",
}

var gromoxCodes = [...]ResponseCode{
	ResponseSuccess, ResponseInvalidVerb, ResponseInvalidContextCookie, ResponseMissingHeader, ResponseNoPrivilege,
	ResponseInvalidRequestBody, ResponseMissingCookie, ResponseInvalidSequence, ResponseInvalidRequestType,
	ResponseUnknownFailure, // out of memory: the specification has no number for it
}

// Name is the specification's name, "" for a number it does not have.
func (c ResponseCode) Name() string {
	if c < 0 || int(c) >= len(responseNames) {
		return ""
	}
	return responseNames[c]
}

func (c ResponseCode) String() string {
	if n := c.Name(); n != "" {
		return fmt.Sprintf("%d (%s)", int(c), n)
	}
	return fmt.Sprint(int(c))
}

// contextGone says that the server no longer knows the session context that the
// request named (MS-OXCMAPIHTTP 3.2.5.6), or that its cookies no longer fit: only
// a new Connect or Bind helps.
func (c ResponseCode) contextGone() bool {
	switch c {
	case ResponseContextNotFound, ResponseInvalidContextCookie, ResponseMissingCookie, ResponseInvalidSequence:
		return true
	}
	return false
}

// ResponseName is the name that a server of this dialect gives to a raw
// X-ResponseCode; "" when it has none.
func (d Dialect) ResponseName(raw int) string {
	if d == Gromox && raw == GromoxOutOfMemory {
		return "Out Of Memory"
	}
	if d == Gromox && (raw < 0 || raw >= len(gromoxCodes)) {
		return ""
	}
	return d.Normalize(raw).Name()
}

// Normalize translates a raw X-ResponseCode of this dialect into the
// specification's numbering. A number that gromox does not have stays as it is.
func (d Dialect) Normalize(raw int) ResponseCode {
	if d == Gromox && raw >= 0 && raw < len(gromoxCodes) {
		return gromoxCodes[raw]
	}
	return ResponseCode(raw)
}
