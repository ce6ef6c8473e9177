package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// Flags of GetSpecialTableRequest (MS-OXNSPI 2.2.1.12).
const (
	AddressCreationTemplates uint32 = 0x2
	UnicodeStrings           uint32 = 0x4
)

// GetSpecialTableRequest reads the table of address book containers, or of
// address creation templates (MS-OXCMAPIHTTP 2.2.5.8.1).
type GetSpecialTableRequest struct {
	Flags   uint32 // AddressCreationTemplates, UnicodeStrings
	Stat    *Stat
	Version *uint32 // of the table the client already has
	Aux     []byte
}

// RequestType is the X-RequestType of this request.
func (*GetSpecialTableRequest) RequestType() string { return "GetSpecialTable" }

func (q *GetSpecialTableRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.stat(&q.Stat)
	optional(l, &q.Version, l.u32)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *GetSpecialTableRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeGetSpecialTableRequest reads a request body; the error is a *wire.Error.
func DecodeGetSpecialTableRequest(b []byte) (*GetSpecialTableRequest, error) {
	return decodeRequest[GetSpecialTableRequest](b)
}

// GetSpecialTableResponse answers a GetSpecialTableRequest (MS-OXCMAPIHTTP 2.2.5.8.2). With the
// client's own version there are no rows.
type GetSpecialTableResponse struct {
	Result
	CodePage uint32
	Version  *uint32
	Rows     [][]props.Value
}

func (p *GetSpecialTableResponse) fields(l *layout) {
	l.u32(&p.CodePage)
	optional(l, &p.Version, l.u32)
	optionalList(l, &p.Rows, 4, l.values)
}

// Encode is the response body; see Response.
func (p *GetSpecialTableResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeGetSpecialTableResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeGetSpecialTableResponse(b []byte) (*GetSpecialTableResponse, error) {
	return decodeResponse[GetSpecialTableResponse](b)
}
