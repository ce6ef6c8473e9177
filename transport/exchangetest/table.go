package exchangetest

import (
	"unicode/utf8"

	"github.com/mapiscope/mapiscope/transport/mapierr"
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/rop"
)

// table is an open hierarchy or contents table: its rows as they were when it was
// opened, a cursor and the columns of the last SetColumns.
type table struct {
	rows       []func(props.Tag) any
	cursor     int
	columns    []props.Tag
	subscribed bool // tells its session of changes (no TableNoNotifications)
}

func (m *mailbox) hierarchy(f *folder, flags uint8) *table {
	t := &table{subscribed: flags&rop.TableNoNotifications == 0}
	for _, child := range m.children(f, flags&rop.HierarchyDepth != 0) {
		t.rows = append(t.rows, func(tag props.Tag) any { return m.ofFolder(child, tag) })
	}
	return t
}

func (m *mailbox) contents(f *folder, flags uint8) *table {
	t := &table{subscribed: flags&rop.TableNoNotifications == 0}
	if flags&rop.ContentsAssociated != 0 {
		return t
	}
	for _, msg := range f.messages {
		t.rows = append(t.rows, func(tag props.Tag) any { return ofMessage(f, msg, tag) })
	}
	return t
}

// query reads up to n rows from the cursor.
func (t *table) query(q *rop.QueryRowsRequest) *rop.QueryRowsResponse {
	p := &rop.QueryRowsResponse{Result: rop.Result{Handle: q.Input}, Columns: t.columns}
	from, to := t.cursor, min(t.cursor+int(q.RowCount), len(t.rows))
	if !q.Forward {
		from, to = max(t.cursor-int(q.RowCount), 0), t.cursor
	}
	for _, row := range t.rows[from:to] {
		p.Rows = append(p.Rows, t.read(row))
	}
	end := to
	if !q.Forward {
		end = from
	}
	if q.Flags&rop.QueryRowsNoAdvance == 0 {
		t.cursor = end
	}
	switch end {
	case len(t.rows):
		p.Origin = rop.OriginEnd
	case 0:
		p.Origin = rop.OriginBeginning
	default:
		p.Origin = rop.OriginCurrent
	}
	return p
}

// maxRowString is where rows cut a string (MS-OXCTABL 2.2.2.5.2; a live server
// ends such a string with three dots).
const maxRowString = 255

func (t *table) read(row func(props.Tag) any) []props.Value {
	values := readAll(t.columns, row)
	for i, v := range values {
		if s, ok := v.V.(string); ok && utf8.RuneCountInString(s) > maxRowString {
			values[i].V = string([]rune(s)[:maxRowString-3]) + "..."
		}
	}
	return values
}

// readAll gives a value for each tag; a property that is not there is ecNotFound.
func readAll(tags []props.Tag, of func(props.Tag) any) []props.Value {
	out := make([]props.Value, len(tags))
	for i, tag := range tags {
		v := of(tag)
		if v == nil {
			v = mapierr.NotFound
		}
		out[i] = props.Value{Tag: tag, V: v}
	}
	return out
}
