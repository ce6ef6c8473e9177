package rop

import (
	"errors"
	"fmt"

	"github.com/mapiscope/mapiscope/transport/wire"
)

// NoHandle fills the slots of a handle table that hold no object
// (MS-OXCROPS 2.2.1).
const NoHandle uint32 = 0xFFFFFFFF

// Request is one operation as the client sends it. The set is closed: only the
// types of this package implement it.
type Request interface {
	// ID is the operation.
	ID() ID
	// Encode appends the request, RopId first. A value that does not fit its
	// field is left as w's failure.
	Encode(w *wire.Writer)
	// decode takes what follows the RopId.
	decode(r *wire.Reader)
	// answer is the empty response to this request, its handle index set; nil
	// for an operation that is not answered.
	answer() Response
}

var newRequest = map[ID]func() Request{
	RopRelease:               func() Request { return new(ReleaseRequest) },
	RopOpenFolder:            func() Request { return new(OpenFolderRequest) },
	RopGetHierarchyTable:     func() Request { return new(GetHierarchyTableRequest) },
	RopGetContentsTable:      func() Request { return new(GetContentsTableRequest) },
	RopGetPropertiesSpecific: func() Request { return new(GetPropertiesSpecificRequest) },
	RopSetColumns:            func() Request { return new(SetColumnsRequest) },
	RopQueryRows:             func() Request { return new(QueryRowsRequest) },
	RopGetReceiveFolder:      func() Request { return new(GetReceiveFolderRequest) },
	RopRegisterNotification:  func() Request { return new(RegisterNotificationRequest) },
	RopGetStoreState:         func() Request { return new(GetStoreStateRequest) },
	RopLogon:                 func() Request { return new(LogonRequest) },
}

// Error says which operation of a payload could not be read or written.
type Error struct {
	ROP ID
	Err error // a *wire.Error, ErrUnknown, ErrUnasked, or why a value cannot be encoded
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.ROP, e.Err) }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// Causes beside malformed bytes.
var (
	ErrUnknown = errors.New("not an operation known here")
	ErrUnasked = errors.New("answers no operation that was asked, in the order asked")
	ErrTooLong = errors.New("too long for its size field")
)

// RequestBuffer is one ROP payload from client to server: the operations and the
// handle table they point into by index (MS-OXCROPS 2.2.1). Slots that an
// operation is to fill hold NoHandle.
type RequestBuffer struct {
	Requests []Request
	Handles  []uint32
}

// Encode is the payload: RopSize, operations, handle table. The error is an
// *Error, or ErrTooLong when the operations exceed the 65535 bytes that RopSize can
// tell.
func (b *RequestBuffer) Encode() ([]byte, error) {
	w := new(wire.Writer)
	w.U16(0) // RopSize, set by finish
	for _, q := range b.Requests {
		if q.Encode(w); w.Err() != nil {
			return nil, &Error{ROP: q.ID(), Err: w.Err()}
		}
	}
	return finish(w, b.Handles)
}

// DecodeRequestBuffer reads a payload as a server gets it. The error is an
// *Error or a *wire.Error. The result shares no memory with payload.
func DecodeRequestBuffer(payload []byte) (*RequestBuffer, error) {
	r, handles, err := open(payload)
	if err != nil {
		return nil, err
	}
	b := &RequestBuffer{Handles: handles}
	for r.Remaining() > 0 {
		id := ID(r.U8())
		if newRequest[id] == nil {
			return nil, &Error{ROP: id, Err: ErrUnknown}
		}
		q := newRequest[id]()
		if q.decode(r); r.Err() != nil {
			return nil, &Error{ROP: id, Err: r.Err()}
		}
		b.Requests = append(b.Requests, q)
	}
	return b, nil
}

// finish sets RopSize, which counts itself and the operations, and appends the
// handle table.
func finish(w *wire.Writer, handles []uint32) ([]byte, error) {
	if w.Len() > 0xFFFF {
		return nil, fmt.Errorf("%d bytes of operations: %w", w.Len(), ErrTooLong)
	}
	w.SetU16(0, uint16(w.Len()))
	for _, h := range handles {
		w.U32(h)
	}
	return w.Bytes(), nil
}

// open splits a payload into a reader over its operations and its handle table.
func open(payload []byte) (*wire.Reader, []uint32, error) {
	all := wire.NewReader(payload)
	size := int(all.U16())
	if size < 2 {
		all.Fail("RopSize %d does not count itself", size)
	}
	all.Skip(size - 2)
	handles := make([]uint32, 0, all.Remaining()/4)
	for all.Remaining() >= 4 {
		handles = append(handles, all.U32())
	}
	if err := all.Finish(); err != nil {
		return nil, nil, err
	}
	r := wire.NewReader(payload[:size])
	r.Skip(2)
	return r, handles, nil
}
