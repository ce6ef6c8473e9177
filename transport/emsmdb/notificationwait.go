package emsmdb

import "github.com/mapiscope/mapiscope/transport/mapierr"

// NotificationPending in NotificationWaitResponse.EventPending says that events
// wait to be fetched with Execute (MS-OXCMAPIHTTP 2.2.4.4.2).
const NotificationPending uint32 = 0x1

// NotificationWaitRequest asks the server to answer when an event is pending
// (MS-OXCMAPIHTTP 2.2.4.4.1).
type NotificationWaitRequest struct {
	Flags uint32 // reserved, 0
	Aux   []Aux
}

// RequestType is the X-RequestType of this request.
func (*NotificationWaitRequest) RequestType() string { return "NotificationWait" }

func (q *NotificationWaitRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.aux(&q.Aux)
}

// Encode is the request body.
func (q *NotificationWaitRequest) Encode() []byte { return encodeRequest(q) }

// DecodeNotificationWaitRequest reads a request body; the error is a *wire.Error.
func DecodeNotificationWaitRequest(b []byte) (*NotificationWaitRequest, error) {
	return decodeRequest[NotificationWaitRequest](b)
}

// NotificationWaitResponse answers a NotificationWaitRequest (MS-OXCMAPIHTTP
// 2.2.4.4.2, failure 2.2.4.4.3). ErrorCode ecRejected: another wait is open;
// ecExiting: the session context is going away.
type NotificationWaitResponse struct {
	StatusCode, ErrorCode mapierr.Code
	EventPending          uint32 // NotificationPending, or 0 when the wait timed out
	Aux                   []Aux
}

func (p *NotificationWaitResponse) head() (status, errorCode *mapierr.Code, aux *[]Aux) {
	return &p.StatusCode, &p.ErrorCode, &p.Aux
}

func (p *NotificationWaitResponse) fields(l *layout) { l.u32(&p.EventPending) }

// Pending says whether events wait to be fetched.
func (p *NotificationWaitResponse) Pending() bool { return p.EventPending&NotificationPending != 0 }

// Encode is the response body: a failure body when StatusCode is not 0.
func (p *NotificationWaitResponse) Encode() []byte { return encodeResponse(p) }

// DecodeNotificationWaitResponse reads a response body. Errors: ErrEmptyBody,
// ErrFailureBody, *wire.Error.
func DecodeNotificationWaitResponse(b []byte) (*NotificationWaitResponse, error) {
	return decodeResponse[NotificationWaitResponse](b)
}
