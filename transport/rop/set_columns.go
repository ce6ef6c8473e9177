package rop

import (
	"github.com/mapiscope/mapiscope/transport/props"
	"github.com/mapiscope/mapiscope/transport/wire"
)

// SetColumnsRequest chooses the columns that rows of a table have from now on
// (MS-OXCROPS 2.2.5.1, MS-OXCTABL 2.2.2.2).
type SetColumnsRequest struct {
	LogonID uint8
	Input   uint8 // slot of the table
	Flags   uint8 // 1: the server may do it later
	Columns []props.Tag
}

// ID is RopSetColumns.
func (*SetColumnsRequest) ID() ID { return RopSetColumns }

// Encode appends the request.
func (q *SetColumnsRequest) Encode(w *wire.Writer) {
	writeHead(w, RopSetColumns, q.LogonID, q.Input)
	w.U8(q.Flags)
	writeTags(w, q.Columns)
}

func (q *SetColumnsRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input, q.Flags = r.U8(), r.U8(), r.U8()
	q.Columns = readTags(r)
}

func (q *SetColumnsRequest) answer() Response {
	return &SetColumnsResponse{Result: Result{Handle: q.Input}}
}

// TableComplete is the TableStatus of a table with nothing left to do
// (MS-OXCTABL 2.2.2.1.3).
const TableComplete uint8 = 0x00

// SetColumnsResponse says that the columns are set, or being set.
type SetColumnsResponse struct {
	Result
	TableStatus uint8
}

// ID is RopSetColumns.
func (*SetColumnsResponse) ID() ID { return RopSetColumns }

// Encode appends the response.
func (p *SetColumnsResponse) Encode(w *wire.Writer) {
	if p.write(w, RopSetColumns) {
		w.U8(p.TableStatus)
	}
}

func (p *SetColumnsResponse) decode(r *wire.Reader) {
	if p.read(r) {
		p.TableStatus = r.U8()
	}
}
