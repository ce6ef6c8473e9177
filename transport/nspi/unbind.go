package nspi

import "github.com/mapiscope/mapiscope/transport/mapierr"

// What an Unbind gives as its ErrorCode (MS-OXNSPI 2.2.1.2).
const (
	UnbindSuccess mapierr.Code = 1
	UnbindFailure mapierr.Code = 2
)

// UnbindRequest ends a session context (MS-OXCMAPIHTTP 2.2.5.2.1).
type UnbindRequest struct {
	Aux []byte
}

// RequestType is the X-RequestType of this request.
func (*UnbindRequest) RequestType() string { return "Unbind" }

func (q *UnbindRequest) fields(l *layout) {
	l.reserved()
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *UnbindRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeUnbindRequest reads a request body; the error is a *wire.Error.
func DecodeUnbindRequest(b []byte) (*UnbindRequest, error) {
	return decodeRequest[UnbindRequest](b)
}

// UnbindResponse answers an UnbindRequest (MS-OXCMAPIHTTP 2.2.5.2.2). ErrorCode
// UnbindSuccess is success. Its failure body has an ErrorCode as well (2.2.5.2.3).
type UnbindResponse struct {
	Result
}

func (p *UnbindResponse) fields(l *layout) {}

// Encode is the response body; see Response.
func (p *UnbindResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeUnbindResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeUnbindResponse(b []byte) (*UnbindResponse, error) {
	return decodeResponse[UnbindResponse](b)
}
