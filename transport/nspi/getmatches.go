package nspi

import (
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// PropertyName names a property by its set and number (PropertyName_r, MS-OXNSPI
// 2.2.5).
type PropertyName struct {
	Set wire.GUID
	ID  uint32
}

func (n *PropertyName) fields(l *layout) {
	l.guid(&n.Set)
	l.u32(&n.ID)
}

// GetMatchesRequest searches a container (MS-OXCMAPIHTTP 2.2.5.5.1).
type GetMatchesRequest struct {
	Stat         *Stat
	MIDs         []MID       // reserved, usually nil
	Filter       Restriction // nil: none
	PropertyName *PropertyName
	RowCount     uint32 // most rows wanted
	Columns      []props.Tag
	Aux          []byte
}

// RequestType is the X-RequestType of this request.
func (*GetMatchesRequest) RequestType() string { return "GetMatches" }

func (q *GetMatchesRequest) fields(l *layout) {
	l.reserved()
	l.stat(&q.Stat)
	l.mids(&q.MIDs)
	l.reserved() // InterfaceOptionFlags
	l.filter(&q.Filter)
	optional(l, &q.PropertyName, func(n *PropertyName) { n.fields(l) })
	l.u32(&q.RowCount)
	l.optionalColumns(&q.Columns)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *GetMatchesRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeGetMatchesRequest reads a request body; the error is a *wire.Error.
func DecodeGetMatchesRequest(b []byte) (*GetMatchesRequest, error) {
	return decodeRequest[GetMatchesRequest](b)
}

// GetMatchesResponse answers a GetMatchesRequest (MS-OXCMAPIHTTP 2.2.5.5.2).
type GetMatchesResponse struct {
	Result
	Stat    *Stat
	MIDs    []MID // of the matches
	Columns []props.Tag
	Rows    [][]props.Value
}

func (p *GetMatchesResponse) fields(l *layout) {
	l.stat(&p.Stat)
	l.mids(&p.MIDs)
	l.table(&p.Columns, &p.Rows)
}

// Encode is the response body; see Response.
func (p *GetMatchesResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeGetMatchesResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeGetMatchesResponse(b []byte) (*GetMatchesResponse, error) {
	return decodeResponse[GetMatchesResponse](b)
}
