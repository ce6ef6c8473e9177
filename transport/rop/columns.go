package rop

import (
	"slices"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
)

// Columns are the columns that were set on each open table, by the table's
// handle (MS-OXCTABL 3.1.1). Not safe for concurrent use.
type Columns map[uint32][]props.Tag

// batch follows the columns through one payload, where a table is known by its
// slot: its handle may be assigned by an earlier operation of the same payload.
type batch struct {
	sent, got []uint32 // the handle table as sent and as answered
	known     Columns
	slots     map[uint8][]props.Tag // set in this batch; nil columns: none
}

func newBatch(sent, got []uint32, known Columns) *batch {
	return &batch{sent: sent, got: got, known: known, slots: map[uint8][]props.Tag{}}
}

func (b *batch) ofSlot(i uint8) []props.Tag {
	if cols, ok := b.slots[i]; ok {
		return cols
	}
	h, _ := handleAt(b.sent, i)
	return b.known[h]
}

func (b *batch) ofHandle(h uint32) []props.Tag {
	for i, cols := range b.slots {
		if b.handle(i) == h {
			return cols
		}
	}
	return b.known[h]
}

// handle is what slot i held in the end, or NoHandle.
func (b *batch) handle(i uint8) uint32 {
	if h, ok := handleAt(b.got, i); ok {
		return h
	}
	h, _ := handleAt(b.sent, i)
	return h
}

// prepare gives the answer p to q the columns it needs to be decoded.
func (b *batch) prepare(q Request, p Response) {
	if q, ok := q.(*QueryRowsRequest); ok {
		p.(*QueryRowsResponse).Columns = b.ofSlot(q.Input)
	}
}

// note learns from an answered request (p is nil where none is due).
func (b *batch) note(q Request, p Response) {
	if p != nil && p.Code() != mapierr.OK {
		return
	}
	switch q := q.(type) {
	case *SetColumnsRequest:
		b.slots[q.Input] = q.Columns
	case *GetContentsTableRequest:
		b.slots[q.Output] = nil
	case *GetHierarchyTableRequest:
		b.slots[q.Output] = nil
	case *ReleaseRequest:
		b.slots[q.Input] = nil
	}
}

// keep carries the columns over to the next batch.
func (b *batch) keep() {
	if b.known == nil {
		return
	}
	for i, cols := range b.slots {
		h := b.handle(i)
		delete(b.known, h)
		if cols != nil && h != NoHandle {
			b.known[h] = slices.Clone(cols)
		}
	}
}

// handleAt is the handle in slot i; NoHandle and false when there is none.
func handleAt(handles []uint32, i uint8) (uint32, bool) {
	if int(i) >= len(handles) || handles[i] == NoHandle {
		return NoHandle, false
	}
	return handles[i], true
}
