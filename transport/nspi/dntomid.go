package nspi

// DNToMIdRequest asks for the MIDs of objects by their DNs (MS-OXCMAPIHTTP 2.2.5.4.1).
type DNToMIdRequest struct {
	Names []string // legacy DNs
	Aux   []byte
}

// RequestType is the X-RequestType of this request.
func (*DNToMIdRequest) RequestType() string { return "DNToMId" }

func (q *DNToMIdRequest) fields(l *layout) {
	l.reserved()
	optionalList(l, &q.Names, 1, l.asciiz)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *DNToMIdRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeDNToMIdRequest reads a request body; the error is a *wire.Error.
func DecodeDNToMIdRequest(b []byte) (*DNToMIdRequest, error) {
	return decodeRequest[DNToMIdRequest](b)
}

// DNToMIdResponse answers a DNToMIdRequest (MS-OXCMAPIHTTP 2.2.5.4.2).
type DNToMIdResponse struct {
	Result
	MIDs []MID // in the order of Names; 0 for a name that is not known
}

func (p *DNToMIdResponse) fields(l *layout) {
	l.mids(&p.MIDs)
}

// Encode is the response body; see Response.
func (p *DNToMIdResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeDNToMIdResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeDNToMIdResponse(b []byte) (*DNToMIdResponse, error) {
	return decodeResponse[DNToMIdResponse](b)
}
