package rop

import (
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// Flags of QueryRowsRequest (MS-OXCTABL 2.2.2.5.1).
const (
	QueryRowsAdvance             uint8 = 0x00
	QueryRowsNoAdvance           uint8 = 0x01
	QueryRowsEnablePackedBuffers uint8 = 0x02
)

// Where a table's cursor stands after QueryRows (MS-OXCTABL 2.2.2.5.2).
const (
	OriginBeginning uint8 = 0
	OriginCurrent   uint8 = 1
	OriginEnd       uint8 = 2
)

// QueryRowsRequest reads rows of a table whose columns are set
// (MS-OXCROPS 2.2.5.4, MS-OXCTABL 2.2.2.5).
type QueryRowsRequest struct {
	LogonID  uint8
	Input    uint8 // slot of the table
	Flags    uint8
	Forward  bool
	RowCount uint16 // at most
}

// ID is RopQueryRows.
func (*QueryRowsRequest) ID() ID { return RopQueryRows }

// Encode appends the request.
func (q *QueryRowsRequest) Encode(w *wire.Writer) {
	writeHead(w, RopQueryRows, q.LogonID, q.Input)
	w.U8(q.Flags)
	writeBool(w, q.Forward)
	w.U16(q.RowCount)
}

func (q *QueryRowsRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input, q.Flags = r.U8(), r.U8(), r.U8()
	q.Forward = readBool(r)
	q.RowCount = r.U16()
}

func (q *QueryRowsRequest) answer() Response {
	return &QueryRowsResponse{Result: Result{Handle: q.Input}}
}

// QueryRowsResponse has the rows. Servers cut long values in rows, to 255
// characters or 510 bytes (MS-OXCTABL 2.2.2.5.2).
type QueryRowsResponse struct {
	Result
	Columns []props.Tag // of the table; not on the wire
	Origin  uint8
	Rows    [][]props.Value
}

// ID is RopQueryRows.
func (*QueryRowsResponse) ID() ID { return RopQueryRows }

// Encode appends the response.
func (p *QueryRowsResponse) Encode(w *wire.Writer) {
	if !p.write(w, RopQueryRows) {
		return
	}
	w.U8(p.Origin)
	writeCount16(w, len(p.Rows), "rows")
	for _, row := range p.Rows {
		w.Fail(props.WriteRow(w, p.Columns, row, props.ROP))
	}
}

func (p *QueryRowsResponse) decode(r *wire.Reader) {
	if !p.read(r) {
		return
	}
	p.Origin = r.U8()
	n := r.Count16(1)
	if n > 0 && len(p.Columns) == 0 {
		r.Fail("%d rows of a table whose columns were never set", n)
	}
	p.Rows = props.ReadRows(r, n, p.Columns, props.ROP)
}
