package exchangetest

import (
	"strings"
	"testing"
	"time"

	"github.com/mapiscope/mapiscope/transport/emsmdb"
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
)

func TestMailboxRoundTrip(t *testing.T) {
	for _, manner := range []Manner{ExchangeSE, Gromox} {
		for _, flags := range []uint32{plainAnswer, 0} {
			t.Run(manner.String(), func(t *testing.T) {
				s := start(t, Options{Manner: manner})
				c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
				p := c.connect()
				if p.ErrorCode != mapierr.OK || p.DisplayName != "Alice Example" || p.PollsMax != time.Minute {
					t.Fatalf("Connect: %+v", p)
				}
				logon, store := c.logon()
				if store.MailboxGUID != c.user.MailboxGUID {
					t.Errorf("MailboxGuid %v, want %v", store.MailboxGUID, c.user.MailboxGUID)
				}
				if d := time.Since(store.LogonTime); d < -time.Second || d > time.Minute {
					t.Errorf("LogonTime is %v ago", d)
				}
				readInbox(t, c, flags, logon, store)
				if r := c.do("Disconnect", (&emsmdb.DisconnectRequest{}).Encode()); r.code() != "0" {
					t.Errorf("Disconnect: X-ResponseCode %q", r.code())
				}
				if n := s.Contexts(); n != 0 {
					t.Errorf("%d contexts are left", n)
				}
			})
		}
	}
}

func readInbox(t *testing.T, c *client, flags, logon uint32, store *rop.LogonResponse) {
	t.Helper()
	out := c.executeFlags(flags, []uint32{logon, rop.NoHandle, rop.NoHandle},
		&rop.GetPropertiesSpecificRequest{Columns: []props.Tag{props.TagMailboxOwnerName, props.TagMessageSizeExtended, props.TagComment}},
		&rop.GetReceiveFolderRequest{MessageClass: "IPM.Note"},
		&rop.OpenFolderRequest{Output: 1, FolderID: store.FolderIDs[rop.FolderInbox]},
		&rop.GetPropertiesSpecificRequest{Input: 1, Columns: []props.Tag{props.TagContentCount, props.TagContentUnreadCount, props.TagDisplayName}},
		&rop.GetContentsTableRequest{Input: 1, Output: 2, Flags: rop.TableNoNotifications},
		&rop.SetColumnsRequest{Input: 2, Columns: []props.Tag{props.TagSubject, props.TagMessageDeliveryTime, props.TagMessageSize}},
		&rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 2},
		&rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 50},
		&rop.ReleaseRequest{Input: 2}, &rop.ReleaseRequest{Input: 1},
		&rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 1},
		&rop.GetStoreStateRequest{})
	if len(out.Responses) != 10 {
		t.Fatalf("%d responses", len(out.Responses))
	}
	row := out.Responses[0].(*rop.GetPropertiesSpecificResponse).Row
	if name, _ := props.Get[string](row, props.TagMailboxOwnerName); name != "Alice Example" {
		t.Errorf("owner %q", name)
	}
	if size, _ := props.Get[int64](row, props.TagMessageSizeExtended); size != (24+512+3)<<10 {
		t.Errorf("size %d", size)
	}
	if code, _ := props.Get[mapierr.Code](row, props.TagComment); code != mapierr.NotFound {
		t.Errorf("a property that is not there: %v", row[2].V)
	}
	if f := out.Responses[1].(*rop.GetReceiveFolderResponse); f.FolderID != store.FolderIDs[rop.FolderInbox] {
		t.Errorf("receive folder %v", f.FolderID)
	}
	row = out.Responses[3].(*rop.GetPropertiesSpecificResponse).Row
	if n, _ := props.Get[int32](row, props.TagContentCount); n != 3 {
		t.Errorf("%d messages in the Inbox", n)
	}
	if n, _ := props.Get[int32](row, props.TagContentUnreadCount); n != 1 {
		t.Errorf("%d unread", n)
	}
	first, rest := out.Responses[6].(*rop.QueryRowsResponse), out.Responses[7].(*rop.QueryRowsResponse)
	if len(first.Rows) != 2 || first.Origin != rop.OriginCurrent || len(rest.Rows) != 1 || rest.Origin != rop.OriginEnd {
		t.Errorf("rows %d (origin %d) and %d (origin %d)", len(first.Rows), first.Origin, len(rest.Rows), rest.Origin)
	}
	if subject, _ := props.Get[string](rest.Rows[0], props.TagSubject); subject != "Lunch?" {
		t.Errorf("subject %q", subject)
	}
	if code := out.Responses[8].Code(); code != mapierr.InvalidObject {
		t.Errorf("a released table: %v", code)
	}
}

func TestHierarchy(t *testing.T) {
	s := start(t, Options{})
	c, logon, store := opened(t, s, 0)
	out := c.execute([]uint32{logon, rop.NoHandle, rop.NoHandle, rop.NoHandle},
		&rop.OpenFolderRequest{Output: 1, FolderID: store.FolderIDs[rop.FolderIPMSubtree]},
		&rop.GetHierarchyTableRequest{Input: 1, Output: 2},
		&rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 1},
		&rop.SetColumnsRequest{Input: 2, Columns: []props.Tag{props.TagDisplayName, props.TagFolderID, props.TagSubfolders}},
		&rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 50},
		&rop.OpenFolderRequest{Output: 3, FolderID: rop.FolderID{9, 9}})
	if n := out.Responses[1].(*rop.GetHierarchyTableResponse).RowCount; n != 8 {
		t.Errorf("%d folders", n)
	}
	if code := out.Responses[2].Code(); code != mapierr.NullObject {
		t.Errorf("rows without columns: %v", code)
	}
	names := map[string]bool{}
	for _, row := range out.Responses[4].(*rop.QueryRowsResponse).Rows {
		name, _ := props.Get[string](row, props.TagDisplayName)
		names[name] = true
	}
	if !names["Inbox"] || !names["Projects"] || len(names) != 8 {
		t.Errorf("folders %v", names)
	}
	if code := out.Responses[5].Code(); code != mapierr.NotFound || out.Handles[3] != rop.NoHandle {
		t.Errorf("a folder that is not there: %v, handle %#x", code, out.Handles[3])
	}
}

// A table that does not fit comes in pieces, without a row lost or doubled, and
// an operation whose answer does not fit is handed back.
func TestBufferTooSmall(t *testing.T) {
	alice := User{Address: "alice@contoso.test", Password: "x"}
	for range 600 {
		alice.Messages = append(alice.Messages, Message{Subject: strings.Repeat("long ", 60)})
	}
	s := start(t, Options{Users: []User{alice}})
	c, logon, store := opened(t, s, 0)
	columns := []props.Tag{props.TagMid, props.TagSubject}
	query := &rop.QueryRowsRequest{Input: 2, Forward: true, RowCount: 1000}
	out := c.execute([]uint32{logon, rop.NoHandle, rop.NoHandle},
		&rop.OpenFolderRequest{Output: 1, FolderID: store.FolderIDs[rop.FolderInbox]},
		&rop.GetContentsTableRequest{Input: 1, Output: 2}, &rop.SetColumnsRequest{Input: 2, Columns: columns}, query, query, query, query, query, query, query)
	handles := out.Handles
	seen := map[int64]bool{}
	note := func(p rop.Response) int {
		rows := p.(*rop.QueryRowsResponse).Rows
		for _, row := range rows {
			mid, _ := props.Get[int64](row, props.TagMid)
			if subject, _ := props.Get[string](row, props.TagSubject); seen[mid] || len(subject) != maxRowString || !strings.HasSuffix(subject, "...") {
				t.Fatalf("row %d came twice or its subject is %q", mid, subject)
			}
			seen[mid] = true
		}
		return len(rows)
	}
	n := len(out.Responses) - 1
	for _, p := range out.Responses[3:n] {
		note(p)
	}
	if last, ok := out.Responses[n].(*rop.BufferTooSmallResponse); !ok || len(last.Undone) == 0 {
		t.Fatalf("the last response of %d is %v", n, out.Responses[n].ID())
	}
	for note(c.execute(handles, query).Responses[0]) > 0 {
	}
	if len(seen) != 600 {
		t.Errorf("%d rows of 600", len(seen))
	}
	payload, err := (&rop.RequestBuffer{Requests: []rop.Request{&rop.GetPropertiesSpecificRequest{Columns: []props.Tag{props.TagMailboxOwnerName}}}, Handles: handles}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[uint32]mapierr.Code{7: mapierr.RPCFailed, 30: mapierr.BufferTooSmall, 0x8008: mapierr.OK} {
		r := c.do("Execute", (&emsmdb.ExecuteRequest{ROPs: [][]byte{payload}, MaxRopOut: limit}).Encode())
		if p, err := emsmdb.DecodeExecuteResponse(r.body); err != nil || p.StatusCode != want {
			t.Errorf("MaxRopOut %d: %+v, %v; want %v", limit, p, err, want)
		}
	}
}

func TestLogonRefusals(t *testing.T) {
	s := start(t, Options{})
	alice, bob := s.User(0), s.User(1)
	c := newClient(t, s, alice, s.MailStoreURL(alice))
	c.connect()
	flagless := rop.PrivateLogon(alice.LegacyDN)
	flagless.OpenFlags &^= rop.OpenUsePerMDBReplIDMapped
	for _, test := range []struct {
		what string
		q    *rop.LogonRequest
		want mapierr.Code
	}{
		{"another user's mailbox", rop.PrivateLogon(bob.LegacyDN), mapierr.LoginPerm},
		{"nobody's mailbox", rop.PrivateLogon("/o=X"), mapierr.UnknownUser},
		{"without the flag", flagless, mapierr.InvalidParameter},
	} {
		out := c.execute([]uint32{rop.NoHandle}, test.q)
		if got := out.Responses[0].Code(); got != test.want {
			t.Errorf("%s: %v, want %v", test.what, got, test.want)
		}
	}
	c.url = s.MailStoreURL(bob)
	out := c.execute([]uint32{rop.NoHandle}, rop.PrivateLogon(alice.LegacyDN))
	p := out.Responses[0].(*rop.LogonResponse)
	if p.Code() != mapierr.WrongServer || mapiURL(s.MailHost(), "emsmdb", p.MailboxID()) != s.MailStoreURL(alice) {
		t.Errorf("wrong MailboxId: %v, redirected to %q", p.Code(), p.MailboxID())
	}
}

func TestConnectRefusals(t *testing.T) {
	s := start(t, Options{})
	for _, test := range []struct {
		what string
		q    emsmdb.ConnectRequest
		want mapierr.Code
	}{
		{"no DN", emsmdb.ConnectRequest{}, mapierr.AccessDenied},
		{"unknown DN", emsmdb.ConnectRequest{UserDN: "/o=X"}, mapierr.UnknownUser},
		{"another user", emsmdb.ConnectRequest{UserDN: s.User(1).LegacyDN}, mapierr.AccessDenied},
		{"administrator", emsmdb.ConnectRequest{UserDN: s.User(0).LegacyDN, Flags: emsmdb.ConnectAdmin}, mapierr.LoginPerm},
	} {
		c := newClient(t, s, s.User(0), s.MailStoreURL(s.User(0)))
		r := c.do("Connect", test.q.Encode())
		p, err := emsmdb.DecodeConnectResponse(r.body)
		if err != nil || r.code() != "0" || p.ErrorCode != test.want {
			t.Errorf("%s: %+v, %v; want %v", test.what, p, err, test.want)
			continue
		}
		if len(p.AuxText) == 0 || c.cookies["MapiContext"] == "" {
			t.Errorf("%s: text %q, cookies %v", test.what, p.AuxText, c.cookies)
		}
		if r := c.do("Execute", executeBody(t, &rop.RequestBuffer{}, 0)); r.code() != "10" {
			t.Errorf("%s: the cookies of a refusal gave X-ResponseCode %q", test.what, r.code())
		}
	}
}
