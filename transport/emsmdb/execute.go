package emsmdb

import "github.com/mapiscope/mapiscope/transport/mapierr"

// Flags of an ExecuteRequest (MS-OXCMAPIHTTP 2.2.4.2.1).
const (
	ExecuteNoCompression uint32 = 0x1 // the server must not compress the answer
	ExecuteNoXorMagic    uint32 = 0x2 // the server must not obfuscate the answer
	ExecuteChain         uint32 = 0x4 // several extended buffers are welcome
)

// DefaultMaxRopOut fits two full extended buffers; servers accept it whatever
// they advertise (their limit is 0x40000).
const DefaultMaxRopOut uint32 = 0x10008

// ExecuteRequest carries remote operations (MS-OXCMAPIHTTP 2.2.4.2.1).
type ExecuteRequest struct {
	Flags     uint32
	ROPs      [][]byte // ROP payloads (RopSize, ROPs, handle table), one per extended buffer, at most MaxPayload bytes each
	Packing   Packing  // what Encode does to ROPs, what decoding found
	MaxRopOut uint32   // limit for the RopBuffer of the answer, bytes
	Aux       []Aux
}

// RequestType is the X-RequestType of this request.
func (*ExecuteRequest) RequestType() string { return "Execute" }

// Encode is the request body.
func (q *ExecuteRequest) Encode() []byte { return encodeRequest(q) }

func (q *ExecuteRequest) fields(l *layout) {
	l.u32(&q.Flags)
	l.rops(&q.ROPs, &q.Packing)
	l.u32(&q.MaxRopOut)
	l.aux(&q.Aux)
}

// DecodeExecuteRequest reads a request body. Errors: *wire.Error; with
// errors.Is(err, ErrBuffer) the body is sound and its RopBuffer is not.
func DecodeExecuteRequest(b []byte) (*ExecuteRequest, error) {
	return decodeRequest[ExecuteRequest](b)
}

// ExecuteResponse answers an ExecuteRequest (MS-OXCMAPIHTTP 2.2.4.2.2, failure
// 2.2.4.2.3).
type ExecuteResponse struct {
	StatusCode, ErrorCode mapierr.Code
	Flags                 uint32   // reserved; gromox echoes the request's
	ROPs                  [][]byte // one per extended buffer, at most MaxPayload bytes each
	Packing               Packing  // what Encode does to ROPs, what decoding found
	Aux                   []Aux
}

func (p *ExecuteResponse) head() (status, errorCode *mapierr.Code, aux *[]Aux) {
	return &p.StatusCode, &p.ErrorCode, &p.Aux
}

func (p *ExecuteResponse) fields(l *layout) {
	l.u32(&p.Flags)
	l.rops(&p.ROPs, &p.Packing)
}

// Encode is the response body: a failure body when StatusCode is not 0.
func (p *ExecuteResponse) Encode() []byte { return encodeResponse(p) }

// DecodeExecuteResponse reads a response body. Errors: ErrEmptyBody,
// ErrFailureBody, ErrBuffer, *wire.Error.
func DecodeExecuteResponse(b []byte) (*ExecuteResponse, error) {
	return decodeResponse[ExecuteResponse](b)
}
