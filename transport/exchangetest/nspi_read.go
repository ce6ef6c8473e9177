package exchangetest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
)

func (c *call) compareMIDs(_ *sessionContext, q *nspi.CompareMIdsRequest) nspi.Response {
	if c.s.book.byMID(q.MID1) == nil || c.s.book.byMID(q.MID2) == nil {
		return &nspi.CompareMIdsResponse{Result: failed(mapierr.GeneralFailure)}
	}
	return &nspi.CompareMIdsResponse{Comparison: int32(q.MID1) - int32(q.MID2)} // numbers are in the order of names
}

func (c *call) dnToMID(_ *sessionContext, q *nspi.DNToMIdRequest) nspi.Response {
	p := &nspi.DNToMIdResponse{MIDs: []nspi.MID{}}
	for _, dn := range q.Names {
		var mid nspi.MID
		if e := c.s.book.byDN(dn); e != nil {
			mid = e.mid
		}
		p.MIDs = append(p.MIDs, mid)
	}
	return p
}

func (c *call) getMatches(_ *sessionContext, q *nspi.GetMatchesRequest) nspi.Response {
	if code := badStat(q.Stat); code != mapierr.OK {
		return &nspi.GetMatchesResponse{Result: failed(code)}
	}
	var found []*entry
	for _, e := range c.s.book.entries {
		ok, known := c.s.book.holds(q.Filter, e)
		if !known {
			return &nspi.GetMatchesResponse{Result: failed(mapierr.TooComplex)}
		}
		if ok {
			found = append(found, e)
		}
	}
	if len(found) > int(q.RowCount) {
		return &nspi.GetMatchesResponse{Result: failed(mapierr.TableTooBig)}
	}
	p := &nspi.GetMatchesResponse{Stat: q.Stat, MIDs: []nspi.MID{}, Columns: columnsOr(q.Columns)}
	for _, e := range found {
		p.MIDs = append(p.MIDs, e.mid)
	}
	p.Rows = c.s.book.rows(found, p.Columns, 0)
	return p
}

// bookTags are the properties that entries have.
var bookTags = []props.Tag{props.TagObjectType, props.TagEntryID, props.TagDisplayName, props.TagAddressType,
	props.TagEmailAddress, props.TagDisplayType, props.TagSMTPAddress, props.TagAccount, props.TagProxyAddresses}

func (c *call) getPropList(_ *sessionContext, q *nspi.GetPropListRequest) nspi.Response {
	if c.s.book.byMID(q.MID) == nil {
		return &nspi.GetPropListResponse{Result: failed(mapierr.GeneralFailure)}
	}
	return &nspi.GetPropListResponse{Tags: bookTags}
}

func (c *call) getProps(_ *sessionContext, q *nspi.GetPropsRequest) nspi.Response {
	if code := badStat(q.Stat); code != mapierr.OK {
		return &nspi.GetPropsResponse{Result: failed(code)}
	}
	e := c.s.book.byMID(q.Stat.CurrentRec)
	if e == nil {
		return &nspi.GetPropsResponse{Result: failed(mapierr.GeneralFailure)}
	}
	tags := q.Tags
	if tags == nil {
		tags = bookTags
	}
	p := &nspi.GetPropsResponse{CodePage: q.Stat.CodePage, Values: c.s.book.row(e, tags, q.Flags)}
	for i, v := range p.Values { // what is not there is told by the type of its column
		if code, missing := v.V.(mapierr.Code); missing {
			p.Values[i] = props.Value{Tag: v.Tag.WithType(props.ErrorCode), V: code}
			p.ErrorCode = mapierr.ErrorsReturned
		}
	}
	return p
}

// specialTableVersion never changes: the containers do not.
const specialTableVersion uint32 = 1

func (c *call) getSpecialTable(_ *sessionContext, q *nspi.GetSpecialTableRequest) nspi.Response {
	if q.Stat == nil {
		return &nspi.GetSpecialTableResponse{Result: failed(mapierr.InvalidParameter)}
	}
	version := specialTableVersion
	p := &nspi.GetSpecialTableResponse{CodePage: q.Stat.CodePage, Version: &version}
	if q.Flags&nspi.AddressCreationTemplates != 0 || q.Version != nil && *q.Version == version {
		return p
	}
	gal := nspi.EntryID{Provider: nspi.ProviderNSPI, DisplayType: nspi.DisplayContainer, DN: "/"}
	p.Rows = [][]props.Value{{
		{Tag: props.TagEntryID, V: gal.Encode()}, {Tag: tagContainerFlags, V: int32(9)}, {Tag: tagDepth, V: int32(0)},
		{Tag: tagContainerID, V: int32(0)}, {Tag: props.TagDisplayName, V: ""}, {Tag: tagIsMaster, V: false},
	}}
	return p
}

func (c *call) queryColumns(*sessionContext, *nspi.QueryColumnsRequest) nspi.Response {
	return &nspi.QueryColumnsResponse{Columns: bookTags}
}

func (c *call) queryBookRows(_ *sessionContext, q *nspi.QueryRowsRequest) nspi.Response {
	b := c.s.book
	if len(q.ExplicitTable) > 0 {
		p := &nspi.QueryRowsResponse{Stat: q.Stat, Columns: columnsOr(q.Columns)}
		for _, mid := range q.ExplicitTable {
			if e := b.byMID(mid); e != nil {
				p.Rows = append(p.Rows, b.row(e, p.Columns, q.Flags))
			} else {
				p.Rows = append(p.Rows, readAll(p.Columns, func(props.Tag) any { return nil }))
			}
		}
		return p
	}
	if code := badStat(q.Stat); code != mapierr.OK {
		return &nspi.QueryRowsResponse{Result: failed(code)}
	}
	from, ok := b.place(q.Stat)
	if !ok {
		return &nspi.QueryRowsResponse{Result: failed(mapierr.InvalidBookmark)}
	}
	to := min(from+int(min(q.RowCount, 1000)), len(b.entries))
	columns := columnsOr(q.Columns)
	return &nspi.QueryRowsResponse{Stat: b.at(*q.Stat, to), Columns: columns, Rows: b.rows(b.entries[from:to], columns, q.Flags)}
}

func (c *call) resolveNames(_ *sessionContext, q *nspi.ResolveNamesRequest) nspi.Response {
	if code := badStat(q.Stat); code != mapierr.OK {
		return &nspi.ResolveNamesResponse{Result: failed(code)}
	}
	p := &nspi.ResolveNamesResponse{CodePage: q.Stat.CodePage, MIDs: []nspi.MID{}, Columns: columnsOr(q.Tags)}
	for _, name := range q.Names {
		found := c.s.book.matching(name)
		if c.b.bookHides {
			found = nil
		}
		switch len(found) {
		case 0:
			p.MIDs = append(p.MIDs, nspi.Unresolved)
		case 1:
			p.MIDs = append(p.MIDs, nspi.Resolved)
			p.Rows = append(p.Rows, c.s.book.row(found[0], p.Columns, 0))
		default:
			p.MIDs = append(p.MIDs, nspi.Ambiguous)
		}
	}
	return p
}

func (c *call) seekEntries(_ *sessionContext, q *nspi.SeekEntriesRequest) nspi.Response {
	b := c.s.book
	if code := badStat(q.Stat); code != mapierr.OK {
		return &nspi.SeekEntriesResponse{Result: failed(code)}
	}
	if q.Target == nil || q.Target.Tag.ID() != props.TagDisplayName.ID() {
		return &nspi.SeekEntriesResponse{Result: failed(mapierr.GeneralFailure)}
	}
	wanted, _ := q.Target.V.(string)
	i := slices.IndexFunc(b.entries, func(e *entry) bool { return strings.ToLower(e.name) >= strings.ToLower(wanted) })
	if i < 0 {
		return &nspi.SeekEntriesResponse{Result: failed(mapierr.NotFound)}
	}
	p := &nspi.SeekEntriesResponse{Stat: b.at(*q.Stat, i)}
	if q.Columns != nil {
		p.Columns, p.Rows = q.Columns, b.rows(b.entries[i:], q.Columns, 0)
	}
	return p
}

func (c *call) updateStat(_ *sessionContext, q *nspi.UpdateStatRequest) nspi.Response {
	if code := badStat(q.Stat); code != mapierr.OK {
		return &nspi.UpdateStatResponse{Result: failed(code)}
	}
	before := *q.Stat
	before.Delta = 0
	from, ok := c.s.book.place(&before)
	to, _ := c.s.book.place(q.Stat)
	if !ok {
		return &nspi.UpdateStatResponse{Result: failed(mapierr.InvalidBookmark)}
	}
	p := &nspi.UpdateStatResponse{Stat: c.s.book.at(*q.Stat, to)}
	if moved := int32(to - from); q.DeltaRequested {
		p.Delta = &moved
	}
	return p
}

// getMailboxURL turns the DN of a mailbox server, as in a logon redirect, into a
// URL. The DN of a mailbox itself is understood as well.
func (c *call) getMailboxURL(_ *sessionContext, q *nspi.GetMailboxURLRequest) nspi.Response {
	for _, u := range c.s.users {
		if strings.EqualFold(q.ServerDN, c.s.serverDN(u)) || strings.EqualFold(q.ServerDN, u.LegacyDN) {
			return &nspi.GetMailboxURLResponse{URL: c.s.MailStoreURL(u)}
		}
	}
	return &nspi.GetMailboxURLResponse{Result: failed(mapierr.NotFound)}
}

func (c *call) getAddressBookURL(_ *sessionContext, q *nspi.GetAddressBookURLRequest) nspi.Response {
	if u := c.s.userByDN(c.b.dn(q.UserDN)); u != nil {
		return &nspi.GetAddressBookURLResponse{URL: mapiURL(cmp.Or(c.b.bookHost, c.s.names.mail), "nspi", c.s.mailboxID(*u))}
	}
	return &nspi.GetAddressBookURLResponse{Result: failed(mapierr.NotFound)}
}
