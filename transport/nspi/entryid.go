package nspi

import (
	"github.com/mapiscope/mapiscope/transport/wire"
)

// DisplayType says what kind of object an entry id names (MS-OXNSPI 2.2.1.3).
type DisplayType uint32

// The kinds of objects.
const (
	DisplayMailUser        DisplayType = 0x0
	DisplayDistList        DisplayType = 0x1
	DisplayForum           DisplayType = 0x2
	DisplayAgent           DisplayType = 0x3
	DisplayOrganization    DisplayType = 0x4
	DisplayPrivateDistList DisplayType = 0x5
	DisplayRemoteMailUser  DisplayType = 0x6
	DisplayContainer       DisplayType = 0x100
	DisplayTemplate        DisplayType = 0x101
	DisplayAddressTemplate DisplayType = 0x102
	DisplaySearch          DisplayType = 0x200
)

// ProviderNSPI is the provider of permanent entry ids (GUID_NSPI, MS-OXNSPI
// 2.2.1.7).
var ProviderNSPI = wire.GUID{0xDC, 0xA7, 0x40, 0xC8, 0xC0, 0x42, 0x10, 0x1A, 0xB4, 0xB9, 0x08, 0x00, 0x2B, 0x2F, 0xE1, 0x82}

// EntryID names an address book object in the permanent form, by its DN, or in
// the ephemeral form, by a MID that is good for one server (MS-OXNSPI 2.2.9.2
// and 2.2.9.3).
type EntryID struct {
	Ephemeral   bool
	Provider    wire.GUID // ProviderNSPI, or for an ephemeral id the ServerGUID of Bind
	DisplayType DisplayType
	DN          string // permanent
	MID         MID    // ephemeral
}

const (
	idTypePermanent = 0x00
	idTypeEphemeral = 0x87
)

// ParseEntryID reads an entry id of either form, as in PidTagEntryId; the error
// is a *wire.Error.
func ParseEntryID(b []byte) (EntryID, error) {
	var e EntryID
	r := wire.NewReader(b)
	e.fields(&layout{r: r})
	return e, r.Finish()
}

// Encode is the entry id as bytes.
func (e EntryID) Encode() []byte {
	var w wire.Writer
	e.fields(&layout{w: &w})
	return w.Bytes()
}

func (e *EntryID) fields(l *layout) {
	var idType uint8 = idTypePermanent
	if e.Ephemeral {
		idType = idTypeEphemeral
	}
	version := uint32(1)
	l.u8(&idType)
	var flags [3]uint8
	for i := range flags {
		l.u8(&flags[i])
	}
	l.guid(&e.Provider)
	l.u32(&version)
	l.display(&e.DisplayType)
	e.Ephemeral = idType == idTypeEphemeral
	if e.Ephemeral {
		l.mid(&e.MID)
	} else {
		l.asciiz(&e.DN)
	}
	if l.r != nil && (idType != idTypeEphemeral && idType != idTypePermanent || version != 1) {
		l.r.Fail("entry id of type 0x%02X, version %d", idType, version)
	}
}
