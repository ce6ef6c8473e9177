package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// GetPropListRequest asks which properties an object has (MS-OXCMAPIHTTP 2.2.5.6.1).
type GetPropListRequest struct {
	Flags    uint32 // 0, or SkipObjects
	MID      MID
	CodePage uint32
	Aux      []byte
}

// RequestType is the X-RequestType of this request.
func (*GetPropListRequest) RequestType() string { return "GetPropList" }

func (q *GetPropListRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.mid(&q.MID)
	l.u32(&q.CodePage)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *GetPropListRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeGetPropListRequest reads a request body; the error is a *wire.Error.
func DecodeGetPropListRequest(b []byte) (*GetPropListRequest, error) {
	return decodeRequest[GetPropListRequest](b)
}

// GetPropListResponse answers a GetPropListRequest (MS-OXCMAPIHTTP 2.2.5.6.2).
type GetPropListResponse struct {
	Result
	Tags []props.Tag
}

func (p *GetPropListResponse) fields(l *layout) {
	l.optionalColumns(&p.Tags)
}

// Encode is the response body; see Response.
func (p *GetPropListResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeGetPropListResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeGetPropListResponse(b []byte) (*GetPropListResponse, error) {
	return decodeResponse[GetPropListResponse](b)
}
