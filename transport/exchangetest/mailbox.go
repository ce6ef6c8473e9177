package exchangetest

import (
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/mapiscope/mapiscope/transport/rop"
)

// mailbox is a user's store: folders with messages, and who listens to changes.
type mailbox struct {
	owner   *User
	quotaKB func() int32 // in place of the owner's; 0 is none

	mu        sync.Mutex
	folders   []*folder
	nextMID   uint64
	listeners map[*session]bool
}

type folder struct {
	id       rop.FolderID
	parent   *folder
	name     string
	class    string
	messages []*message
}

type message struct {
	Message
	id rop.MessageID
}

// counters of the thirteen folders of a logon, in the order of
// rop.LogonResponse.FolderIDs; the values are those seen in a capture.
var logonFolders = [13]struct {
	counter uint64
	parent  int // index, -1 for the root
	name    string
	class   string
}{
	{0x1, -1, "", ""}, {0x2, 0, "Deferred Action", ""}, {0x3, 0, "Spooler Queue", ""},
	{0x9, 0, "Top of Information Store", ""}, {0xD, 3, "Inbox", "IPF.Note"}, {0xC, 3, "Outbox", "IPF.Note"},
	{0xA, 3, "Sent Items", "IPF.Note"}, {0xB, 3, "Deleted Items", "IPF.Note"}, {0x7, 0, "Common Views", ""},
	{0x8, 0, "Schedule", ""}, {0x5, 0, "Finder", ""}, {0x6, 0, "Views", ""}, {0x4, 0, "Shortcuts", ""},
}

// otherFolders stand beside the Inbox.
var otherFolders = []struct{ name, class string }{
	{"Calendar", "IPF.Appointment"}, {"Contacts", "IPF.Contact"}, {"Drafts", "IPF.Note"}, {"Projects", "IPF.Note"},
}

// objectID is an id as it travels: replica 1, then the counter, big-endian in six
// bytes (MS-OXCDATA 2.2.1.1).
func objectID[T ~[8]byte](counter uint64) (id T) {
	var be [8]byte
	binary.BigEndian.PutUint64(be[:], counter)
	id[0] = 1
	copy(id[2:], be[2:])
	return id
}

func newMailbox(owner *User, now time.Time) *mailbox {
	m := &mailbox{owner: owner, nextMID: 0x1000, listeners: map[*session]bool{}}
	for _, f := range logonFolders {
		var parent *folder
		if f.parent >= 0 {
			parent = m.folders[f.parent]
		}
		m.folders = append(m.folders, &folder{id: objectID[rop.FolderID](f.counter), parent: parent, name: f.name, class: f.class})
	}
	for i, f := range otherFolders {
		m.folders = append(m.folders, &folder{id: objectID[rop.FolderID](0x10 + uint64(i)), parent: m.folders[rop.FolderIPMSubtree], name: f.name, class: f.class})
	}
	messages := owner.Messages
	if messages == nil {
		messages = sample(now)
	}
	for _, msg := range messages {
		m.store(msg, now)
	}
	return m
}

func sample(now time.Time) []Message {
	return []Message{
		{Subject: "Welcome to Contoso", From: "it@contoso.test", Received: now.Add(-72 * time.Hour), Size: 24 << 10, Read: true},
		{Subject: "Quarterly figures", From: "bob@contoso.test", Received: now.Add(-26 * time.Hour), Size: 512 << 10, Read: true},
		{Subject: "Lunch?", From: "bob@contoso.test", Received: now.Add(-40 * time.Minute), Size: 3 << 10},
	}
}

func (m *mailbox) inbox() *folder { return m.folders[rop.FolderInbox] }

// store puts msg into the Inbox. The caller holds the lock, or is alone.
func (m *mailbox) store(msg Message, now time.Time) *message {
	if msg.Class == "" {
		msg.Class = "IPM.Note"
	}
	if msg.Received.IsZero() {
		msg.Received = now
	}
	if msg.Size == 0 {
		msg.Size = 2048
	}
	stored := &message{Message: msg, id: objectID[rop.MessageID](m.nextMID)}
	m.nextMID++
	m.inbox().messages = append(m.inbox().messages, stored)
	return stored
}

func (m *mailbox) folder(id rop.FolderID) *folder {
	for _, f := range m.folders {
		if f.id == id {
			return f
		}
	}
	return nil
}

// children are the folders below f, all levels with deep.
func (m *mailbox) children(f *folder, deep bool) (out []*folder) {
	for _, c := range m.folders {
		if c.parent == f {
			out = append(out, c)
			if deep {
				out = append(out, m.children(c, true)...)
			}
		}
	}
	return out
}

func (f *folder) size() (n int64) {
	for _, msg := range f.messages {
		n += msg.Size
	}
	return n
}

func (f *folder) unread() (n int32) {
	for _, msg := range f.messages {
		if !msg.Read {
			n++
		}
	}
	return n
}

func (m *mailbox) size() (n int64) {
	for _, f := range m.folders {
		n += f.size()
	}
	return n
}

// Deliver puts a new mail into the Inbox of the account with this address and
// wakes whoever waits for it. An address without a mailbox is a mistake of the
// caller and panics.
func (s *Server) Deliver(address, subject string) {
	m := s.mailboxes[address]
	if m == nil {
		panic(fmt.Sprintf("exchangetest: no mailbox %q", address))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	msg := m.store(Message{Subject: subject, From: "somebody@elsewhere.test"}, s.options.Now())
	for l := range m.listeners {
		l.arrived(m.inbox(), msg)
	}
}
