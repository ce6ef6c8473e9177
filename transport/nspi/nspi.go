// Package nspi encodes and decodes the request and response bodies of the
// address book endpoint of MAPI over HTTP (MS-OXCMAPIHTTP 2.2.5): one file per
// request type, with both sides of it.
//
// It is a pure codec. A nil slice or pointer is an optional field that is not
// there (HasX = 0); an empty slice that is not nil is there and has no elements.
//
// A response whose StatusCode is not zero has a failure body: the codes and Aux
// are all there is. A decoder then returns the response without an error. When
// ErrorCode is a refusal, it is never lost to a rest that does not decode: the
// codes are returned and the other fields stay zero.
package nspi

import (
	"errors"

	"github.com/mapiscope/mapiscope/transport/mapierr"
)

// ErrEmptyBody is returned for a response without a single byte: the server
// refused (gromox does this when its StatusCode is not zero), but which code it
// meant is not known.
var ErrEmptyBody = errors.New("the server sent an empty answer where a status code was due")

// ErrFailureBody is returned for a response that has the length of a failure
// body (StatusCode and an empty auxiliary buffer, 8 bytes) although its
// StatusCode is 0: it must not pass for a success.
var ErrFailureBody = errors.New("the server sent a failure answer whose status code is 0")

// Request is what every request type here has.
type Request interface {
	// RequestType is the X-RequestType of the request (MS-OXCMAPIHTTP 2.2.3.3.1).
	RequestType() string
	// Encode is the request body. The error names a value that has no encoding.
	Encode() ([]byte, error)
}

// Response is what every response type here has.
type Response interface {
	// Codes gives the result of the transport and that of the operation.
	Codes() (status, errorCode mapierr.Code)
	// Encode is the response body, a failure body when StatusCode is not 0. The
	// error names a value that has no encoding.
	Encode() ([]byte, error)
}

// Result is the part that all responses have in common.
type Result struct {
	StatusCode mapierr.Code // of the transport
	ErrorCode  mapierr.Code // of the operation (MS-OXNSPI 2.2.1.2)
	Aux        []byte       // auxiliary buffer as it came; emsmdb.DecodeAux reads it
}

// Codes gives the result of the transport and that of the operation.
func (p *Result) Codes() (status, errorCode mapierr.Code) { return p.StatusCode, p.ErrorCode }

func (p *Result) result() *Result { return p }
