package nspi

import (
	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// layout walks the fields of a body once, either reading or writing them: a
// body's layout is stated in one place and its two directions cannot disagree.
// Exactly one of r and w is set. Writing leaves the message untouched, so that one
// message may be sent from several goroutines.
type layout struct {
	r *wire.Reader
	w *wire.Writer
}

// field walks one number.
func field[T any](l *layout, p *T, read func(*wire.Reader) T, write func(*wire.Writer, T)) {
	if l.r != nil {
		*p = read(l.r)
	} else {
		write(l.w, *p)
	}
}

func (l *layout) u8(p *uint8)   { field(l, p, (*wire.Reader).U8, (*wire.Writer).U8) }
func (l *layout) u16(p *uint16) { field(l, p, (*wire.Reader).U16, (*wire.Writer).U16) }
func (l *layout) u32(p *uint32) { field(l, p, (*wire.Reader).U32, (*wire.Writer).U32) }

func (l *layout) i32(p *int32) {
	u := uint32(*p)
	l.u32(&u)
	if l.r != nil {
		*p = int32(u)
	}
}

func (l *layout) code(p *mapierr.Code)   { l.u32((*uint32)(p)) }
func (l *layout) mid(p *MID)             { l.u32((*uint32)(p)) }
func (l *layout) tag(p *props.Tag)       { l.u32((*uint32)(p)) }
func (l *layout) display(p *DisplayType) { l.u32((*uint32)(p)) }
func (l *layout) guid(p *wire.GUID)      { field(l, p, (*wire.Reader).GUID, (*wire.Writer).GUID) }
func (l *layout) asciiz(p *string)       { field(l, p, (*wire.Reader).ASCIIZ, (*wire.Writer).ASCIIZ) }
func (l *layout) utf16z(p *string)       { field(l, p, (*wire.Reader).UTF16Z, (*wire.Writer).UTF16Z) }

// reserved is a u32 that is sent as 0 and ignored.
func (l *layout) reserved() {
	var zero uint32
	l.u32(&zero)
}

// has walks a HasX byte: 0xFF is sent, any value but 0 is understood (MS-OXCMAPIHTTP
// 2.2.5). It says whether the field follows.
func (l *layout) has(present bool) bool {
	if l.r != nil {
		return l.r.U8() != 0
	}
	if present {
		l.w.U8(0xFF)
	} else {
		l.w.U8(0)
	}
	return present
}

func (l *layout) boolean(p *bool) {
	if present := l.has(*p); l.r != nil {
		*p = present
	}
}

// optional walks a field behind its HasX byte; nil is absent.
func optional[T any](l *layout, p **T, fields func(*T)) {
	if !l.has(*p != nil) {
		return
	}
	if l.r != nil {
		*p = new(T)
	}
	fields(*p)
}

// list walks a 32-bit count and its elements, each at least minSize bytes.
func list[T any](l *layout, p *[]T, minSize int, element func(*T)) {
	if l.r != nil {
		*p = make([]T, l.r.Count32(minSize))
	} else {
		l.w.U32(uint32(len(*p)))
	}
	for i := range *p {
		element(&(*p)[i])
		if l.r != nil && l.r.Err() != nil {
			return
		}
	}
}

// optionalList walks a list behind its HasX byte; nil is absent.
func optionalList[T any](l *layout, p *[]T, minSize int, element func(*T)) {
	if l.has(*p != nil) {
		list(l, p, minSize, element)
	}
}

func (l *layout) stat(p **Stat) { optional(l, p, func(s *Stat) { s.fields(l) }) }

func (l *layout) mids(p *[]MID) { optionalList(l, p, 4, l.mid) }

// maxColumns is the most a LargePropertyTagArray may hold (MS-OXCMAPIHTTP 2.2.1.8).
const maxColumns = 100000

// columns walks a LargePropertyTagArray.
func (l *layout) columns(p *[]props.Tag) {
	list(l, p, 4, l.tag)
	if l.r != nil && len(*p) > maxColumns {
		l.r.Fail("%d columns are more than the %d allowed", len(*p), maxColumns)
	}
}

func (l *layout) optionalColumns(p *[]props.Tag) {
	if l.has(*p != nil) {
		l.columns(p)
	}
}

// table walks HasColumnsAndRows, the columns and the rows.
func (l *layout) table(cols *[]props.Tag, rows *[][]props.Value) {
	if !l.has(*cols != nil) {
		return
	}
	l.columns(cols)
	if l.r != nil {
		*rows = props.ReadRows(l.r, l.r.Count32(1), *cols, props.NSPI)
		return
	}
	l.w.U32(uint32(len(*rows)))
	for _, row := range *rows {
		l.failed(props.WriteRow(l.w, *cols, row, props.NSPI))
	}
}

// minTagged is a property tag and the shortest value, which is no byte at all.
const minTagged = 4

// values walks an AddressBookPropertyValueList (MS-OXCMAPIHTTP 2.2.1.3).
func (l *layout) values(p *[]props.Value) { list(l, p, minTagged, l.tagged) }

func (l *layout) optionalValues(p *[]props.Value) {
	if l.has(*p != nil) {
		l.values(p)
	}
}

func (l *layout) tagged(p *props.Value) {
	if l.r != nil {
		*p = props.ReadTagged(l.r, props.NSPI)
	} else {
		l.failed(props.WriteTagged(l.w, *p, props.NSPI))
	}
}

func (l *layout) failed(err error) {
	if err != nil {
		l.w.Fail(err)
	}
}

// aux is the last field of every body: AuxiliaryBufferSize, AuxiliaryBuffer.
func (l *layout) aux(p *[]byte) {
	if l.r != nil {
		if n := l.r.U32(); n > 0 {
			*p = l.r.Bytes(int(n))
		}
		return
	}
	l.w.U32(uint32(len(*p)))
	l.w.Raw(*p)
}
