package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// QueryRowsRequest reads rows of a container, or of the objects of an explicit
// table (MS-OXCMAPIHTTP 2.2.5.12.1).
type QueryRowsRequest struct {
	Flags         uint32 // SkipObjects, EphemeralIDs
	Stat          *Stat
	ExplicitTable []MID  // empty: read from Stat
	RowCount      uint32 // most rows wanted
	Columns       []props.Tag
	Aux           []byte
}

// RequestType is the X-RequestType of this request.
func (*QueryRowsRequest) RequestType() string { return "QueryRows" }

func (q *QueryRowsRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.stat(&q.Stat)
	list(l, &q.ExplicitTable, 4, l.mid) // its count is always there
	l.u32(&q.RowCount)
	l.optionalColumns(&q.Columns)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *QueryRowsRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeQueryRowsRequest reads a request body; the error is a *wire.Error.
func DecodeQueryRowsRequest(b []byte) (*QueryRowsRequest, error) {
	return decodeRequest[QueryRowsRequest](b)
}

// QueryRowsResponse answers a QueryRowsRequest (MS-OXCMAPIHTTP 2.2.5.12.2).
type QueryRowsResponse struct {
	Result
	Stat    *Stat
	Columns []props.Tag
	Rows    [][]props.Value
}

func (p *QueryRowsResponse) fields(l *layout) {
	l.stat(&p.Stat)
	l.table(&p.Columns, &p.Rows)
}

// Encode is the response body; see Response.
func (p *QueryRowsResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeQueryRowsResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeQueryRowsResponse(b []byte) (*QueryRowsResponse, error) {
	return decodeResponse[QueryRowsResponse](b)
}
