package nspi

import "github.com/mapiscope/mapiscope/transport/props"

// SeekEntriesRequest finds the first object at or after a value (MS-OXCMAPIHTTP 2.2.5.16.1).
type SeekEntriesRequest struct {
	Stat          *Stat
	Target        *props.Value
	ExplicitTable []MID
	Columns       []props.Tag
	Aux           []byte
}

// RequestType is the X-RequestType of this request.
func (*SeekEntriesRequest) RequestType() string { return "SeekEntries" }

func (q *SeekEntriesRequest) fields(l *layout) {
	l.reserved()
	l.stat(&q.Stat)
	optional(l, &q.Target, l.tagged)
	l.mids(&q.ExplicitTable)
	l.optionalColumns(&q.Columns)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *SeekEntriesRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeSeekEntriesRequest reads a request body; the error is a *wire.Error.
func DecodeSeekEntriesRequest(b []byte) (*SeekEntriesRequest, error) {
	return decodeRequest[SeekEntriesRequest](b)
}

// SeekEntriesResponse answers a SeekEntriesRequest (MS-OXCMAPIHTTP 2.2.5.16.2).
type SeekEntriesResponse struct {
	Result
	Stat    *Stat
	Columns []props.Tag
	Rows    [][]props.Value
}

func (p *SeekEntriesResponse) fields(l *layout) {
	l.stat(&p.Stat)
	l.table(&p.Columns, &p.Rows)
}

// Encode is the response body; see Response.
func (p *SeekEntriesResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeSeekEntriesResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeSeekEntriesResponse(b []byte) (*SeekEntriesResponse, error) {
	return decodeResponse[SeekEntriesResponse](b)
}
