package nspi

// GetAddressBookURLRequest asks for the URL of a user's address book endpoint (MS-OXCMAPIHTTP 2.2.5.19.1).
type GetAddressBookURLRequest struct {
	Flags  uint32 // reserved, 0
	UserDN string
	Aux    []byte
}

// RequestType is the X-RequestType of this request.
func (*GetAddressBookURLRequest) RequestType() string { return "GetAddressBookUrl" }

func (q *GetAddressBookURLRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.utf16z(&q.UserDN)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *GetAddressBookURLRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeGetAddressBookURLRequest reads a request body; the error is a *wire.Error.
func DecodeGetAddressBookURLRequest(b []byte) (*GetAddressBookURLRequest, error) {
	return decodeRequest[GetAddressBookURLRequest](b)
}

// GetAddressBookURLResponse answers a GetAddressBookURLRequest (MS-OXCMAPIHTTP 2.2.5.19.2).
type GetAddressBookURLResponse struct {
	Result
	URL string
}

func (p *GetAddressBookURLResponse) fields(l *layout) {
	l.utf16z(&p.URL)
}

// Encode is the response body; see Response.
func (p *GetAddressBookURLResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeGetAddressBookURLResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeGetAddressBookURLResponse(b []byte) (*GetAddressBookURLResponse, error) {
	return decodeResponse[GetAddressBookURLResponse](b)
}
