package rop

import (
	"strings"
	"time"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// LogonFlags and OpenFlags of RopLogon (MS-OXCSTOR 2.2.1.1.1).
const (
	LogonPrivate uint8 = 0x01

	OpenUseAdminPrivilege     uint32 = 0x00000001
	OpenPublic                uint32 = 0x00000002
	OpenHomeLogon             uint32 = 0x00000004
	OpenTakeOwnership         uint32 = 0x00000008
	OpenNoMail                uint32 = 0x00000400
	OpenUsePerMDBReplIDMapped uint32 = 0x01000000 // Exchange 2013 and later insist on it
)

// LogonRequest opens a mailbox, or the public folders (MS-OXCROPS 2.2.3.1).
type LogonRequest struct {
	LogonID    uint8
	Output     uint8 // slot for the logon
	LogonFlags uint8
	OpenFlags  uint32
	StoreState uint32 // 0
	ESSDN      string // legacyExchangeDN of the mailbox, "" only for public folders
}

// PrivateLogon is the request that Outlook makes for the mailbox with this
// legacyExchangeDN, as logon 0 in slot 0.
func PrivateLogon(essdn string) *LogonRequest {
	return &LogonRequest{LogonFlags: LogonPrivate, ESSDN: essdn,
		OpenFlags: OpenUsePerMDBReplIDMapped | OpenNoMail | OpenTakeOwnership | OpenHomeLogon}
}

// ID is RopLogon.
func (*LogonRequest) ID() ID { return RopLogon }

// Encode appends the request.
func (q *LogonRequest) Encode(w *wire.Writer) {
	writeHead(w, RopLogon, q.LogonID, q.Output)
	w.U8(q.LogonFlags)
	w.U32(q.OpenFlags)
	w.U32(q.StoreState)
	if q.ESSDN == "" {
		w.U16(0)
		return
	}
	writeCount16(w, len(q.ESSDN)+1, "bytes of DN")
	w.ASCIIZ(q.ESSDN)
}

func (q *LogonRequest) decode(r *wire.Reader) {
	q.LogonID, q.Output, q.LogonFlags = r.U8(), r.U8(), r.U8()
	q.OpenFlags, q.StoreState = r.U32(), r.U32()
	q.ESSDN = untilNUL(r.Bytes(r.Count16(1)))
}

func (q *LogonRequest) answer() Response {
	return &LogonResponse{Result: Result{Handle: q.Output}, LogonFlags: q.LogonFlags}
}

// Indices into LogonResponse.FolderIDs for a mailbox (MS-OXCSTOR 2.2.1.1.3).
const (
	FolderRoot = iota
	FolderDeferredAction
	FolderSpoolerQueue
	FolderIPMSubtree
	FolderInbox
	FolderOutbox
	FolderSentItems
	FolderDeletedItems
	FolderCommonViews
	FolderSchedule
	FolderSearch
	FolderViews
	FolderShortcuts
)

// LogonResponse describes the open mailbox. With ReturnValue WrongServer it has
// LogonFlags and ServerName instead, with any other failure nothing
// (MS-OXCROPS 2.2.3.1.2 to 2.2.3.1.4).
type LogonResponse struct {
	Result
	LogonFlags    uint8 // without LogonPrivate: the answer for public folders
	FolderIDs     [13]FolderID
	ResponseFlags uint8     // mailbox only, ResponseOwner …
	MailboxGUID   wire.GUID // mailbox only
	ReplID        uint16
	ReplGUID      wire.GUID
	LogonTime     time.Time // mailbox only: the server's clock, UTC, whole seconds; zero when senseless
	GwartTime     uint64    // mailbox only, opaque
	StoreState    uint32    // mailbox only
	PerUserGUID   wire.GUID // public folders only
	ServerName    string    // redirect only: the DN of the right server
}

// Bits of LogonResponse.ResponseFlags (MS-OXCSTOR 2.2.1.1.3).
const (
	ResponseReserved uint8 = 0x01 // always set
	ResponseOwner    uint8 = 0x02
	ResponseSendAs   uint8 = 0x04
	ResponseOOF      uint8 = 0x10 // the out-of-office answer is on
)

// ID is RopLogon.
func (*LogonResponse) ID() ID { return RopLogon }

// MailboxID is the "guid@domain" at the end of a redirect's ServerName: what the
// MailboxId of the right MAPI URL is. "" when this is no redirect or it names a
// server without one.
func (p *LogonResponse) MailboxID() string {
	_, id, ok := cutLastFold(p.ServerName, "/cn=")
	if !ok || !strings.Contains(id, "@") {
		return ""
	}
	return id
}

func cutLastFold(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(strings.ToLower(s), sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// Encode appends the response.
func (p *LogonResponse) Encode(w *wire.Writer) {
	ok := p.write(w, RopLogon)
	switch {
	case p.ReturnValue == mapierr.WrongServer:
		w.U8(p.LogonFlags)
		writeCount8(w, len(p.ServerName)+1, "bytes of server name")
		w.ASCIIZ(p.ServerName)
	case ok:
		p.encodeStore(w)
	}
}

func (p *LogonResponse) encodeStore(w *wire.Writer) {
	w.U8(p.LogonFlags)
	for _, id := range p.FolderIDs {
		w.Raw(id[:])
	}
	private := p.LogonFlags&LogonPrivate != 0
	if private {
		w.U8(p.ResponseFlags)
		w.GUID(p.MailboxGUID)
	}
	w.U16(p.ReplID)
	w.GUID(p.ReplGUID)
	if !private {
		w.GUID(p.PerUserGUID)
		return
	}
	writeLogonTime(w, p.LogonTime)
	w.U64(p.GwartTime)
	w.U32(p.StoreState)
}

func (p *LogonResponse) decode(r *wire.Reader) {
	ok := p.read(r)
	switch {
	case p.ReturnValue == mapierr.WrongServer:
		p.LogonFlags = r.U8()
		p.ServerName = untilNUL(r.Bytes(int(r.U8())))
	case ok:
		p.decodeStore(r)
	}
}

func (p *LogonResponse) decodeStore(r *wire.Reader) {
	p.LogonFlags = r.U8()
	for i := range p.FolderIDs {
		p.FolderIDs[i] = readID[FolderID](r)
	}
	private := p.LogonFlags&LogonPrivate != 0
	if private {
		p.ResponseFlags = r.U8()
		p.MailboxGUID = r.GUID()
	}
	p.ReplID = r.U16()
	p.ReplGUID = r.GUID()
	if !private {
		p.PerUserGUID = r.GUID()
		return
	}
	p.LogonTime = readLogonTime(r)
	p.GwartTime = r.U64()
	p.StoreState = r.U32()
}

// readLogonTime takes second, minute, hour, weekday, day, month and a 16-bit year.
func readLogonTime(r *wire.Reader) time.Time {
	sec, minute, hour := int(r.U8()), int(r.U8()), int(r.U8())
	r.Skip(1) // the weekday follows from the date
	day, month, year := int(r.U8()), time.Month(r.U8()), int(r.U16())
	t := time.Date(year, month, day, hour, minute, sec, 0, time.UTC)
	// time.Date rolls the 31st of June into July: such a date is no date. Years
	// that RFC 3339 cannot tell are none either.
	same := t.Month() == month && t.Day() == day && t.Hour() == hour && t.Minute() == minute && t.Second() == sec
	if r.Err() != nil || !same || year < 1601 || year > 9999 {
		return time.Time{}
	}
	return t
}

func writeLogonTime(w *wire.Writer, t time.Time) {
	if t.IsZero() {
		w.U64(0)
		return
	}
	t = t.UTC()
	for _, n := range []int{t.Second(), t.Minute(), t.Hour(), int(t.Weekday()), t.Day(), int(t.Month())} {
		w.U8(uint8(n))
	}
	w.U16(uint16(t.Year()))
}
