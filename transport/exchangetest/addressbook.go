package exchangetest

import (
	"slices"
	"strings"

	"github.com/mapiscope/mapiscope/transport/nspi"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// addressBook is the global address list: the accounts and a distribution list,
// by display name.
type addressBook struct {
	guid    wire.GUID
	entries []*entry
}

// entry is an object of the address book.
type entry struct {
	mid     nspi.MID
	name    string
	address string
	dn      string
	account string
	kind    nspi.DisplayType
}

// firstMID is the first number that is not a signal (MS-OXNSPI 2.2.9.1).
const firstMID = 0x10

func newAddressBook(n names, users []User) *addressBook {
	b := &addressBook{guid: wire.NewGUID()}
	for i := range users {
		u := &users[i]
		b.entries = append(b.entries, &entry{name: u.DisplayName, address: u.Address, dn: u.LegacyDN, account: u.sam()})
	}
	b.entries = append(b.entries, &entry{name: "All Staff", address: "staff@" + n.domain, account: "staff",
		dn: adminGroupDN + "/cn=Recipients/cn=all-staff", kind: nspi.DisplayDistList})
	slices.SortFunc(b.entries, func(x, y *entry) int { return strings.Compare(strings.ToLower(x.name), strings.ToLower(y.name)) })
	for i, e := range b.entries {
		e.mid = firstMID + nspi.MID(i)
	}
	return b
}

// object types of PidTagObjectType (MS-OXCMAPIHTTP uses those of MS-OXNSPI).
const (
	objectMailUser int32 = 6
	objectDistList int32 = 8
)

// defaultColumns are the ones of a request without columns (MS-OXNSPI 3.1.4.1.8).
var defaultColumns = []props.Tag{tagContainerID, props.TagObjectType, props.TagDisplayType,
	props.TagDisplayName, tagTelephone, tagDepartment, props.TagOfficeLocation}

// of is a property of e; nil when it has none.
func (b *addressBook) of(e *entry, tag props.Tag, flags uint32) any {
	switch tag.ID() {
	case props.TagDisplayName.ID():
		return e.name
	case props.TagSMTPAddress.ID():
		return e.address
	case props.TagEmailAddress.ID():
		return e.dn
	case props.TagAddressType.ID():
		return "EX"
	case props.TagAccount.ID():
		return e.account
	case props.TagProxyAddresses.ID():
		return []string{"SMTP:" + e.address}
	case props.TagDisplayType.ID():
		return int32(e.kind)
	case props.TagObjectType.ID():
		if e.kind == nspi.DisplayDistList {
			return objectDistList
		}
		return objectMailUser
	case props.TagEntryID.ID():
		return b.entryID(e, flags).Encode()
	}
	return nil
}

func (b *addressBook) entryID(e *entry, flags uint32) nspi.EntryID {
	if flags&nspi.EphemeralIDs != 0 {
		return nspi.EntryID{Ephemeral: true, Provider: b.guid, DisplayType: e.kind, MID: e.mid}
	}
	return nspi.EntryID{Provider: nspi.ProviderNSPI, DisplayType: e.kind, DN: e.dn}
}

// row reads columns of e. A value whose type is not the asked one is an error of
// that column (readAll).
func (b *addressBook) row(e *entry, columns []props.Tag, flags uint32) []props.Value {
	return readAll(columns, func(tag props.Tag) any { return b.of(e, tag, flags) })
}

func (b *addressBook) rows(list []*entry, columns []props.Tag, flags uint32) [][]props.Value {
	out := make([][]props.Value, len(list))
	for i, e := range list {
		out[i] = b.row(e, columns, flags)
	}
	return out
}

func (b *addressBook) byMID(mid nspi.MID) *entry {
	if mid < firstMID || int(mid-firstMID) >= len(b.entries) {
		return nil
	}
	return b.entries[mid-firstMID]
}

func (b *addressBook) byDN(dn string) *entry {
	i := slices.IndexFunc(b.entries, func(e *entry) bool { return strings.EqualFold(e.dn, dn) })
	if i < 0 {
		return nil
	}
	return b.entries[i]
}

// matching is ambiguous name resolution: an exact address, DN or account, else
// the beginning of a word of the name.
func (b *addressBook) matching(name string) (out []*entry) {
	name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "smtp:")
	name, exact := strings.CutPrefix(name, "=")
	for _, e := range b.entries {
		if slices.Contains([]string{strings.ToLower(e.address), strings.ToLower(e.dn), strings.ToLower(e.account), strings.ToLower(e.name)}, name) {
			return []*entry{e}
		}
	}
	if exact || name == "" {
		return nil
	}
	for _, e := range b.entries {
		if strings.HasPrefix(strings.ToLower(e.name), name) || strings.Contains(strings.ToLower(e.name), " "+name) {
			out = append(out, e)
		}
	}
	return out
}

// place is the index that stat points to, and whether it makes sense.
func (b *addressBook) place(stat *nspi.Stat) (int, bool) {
	i := 0
	switch {
	case stat.CurrentRec == nspi.PositionEnd:
		i = len(b.entries)
	case stat.CurrentRec == nspi.PositionCurrent:
		i = int(stat.NumPos)
	case stat.CurrentRec != nspi.PositionBeginning:
		if b.byMID(stat.CurrentRec) == nil {
			return 0, false
		}
		i = int(stat.CurrentRec - firstMID)
	}
	return min(max(i+int(stat.Delta), 0), len(b.entries)), true
}

// at is stat pointing at index i.
func (b *addressBook) at(stat nspi.Stat, i int) *nspi.Stat {
	stat.Delta, stat.NumPos, stat.TotalRecs = 0, uint32(i), uint32(len(b.entries))
	stat.CurrentRec = nspi.PositionEnd
	if i < len(b.entries) {
		stat.CurrentRec = b.entries[i].mid
	}
	return &stat
}
