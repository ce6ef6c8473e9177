package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// ResolveNamesRequest looks names up in a container (MS-OXCMAPIHTTP 2.2.5.14.1).
type ResolveNamesRequest struct {
	Stat  *Stat
	Tags  []props.Tag // columns of the answer
	Names []string
	Aux   []byte
}

// RequestType is the X-RequestType of this request.
func (*ResolveNamesRequest) RequestType() string { return "ResolveNames" }

func (q *ResolveNamesRequest) fields(l *layout) {
	l.reserved()
	l.stat(&q.Stat)
	l.optionalColumns(&q.Tags)
	optionalList(l, &q.Names, 2, l.utf16z)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *ResolveNamesRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeResolveNamesRequest reads a request body; the error is a *wire.Error.
func DecodeResolveNamesRequest(b []byte) (*ResolveNamesRequest, error) {
	return decodeRequest[ResolveNamesRequest](b)
}

// ResolveNamesResponse answers a ResolveNamesRequest (MS-OXCMAPIHTTP 2.2.5.14.2).
type ResolveNamesResponse struct {
	Result
	CodePage uint32
	MIDs     []MID // for each name: Unresolved, Ambiguous or Resolved
	Columns  []props.Tag
	Rows     [][]props.Value // one for each Resolved, in the order of the names
}

func (p *ResolveNamesResponse) fields(l *layout) {
	l.u32(&p.CodePage)
	l.mids(&p.MIDs)
	l.table(&p.Columns, &p.Rows)
}

// Encode is the response body; see Response.
func (p *ResolveNamesResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeResolveNamesResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeResolveNamesResponse(b []byte) (*ResolveNamesResponse, error) {
	return decodeResponse[ResolveNamesResponse](b)
}
