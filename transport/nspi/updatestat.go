package nspi

// UpdateStatRequest moves the client's place in a table (MS-OXCMAPIHTTP 2.2.5.17.1).
type UpdateStatRequest struct {
	Stat           *Stat
	DeltaRequested bool
	Aux            []byte
}

// RequestType is the X-RequestType of this request.
func (*UpdateStatRequest) RequestType() string { return "UpdateStat" }

func (q *UpdateStatRequest) fields(l *layout) {
	l.reserved()
	l.stat(&q.Stat)
	l.boolean(&q.DeltaRequested)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *UpdateStatRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeUpdateStatRequest reads a request body; the error is a *wire.Error.
func DecodeUpdateStatRequest(b []byte) (*UpdateStatRequest, error) {
	return decodeRequest[UpdateStatRequest](b)
}

// UpdateStatResponse answers an UpdateStatRequest (MS-OXCMAPIHTTP 2.2.5.17.2).
type UpdateStatResponse struct {
	Result
	Stat  *Stat
	Delta *int32 // rows moved
}

func (p *UpdateStatResponse) fields(l *layout) {
	l.stat(&p.Stat)
	optional(l, &p.Delta, l.i32)
}

// Encode is the response body; see Response.
func (p *UpdateStatResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeUpdateStatResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeUpdateStatResponse(b []byte) (*UpdateStatResponse, error) {
	return decodeResponse[UpdateStatResponse](b)
}
