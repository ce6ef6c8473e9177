package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// NotificationType is one kind of event, or a set of them in a subscription
// (MS-OXCNOTIF 2.2.1.1).
type NotificationType uint16

// The kinds of event.
const (
	NewMail        NotificationType = 0x0002
	ObjectCreated  NotificationType = 0x0004
	ObjectDeleted  NotificationType = 0x0008
	ObjectModified NotificationType = 0x0010
	ObjectMoved    NotificationType = 0x0020
	ObjectCopied   NotificationType = 0x0040
	SearchComplete NotificationType = 0x0080
	TableModified  NotificationType = 0x0100 // comes from open tables, is not subscribed to
	Extended       NotificationType = 0x0400 // reserved
)

// single says whether t is exactly one of the kinds above.
func (t NotificationType) single() bool {
	switch t {
	case NewMail, ObjectCreated, ObjectDeleted, ObjectModified, ObjectMoved, ObjectCopied,
		SearchComplete, TableModified, Extended:
		return true
	}
	return false
}

// RegisterNotificationRequest subscribes to events (MS-OXCROPS 2.2.14.1,
// MS-OXCNOTIF 2.2.1.2.1).
type RegisterNotificationRequest struct {
	LogonID    uint8
	Input      uint8 // slot of the logon
	Output     uint8 // slot for the subscription
	Types      NotificationType
	WholeStore bool      // else FolderID (and MessageID, zero for the folder itself)
	FolderID   FolderID  // only without WholeStore
	MessageID  MessageID // only without WholeStore
}

// ID is RopRegisterNotification.
func (*RegisterNotificationRequest) ID() ID { return RopRegisterNotification }

// Encode appends the request.
func (q *RegisterNotificationRequest) Encode(w *wire.Writer) {
	writeHead(w, RopRegisterNotification, q.LogonID, q.Input, q.Output)
	w.U16(uint16(q.Types))
	if q.Types&Extended != 0 {
		w.U8(0) // Reserved
	}
	writeBool(w, q.WholeStore)
	if !q.WholeStore {
		w.Raw(q.FolderID[:])
		w.Raw(q.MessageID[:])
	}
}

func (q *RegisterNotificationRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input, q.Output = r.U8(), r.U8(), r.U8()
	q.Types = NotificationType(r.U16())
	if q.Types&Extended != 0 {
		r.Skip(1) // Reserved
	}
	q.WholeStore = readBool(r)
	if !q.WholeStore {
		q.FolderID = readID[FolderID](r)
		q.MessageID = readID[MessageID](r)
	}
}

func (q *RegisterNotificationRequest) answer() Response {
	return &RegisterNotificationResponse{Result: Result{Handle: q.Output}}
}

// RegisterNotificationResponse says that the subscription stands; its handle is
// what notifications name.
type RegisterNotificationResponse struct{ Result }

// ID is RopRegisterNotification.
func (*RegisterNotificationResponse) ID() ID { return RopRegisterNotification }

// Encode appends the response.
func (p *RegisterNotificationResponse) Encode(w *wire.Writer) { p.write(w, RopRegisterNotification) }

func (p *RegisterNotificationResponse) decode(r *wire.Reader) { p.read(r) }
