package nspi

// MID is a Minimal Entry ID: the number of an object, good only for the session
// and server that gave it (MS-OXNSPI 2.2.9.1). Values below 0x10 are signals.
type MID uint32

// Positions in a table, for Stat.CurrentRec (MS-OXNSPI 2.2.1.8).
const (
	PositionBeginning MID = 0
	PositionCurrent   MID = 1 // UpdateStat only
	PositionEnd       MID = 2
)

// What ResolveNames makes of a name (MS-OXNSPI 2.2.1.9).
const (
	Unresolved MID = 0
	Ambiguous  MID = 1
	Resolved   MID = 2
)

// Sort orders for Stat.SortType (MS-OXNSPI 2.2.1.10).
const (
	SortDisplayName         uint32 = 0
	SortPhoneticDisplayName uint32 = 3
)

// Stat is the client's place in a table of the address book (STAT, MS-OXNSPI
// 2.2.8): 36 bytes, sent back and forth.
type Stat struct {
	SortType       uint32
	ContainerID    MID // 0: the global address list
	CurrentRec     MID
	Delta          int32 // rows from CurrentRec
	NumPos         uint32
	TotalRecs      uint32
	CodePage       uint32 // of 8-bit strings, 1252 for instance; not 1200
	TemplateLocale uint32 // language id
	SortLocale     uint32 // language id, 0x409 by default
}

// DefaultStat is a place at the start of the global address list.
func DefaultStat() *Stat { return &Stat{CodePage: 1252, TemplateLocale: 0x409, SortLocale: 0x409} }

func (s *Stat) fields(l *layout) {
	l.u32(&s.SortType)
	l.mid(&s.ContainerID)
	l.mid(&s.CurrentRec)
	l.i32(&s.Delta)
	l.u32(&s.NumPos)
	l.u32(&s.TotalRecs)
	l.u32(&s.CodePage)
	l.u32(&s.TemplateLocale)
	l.u32(&s.SortLocale)
}
