package rop

import (
	"reflect"
	"testing"

	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// One vector for each condition of the layout in MS-OXCNOTIF 2.2.1.4.1.2.
func init() {
	const head, f, m = "2A 11 00 00 00 00 ", "01 00 00 00 00 00 01 12 ", "01 00 00 00 00 00 02 34 "
	mid := MessageID{1, 0, 0, 0, 0, 0, 2, 0x34}
	tags := []props.Tag{props.TagSubject}
	message := TableRowID{inbox, mid, 1}
	event := func(name, rest string, p NotifyResponse) {
		p.Handle = 0x11
		response(name, head+rest, &p)
	}
	event("new mail", "02 80"+f+m+"01 00 00 00 | 00 | 49 50 4D 00", NotifyResponse{Flags: 0x8002,
		FolderID: inbox, MessageID: mid, MessageFlags: 1, MessageClass: "IPM"})
	event("new mail, Unicode", "02 80"+f+m+"00 00 00 00 | 01 | 49 00 00 00", NotifyResponse{Flags: 0x8002,
		FolderID: inbox, MessageID: mid, Unicode: true, MessageClass: "I"})
	event("message created", "04 80"+f+m+"01 00 1F 00 37 00", NotifyResponse{Flags: 0x8004,
		FolderID: inbox, MessageID: mid, Tags: tags})
	event("message created in a search folder", "04 C0"+f+m+f+"FF FF", NotifyResponse{Flags: 0xC004,
		FolderID: inbox, MessageID: mid, ParentFolderID: inbox, TagsUnlisted: true})
	event("folder created", "04 00"+f+f+"00 00", NotifyResponse{Flags: 0x0004, FolderID: inbox, ParentFolderID: inbox})
	event("folder deleted", "08 00"+f+f, NotifyResponse{Flags: 0x0008, FolderID: inbox, ParentFolderID: inbox})
	event("message deleted", "08 80"+f+m, NotifyResponse{Flags: 0x8008, FolderID: inbox, MessageID: mid})
	event("folder modified, counts", "10 30"+f+"FF FF | 05 00 00 00 | 02 00 00 00", NotifyResponse{Flags: 0x3010,
		FolderID: inbox, TagsUnlisted: true, TotalMessages: 5, UnreadMessages: 2})
	event("message moved", "20 80"+f+m+f+m, NotifyResponse{Flags: 0x8020,
		FolderID: inbox, MessageID: mid, OldFolderID: inbox, OldMessageID: mid})
	event("folder copied", "40 00"+f+f+f+f, NotifyResponse{Flags: 0x0040,
		FolderID: inbox, ParentFolderID: inbox, OldFolderID: inbox, OldParentID: inbox})
	event("search complete", "80 00"+f, NotifyResponse{Flags: 0x0080, FolderID: inbox})
	event("table changed", "00 01 01 00", NotifyResponse{Flags: 0x0100, TableEvent: TableChanged})
	event("row of messages added", "00 81 03 00"+f+m+"01 00 00 00"+f+m+"01 00 00 00 | 03 00 00 41 00",
		NotifyResponse{Flags: 0x8100, TableEvent: TableRowAdded, Row: message, InsertAfter: message, RowData: []byte{0, 0x41, 0}})
	event("row of folders modified", "00 01 05 00"+f+f+"00 00", NotifyResponse{Flags: 0x0100,
		TableEvent: TableRowModified, Row: TableRowID{FolderID: inbox}, InsertAfter: TableRowID{FolderID: inbox}, RowData: []byte{}})
	event("row of messages deleted", "00 81 04 00"+f+m+"01 00 00 00", NotifyResponse{Flags: 0x8100,
		TableEvent: TableRowDeleted, Row: message})
	event("extended", "00 04", NotifyResponse{Flags: 0x0400})
}

func TestNotifyRefusals(t *testing.T) {
	for name, text := range map[string]string{
		"no type":        "11 00 00 00 00 | 00 80",
		"two types":      "11 00 00 00 00 | 06 00" + "00000000000000000000000000000000",
		"unknown type":   "11 00 00 00 00 | 00 02",
		"tag count":      "11 00 00 00 00 | 10 00 | 01 00 00 00 00 00 01 12 | FE FF",
		"row size":       "11 00 00 00 00 | 00 01 05 00 | 0000000000000000 0000000000000000 | 02 00 | 00",
		"no class's end": "11 00 00 00 00 | 02 00 | 0000000000000000 | 00 00 00 00 | 00 | 41",
	} {
		r := wire.NewReader(unhex(t, text))
		if new(NotifyResponse).decode(r); r.Err() == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func TestNotifyRow(t *testing.T) {
	cols := []props.Tag{props.TagSubject}
	p := &NotifyResponse{RowData: unhex(t, "00 41 00 00 00")}
	p.readRow(cols)
	if want := []props.Value{{Tag: props.TagSubject, V: "A"}}; !reflect.DeepEqual(p.RowValues, want) {
		t.Errorf("read %v", p.RowValues)
	}
	for name, c := range map[string]struct {
		data []byte
		cols []props.Tag
	}{
		"columns not known": {unhex(t, "00 41 00 00 00"), nil},
		"other columns":     {unhex(t, "00 41 00 00 00"), []props.Tag{props.TagFolderID}},
		"bytes left over":   {unhex(t, "00 41 00 00 00 00"), cols},
		"no row":            {nil, cols},
	} {
		p := &NotifyResponse{RowData: c.data}
		if p.readRow(c.cols); p.RowValues != nil {
			t.Errorf("%s: %v", name, p.RowValues)
		}
	}
}
