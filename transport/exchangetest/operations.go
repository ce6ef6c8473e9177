package exchangetest

import (
	"strings"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// replGUID identifies replica 1 of every mailbox.
var replGUID = wire.GUID{0x71, 0x78, 0xC9, 0x55, 0x4A, 0xBC, 0x70, 0x4E, 0x83, 0x45, 0x3C, 0x19, 0x5D, 0x99, 0x18, 0xB4}

// perform carries out one remote operation; nil for one without an answer. Rows
// are given as far as they fit into room bytes.
func (se *session) perform(c *call, q rop.Request, handles []uint32, room int) rop.Response {
	if q, ok := q.(*rop.LogonRequest); ok {
		return se.logon(c, q, handles)
	}
	if q, ok := q.(*rop.ReleaseRequest); ok {
		se.release(handles, q.Input)
		return nil
	}
	o, code := se.get(handles, inputOf(q))
	if code != mapierr.OK {
		return rop.Refuse(q, code)
	}
	o.box.mu.Lock()
	defer o.box.mu.Unlock()
	if q, ok := q.(*rop.QueryRowsRequest); ok {
		return queryRows(o, q, room)
	}
	p, code := se.onObject(o, q, handles)
	if code != mapierr.OK {
		return rop.Refuse(q, code)
	}
	return p
}

func inputOf(q rop.Request) uint8 {
	switch q := q.(type) {
	case *rop.OpenFolderRequest:
		return q.Input
	case *rop.GetHierarchyTableRequest:
		return q.Input
	case *rop.GetContentsTableRequest:
		return q.Input
	case *rop.GetPropertiesSpecificRequest:
		return q.Input
	case *rop.SetColumnsRequest:
		return q.Input
	case *rop.QueryRowsRequest:
		return q.Input
	case *rop.GetReceiveFolderRequest:
		return q.Input
	case *rop.RegisterNotificationRequest:
		return q.Input
	case *rop.GetStoreStateRequest:
		return q.Input
	}
	return 0xFF // no slot: refused as a null object
}

// onObject is perform for what works on the open object o, whose mailbox is locked.
func (se *session) onObject(o *object, q rop.Request, handles []uint32) (rop.Response, mapierr.Code) {
	switch q := q.(type) {
	case *rop.OpenFolderRequest:
		return se.openFolder(o, q, handles)
	case *rop.GetHierarchyTableRequest:
		return se.hierarchyTable(o, q, handles)
	case *rop.GetContentsTableRequest:
		return se.contentsTable(o, q, handles)
	case *rop.GetPropertiesSpecificRequest:
		return getProperties(o, q)
	case *rop.SetColumnsRequest:
		return setColumns(o, q)
	case *rop.GetReceiveFolderRequest:
		return receiveFolder(o, q)
	case *rop.RegisterNotificationRequest:
		return se.register(o, q, handles)
	case *rop.GetStoreStateRequest:
		return &rop.GetStoreStateResponse{Result: rop.Result{Handle: q.Input}}, mapierr.OK
	}
	return nil, mapierr.NotSupported
}

// logon opens a mailbox (MS-OXCSTOR 3.2.5.1.1).
func (se *session) logon(c *call, q *rop.LogonRequest, handles []uint32) rop.Response {
	if c.b.blankDN {
		q.ESSDN = strings.TrimRight(q.ESSDN, " ")
	}
	owner := se.s.userByDN(q.ESSDN)
	switch {
	case c.b.logonError != mapierr.OK:
		return rop.Refuse(q, c.b.logonError)
	case q.LogonFlags&rop.LogonPrivate == 0:
		return rop.Refuse(q, mapierr.NoReplicaHere) // no public folders here
	case q.OpenFlags&rop.OpenUsePerMDBReplIDMapped == 0:
		return rop.Refuse(q, mapierr.InvalidParameter)
	case owner == nil:
		return rop.Refuse(q, mapierr.UnknownUser)
	case owner != se.user:
		return rop.Refuse(q, mapierr.LoginPerm)
	case c.misdirected(owner):
		return &rop.LogonResponse{Result: rop.Result{Handle: q.Output, ReturnValue: mapierr.WrongServer},
			LogonFlags: q.LogonFlags, ServerName: se.s.serverDN(*owner)}
	}
	box := se.s.mailboxes[owner.Address]
	if code := se.put(handles, q.Output, &object{box: box}); code != mapierr.OK {
		return rop.Refuse(q, code)
	}
	se.listen(box)
	p := &rop.LogonResponse{
		Result: rop.Result{Handle: q.Output}, LogonFlags: q.LogonFlags,
		ResponseFlags: rop.ResponseReserved | rop.ResponseOwner | rop.ResponseSendAs,
		MailboxGUID:   owner.MailboxGUID, ReplID: 1, ReplGUID: replGUID, LogonTime: c.b.clock(), GwartTime: 1,
	}
	for i := range p.FolderIDs {
		p.FolderIDs[i] = box.folders[i].id
	}
	return p
}

// misdirected says whether the URL belongs to another mailbox than the one named
// in the logon. gromox ignores the MailboxId.
func (c *call) misdirected(owner *User) bool {
	if c.b.redirectLoop {
		return true
	}
	return c.b.manner != Gromox && !strings.EqualFold(c.mailboxID(), c.s.mailboxID(*owner))
}

func (se *session) openFolder(o *object, q *rop.OpenFolderRequest, handles []uint32) (rop.Response, mapierr.Code) {
	f := o.box.folder(q.FolderID)
	if f == nil {
		return nil, mapierr.NotFound
	}
	return &rop.OpenFolderResponse{Result: rop.Result{Handle: q.Output}}, se.put(handles, q.Output, &object{box: o.box, folder: f})
}

func (se *session) hierarchyTable(o *object, q *rop.GetHierarchyTableRequest, handles []uint32) (rop.Response, mapierr.Code) {
	if o.folder == nil || o.table != nil {
		return nil, mapierr.NotSupported
	}
	t := o.box.hierarchy(o.folder, q.Flags)
	return &rop.GetHierarchyTableResponse{Result: rop.Result{Handle: q.Output}, RowCount: uint32(len(t.rows))},
		se.put(handles, q.Output, &object{box: o.box, folder: o.folder, table: t})
}

func (se *session) contentsTable(o *object, q *rop.GetContentsTableRequest, handles []uint32) (rop.Response, mapierr.Code) {
	if o.folder == nil || o.table != nil {
		return nil, mapierr.NotSupported
	}
	t := o.box.contents(o.folder, q.Flags)
	return &rop.GetContentsTableResponse{Result: rop.Result{Handle: q.Output}, RowCount: uint32(len(t.rows))},
		se.put(handles, q.Output, &object{box: o.box, folder: o.folder, table: t})
}

func getProperties(o *object, q *rop.GetPropertiesSpecificRequest) (rop.Response, mapierr.Code) {
	of := o.box.ofStore
	switch {
	case o.table != nil || o.types != 0:
		return nil, mapierr.NotSupported
	case o.folder != nil:
		of = func(tag props.Tag) any { return o.box.ofFolder(o.folder, tag) }
	}
	return &rop.GetPropertiesSpecificResponse{Result: rop.Result{Handle: q.Input}, Columns: q.Columns, Row: readAll(q.Columns, of)}, mapierr.OK
}

func setColumns(o *object, q *rop.SetColumnsRequest) (rop.Response, mapierr.Code) {
	switch {
	case o.table == nil:
		return nil, mapierr.NotSupported
	case len(q.Columns) == 0:
		return nil, mapierr.InvalidParameter
	}
	o.table.columns = q.Columns
	return &rop.SetColumnsResponse{Result: rop.Result{Handle: q.Input}, TableStatus: rop.TableComplete}, mapierr.OK
}

// queryRows gives as many rows as fit, but at least one (MS-OXCTABL 3.2.5.5).
func queryRows(o *object, q *rop.QueryRowsRequest, room int) rop.Response {
	switch {
	case o.table == nil:
		return rop.Refuse(q, mapierr.NotSupported)
	case o.table.columns == nil:
		return rop.Refuse(q, mapierr.NullObject)
	}
	for wanted := *q; ; wanted.RowCount = wanted.RowCount / 2 {
		before := o.table.cursor
		p := o.table.query(&wanted)
		if sizeOf(p) <= room {
			return p
		}
		o.table.cursor = before // these rows are not given
		if len(p.Rows) <= 1 {
			return p // the caller finds it too large
		}
		wanted.RowCount = uint16(len(p.Rows))
	}
}

func receiveFolder(o *object, q *rop.GetReceiveFolderRequest) (rop.Response, mapierr.Code) {
	class := "" // everything else goes by the entry for all classes
	if strings.HasPrefix(strings.ToLower(q.MessageClass), "ipm") {
		class = "IPM"
	}
	return &rop.GetReceiveFolderResponse{Result: rop.Result{Handle: q.Input}, FolderID: o.box.inbox().id, MessageClass: class}, mapierr.OK
}

func (se *session) register(o *object, q *rop.RegisterNotificationRequest, handles []uint32) (rop.Response, mapierr.Code) {
	sub := &object{box: o.box, types: q.Types, whole: q.WholeStore}
	if !q.WholeStore {
		if sub.folder = o.box.folder(q.FolderID); sub.folder == nil {
			return nil, mapierr.NotFound
		}
	}
	return &rop.RegisterNotificationResponse{Result: rop.Result{Handle: q.Output}}, se.put(handles, q.Output, sub)
}
