package nspi

import "github.com/mapiscope/mapiscope/transport/wire"

// BindAnonymous in BindRequest.Flags asks for anonymous access (MS-OXCMAPIHTTP
// 2.2.5.1.1).
const BindAnonymous uint32 = 0x20

// BindRequest opens a session context with the address book (MS-OXCMAPIHTTP 2.2.5.1.1).
type BindRequest struct {
	Flags uint32 // 0, or BindAnonymous
	Stat  *Stat  // CodePage is what the server checks
	Aux   []byte
}

// RequestType is the X-RequestType of this request.
func (*BindRequest) RequestType() string { return "Bind" }

func (q *BindRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.stat(&q.Stat)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *BindRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeBindRequest reads a request body; the error is a *wire.Error.
func DecodeBindRequest(b []byte) (*BindRequest, error) {
	return decodeRequest[BindRequest](b)
}

// BindResponse answers a BindRequest (MS-OXCMAPIHTTP 2.2.5.1.2).
type BindResponse struct {
	Result
	ServerGUID wire.GUID // MIDs are good for servers that give the same
}

func (p *BindResponse) fields(l *layout) {
	l.guid(&p.ServerGUID)
}

// Encode is the response body; see Response.
func (p *BindResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeBindResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeBindResponse(b []byte) (*BindResponse, error) {
	return decodeResponse[BindResponse](b)
}
