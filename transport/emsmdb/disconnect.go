package emsmdb

import "github.com/mapiscope/mapiscope/transport/mapierr"

// DisconnectRequest ends a session context (MS-OXCMAPIHTTP 2.2.4.3.1).
type DisconnectRequest struct{ Aux []Aux }

// RequestType is the X-RequestType of this request.
func (*DisconnectRequest) RequestType() string { return "Disconnect" }

func (q *DisconnectRequest) fields(l *layout) { l.aux(&q.Aux) }

// Encode is the request body.
func (q *DisconnectRequest) Encode() []byte { return encodeRequest(q) }

// DecodeDisconnectRequest reads a request body; the error is a *wire.Error. No
// body at all is accepted: section 3.1.5.4 of the same document has none.
func DecodeDisconnectRequest(b []byte) (*DisconnectRequest, error) {
	if len(b) == 0 {
		return &DisconnectRequest{}, nil
	}
	return decodeRequest[DisconnectRequest](b)
}

// DisconnectResponse answers a DisconnectRequest (MS-OXCMAPIHTTP 2.2.4.3.2,
// failure 2.2.4.3.3).
type DisconnectResponse struct {
	StatusCode, ErrorCode mapierr.Code
	Aux                   []Aux
}

func (p *DisconnectResponse) head() (status, errorCode *mapierr.Code, aux *[]Aux) {
	return &p.StatusCode, &p.ErrorCode, &p.Aux
}

func (p *DisconnectResponse) fields(*layout) {}

// Encode is the response body: a failure body when StatusCode is not 0.
func (p *DisconnectResponse) Encode() []byte { return encodeResponse(p) }

// DecodeDisconnectResponse reads a response body. Errors: ErrEmptyBody,
// ErrFailureBody, *wire.Error.
func DecodeDisconnectResponse(b []byte) (*DisconnectResponse, error) {
	return decodeResponse[DisconnectResponse](b)
}
