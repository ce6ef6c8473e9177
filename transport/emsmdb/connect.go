package emsmdb

import (
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// ConnectAdmin in ConnectRequest.Flags asks for administrator access; an
// ordinary user is refused with ecLoginPerm (MS-OXCMAPIHTTP 2.2.4.1.1).
const ConnectAdmin uint32 = 0x1

// ConnectRequest opens a session context with a mailbox (MS-OXCMAPIHTTP
// 2.2.4.1.1).
type ConnectRequest struct {
	UserDN   string // legacyExchangeDN of the signed-in user
	Flags    uint32 // 0, or ConnectAdmin
	CodePage uint32 // DefaultCodePage, 1252 for instance
	// LcidSort and LcidString are language ids, 0x409 for instance. Servers
	// disagree which of the two comes first on the wire: send equal values.
	LcidSort, LcidString uint32
	Aux                  []Aux
}

// RequestType is the X-RequestType of this request.
func (*ConnectRequest) RequestType() string { return "Connect" }

func (q *ConnectRequest) fields(l *layout) {
	l.asciiz(&q.UserDN)
	l.u32(&q.Flags)
	l.u32(&q.CodePage)
	l.u32(&q.LcidSort)
	l.u32(&q.LcidString)
	l.aux(&q.Aux)
}

// Encode is the request body.
func (q *ConnectRequest) Encode() []byte { return encodeRequest(q) }

// DecodeConnectRequest reads a request body; the error is a *wire.Error.
func DecodeConnectRequest(b []byte) (*ConnectRequest, error) {
	return decodeRequest[ConnectRequest](b)
}

// ConnectResponse answers a ConnectRequest (MS-OXCMAPIHTTP 2.2.4.1.2, failure
// 2.2.4.1.3). A refusal is normally StatusCode 0 and a non-zero ErrorCode, with
// empty strings.
type ConnectResponse struct {
	StatusCode, ErrorCode mapierr.Code
	PollsMax              time.Duration // suggested poll interval, whole milliseconds
	RetryCount            uint32
	RetryDelay            time.Duration // whole milliseconds
	DNPrefix              string        // goes before address book DNs
	DisplayName           string        // of the mailbox
	Aux                   []Aux
	AuxText               []string // the sentences found in Aux; set by decoding, not encoded
}

func (p *ConnectResponse) head() (status, errorCode *mapierr.Code, aux *[]Aux) {
	return &p.StatusCode, &p.ErrorCode, &p.Aux
}

func (p *ConnectResponse) fields(l *layout) {
	l.millis(&p.PollsMax)
	l.u32(&p.RetryCount)
	l.millis(&p.RetryDelay)
	l.asciiz(&p.DNPrefix)
	l.utf16z(&p.DisplayName)
}

// Encode is the response body: a failure body when StatusCode is not 0.
func (p *ConnectResponse) Encode() []byte { return encodeResponse(p) }

// DecodeConnectResponse reads a response body. Errors: ErrEmptyBody,
// ErrFailureBody, *wire.Error; a refusal by the server is not an error.
func DecodeConnectResponse(b []byte) (*ConnectResponse, error) {
	p, err := decodeResponse[ConnectResponse](b)
	if err != nil {
		return nil, err
	}
	p.AuxText = AuxText(p.Aux)
	return p, nil
}
