package exchangetest

import (
	"testing"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// look sends one address book request and decodes the answer.
func look[P any](c *client, q interface {
	nspi.Request
	RequestType() string
}, decode func([]byte) (P, error)) P {
	c.t.Helper()
	body, err := q.Encode()
	if err != nil {
		c.t.Fatal(err)
	}
	r := c.do(q.RequestType(), body)
	if r.code() != "0" {
		c.t.Fatalf("%s: X-ResponseCode %q: %s", q.RequestType(), r.code(), r.raw)
	}
	p, err := decode(r.body)
	if err != nil {
		c.t.Fatalf("%s: %v", q.RequestType(), err)
	}
	return p
}

func bound(t *testing.T, s *Server) *client {
	t.Helper()
	c := newClient(t, s, s.User(0), s.AddressBookURL(s.User(0)))
	p := look(c, &nspi.BindRequest{Stat: nspi.DefaultStat()}, nspi.DecodeBindResponse)
	if p.ErrorCode != mapierr.OK || p.ServerGUID == (wire.GUID{}) {
		t.Fatalf("Bind: %+v", p)
	}
	return c
}

var bookColumns = []props.Tag{props.TagDisplayName, props.TagSMTPAddress, props.TagEmailAddress, props.TagComment}

func TestAddressBookLookups(t *testing.T) {
	s := start(t, Options{})
	c := bound(t, s)
	alice := s.User(0)

	r := look(c, &nspi.ResolveNamesRequest{Stat: nspi.DefaultStat(), Tags: bookColumns, Names: []string{alice.Address, "example", "nobody"}}, nspi.DecodeResolveNamesResponse)
	if len(r.MIDs) != 3 || r.MIDs[0] != nspi.Resolved || r.MIDs[1] != nspi.Ambiguous || r.MIDs[2] != nspi.Unresolved || len(r.Rows) != 1 {
		t.Fatalf("ResolveNames: %+v", r)
	}
	if dn, _ := props.Get[string](r.Rows[0], props.TagEmailAddress); dn != alice.LegacyDN {
		t.Errorf("legacy DN %q", dn)
	}
	if code, _ := props.Get[mapierr.Code](r.Rows[0], props.TagComment); code != mapierr.NotFound {
		t.Errorf("a property that is not there: %v", r.Rows[0][3].V)
	}

	rows := look(c, &nspi.QueryRowsRequest{Stat: nspi.DefaultStat(), RowCount: 2, Columns: bookColumns}, nspi.DecodeQueryRowsResponse)
	if len(rows.Rows) != 2 || rows.Stat.NumPos != 2 || rows.Stat.TotalRecs != 4 {
		t.Fatalf("QueryRows: %+v", rows)
	}
	if name, _ := props.Get[string](rows.Rows[1], props.TagDisplayName); name != "All Staff" {
		t.Errorf("second entry %q", name)
	}
	next := look(c, &nspi.QueryRowsRequest{Stat: rows.Stat, RowCount: 50, Columns: bookColumns}, nspi.DecodeQueryRowsResponse)
	if len(next.Rows) != 2 || next.Stat.CurrentRec != nspi.PositionEnd {
		t.Errorf("the rest: %d rows, %v", len(next.Rows), next.Stat)
	}

	mids := look(c, &nspi.DNToMIdRequest{Names: []string{alice.LegacyDN, "/o=X"}}, nspi.DecodeDNToMIdResponse)
	if len(mids.MIDs) != 2 || mids.MIDs[0] < firstMID || mids.MIDs[1] != 0 {
		t.Fatalf("DNToMId: %v", mids.MIDs)
	}
	stat := nspi.DefaultStat()
	stat.CurrentRec = mids.MIDs[0]
	got := look(c, &nspi.GetPropsRequest{Stat: stat, Tags: bookColumns}, nspi.DecodeGetPropsResponse)
	if name, _ := props.Get[string](got.Values, props.TagDisplayName); name != alice.DisplayName || got.ErrorCode != mapierr.ErrorsReturned {
		t.Errorf("GetProps: %+v", got)
	}
	got = look(c, &nspi.GetPropsRequest{Stat: stat}, nspi.DecodeGetPropsResponse)
	if list, _ := props.Get[[]string](got.Values, props.TagProxyAddresses); len(list) != 1 || got.ErrorCode != mapierr.OK {
		t.Errorf("GetProps without tags: %+v", got)
	}
}

func TestAddressBookRest(t *testing.T) {
	s := start(t, Options{})
	c := bound(t, s)
	alice := s.User(0)

	filter := &nspi.And{Of: []nspi.Restriction{
		&nspi.Content{FuzzyLow: nspi.Prefix, Tag: props.TagDisplayName, Value: &props.Value{Tag: props.TagDisplayName, V: "al"}},
		&nspi.Not{Of: &nspi.Property{Op: nspi.Equal, Tag: props.TagDisplayType, Value: &props.Value{Tag: props.TagDisplayType, V: int32(nspi.DisplayDistList)}}},
		&nspi.Exist{Tag: props.TagSMTPAddress},
	}}
	m := look(c, &nspi.GetMatchesRequest{Stat: nspi.DefaultStat(), Filter: filter, RowCount: 10, Columns: bookColumns}, nspi.DecodeGetMatchesResponse)
	if len(m.MIDs) != 1 || len(m.Rows) != 1 || m.ErrorCode != mapierr.OK {
		t.Fatalf("GetMatches: %+v", m)
	}
	if m := look(c, &nspi.GetMatchesRequest{Stat: nspi.DefaultStat(), RowCount: 1}, nspi.DecodeGetMatchesResponse); m.ErrorCode != mapierr.TableTooBig {
		t.Errorf("too many matches: %v", m.ErrorCode)
	}

	table := look(c, &nspi.GetSpecialTableRequest{Stat: nspi.DefaultStat()}, nspi.DecodeGetSpecialTableResponse)
	if len(table.Rows) != 1 || table.Version == nil {
		t.Fatalf("GetSpecialTable: %+v", table)
	}
	if again := look(c, &nspi.GetSpecialTableRequest{Stat: nspi.DefaultStat(), Version: table.Version}, nspi.DecodeGetSpecialTableResponse); len(again.Rows) != 0 {
		t.Errorf("with the same version: %d rows", len(again.Rows))
	}

	u := look(c, &nspi.GetMailboxURLRequest{ServerDN: s.serverDN(alice)}, nspi.DecodeGetMailboxURLResponse)
	if u.URL != s.MailStoreURL(alice) {
		t.Errorf("GetMailboxUrl: %q", u.URL)
	}
	if u := look(c, &nspi.GetAddressBookURLRequest{UserDN: alice.LegacyDN}, nspi.DecodeGetAddressBookURLResponse); u.URL != s.AddressBookURL(alice) {
		t.Errorf("GetAddressBookUrl: %q", u.URL)
	}
	if u := look(c, &nspi.GetMailboxURLRequest{ServerDN: "/o=X"}, nspi.DecodeGetMailboxURLResponse); u.ErrorCode != mapierr.NotFound {
		t.Errorf("GetMailboxUrl of nothing: %v", u.ErrorCode)
	}

	cmp := look(c, &nspi.CompareMIdsRequest{MID1: firstMID, MID2: firstMID + 1}, nspi.DecodeCompareMIdsResponse)
	if cmp.Comparison >= 0 {
		t.Errorf("CompareMIds: %d", cmp.Comparison)
	}
	if l := look(c, &nspi.GetPropListRequest{MID: firstMID}, nspi.DecodeGetPropListResponse); len(l.Tags) != len(bookTags) {
		t.Errorf("GetPropList: %v", l.Tags)
	}
	if q := look(c, &nspi.QueryColumnsRequest{}, nspi.DecodeQueryColumnsResponse); len(q.Columns) != len(bookTags) {
		t.Errorf("QueryColumns: %v", q.Columns)
	}
	seek := look(c, &nspi.SeekEntriesRequest{Stat: nspi.DefaultStat(), Target: &props.Value{Tag: props.TagDisplayName, V: "bo"}, Columns: bookColumns}, nspi.DecodeSeekEntriesResponse)
	if len(seek.Rows) != 2 || seek.Stat.NumPos != 2 {
		t.Errorf("SeekEntries: %+v", seek)
	}
	stat := nspi.DefaultStat()
	stat.Delta = 3
	if up := look(c, &nspi.UpdateStatRequest{Stat: stat, DeltaRequested: true}, nspi.DecodeUpdateStatResponse); up.Delta == nil || *up.Delta != 3 || up.Stat.NumPos != 3 {
		t.Errorf("UpdateStat: %+v", up)
	}

	if p := look(c, &nspi.UnbindRequest{}, nspi.DecodeUnbindResponse); p.ErrorCode != nspi.UnbindSuccess || s.Contexts() != 0 {
		t.Errorf("Unbind: %v, %d contexts", p.ErrorCode, s.Contexts())
	}
}

func TestAddressBookRefusals(t *testing.T) {
	s := start(t, Options{})
	c := newClient(t, s, s.User(0), s.AddressBookURL(s.User(0)))
	wide := nspi.DefaultStat()
	wide.CodePage = wideCodePage
	if p := look(c, &nspi.BindRequest{Stat: wide}, nspi.DecodeBindResponse); p.ErrorCode != mapierr.InvalidCodePage || s.Contexts() != 0 {
		t.Errorf("code page: %v, %d contexts", p.ErrorCode, s.Contexts())
	}
	if p := look(c, &nspi.BindRequest{Flags: nspi.BindAnonymous, Stat: nspi.DefaultStat()}, nspi.DecodeBindResponse); p.ErrorCode != mapierr.LoginFailure {
		t.Errorf("anonymous: %v", p.ErrorCode)
	}
	clear(c.cookies)
	look(c, &nspi.BindRequest{Stat: nspi.DefaultStat()}, nspi.DecodeBindResponse)
	elsewhere := nspi.DefaultStat()
	elsewhere.ContainerID = 4711
	if p := look(c, &nspi.QueryRowsRequest{Stat: elsewhere, RowCount: 1}, nspi.DecodeQueryRowsResponse); p.ErrorCode != mapierr.InvalidBookmark {
		t.Errorf("container: %v", p.ErrorCode)
	}
	if p := look(c, &nspi.GetPropsRequest{Stat: nspi.DefaultStat()}, nspi.DecodeGetPropsResponse); p.ErrorCode != mapierr.GeneralFailure {
		t.Errorf("no object: %v", p.ErrorCode)
	}
	c.url = s.MailStoreURL(s.User(0)) // the context of one endpoint is none of the other
	if r := c.do("Execute", executeBody(t, emptyBatch, 0)); r.code() != "10" {
		t.Errorf("address book cookies for the mailbox: X-ResponseCode %q", r.code())
	}
}
