package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// UnicodeTypes in QueryColumnsRequest.MapiFlags asks for string types in their
// Unicode form (MS-OXNSPI 2.2.1.13).
const UnicodeTypes uint32 = 0x80000000

// QueryColumnsRequest asks which properties the server knows (MS-OXCMAPIHTTP 2.2.5.13.1).
type QueryColumnsRequest struct {
	MapiFlags uint32 // 0, or UnicodeTypes
	Aux       []byte
}

// RequestType is the X-RequestType of this request.
func (*QueryColumnsRequest) RequestType() string { return "QueryColumns" }

func (q *QueryColumnsRequest) fields(l *layout) {
	l.reserved()
	l.u32(&q.MapiFlags)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *QueryColumnsRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeQueryColumnsRequest reads a request body; the error is a *wire.Error.
func DecodeQueryColumnsRequest(b []byte) (*QueryColumnsRequest, error) {
	return decodeRequest[QueryColumnsRequest](b)
}

// QueryColumnsResponse answers a QueryColumnsRequest (MS-OXCMAPIHTTP 2.2.5.13.2).
type QueryColumnsResponse struct {
	Result
	Columns []props.Tag
}

func (p *QueryColumnsResponse) fields(l *layout) {
	l.optionalColumns(&p.Columns)
}

// Encode is the response body; see Response.
func (p *QueryColumnsResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeQueryColumnsResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeQueryColumnsResponse(b []byte) (*QueryColumnsResponse, error) {
	return decodeResponse[QueryColumnsResponse](b)
}
