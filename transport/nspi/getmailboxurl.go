package nspi

// GetMailboxURLRequest asks for the URL of a mailbox server's endpoint (MS-OXCMAPIHTTP 2.2.5.18.1).
type GetMailboxURLRequest struct {
	Flags    uint32 // reserved, 0
	ServerDN string // of the mailbox server, as in a RopLogon redirect
	Aux      []byte
}

// RequestType is the X-RequestType of this request.
func (*GetMailboxURLRequest) RequestType() string { return "GetMailboxUrl" }

func (q *GetMailboxURLRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.utf16z(&q.ServerDN)
	l.aux(&q.Aux)
}

// Encode is the request body; see Request.
func (q *GetMailboxURLRequest) Encode() ([]byte, error) { return encodeRequest(q) }

// DecodeGetMailboxURLRequest reads a request body; the error is a *wire.Error.
func DecodeGetMailboxURLRequest(b []byte) (*GetMailboxURLRequest, error) {
	return decodeRequest[GetMailboxURLRequest](b)
}

// GetMailboxURLResponse answers a GetMailboxURLRequest (MS-OXCMAPIHTTP 2.2.5.18.2).
type GetMailboxURLResponse struct {
	Result
	URL string
}

func (p *GetMailboxURLResponse) fields(l *layout) {
	l.utf16z(&p.URL)
}

// Encode is the response body; see Response.
func (p *GetMailboxURLResponse) Encode() ([]byte, error) { return encodeResponse(p) }

// DecodeGetMailboxURLResponse reads a response body. Errors: ErrEmptyBody, ErrFailureBody,
// *wire.Error; a refusal by the server is not an error.
func DecodeGetMailboxURLResponse(b []byte) (*GetMailboxURLResponse, error) {
	return decodeResponse[GetMailboxURLResponse](b)
}
