package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// layout says which optional parts an event has. Encode and decode share it.
type layout struct {
	table, row, after   bool // TableEvent; Row; InsertAfter and RowData
	object              bool // FolderID
	message             bool // the ids of messages beside those of folders
	parent, old         bool
	tags, newMail       bool
	totalMsgs, unreadMs bool
}

func (p *NotifyResponse) layout() layout {
	t, search := p.Type(), p.Flags&NotifySearch != 0
	l := layout{
		table:     t == TableModified,
		object:    t != TableModified && t != Extended,
		message:   p.Flags&NotifyMessage != 0,
		old:       t == ObjectMoved || t == ObjectCopied,
		tags:      t == ObjectCreated || t == ObjectModified,
		newMail:   t == NewMail,
		totalMsgs: p.Flags&NotifyTotal != 0,
		unreadMs:  p.Flags&NotifyUnread != 0,
	}
	l.parent = (l.old || t == ObjectCreated || t == ObjectDeleted) && search == l.message
	if l.table {
		l.after = p.TableEvent == TableRowAdded || p.TableEvent == TableRowModified
		l.row = l.after || p.TableEvent == TableRowDeleted
	}
	return l
}

// TableRowID names a row of a table; MessageID and Instance only with
// NotifyMessage.
type TableRowID struct {
	FolderID  FolderID
	MessageID MessageID
	Instance  uint32
}

func (id *TableRowID) read(r *wire.Reader, message bool) {
	id.FolderID = readID[FolderID](r)
	if message {
		id.MessageID = readID[MessageID](r)
		id.Instance = r.U32()
	}
}

func (id *TableRowID) write(w *wire.Writer, message bool) {
	w.Raw(id.FolderID[:])
	if message {
		w.Raw(id.MessageID[:])
		w.U32(id.Instance)
	}
}
