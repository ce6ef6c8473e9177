package mapihttp

import (
	"context"
	"errors"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// ErrNoLogon is a question about the mailbox before Logon.
var ErrNoLogon = errors.New("the mailbox is not open: log on first")

// Summary is what a person recognises a mailbox by. A value the server does not
// give is nil.
type Summary struct {
	Owner         string        // display name
	Size          *int64        // bytes
	SendQuota     *int64        // bytes; nil: none
	ReceiveQuota  *int64        // bytes; nil: none
	OutOfOffice   *bool         //
	Inbox         string        // its name in the mailbox's language
	Messages      *int32        // in the Inbox
	Unread        *int32        // in the Inbox
	ReceiveFolder rop.FolderID  // where mail is delivered
	ToInbox       bool          // ReceiveFolder is the Inbox
	ClockSkew     time.Duration // server's clock at Logon minus ours, ±1 s
}

// Summary reads size, quotas and Inbox in one round trip. It opens the Inbox for
// that and closes it again. What the server refused is missing, and the error
// says what and why.
func (m *Mailbox) Summary(ctx context.Context) (*Summary, error) {
	logon, err := m.opened()
	if err != nil {
		return nil, err
	}
	got, err := m.Execute(ctx,
		&rop.GetPropertiesSpecificRequest{Input: slotLogon, WantUnicode: true, Columns: storeColumns},
		&rop.GetReceiveFolderRequest{Input: slotLogon, MessageClass: "IPM.Note"},
		&rop.OpenFolderRequest{Input: slotLogon, Output: slotFolder, FolderID: logon.FolderIDs[rop.FolderInbox]},
		&rop.GetPropertiesSpecificRequest{Input: slotFolder, WantUnicode: true, Columns: inboxColumns},
		&rop.ReleaseRequest{Input: slotFolder})
	if len(got) == 0 {
		return nil, err
	}
	store, inbox := rowOf(got, 0), rowOf(got, 3)
	s := &Summary{
		Size: value[int64](store, props.TagMessageSizeExtended), OutOfOffice: value[bool](store, props.TagOutOfOfficeState),
		SendQuota:    kibi(value[int32](store, props.TagProhibitSendQuota)),
		ReceiveQuota: kibi(value[int32](store, props.TagProhibitReceiveQuota)),
		Messages:     value[int32](inbox, props.TagContentCount), Unread: value[int32](inbox, props.TagContentUnreadCount),
		ClockSkew: m.clockSkew(),
	}
	s.Owner, _ = props.Get[string](store, props.TagMailboxOwnerName)
	s.Inbox, _ = props.Get[string](inbox, props.TagDisplayName)
	if len(got) > 1 && got[1].Code() == mapierr.OK {
		s.ReceiveFolder = got[1].(*rop.GetReceiveFolderResponse).FolderID
		s.ToInbox = s.ReceiveFolder == logon.FolderIDs[rop.FolderInbox]
	}
	return s, err
}

var storeColumns = []props.Tag{props.TagMailboxOwnerName, props.TagMessageSizeExtended, props.TagProhibitSendQuota,
	props.TagProhibitReceiveQuota, props.TagOutOfOfficeState}

var inboxColumns = []props.Tag{props.TagDisplayName, props.TagContentCount, props.TagContentUnreadCount}

// opened is the answer of the last Logon in this session context.
func (m *Mailbox) opened() (*rop.LogonResponse, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.logon == nil {
		return nil, ErrNoLogon
	}
	return m.logon, nil
}

func (m *Mailbox) clockSkew() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.skew
}

func rowOf(got []rop.Response, i int) []props.Value {
	if i < len(got) {
		if p, ok := got[i].(*rop.GetPropertiesSpecificResponse); ok {
			return p.Row
		}
	}
	return nil
}

func value[T any](row []props.Value, tag props.Tag) *T {
	if v, ok := props.Get[T](row, tag); ok {
		return &v
	}
	return nil
}

// kibi turns a quota in KiB into bytes; -1 stands for no quota.
func kibi(k *int32) *int64 {
	if k == nil || *k < 0 {
		return nil
	}
	b := int64(*k) << 10
	return &b
}

// Folder is one folder of the mailbox.
type Folder struct {
	Name     string
	Class    string // "IPF.Note"
	ID       int64
	Messages int32
	Unread   int32
	Children bool
}

// maxFolders is how many folders Folders reads at most, in one answer.
const maxFolders = 100

// Folders lists the folders on the mailbox's first visible level: it walks the
// whole way of a table (open, set columns, query, release) as Outlook does.
func (m *Mailbox) Folders(ctx context.Context) ([]Folder, error) {
	logon, err := m.opened()
	if err != nil {
		return nil, err
	}
	got, err := m.Execute(ctx,
		&rop.OpenFolderRequest{Input: slotLogon, Output: slotFolder, FolderID: logon.FolderIDs[rop.FolderIPMSubtree]},
		&rop.GetHierarchyTableRequest{Input: slotFolder, Output: slotTable, Flags: rop.TableNoNotifications | rop.TableUseUnicode},
		&rop.SetColumnsRequest{Input: slotTable, Columns: folderColumns},
		&rop.QueryRowsRequest{Input: slotTable, Forward: true, RowCount: maxFolders},
		&rop.ReleaseRequest{Input: slotTable}, &rop.ReleaseRequest{Input: slotFolder})
	if err != nil {
		return nil, err
	}
	var out []Folder
	if rows, ok := got[len(got)-1].(*rop.QueryRowsResponse); ok {
		for _, row := range rows.Rows {
			out = append(out, folderOf(row))
		}
	}
	return out, nil
}

var folderColumns = []props.Tag{props.TagDisplayName, props.TagContainerClass, props.TagFolderID,
	props.TagContentCount, props.TagContentUnreadCount, props.TagSubfolders}

func folderOf(row []props.Value) (f Folder) {
	f.Name, _ = props.Get[string](row, props.TagDisplayName)
	f.Class, _ = props.Get[string](row, props.TagContainerClass)
	f.ID, _ = props.Get[int64](row, props.TagFolderID)
	f.Messages, _ = props.Get[int32](row, props.TagContentCount)
	f.Unread, _ = props.Get[int32](row, props.TagContentUnreadCount)
	f.Children, _ = props.Get[bool](row, props.TagSubfolders)
	return f
}

// Verify proves that an object of before is still open: it asks the logon for
// the state of the store. A server that lost the session context, or the logon in
// it, cannot answer that.
func (m *Mailbox) Verify(ctx context.Context) error {
	if _, err := m.opened(); err != nil {
		return err
	}
	_, err := m.Execute(ctx, &rop.GetStoreStateRequest{Input: slotLogon})
	return err
}
