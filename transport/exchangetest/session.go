package exchangetest

import (
	"sync"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// session is the mailbox side of a session context: open objects by handle, and
// events that wait to be fetched.
type session struct {
	s    *Server
	user *User

	mu       sync.Mutex
	objects  map[uint32]*object
	released map[uint32]bool
	next     uint32
	listens  *mailbox // where it is registered for events; nil before the logon
	queue    []*rop.NotifyResponse
	ended    bool

	event chan struct{} // has an element while the queue may not be empty
}

// object is what a handle stands for: a logon, a folder, a table or a
// subscription, by which fields are set.
type object struct {
	box    *mailbox
	folder *folder // of a folder or table

	table *table

	types rop.NotificationType // of a subscription
	whole bool                 // the subscription is for the whole store
}

func newSession(s *Server, u *User) *session {
	return &session{s: s, user: u, objects: map[uint32]*object{}, released: map[uint32]bool{}, next: 0x11, event: make(chan struct{}, 1)}
}

// end lets go of the mailbox.
func (se *session) end() {
	se.mu.Lock()
	box := se.listens
	se.listens, se.ended = nil, true
	se.mu.Unlock()
	if box != nil {
		box.mu.Lock()
		delete(box.listeners, se)
		box.mu.Unlock()
	}
}

// listen registers the session for events of box.
func (se *session) listen(box *mailbox) {
	box.mu.Lock()
	defer box.mu.Unlock()
	se.mu.Lock()
	defer se.mu.Unlock()
	if !se.ended { // the context may be closed while this logon is under way
		box.listeners[se], se.listens = true, box
	}
}

// put gives o a handle and notes it in slot i of the handle table.
func (se *session) put(handles []uint32, i uint8, o *object) mapierr.Code {
	if int(i) >= len(handles) {
		return mapierr.NullObject
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	se.objects[se.next] = o
	handles[i] = se.next
	se.next++
	return mapierr.OK
}

// get is the object in slot i of the handle table. Errors as in MS-OXCROPS 3.2.5:
// a released handle is an invalid object, one that never was a null object.
func (se *session) get(handles []uint32, i uint8) (*object, mapierr.Code) {
	if int(i) >= len(handles) {
		return nil, mapierr.NullObject
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	if o := se.objects[handles[i]]; o != nil {
		return o, mapierr.OK
	}
	if se.released[handles[i]] {
		return nil, mapierr.InvalidObject
	}
	return nil, mapierr.NullObject
}

func (se *session) release(handles []uint32, i uint8) {
	if int(i) >= len(handles) {
		return
	}
	se.mu.Lock()
	defer se.mu.Unlock()
	if se.objects[handles[i]] != nil {
		delete(se.objects, handles[i])
		se.released[handles[i]] = true
	}
}

// arrived queues the events that a new message in f means to this session. The
// mailbox is locked.
func (se *session) arrived(f *folder, msg *message) {
	se.mu.Lock()
	defer se.mu.Unlock()
	for handle, o := range se.objects {
		switch {
		case o.types&rop.NewMail != 0 && (o.whole || o.folder == f):
			se.queue = append(se.queue, &rop.NotifyResponse{Handle: handle, Flags: uint16(rop.NewMail) | rop.NotifyMessage,
				FolderID: f.id, MessageID: msg.id, Unicode: true, MessageClass: msg.Class})
		case o.types&rop.ObjectCreated != 0 && (o.whole || o.folder == f):
			se.queue = append(se.queue, &rop.NotifyResponse{Handle: handle, Flags: uint16(rop.ObjectCreated) | rop.NotifyMessage,
				FolderID: f.id, MessageID: msg.id, Tags: []props.Tag{props.TagSubject, props.TagMessageDeliveryTime}})
		case o.table != nil && o.folder == f && o.table.subscribed:
			se.queue = append(se.queue, &rop.NotifyResponse{Handle: handle, Flags: uint16(rop.TableModified), TableEvent: rop.TableChanged})
		}
	}
	if len(se.queue) > 0 {
		se.signal()
	}
}

func (se *session) signal() {
	select {
	case se.event <- struct{}{}:
	default:
	}
}

// pending says whether an event waits to be fetched.
func (se *session) pending() bool {
	se.mu.Lock()
	defer se.mu.Unlock()
	return len(se.queue) > 0
}

// maxEvents is how many events one Execute carries; RopPending says that there
// are more (MS-OXCNOTIF 3.1.5.5).
const maxEvents = 16

// fetch takes the events that wait.
func (se *session) fetch() (out []rop.Response) {
	se.mu.Lock()
	defer se.mu.Unlock()
	n := min(len(se.queue), maxEvents)
	for _, e := range se.queue[:n] {
		out = append(out, e)
	}
	if se.queue = se.queue[n:]; len(se.queue) > 0 {
		out = append(out, &rop.PendingResponse{})
	} else {
		select { // nothing is left to wake anybody for
		case <-se.event:
		default:
		}
	}
	return out
}
