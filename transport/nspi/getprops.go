package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// Flags of GetProps, GetPropList and QueryRows (MS-OXNSPI 2.2.1.11).
const (
	SkipObjects  uint32 = 0x1 // no property of type Object
	EphemeralIDs uint32 = 0x2 // entry ids in the ephemeral form
)

// GetPropsRequest reads properties of the object at Stat.CurrentRec (MS-OXCMAPIHTTP 2.2.5.7.1).
type GetPropsRequest struct {
	Flags uint32 // SkipObjects, EphemeralIDs
	Stat  *Stat
	Tags  []props.Tag
	Aux   []byte
}

// RequestType is the X-RequestType of this request.
func (*GetPropsRequest) RequestType() string { return "GetProps" }

func (q *GetPropsRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.stat(&q.Stat)
	l.optionalColumns(&q.Tags)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *GetPropsRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeGetPropsRequest reads a request body; the error is a *wire.Error.
func DecodeGetPropsRequest(b []byte) (*GetPropsRequest, error) {
	return decodeRequest[GetPropsRequest](b)
}

// GetPropsResponse answers a GetPropsRequest (MS-OXCMAPIHTTP 2.2.5.7.2).
type GetPropsResponse struct {
	Result
	CodePage uint32
	Values   []props.Value
}

func (p *GetPropsResponse) fields(l *layout) {
	l.u32(&p.CodePage)
	l.optionalValues(&p.Values)
}

// Encode is the response body; see Response.
func (p *GetPropsResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeGetPropsResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeGetPropsResponse(b []byte) (*GetPropsResponse, error) {
	return decodeResponse[GetPropsResponse](b)
}
