package rop

import (
	"bytes"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// The upper bits of NotificationFlags (MS-OXCNOTIF 2.2.1.4.1.2).
const (
	notifyTypeMask uint16 = 0x0FFF
	NotifyTotal    uint16 = 0x1000 // TotalMessages is there
	NotifyUnread   uint16 = 0x2000 // UnreadMessages is there
	NotifySearch   uint16 = 0x4000 // in a search folder; implies NotifyMessage
	NotifyMessage  uint16 = 0x8000 // about a message, not a folder
	noTagsListed   uint16 = 0xFFFF // TagCount when the server does not say what changed
)

// What happened to a table (MS-OXCNOTIF 2.2.1.4.1.2, TableEventType).
const (
	TableChanged            uint16 = 1
	TableRowAdded           uint16 = 3
	TableRowDeleted         uint16 = 4
	TableRowModified        uint16 = 5
	TableRestrictionChanged uint16 = 7
)

// NotifyResponse is an event (MS-OXCROPS 2.2.14.2, MS-OXCNOTIF 2.2.1.4.1.2).
// Which fields mean something follows from Flags and TableEvent; the others are
// zero. A Handle that belongs to no subscription or table is to be ignored.
type NotifyResponse struct {
	Handle     uint32 // of the subscription or table
	LogonID    uint8
	Flags      uint16 // one NotificationType and the Notify… bits
	TableEvent uint16 // TableModified only

	Row         TableRowID
	InsertAfter TableRowID
	RowData     []byte        // the row as it came
	RowValues   []props.Value // RowData by the table's columns; nil when they are not known or do not fit

	FolderID       FolderID
	MessageID      MessageID
	ParentFolderID FolderID
	OldFolderID    FolderID
	OldMessageID   MessageID
	OldParentID    FolderID

	Tags         []props.Tag // what changed
	TagsUnlisted bool        // the server does not say what changed

	TotalMessages  uint32
	UnreadMessages uint32

	MessageFlags uint32 // NewMail only
	Unicode      bool   // how MessageClass travels
	MessageClass string
}

// Type is the kind of event.
func (p *NotifyResponse) Type() NotificationType { return NotificationType(p.Flags & notifyTypeMask) }

// ID is RopNotify.
func (*NotifyResponse) ID() ID { return RopNotify }

// Code is OK.
func (*NotifyResponse) Code() mapierr.Code { return mapierr.OK }

// Encode appends the response.
func (p *NotifyResponse) Encode(w *wire.Writer) {
	w.U8(uint8(RopNotify))
	w.U32(p.Handle)
	w.U8(p.LogonID)
	w.U16(p.Flags)
	l := p.layout()
	if l.table {
		w.U16(p.TableEvent)
	}
	if l.row {
		p.Row.write(w, l.message)
	}
	if l.after {
		p.InsertAfter.write(w, l.message)
		writeCount16(w, len(p.RowData), "bytes of row")
		w.Raw(p.RowData)
	}
	p.encodeObject(w, l)
	p.encodeDetail(w, l)
}

func (p *NotifyResponse) encodeObject(w *wire.Writer, l layout) {
	if l.object {
		w.Raw(p.FolderID[:])
	}
	if l.object && l.message {
		w.Raw(p.MessageID[:])
	}
	if l.parent {
		w.Raw(p.ParentFolderID[:])
	}
	if !l.old {
		return
	}
	w.Raw(p.OldFolderID[:])
	if l.message {
		w.Raw(p.OldMessageID[:])
	} else {
		w.Raw(p.OldParentID[:])
	}
}

func (p *NotifyResponse) encodeDetail(w *wire.Writer, l layout) {
	if l.tags && p.TagsUnlisted {
		w.U16(noTagsListed)
	} else if l.tags {
		writeTags(w, p.Tags)
	}
	if l.totalMsgs {
		w.U32(p.TotalMessages)
	}
	if l.unreadMs {
		w.U32(p.UnreadMessages)
	}
	if !l.newMail {
		return
	}
	w.U32(p.MessageFlags)
	writeBool(w, p.Unicode)
	if p.Unicode {
		w.UTF16Z(p.MessageClass)
	} else {
		w.ASCIIZ(p.MessageClass)
	}
}

func (p *NotifyResponse) decode(r *wire.Reader) {
	p.Handle = r.U32()
	p.LogonID = r.U8()
	p.Flags = r.U16()
	if !p.Type().single() {
		r.Fail("notification type 0x%04X", uint16(p.Type()))
	}
	if p.layout().table {
		p.TableEvent = r.U16()
	}
	l := p.layout() // now with the kind of table event
	if l.row {
		p.Row.read(r, l.message)
	}
	if l.after {
		p.InsertAfter.read(r, l.message)
		p.RowData = bytes.Clone(r.Bytes(r.Count16(1)))
	}
	p.decodeObject(r, l)
	p.decodeDetail(r, l)
}

// readRow reads RowData by the table's columns. A row that does not fit is no
// fault: the columns may have been changed while the event was under way.
func (p *NotifyResponse) readRow(cols []props.Tag) {
	if len(p.RowData) == 0 || len(cols) == 0 {
		return
	}
	r := wire.NewReader(p.RowData)
	if row := props.ReadRow(r, cols, props.ROP); r.Finish() == nil {
		p.RowValues = row
	}
}

func (p *NotifyResponse) decodeObject(r *wire.Reader, l layout) {
	if l.object {
		p.FolderID = readID[FolderID](r)
	}
	if l.object && l.message {
		p.MessageID = readID[MessageID](r)
	}
	if l.parent {
		p.ParentFolderID = readID[FolderID](r)
	}
	if !l.old {
		return
	}
	p.OldFolderID = readID[FolderID](r)
	if l.message {
		p.OldMessageID = readID[MessageID](r)
	} else {
		p.OldParentID = readID[FolderID](r)
	}
}

func (p *NotifyResponse) decodeDetail(r *wire.Reader, l layout) {
	if l.tags {
		p.decodeTags(r)
	}
	if l.totalMsgs {
		p.TotalMessages = r.U32()
	}
	if l.unreadMs {
		p.UnreadMessages = r.U32()
	}
	if !l.newMail {
		return
	}
	p.MessageFlags = r.U32()
	p.Unicode = readBool(r)
	if p.Unicode {
		p.MessageClass = r.UTF16Z()
	} else {
		p.MessageClass = r.ASCIIZ()
	}
}

func (p *NotifyResponse) decodeTags(r *wire.Reader) {
	n := r.U16()
	if p.TagsUnlisted = n == noTagsListed; p.TagsUnlisted {
		return
	}
	if int(n)*4 > r.Remaining() {
		r.Fail("%d property tags need more than the %d bytes left", n, r.Remaining())
		return
	}
	for range n {
		p.Tags = append(p.Tags, props.Tag(r.U32()))
	}
}
