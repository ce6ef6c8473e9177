package mapihttp

import (
	"slices"

	"github.com/mapiscope/mapiscope/transport/rop"
)

// Slots of the handle table. A caller of Execute uses FirstFreeSlot and up.
const (
	slotLogon uint8 = iota
	slotFolder
	slotTable
	slotSubscription
	// FirstFreeSlot is the first slot that Mailbox does not use itself.
	FirstFreeSlot uint8 = 8
)

// maxEvents bounds the notifications kept for Poll: they say that something
// happened, a thousand more say nothing new.
const maxEvents = 1000

// objects is what a session context has open: the handle table, kept by slot
// across batches, and the columns of its tables.
type objects struct {
	handles []uint32
	columns rop.Columns
}

// objectsFor is the payload for reqs: the operations and as much of the table
// as they point into.
func (m *Mailbox) objectsFor(reqs []rop.Request) *rop.RequestBuffer {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := &m.objects
	if o.columns == nil {
		o.columns = rop.Columns{}
	}
	need := tableSize(reqs)
	for len(o.handles) < need {
		o.handles = append(o.handles, rop.NoHandle)
	}
	return &rop.RequestBuffer{Requests: reqs, Handles: slices.Clone(o.handles[:need])}
}

// take reads one payload of an answer and brings the table up to date.
func (m *Mailbox) take(payload []byte, sent *rop.RequestBuffer, b *batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	got, err := rop.DecodeResponseBuffer(payload, sent, m.objects.columns)
	if err != nil {
		return err
	}
	copy(m.objects.handles, got.Handles)
	for _, p := range got.Responses {
		if event := b.add(p); event != nil {
			m.keep(event)
		}
	}
	if b.tooSmall == nil && b.backoff == nil {
		m.objects.released(sent.Requests)
	}
	return nil
}

// keep stores an event of an object that is open; of others it is to be ignored
// (MS-OXCNOTIF 3.2.5.7).
func (m *Mailbox) keep(event *rop.NotifyResponse) {
	if slices.Contains(m.objects.handles, event.Handle) && len(m.events) < maxEvents {
		m.events = append(m.events, event)
	}
}

// released forgets the handles that reqs closed, unless a later operation put a
// new object into the slot.
func (o *objects) released(reqs []rop.Request) {
	for i, q := range reqs {
		r, ok := q.(*rop.ReleaseRequest)
		if ok && !slices.ContainsFunc(reqs[i:], func(later rop.Request) bool { return opens(later, r.Input) }) {
			o.handles[r.Input] = rop.NoHandle
		}
	}
}

func opens(q rop.Request, slot uint8) bool {
	_, output := slotsOf(q)
	return output != nil && *output == slot
}

// slotsOf gives the slots an operation points into; nil for one it does not have.
func slotsOf(q rop.Request) (input, output *uint8) {
	switch q := q.(type) {
	case *rop.LogonRequest:
		return nil, &q.Output
	case *rop.OpenFolderRequest:
		return &q.Input, &q.Output
	case *rop.GetHierarchyTableRequest:
		return &q.Input, &q.Output
	case *rop.GetContentsTableRequest:
		return &q.Input, &q.Output
	case *rop.RegisterNotificationRequest:
		return &q.Input, &q.Output
	case *rop.GetPropertiesSpecificRequest:
		return &q.Input, nil
	case *rop.SetColumnsRequest:
		return &q.Input, nil
	case *rop.QueryRowsRequest:
		return &q.Input, nil
	case *rop.GetReceiveFolderRequest:
		return &q.Input, nil
	case *rop.GetStoreStateRequest:
		return &q.Input, nil
	case *rop.ReleaseRequest:
		return &q.Input, nil
	}
	return nil, nil
}

// tableSize is how long a handle table must be for reqs.
func tableSize(reqs []rop.Request) (n int) {
	for _, q := range reqs {
		input, output := slotsOf(q)
		if input != nil {
			n = max(n, int(*input)+1)
		}
		if output != nil {
			n = max(n, int(*output)+1)
		}
	}
	return n
}
