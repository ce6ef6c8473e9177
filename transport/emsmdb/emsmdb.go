// Package emsmdb encodes and decodes the request and response bodies of the
// mailbox endpoint of MAPI over HTTP (MS-OXCMAPIHTTP 2.2.4): Connect, Execute,
// Disconnect and NotificationWait, with their auxiliary buffers and the
// extended buffers that carry remote operations (MS-OXCRPC 2.2.2).
//
// It is a pure codec for both sides. A body is what follows the meta-tags and
// additional headers of an HTTP answer; HTTP itself is not here.
//
// A response whose StatusCode is not zero has a failure body: StatusCode and
// Aux are all there is. A decoder then returns the response without an error.
// When ErrorCode is not zero the server's code is never lost to a rest that
// does not decode: the codes are returned and the other fields stay zero.
package emsmdb

import "errors"

// ErrEmptyBody is returned for a response without a single byte: the server
// refused (gromox does this when its StatusCode is not zero), but which code it
// meant is not known.
var ErrEmptyBody = errors.New("the server sent an empty answer where a status code was due")

// ErrFailureBody is returned for a response that has the length of a failure
// body (StatusCode and an empty auxiliary buffer, 8 bytes) although its
// StatusCode is 0: it must not pass for a success.
var ErrFailureBody = errors.New("the server sent a failure answer whose status code is 0")

// ErrBuffer is in the chain of every error about an extended buffer (the
// RPC_HEADER_EXT framing or its compression). A server answers it with
// ecRpcFormat, whereas a body that is malformed around the buffer is
// X-ResponseCode 12 (MS-OXCRPC 3.1.4.2, MS-OXCMAPIHTTP 2.2.3.3.3).
var ErrBuffer = errors.New("malformed extended buffer")
