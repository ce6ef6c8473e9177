package nspi

// CompareMIdsRequest asks which of two objects comes first in a container (MS-OXCMAPIHTTP 2.2.5.3.1).
type CompareMIdsRequest struct {
	Stat       *Stat
	MID1, MID2 MID
	Aux        []byte
}

// RequestType is the X-RequestType of this request.
func (*CompareMIdsRequest) RequestType() string { return "CompareMIds" }

func (q *CompareMIdsRequest) fields(l *layout) {
	l.reserved()
	l.stat(&q.Stat)
	l.mid(&q.MID1)
	l.mid(&q.MID2)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *CompareMIdsRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeCompareMIdsRequest reads a request body; the error is a *wire.Error.
func DecodeCompareMIdsRequest(b []byte) (*CompareMIdsRequest, error) {
	return decodeRequest[CompareMIdsRequest](b)
}

// CompareMIdsResponse answers a CompareMIdsRequest (MS-OXCMAPIHTTP 2.2.5.3.2).
type CompareMIdsResponse struct {
	Result
	Comparison int32 // below 0: MID1 comes first; 0: the same; above 0: MID2
}

func (p *CompareMIdsResponse) fields(l *layout) {
	l.i32(&p.Comparison)
}

// Encode is the response body; see Response.
func (p *CompareMIdsResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeCompareMIdsResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeCompareMIdsResponse(b []byte) (*CompareMIdsResponse, error) {
	return decodeResponse[CompareMIdsResponse](b)
}
