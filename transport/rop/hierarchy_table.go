package rop

import "github.com/mapiscope/mapiscope/transport/wire"

// Flags of a table that is opened (MS-OXCFOLD 2.2.1.13.1, 2.2.1.14.1).
const (
	TableDeferredErrors  uint8 = 0x08
	TableNoNotifications uint8 = 0x10 // without it the table subscribes itself to its changes
	TableSoftDeletes     uint8 = 0x20
	TableUseUnicode      uint8 = 0x40

	HierarchyDepth                uint8 = 0x04 // all levels, not the first alone
	HierarchySuppressNotification uint8 = 0x80 // of the client's own changes
)

// GetHierarchyTableRequest opens the table of a folder's subfolders (MS-OXCROPS 2.2.4.13,
// MS-OXCFOLD 2.2.1.13).
type GetHierarchyTableRequest struct {
	LogonID uint8
	Input   uint8 // slot of the folder
	Output  uint8 // slot for the table
	Flags   uint8 // HierarchyDepth, TableDeferredErrors …
}

// ID is RopGetHierarchyTable.
func (*GetHierarchyTableRequest) ID() ID { return RopGetHierarchyTable }

// Encode appends the request.
func (q *GetHierarchyTableRequest) Encode(w *wire.Writer) {
	writeHead(w, RopGetHierarchyTable, q.LogonID, q.Input, q.Output)
	w.U8(q.Flags)
}

func (q *GetHierarchyTableRequest) decode(r *wire.Reader) {
	q.LogonID, q.Input, q.Output, q.Flags = r.U8(), r.U8(), r.U8(), r.U8()
}

func (q *GetHierarchyTableRequest) answer() Response {
	return &GetHierarchyTableResponse{Result: Result{Handle: q.Output}}
}

// GetHierarchyTableResponse says that the table is open.
type GetHierarchyTableResponse struct {
	Result
	RowCount uint32 // of the whole table; not reliable with TableDeferredErrors
}

// ID is RopGetHierarchyTable.
func (*GetHierarchyTableResponse) ID() ID { return RopGetHierarchyTable }

// Encode appends the response.
func (p *GetHierarchyTableResponse) Encode(w *wire.Writer) {
	if p.write(w, RopGetHierarchyTable) {
		w.U32(p.RowCount)
	}
}

func (p *GetHierarchyTableResponse) decode(r *wire.Reader) {
	if p.read(r) {
		p.RowCount = r.U32()
	}
}
